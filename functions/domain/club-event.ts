import { apply } from './apply.ts'
import { mostWaitingGuests } from './bounds.ts'
import { membershipIn } from './club.ts'
import { credit } from './credit.ts'
import type { Account, AttendFact, Entry } from './entry.ts'
import { bucketTerms } from './expiry.ts'
import { type Programme, revisionAt } from './programme.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { earlier, type Instant, type MemberId, type Points } from './units.ts'

/** Something that a club invites its members to. */
export interface ClubEvent {
  readonly clubId: string
  readonly eventId: string
  readonly name: string
  readonly startsAt: Instant
  readonly endsAt: Instant
  /** How many may come. */
  readonly capacity: number
  /** What coming earns. */
  readonly points: Points
  /** That it does not take place after all. */
  readonly calledOff?: CalledOff
}

interface CalledOff {
  readonly at: Instant
  /** Who had a place or waited for one, and is to be told. */
  readonly guests: readonly MemberId[]
}

/** Who means to come to an event, who waits for a place in the order in which they asked, and who came. Nobody is in two lists. */
export interface Guests {
  readonly coming: readonly MemberId[]
  readonly waiting: readonly MemberId[]
  readonly came: readonly MemberId[]
}

export type Reply = 'coming' | 'waiting' | 'came'

export const noGuests: Guests = { coming: [], waiting: [], came: [] }

export function replyOf(guests: Guests, member: MemberId): Reply | undefined {
  return (['coming', 'waiting', 'came'] as const).find((list) => guests[list].includes(member))
}

/** Places that nobody has taken. */
export const placesLeft = (
  { capacity, calledOff }: Pick<ClubEvent, 'capacity' | 'calledOff'>,
  { coming, came }: Guests,
): number => (calledOff ? 0 : capacity - coming.length - came.length)

/** A member who is in no list yet says that they will come: they have a place, or wait for one. */
export function accept(event: ClubEvent, guests: Guests, member: MemberId, now: Instant): Guests | Refusal {
  if (event.calledOff) return refusal('event-called-off')
  if (now >= event.endsAt) return refusal('event-over')
  if (placesLeft(event, guests) > 0) return { ...guests, coming: [...guests.coming, member] }
  if (guests.waiting.length >= mostWaitingGuests) return refusal('event-full')
  return { ...guests, waiting: [...guests.waiting, member] }
}

/** A member who has a place or waits for one will not come; who has waited longest takes the place. */
export function decline(event: ClubEvent, guests: Guests, member: MemberId, now: Instant): Guests | Refusal {
  if (now >= event.endsAt) return refusal('event-over')
  const others = (list: readonly MemberId[]) => list.filter((guest) => guest !== member)
  return movedUp(event, { ...guests, coming: others(guests.coming), waiting: others(guests.waiting) })
}

function movedUp(event: ClubEvent, guests: Guests): Guests {
  const free = Math.max(0, placesLeft(event, guests))
  return { ...guests, coming: [...guests.coming, ...guests.waiting.slice(0, free)], waiting: guests.waiting.slice(free) }
}

/** What staff may change of an event. */
export type EventTerms = Omit<ClubEvent, 'clubId' | 'eventId' | 'calledOff'>

interface ChangedEvent {
  readonly event: ClubEvent
  readonly guests: Guests
}

/**
 * Changes an event that has not begun: before its start, and before anybody came in. Whoever has a place keeps it; where there are
 * more places, those who have waited longest get them.
 */
export function changeEvent(known: ClubEvent, guests: Guests, terms: EventTerms, now: Instant): ChangedEvent | Refusal {
  if (known.calledOff) return refusal('event-called-off')
  if (now >= known.startsAt || guests.came.length > 0) return refusal('event-begun')
  if (now >= terms.endsAt) return refusal('event-over', '/endsAt')
  if (terms.capacity < guests.coming.length) return refusal('capacity-taken', '/capacity')
  const event = { ...known, ...terms }
  return { event, guests: movedUp(event, guests) }
}

/** Calls an event off that is not over: all replies end with it. Who was there by then was there. */
export function callOff(known: ClubEvent, { coming, waiting, came }: Guests, now: Instant): ChangedEvent | Refusal {
  if (now >= known.endsAt) return refusal('event-over')
  return { event: { ...known, calledOff: { at: now, guests: [...coming, ...waiting] } }, guests: { ...noGuests, came } }
}

/** A member comes in: to their own place, or to one that nobody has taken. */
function arrive({ calledOff: _, ...event }: ClubEvent, guests: Guests, member: MemberId): Guests | Refusal {
  const { coming, waiting, came } = guests
  if (!coming.includes(member) && placesLeft(event, guests) <= 0) return refusal('event-full')
  const others = (list: readonly MemberId[]) => list.filter((guest) => guest !== member)
  return { coming: others(coming), waiting: others(waiting), came: [...came, member] }
}

export interface Attendance {
  readonly occurredAt: Instant
  readonly storeId?: string | undefined
}

interface BookedAttendance {
  readonly entry: Entry & { readonly fact: AttendFact }
  readonly account: Account
  readonly guests: Guests
}

/**
 * Books that a member of a settled account came to an event of their club and is not in yet: from the first minute of the local
 * day on which it starts until it ends. What it earns counts as issued, pays debt first and expires like points earned then.
 */
export function bookAttendance(
  programme: Programme,
  account: Account,
  event: ClubEvent,
  known: Guests,
  { occurredAt, storeId }: Attendance,
  now: Instant,
): BookedAttendance | Refusal {
  const { head } = account
  const { clubId, eventId, points } = event
  if (head.status === 'closed') return refusal('member-closed')
  if (!membershipIn(head, clubId)) return refusal('not-in-club')
  const at = earlier(occurredAt, now)
  const revision = revisionAt(programme, at)
  const opensAt = revision.calendar.dayOf(event.startsAt).startsAt
  if (at < opensAt || at >= event.endsAt) return refusal('event-not-now', '/occurredAt')
  // Who came before it was called off came, however late it is told.
  if (event.calledOff && at >= event.calledOff.at) return refusal('event-called-off', '/occurredAt')
  const guests = arrive(event, known, head.memberId)
  if (isRefusal(guests)) return guests
  const credited = credit(account, points, { ...bucketTerms(revision, head, at), spendableAt: null }, now)
  if (isRefusal(credited)) return credited
  const entry = {
    at,
    fact: { kind: 'attend' as const, clubId, eventId, occurredAt, ...(storeId !== undefined && { storeId }) },
    effect: points > 0 ? { totals: { issued: points }, ...credited.effect } : {},
  }
  return { entry, account: apply(account, entry), guests }
}
