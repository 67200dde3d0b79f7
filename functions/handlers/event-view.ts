import type * as z from 'zod'
import type { readEvent } from '../contract/club-office.ts'
import { placesLeft } from '../domain/club-event.ts'
import type { StoredEvent } from '../store/club-event-item.ts'
import { etagOf } from './entity-tag.ts'
import { rfc3339 } from './views.ts'

/** An event as staff see it, and the entity tag of what they may change of it: replies are none of that. */
export function eventView({ event, guests, edition }: StoredEvent) {
  const { coming, waiting, came } = guests
  const { calledOff, ...terms } = event
  const body: z.input<(typeof readEvent.answers)[200]> = {
    ...terms,
    startsAt: rfc3339(event.startsAt),
    endsAt: rfc3339(event.endsAt),
    placesLeft: placesLeft(event, guests),
    coming: [...coming],
    waiting: [...waiting],
    came: [...came],
    ...(calledOff && { calledOff: { at: rfc3339(calledOff.at), guests: [...calledOff.guests] } }),
  }
  return { body, etag: etagOf(edition) }
}
