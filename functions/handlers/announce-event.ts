import { announceEvent } from '../contract/club-office.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { clubOf } from '../domain/club.ts'
import { changeEvent, type EventTerms, noGuests } from '../domain/club-event.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import { points } from '../domain/units.ts'
import { clubEventItem, clubEventOf, editionWrites, type StoredEvent } from '../store/club-event-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, implement } from './context.ts'
import { etagOf, isSeen } from './entity-tag.ts'
import { eventView } from './event-view.ts'
import { bodyHash } from './hash.ts'
import { instantOf } from './views.ts'

interface Told {
  readonly clubId: string
  readonly eventId: string
  readonly terms: EventTerms
  readonly hash: string
  readonly ifMatch: string | undefined
}

/** Announces an event of a club, once for its id, or changes it where staff say what of it they have seen. */
export const announceEventImplementation = implement(announceEvent, ({ params, body, ifMatch }, context) => {
  const { runtime, programme } = context
  const { clubId, eventId } = params
  const terms: EventTerms = {
    name: body.name,
    startsAt: instantOf(body.startsAt),
    endsAt: instantOf(body.endsAt),
    capacity: body.capacity,
    points: points(body.points ?? 0),
  }
  const told: Told = { clubId, eventId, terms, hash: bodyHash(body), ifMatch }
  return attempt(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} event ${clubId} ${eventId}`, async () => {
      const { items } = await runtime.store.read([table.clubEvent(programme.id, clubId, eventId)], { consistent: true })
      const [stored] = items
      if (!stored) return announce(context, told)
      const known = clubEventOf(stored)
      if (known.hash !== told.hash) return ifMatch === undefined ? problem('id-reused') : change(context, told, known, stored)
      if (uncertain && ifMatch === undefined) return { status: 201 as const, ...eventView(known) }
      return { status: 200 as const, ...eventView(known), replayed: !uncertain }
    }),
  )
})

async function announce(context: Context, { clubId, eventId, terms, hash, ifMatch }: Told) {
  const { runtime, programme, now } = context
  if (!clubOf(revisionAt(programme, now), clubId)) return problem('club-unknown')
  // Nothing that could have been seen is there (RFC 9110, 13.1.1).
  if (ifMatch !== undefined) return problem('precondition-failed')
  const announced: StoredEvent = { event: { clubId, eventId, ...terms }, guests: noGuests, version: 1, hash, edition: 1 }
  const result = await runtime.store.commit([
    { kind: 'put', item: clubEventItem(programme.id, announced), condition: { is: 'absent' } },
    { kind: 'put', item: { ...table.agenda(programme.id, terms.endsAt, clubId, eventId) } },
    auditWrite(context, {
      ...{ action: announceEvent.name, target: `clubs/${clubId}/events/${eventId}` },
      after: { clubId, eventId, ...terms },
    }),
  ])
  return result.outcome === 'committed' ? { status: 201 as const, ...eventView(announced) } : again
}

async function change(context: Context, { clubId, eventId, terms, hash, ifMatch }: Told, known: StoredEvent, stored: Item) {
  const { runtime, programme, now } = context
  if (!isSeen(ifMatch, etagOf(known.edition))) return problem('precondition-failed')
  const changed = changeEvent(known.event, known.guests, terms, now)
  if (isRefusal(changed)) return problemOf(changed)
  const edited = { ...changed, hash }
  const result = await runtime.store.commit([
    ...editionWrites(programme.id, known, edited, stored, now),
    auditWrite(context, {
      ...{ action: announceEvent.name, target: `clubs/${clubId}/events/${eventId}` },
      before: known.event,
      after: changed.event,
    }),
  ])
  if (result.outcome !== 'committed') return again
  return { status: 200 as const, ...eventView({ ...known, ...edited, edition: known.edition + 1 }) }
}
