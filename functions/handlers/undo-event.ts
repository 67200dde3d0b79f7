import { undoEvent } from '../contract/events.ts'
import { problem } from '../contract/problem.ts'
import { askedBy, undoBonus } from '../domain/bonus.ts'
import { awardedPoints } from '../domain/earning.ts'
import type { BonusFact } from '../domain/entry.ts'
import { revisionAt } from '../domain/programme.ts'
import { givenBack } from '../domain/referral.ts'
import { followed } from '../domain/settle.ts'
import type { MemberId } from '../domain/units.ts'
import { type BonusRecord, bonusOf, undoneWrite } from '../store/bonus-item.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount, peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { type Context, implement, mayPostFor } from './context.ts'
import { usesOfUnused } from './granted-rewards.ts'
import { openGivenBack } from './limits.ts'
import { knownBonus } from './referrals.ts'
import { standing } from './views.ts'

/** Marks in an event's record that all of it was taken back, though no campaign gave anything. */
const whole = '*'

/** Takes an event back that was posted by mistake. */
export const undoEventImplementation = implement(undoEvent, async ({ params }, context) => {
  const { eventId } = params
  const { runtime, programme } = context
  return attempt(runtime, async () => {
    const { items } = await runtime.store.read([table.event(programme.id, eventId)], { consistent: true })
    const known = items[0] && bonusOf(items[0])
    if (!known) return problem('event-unknown')
    const memberId = known.memberId!
    const { fact } = await knownBonus(context, memberId, known)
    const storeId = fact.event?.storeId
    if (storeId !== undefined && !mayPostFor(context.caller, storeId)) return problem('store-forbidden')
    return runtime.turns.take(`${programme.id} ${memberId}`, () => undo(context, eventId, memberId, known))
  })
})

async function undo(context: Context, eventId: string, memberId: MemberId, known: BonusRecord) {
  const { runtime, programme } = context
  if (known.undone.length > 0) {
    const { settled, ledger } = await peekAccount(context, memberId)
    const { fact } = await knownBonus(context, memberId, known)
    return answer(eventId, fact, standing(ledger, settled!.account.head), memberId)
  }
  const { open, ledger } = await openAccount(context, memberId, { closed: known.bucket })
  if (!open) throw new Error(`event ${eventId} names a member who is not there`)
  const bonus = await knownBonus(ledger, memberId, known)
  const { fact, at } = bonus
  const all = givenBack(
    fact.uses ?? [],
    fact.awards.map(({ source }) => source),
  )
  const uses = await usesOfUnused(ledger, memberId, { kind: 'bonus', id: fact.id, at }, fact.awards, all)
  const lost = { awards: fact.awards, ...(uses.length > 0 && { uses }) }
  const undone = followed(programme, undoBonus(programme, open.account, bonus, lost, ledger.now, ledger.now), ledger.now)
  const revision = askedBy(revisionAt(programme, at), fact.trigger)
  const limited = revision && { memberId, at, revision, storeId: fact.event?.storeId ?? '' }
  const limits = limited && (await openGivenBack(ledger, limited, uses))
  const result = await runtime.store.commit([
    ...(await bookingWrites(ledger, open, undone.account, undone.entries)),
    ...(limits?.writes(uses) ?? []),
    undoneWrite(known, [whole, ...fact.awards.map(({ source }) => source)]),
  ])
  if (result.outcome !== 'committed') return again
  return answer(eventId, fact, standing(ledger, undone.account.head), memberId)
}

const answer = (eventId: string, { awards }: BonusFact, now: ReturnType<typeof standing>, memberId: MemberId) => ({
  status: 200 as const,
  body: { eventId, memberId, points: { clawedBack: awardedPoints(awards) }, ...now },
})
