import type * as z from 'zod'
import { announceEvent, readEvent } from '../contract/club-office.ts'
import { problem } from '../contract/problem.ts'
import { clubOf } from '../domain/club.ts'
import { type ClubEvent, noGuests, placesLeft } from '../domain/club-event.ts'
import { revisionAt } from '../domain/programme.ts'
import { points } from '../domain/units.ts'
import { clubEventItem, clubEventOf, type StoredEvent } from '../store/club-event-item.ts'
import { table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { instantOf, rfc3339 } from './views.ts'

/** Announces an event of a club, once for its id. */
export const announceEventImplementation = implement(announceEvent, async ({ params, body }, context) => {
  const { runtime, programme, now } = context
  const { clubId, eventId } = params
  const key = table.clubEvent(programme.id, clubId, eventId)
  const hash = bodyHash(body)
  const event: ClubEvent = {
    clubId,
    eventId,
    name: body.name,
    startsAt: instantOf(body.startsAt),
    endsAt: instantOf(body.endsAt),
    capacity: body.capacity,
    points: points(body.points ?? 0),
  }
  return attempt(runtime, async (uncertain) => {
    const { items } = await runtime.store.read([key], { consistent: true })
    if (items[0]) {
      const known = clubEventOf(items[0])
      if (known.hash !== hash) return problem('id-reused')
      return uncertain
        ? { status: 201 as const, body: eventView(known) }
        : { status: 200 as const, body: eventView(known), replayed: true }
    }
    if (!clubOf(revisionAt(programme, now), clubId)) return problem('club-unknown')
    const announced: StoredEvent = { event, guests: noGuests, version: 1, hash }
    const result = await runtime.store.commit([
      { kind: 'put', item: clubEventItem(programme.id, announced), condition: { is: 'absent' } },
      { kind: 'put', item: { ...table.agenda(programme.id, event.endsAt, clubId, eventId) } },
      auditWrite(context, { action: announceEvent.name, target: `clubs/${clubId}/events/${eventId}`, after: { ...event } }),
    ])
    return result.outcome === 'committed' ? { status: 201 as const, body: eventView(announced) } : again
  })
})

/** An event for staff: who comes, who waits and who came. */
export const readEventImplementation = implement(readEvent, async ({ params }, { runtime, programme }) => {
  const key = table.clubEvent(programme.id, params.clubId, params.eventId)
  const { items } = await runtime.store.read([key], { consistent: true })
  return items[0] ? { status: 200 as const, body: eventView(clubEventOf(items[0])) } : problem('event-unknown')
})

function eventView({ event, guests }: StoredEvent): z.input<(typeof readEvent.answers)[200]> {
  const { coming, waiting, came } = guests
  return {
    ...event,
    startsAt: rfc3339(event.startsAt),
    endsAt: rfc3339(event.endsAt),
    placesLeft: placesLeft(event, guests),
    coming: [...coming],
    waiting: [...waiting],
    came: [...came],
  }
}
