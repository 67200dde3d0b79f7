import type { ClubEvent, Guests } from '../domain/club-event.ts'
import type { Instant, MemberId, Points } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { table } from './table.ts'

/** An event of a club with all who are in its lists: one item, so that its places are never taken twice. */
export interface StoredEvent {
  readonly event: ClubEvent
  readonly guests: Guests
  readonly version: number
  /** Of the body that announced or changed it last. */
  readonly hash: string
  /** How often it was announced, changed and called off: what its entity tag says. */
  readonly edition: number
}

export function clubEventItem(programme: string, { event, guests, version, hash, edition }: StoredEvent): Item {
  const { clubId, eventId, name, startsAt, endsAt, capacity, points, calledOff } = event
  return {
    ...table.clubEvent(programme, clubId, eventId),
    [versionAttribute]: version,
    h: hash,
    cl: clubId,
    id: eventId,
    n: name,
    s: startsAt,
    e: endsAt,
    c: capacity,
    ...(points !== 0 && { p: points }),
    ...(edition !== 1 && { ed: edition }),
    ...(calledOff && { o: calledOff.at, og: calledOff.guests }),
    g: guests.coming,
    w: guests.waiting,
    a: guests.came,
  }
}

export function clubEventOf(item: Item): StoredEvent {
  return {
    event: {
      clubId: item.cl as string,
      eventId: item.id as string,
      name: item.n as string,
      startsAt: item.s as Instant,
      endsAt: item.e as Instant,
      capacity: item.c as number,
      points: (item.p ?? 0) as Points,
      ...(item.o !== undefined && { calledOff: { at: item.o as Instant, guests: item.og as MemberId[] } }),
    },
    guests: { coming: item.g as MemberId[], waiting: item.w as MemberId[], came: item.a as MemberId[] },
    version: item[versionAttribute] as number,
    hash: item.h as string,
    edition: (item.ed ?? 1) as number,
  }
}

/** Puts other guests in the place of those that were read. */
export const guestsWrite = (programme: string, known: StoredEvent, guests: Guests, stored: Item): Write =>
  eventWrite(programme, { ...known, guests }, stored)

/** Puts an event in the place of the one that was read, at its next version. */
function eventWrite(programme: string, changed: StoredEvent, stored: Item): Write {
  const { version } = changed
  return {
    kind: 'put',
    item: clubEventItem(programme, { ...changed, version: version + 1 }),
    condition: { is: 'equal', attribute: versionAttribute, value: version },
    replaces: stored,
  }
}

/**
 * Puts a changed event in the place of the one that was read, moves it in the agenda where it ends at another time, and tells the
 * world of it, once: by an entry of the club.
 */
export function editionWrites(
  programme: string,
  known: StoredEvent,
  changed: Pick<StoredEvent, 'event' | 'guests' | 'hash'>,
  stored: Item,
  now: Instant,
): Write[] {
  const { clubId, eventId, endsAt, calledOff } = changed.event
  const edition = known.edition + 1
  const placed = table.agenda(programme, known.event.endsAt, clubId, eventId)
  const moves = endsAt !== known.event.endsAt
  const fact: ClubFact = { kind: calledOff ? 'event-called-off' : 'event-changed', clubId, eventId }
  return [
    eventWrite(programme, { ...known, ...changed, edition }, stored),
    ...(moves
      ? ([
          { kind: 'delete', key: placed, replaces: { ...placed } },
          { kind: 'put', item: { ...table.agenda(programme, endsAt, clubId, eventId) } },
        ] satisfies Write[])
      : []),
    { kind: 'put', item: clubEntryItem(programme, fact, edition, now), condition: { is: 'absent' } },
  ]
}

/** What happened to a club, and no member's points: an entry of its own, so that it is published like any other. */
export interface ClubFact {
  readonly kind: 'event-changed' | 'event-called-off'
  readonly clubId: string
  readonly eventId: string
}

function clubEntryItem(programme: string, { kind, ...fact }: ClubFact, edition: number, now: Instant): Item {
  const key = table.clubEntry(programme, fact.clubId, fact.eventId, edition)
  return { ...key, at: now, bk: now, k: kind, f: { ...fact }, x: {} }
}
