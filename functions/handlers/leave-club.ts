import type { leaveClubFor } from '../contract/clubs.ts'
import { problem } from '../contract/problem.ts'
import type { Refund } from '../domain/club.ts'
import { decline } from '../domain/club-event.ts'
import { leaveClub } from '../domain/club-membership.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { guestsWrite } from '../store/club-event-item.ts'
import { clubLeftItem, clubLeftOf } from '../store/club-left-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { comingEvents } from './coming-events.ts'
import type { Context, Handle } from './context.ts'
import { rfc3339 } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof leaveClubFor>>>

/**
 * Ends a membership, and gives up the places at the club's events to come. What came back of the fees is kept beside it, so that
 * it is told the same whenever it is asked again.
 */
export async function leave(context: Context, memberId: MemberId, clubId: string): Promise<Answer> {
  const { runtime, programme } = context
  const key = table.clubLeft(programme.id, memberId, clubId)
  const answer = (leftAt: Instant | null, refund: Refund | null): Answer => {
    const { currency } = revisionAt(programme, context.now).document
    const shown = refund && { amount: refund.amount, currency, payments: refund.payments.map((payment) => ({ ...payment })) }
    return { status: 200, body: { memberId, clubId, leftAt: leftAt === null ? null : rfc3339(leftAt), refund: shown } }
  }
  return attempt<Answer>(runtime, () =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger } = await openAccount(context, memberId)
      if (!open) return problem('member-unknown')
      const left = leaveClub(programme, open.account, clubId, ledger.now)
      const { items } = await runtime.store.read([key], { consistent: true })
      if (!left) {
        const last = items[0] && clubLeftOf(items[0])
        return answer(last?.at ?? null, last?.refund ?? null)
      }
      const writes = await bookingWrites(ledger, open, left.account, [left.entry])
      const result = await runtime.store.commit([
        ...writes,
        ...(await freedPlaces(ledger, memberId, clubId)),
        // Written only together with the head, whose condition guards it.
        { kind: 'put', item: clubLeftItem(key, ledger.now, left.refund), replaces: items[0] },
      ])
      return result.outcome === 'committed' ? answer(ledger.now, left.refund) : again
    }),
  )
}

/** Of one club, so many that one commit can hold them. */
const mostEvents = 40

/**
 * Who leaves a club does not come to its events: whoever has waited longest does. The other events must stay as they were read,
 * so that no reply slips in meanwhile.
 */
async function freedPlaces({ runtime, programme, now }: Ledger, memberId: MemberId, clubId: string): Promise<Write[]> {
  const events = await comingEvents({ runtime, programme, now })
  const ofClub = events.filter(({ known }) => known.event.clubId === clubId).slice(0, mostEvents)
  return ofClub.map(({ known, stored }): Write => {
    const { coming, waiting } = known.guests
    const guests = [...coming, ...waiting].includes(memberId) ? decline(known.event, known.guests, memberId, now) : known.guests
    if (guests !== known.guests && !isRefusal(guests)) return guestsWrite(programme.id, known, guests, stored)
    const isSame = { is: 'equal', attribute: versionAttribute, value: known.version } as const
    return { kind: 'check', key: { pk: stored.pk, sk: stored.sk }, condition: isSame }
  })
}
