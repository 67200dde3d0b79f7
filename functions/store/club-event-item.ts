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
  /** Of the body that announced it. */
  readonly hash: string
}

export function clubEventItem(programme: string, { event, guests, version, hash }: StoredEvent): Item {
  const { clubId, eventId, name, startsAt, endsAt, capacity, points } = event
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
    },
    guests: { coming: item.g as MemberId[], waiting: item.w as MemberId[], came: item.a as MemberId[] },
    version: item[versionAttribute] as number,
    hash: item.h as string,
  }
}

/** Puts other guests in the place of those that were read. */
export function guestsWrite(programme: string, known: StoredEvent, guests: Guests, stored: Item): Write {
  return {
    kind: 'put',
    item: clubEventItem(programme, { ...known, guests, version: known.version + 1 }),
    condition: { is: 'equal', attribute: versionAttribute, value: known.version },
    replaces: stored,
  }
}
