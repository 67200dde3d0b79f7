import { acceptEvent, declineEvent } from '../contract/my-clubs.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { membershipIn } from '../domain/club.ts'
import { accept, decline, type Guests, replyOf } from '../domain/club-event.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { MemberId } from '../domain/units.ts'
import { clubEventOf, guestsWrite } from '../store/club-event-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import { table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { type Context, type Handle, implement } from './context.ts'
import { ownMember } from './own-member.ts'

type Answer = Awaited<ReturnType<Handle<typeof acceptEvent>>>
type Params = { readonly clubId: string; readonly eventId: string }

/** A member will come to an event, or waits for a place. It hangs on the head as well: who leaves meanwhile does not come. */
export const acceptEventImplementation = implement(acceptEvent, async ({ params }, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  return attempt<Answer>(runtime, (uncertain) =>
    takingTurns(context, params, async () => {
      const read = await readReply(context, own, params)
      if (!read.settled) return problem('member-unknown')
      if (!read.stored) return problem('event-unknown')
      const known = clubEventOf(read.stored)
      if (replyOf(known.guests, own)) {
        const body = replyView(params, known.guests, own)
        return uncertain ? { status: 201, body } : { status: 200, body, replayed: true }
      }
      const { head } = read.settled.account
      if (head.status === 'closed') return problem('member-closed')
      if (!membershipIn(head, params.clubId)) return problem('not-in-club')
      const guests = accept(known.event, known.guests, own, read.ledger.now)
      if (isRefusal(guests)) return problemOf(guests)
      const isSame = { is: 'equal', attribute: versionAttribute, value: head.version } as const
      const result = await runtime.store.commit([
        guestsWrite(programme.id, known, guests, read.stored),
        { kind: 'check', key: table.head(programme.id, own), condition: isSame },
      ])
      return result.outcome === 'committed' ? { status: 201, body: replyView(params, guests, own) } : again
    }),
  )
})

/** A member will not come; who has waited longest does. */
export const declineEventImplementation = implement(declineEvent, async ({ params }, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  return attempt<Awaited<ReturnType<Handle<typeof declineEvent>>>>(runtime, () =>
    takingTurns(context, params, async () => {
      const { stored, ledger } = await readReply(context, own, params)
      if (!stored) return problem('event-unknown')
      const known = clubEventOf(stored)
      const reply = replyOf(known.guests, own)
      if (reply === undefined || reply === 'came') return { status: 200, body: replyView(params, known.guests, own) }
      const guests = decline(known.event, known.guests, own, ledger.now)
      if (isRefusal(guests)) return problemOf(guests)
      const result = await runtime.store.commit([guestsWrite(programme.id, known, guests, stored)])
      return result.outcome === 'committed' ? { status: 200, body: replyView(params, guests, own) } : again
    }),
  )
})

/** Those who reply in this process do so one after another. */
const takingTurns = <Result>({ runtime, programme }: Context, { clubId, eventId }: Params, work: () => Promise<Result>) =>
  runtime.turns.take(`${programme.id} event ${clubId} ${eventId}`, work)

async function readReply(context: Context, own: MemberId, { clubId, eventId }: Params) {
  const key = table.clubEvent(context.programme.id, clubId, eventId)
  const { settled, ledger, others } = await peekAccount(context, own, [key])
  return { settled, ledger, stored: others[0] }
}

function replyView({ clubId, eventId }: Params, guests: Guests, member: MemberId) {
  const reply = replyOf(guests, member) ?? null
  return { clubId, eventId, reply, ...(reply === 'waiting' && { ahead: guests.waiting.indexOf(member) }) }
}
