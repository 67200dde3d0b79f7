import { givePoints } from '../contract/my-gifts.ts'
import { type Problem, problem, problemOf } from '../contract/problem.ts'
import { giftPolicyAt, hasRoom } from '../domain/gift-policy.ts'
import { isRefusal } from '../domain/refusal.ts'
import { bookTransfer, type Transfer } from '../domain/transfer.ts'
import { type MemberId, points } from '../domain/units.ts'
import { type GiftRecord, newGiftWrites } from '../store/gift-item.ts'
import { table } from '../store/table.ts'
import { bookingWrites, peekAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { type Context, type Handle, implement } from './context.ts'
import { type BothOpen, giftsToday, giftView, openBoth, readGift, takingTurns, undoUntil } from './gifts.ts'
import { bodyHash } from './hash.ts'
import { ownMember } from './own-member.ts'
import { countedTry, mayTry, unchangedTries } from './tries.ts'

type Answer = Awaited<ReturnType<Handle<typeof givePoints>>>
type Body = Parameters<Handle<typeof givePoints>>[0]['body']

interface Giving {
  readonly context: Context
  readonly giver: MemberId
  readonly giftId: string
  readonly body: Body
  readonly hash: string
}

/** Gives points to another member, once for the gift's id: on both accounts in one transaction. */
export const givePointsImplementation = implement(givePoints, async ({ params, body }, context) => {
  const giver = await ownMember(context)
  if (!giver) return problem('member-unknown')
  const giving: Giving = { context, giver, giftId: params.giftId, body, hash: bodyHash(body) }
  return attempt<Answer>(context.runtime, async (uncertain) => {
    const known = await readGift(context, giver, params.giftId)
    if (known) return replayOf(giving, known, uncertain)
    const receiver = await receiverOf(context, body.to)
    return takingTurns(context, [giver, receiver ?? giver], async () => {
      const outcome = await give(giving, receiver)
      if (outcome === again || !('problem' in outcome)) return outcome
      // What is done is recognised before anything is refused.
      return (await readGift(context, giver, params.giftId)) ? again : outcome
    })
  })
})

async function receiverOf({ runtime, programme }: Context, to: Body['to']): Promise<MemberId | undefined> {
  if ('id' in to) return to.id as MemberId
  const lookup = await runtime.lookups.find(programme.id, 'card', to.card)
  return lookup?.replacedAt === undefined ? lookup?.memberId : undefined
}

/** What is wrong with the giver is told first: nothing is learnt of others by whoever has nothing to give. */
async function give(giving: Giving, receiver: MemberId | undefined): Promise<Answer | Again> {
  const { context, giver, body } = giving
  const { runtime, programme } = context
  if (receiver === giver) return problem('gift-to-self', '/to')
  const both = await openBoth(context, giver, receiver ?? giver)
  const refused = await refusedToGive(giving, both)
  if (refused) return refused
  const tries = table.giftTries(programme.id, giver)
  const { items } = await runtime.store.read([tries], { consistent: true })
  const triesStored = items[0]
  if (!mayTry(context, triesStored)) return problem('too-many-tries')
  const other = receiver && both.receiver
  if (!other || other.account.head.status === 'closed') {
    const counted = await runtime.store.commit([countedTry(context, tries, triesStored)])
    return counted.outcome === 'committed' ? problem('receiver-unknown', '/to') : again
  }
  const { ledger } = both
  const policy = giftPolicyAt(programme, ledger.now)!
  const { received } = await giftsToday(ledger, other.memberId)
  if (!hasRoom(policy.receivedPerDay, received, body.points)) return problem('gift-cap', '/points')
  const gift = { giftId: giving.giftId, points: points(body.points) }
  const booked = bookTransfer(both.giver!.account, other.account, gift, ledger.now)
  if (isRefusal(booked)) return problemOf(booked)
  const record = recordOf(giving, other.memberId, booked, undoUntil(ledger.now, policy.undoHours))
  const result = await runtime.store.commit([
    ...newGiftWrites(programme.id, record),
    unchangedTries(tries, triesStored),
    ...(await bookingWrites(ledger, both.giver!, booked.giver.account, [booked.giver.entry])),
    ...(await bookingWrites(ledger, other, booked.receiver.account, [booked.receiver.entry])),
  ])
  return result.outcome === 'committed' ? { status: 201, body: giftView(ledger, record, booked.giver.account) } : again
}

async function refusedToGive({ giver, body }: Giving, { giver: open, ledger }: BothOpen): Promise<Problem | undefined> {
  if (!open) return problem('member-unknown')
  const policy = giftPolicyAt(ledger.programme, ledger.now)
  if (!policy) return problem('gifts-off')
  const { head } = open.account
  if (head.status === 'closed') return problem('member-closed')
  const spendable = head.buckets.reduce((sum, bucket) => sum + (bucket.spendableAt === null ? bucket.points : 0), 0)
  if (spendable < body.points) return problem('insufficient-points', '/points')
  const { given } = await giftsToday(ledger, giver)
  return hasRoom(policy.perDay, given, body.points) ? undefined : problem('gift-cap', '/points')
}

function recordOf({ giver, giftId, body, hash }: Giving, receiver: MemberId, booked: Transfer, until: GiftRecord['undoUntil']) {
  const { parts, paidDebt } = booked
  const { at } = booked.giver.entry
  const { points: amount, message } = body
  return { giver, giftId, hash, receiver, points: points(amount), at, message, parts, paidDebt, undoUntil: until }
}

async function replayOf({ context, giver, hash }: Giving, known: GiftRecord, mayBeOwn: boolean): Promise<Answer> {
  if (known.hash !== hash) return problem('id-reused')
  const { settled, ledger } = await peekAccount(context, giver)
  if (!settled) throw new Error(`a gift of ${giver} is there, and they are not`)
  const body = giftView(ledger, known, settled.account)
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}
