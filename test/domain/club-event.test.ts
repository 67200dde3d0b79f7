import { describe, expect, it } from 'vitest'
import { apply } from '../../functions/domain/apply.ts'
import {
  accept,
  bookAttendance,
  type ClubEvent,
  callOff,
  changeEvent,
  decline,
  type Guests,
  noGuests,
  placesLeft,
  replyOf,
} from '../../functions/domain/club-event.ts'
import type { Entry } from '../../functions/domain/entry.ts'
import { balanceOf, isConserved } from '../../functions/domain/head.ts'
import { statusChange } from '../../functions/domain/membership.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { memberId, points } from '../../functions/domain/units.ts'
import { ClubCounter, open, programmeWith } from './club-counter.ts'
import { at, written } from './programmes.ts'

/** An evening in London, in summer time. */
const evening: ClubEvent = {
  clubId: 'friends',
  eventId: 'evening',
  name: 'An evening',
  startsAt: at('2026-06-10T17:00:00Z'),
  endsAt: at('2026-06-10T21:00:00Z'),
  capacity: 2,
  points: points(50),
}
const before = at('2026-06-01T12:00:00Z')
const [ada, bert, cleo, dora] = ['ada', 'bert', 'cleo', 'dora'].map(memberId) as [never, never, never, never]

const taken = (guests: ReturnType<typeof accept>): Guests => {
  if (isRefusal(guests)) throw new Error(guests.refused)
  return guests
}
const accepted = (...members: readonly never[]) =>
  members.reduce((guests, member) => taken(accept(evening, guests, member, before)), noGuests)

describe('replies', () => {
  it('those who ask first have the places, the others wait in order', () => {
    const guests = accepted(ada, bert, cleo, dora)
    expect(guests).toEqual({ coming: ['ada', 'bert'], waiting: ['cleo', 'dora'], came: [] })
    expect([ada, cleo, memberId('eve')].map((member) => replyOf(guests, member))).toEqual(['coming', 'waiting', undefined])
    expect([placesLeft(evening, noGuests), placesLeft(evening, accepted(ada)), placesLeft(evening, guests)]).toEqual([2, 1, 0])
  })

  it.each([
    ['who has a place gives it to who has waited longest', ada, { coming: ['bert', 'cleo'], waiting: ['dora'] }],
    ['who waits makes room in the queue', cleo, { coming: ['ada', 'bert'], waiting: ['dora'] }],
    ['who is in no list changes nothing', memberId('eve') as never, { coming: ['ada', 'bert'], waiting: ['cleo', 'dora'] }],
  ])('%s', (_what, member, lists) => {
    expect(decline(evening, accepted(ada, bert, cleo, dora), member, before)).toEqual({ ...lists, came: [] })
  })

  it('are taken until the event is over', () => {
    const [last, over] = [at('2026-06-10T20:59:59Z'), evening.endsAt]
    expect(accept(evening, noGuests, ada, last)).toMatchObject({ coming: ['ada'] })
    expect(accept(evening, noGuests, ada, over)).toEqual({ refused: 'event-over' })
    expect(decline(evening, accepted(ada), ada, over)).toEqual({ refused: 'event-over' })
  })

  it('at most 500 wait', () => {
    const waiting = Array.from({ length: 500 }, (_, n) => memberId(`m-${n}`))
    const full: Guests = { coming: [ada, bert], waiting, came: [] }
    expect(accept(evening, full, cleo, before)).toEqual({ refused: 'event-full' })
    expect(accept(evening, { ...full, waiting: waiting.slice(1) }, cleo, before)).toMatchObject({ waiting: { length: 500 } })
  })
})

describe('an event that is changed', () => {
  const { clubId: _club, eventId: _event, ...terms } = evening
  const change = (more: Partial<typeof terms>, guests: Guests = accepted(ada, bert, cleo, dora), now = before, known = evening) =>
    changeEvent(known, guests, { ...terms, ...more }, now)

  it.each([
    ['to another name and time', { name: 'A night', startsAt: at('2026-06-11T17:00:00Z'), endsAt: at('2026-06-11T21:00:00Z') }],
    ['to other points', { points: points(0) }],
  ])('%s: whoever has a place keeps it', (_what, more) => {
    expect(change(more)).toEqual({
      event: { ...evening, ...more },
      guests: { coming: ['ada', 'bert'], waiting: ['cleo', 'dora'], came: [] },
    })
  })

  it.each([
    ['more places: who has waited longest gets one', 3, { coming: ['ada', 'bert', 'cleo'], waiting: ['dora'] }],
    ['more places than guests', 9, { coming: ['ada', 'bert', 'cleo', 'dora'], waiting: [] }],
    ['as many places as are taken', 2, { coming: ['ada', 'bert'], waiting: ['cleo', 'dora'] }],
  ])('%s', (_what, capacity, lists) => {
    expect(change({ capacity })).toEqual({ event: { ...evening, capacity }, guests: { ...lists, came: [] } })
  })

  it.each([
    ['fewer places than are taken', change({ capacity: 1 }), { refused: 'capacity-taken', pointer: '/capacity' }],
    [
      'an end that has been',
      change({ startsAt: at('2026-05-01T17:00:00Z'), endsAt: before }),
      { refused: 'event-over', pointer: '/endsAt' },
    ],
    ['when it begins', change({}, noGuests, evening.startsAt), { refused: 'event-begun' }],
    ['when somebody is in already', change({}, { ...noGuests, came: [ada] }), { refused: 'event-begun' }],
    [
      'when it was called off',
      change({}, noGuests, before, { ...evening, calledOff: { at: before, guests: [] } }),
      { refused: 'event-called-off' },
    ],
  ])('%s: refused', (_what, outcome, expected) => {
    expect(outcome).toEqual(expected)
  })

  it('a moment before it begins is early enough', () => {
    expect(change({ capacity: 3 }, noGuests, at('2026-06-10T16:59:59Z'))).toMatchObject({ event: { capacity: 3 } })
  })
})

describe('an event that is called off', () => {
  const off = callOff(evening, { ...accepted(ada, bert, cleo), came: [] }, before)
  if (isRefusal(off)) throw new Error(off.refused)

  it('ends all replies, and says whom to tell: first those who had a place', () => {
    expect(off).toEqual({
      event: { ...evening, calledOff: { at: before, guests: ['ada', 'bert', 'cleo'] } },
      guests: noGuests,
    })
    expect(placesLeft(off.event, off.guests)).toBe(0)
    expect(accept(off.event, off.guests, dora, before)).toEqual({ refused: 'event-called-off' })
  })

  it('leaves who was there by then', () => {
    expect(callOff(evening, { coming: [ada], waiting: [], came: [bert] }, at('2026-06-10T18:00:00Z'))).toMatchObject({
      event: { calledOff: { guests: ['ada'] } },
      guests: { coming: [], waiting: [], came: ['bert'] },
    })
  })

  it('until it is over', () => {
    expect(callOff(evening, noGuests, at('2026-06-10T20:59:59Z'))).toMatchObject({ event: { calledOff: {} } })
    expect(callOff(evening, noGuests, evening.endsAt)).toEqual({ refused: 'event-over' })
  })
})

describe('coming in', () => {
  const friend = (programme = programmeWith(open)) => {
    const counter = new ClubCounter(programme, '2026-01-01T00:00:00Z')
    counter.join('friends')
    return counter
  }
  const comesIn = (counter: ClubCounter, guests: Guests, occurredAt = '2026-06-10T17:30:00Z', event = evening) => {
    counter.settle(occurredAt)
    return bookAttendance(
      counter.programme,
      counter.account,
      event,
      guests,
      { occurredAt: at(occurredAt), storeId: 'leeds' },
      counter.now,
    )
  }
  const me = memberId('m-1') as never

  it.each([
    [
      'to their own place',
      { coming: [me, bert], waiting: [cleo], came: [] },
      { coming: ['bert'], waiting: ['cleo'], came: ['m-1'] },
    ],
    ['unasked, to a free place', { coming: [bert], waiting: [], came: [] }, { coming: ['bert'], waiting: [], came: ['m-1'] }],
    [
      'who waits, to a place that is free by now',
      { coming: [bert], waiting: [me], came: [] },
      { coming: ['bert'], waiting: [], came: ['m-1'] },
    ],
  ])('%s', (_what, guests, lists) => {
    expect(comesIn(friend(), guests)).toMatchObject({ guests: lists })
  })

  it.each([
    ['unasked, where all places are taken', { coming: [bert], waiting: [], came: [cleo] }],
    ['who waits, where all places are taken', { coming: [bert, cleo], waiting: [me], came: [] }],
  ])('%s: refused', (_what, guests) => {
    expect(comesIn(friend(), guests)).toEqual({ refused: 'event-full' })
  })

  it('earns what counts as issued and expires as if it were earned then', () => {
    const counter = friend()
    const booked = comesIn(counter, noGuests)
    if (isRefusal(booked)) throw new Error(booked.refused)
    const { head } = booked.account
    expect(head.totals).toEqual({ issued: 50, adjusted: 0, redeemed: 0, expired: 0, clawedBack: 0 })
    expect(balanceOf(head, counter.now).expiring.map((row) => `${row.points} until ${written(row.expiresAt)}`)).toEqual([
      '50 until 2027-06-30T23:00:00Z',
    ])
    expect(isConserved(head)).toBe(true)
    expect(booked.entry.fact).toEqual({
      ...{ kind: 'attend', clubId: 'friends', eventId: 'evening', storeId: 'leeds' },
      occurredAt: at('2026-06-10T17:30:00Z'),
    })
  })

  it('pays debt first', () => {
    const counter = friend()
    const debt: Entry = {
      at: counter.now,
      fact: { kind: 'expire' },
      effect: { debt: points(30), totals: { clawedBack: points(30) } },
    }
    counter.account = apply(counter.account, debt)
    expect(comesIn(counter, noGuests)).toMatchObject({ account: { head: { debt: 0, buckets: [{ points: 20 }] } } })
  })

  it('earns nothing where the event gives nothing, and is told all the same', () => {
    const booked = comesIn(friend(), noGuests, undefined, { ...evening, points: points(0) })
    expect(booked).toMatchObject({ entry: { fact: { kind: 'attend' }, effect: {} }, account: { head: { buckets: [] } } })
  })

  it.each([
    ['2026-06-09T22:59:59Z', { refused: 'event-not-now', pointer: '/occurredAt' }],
    ['2026-06-09T23:00:00Z', { guests: { came: ['m-1'] } }],
    ['2026-06-10T20:59:59Z', { guests: { came: ['m-1'] } }],
    ['2026-06-10T21:00:00Z', { refused: 'event-not-now', pointer: '/occurredAt' }],
  ])('at %s, between the local midnight before the event and its end', (occurredAt, outcome) => {
    expect(comesIn(friend(), noGuests, occurredAt)).toMatchObject(outcome)
  })

  it.each([
    ['2026-06-10T17:29:59Z', { guests: { coming: [], came: ['m-1'] } }],
    ['2026-06-10T17:30:00Z', { refused: 'event-called-off', pointer: '/occurredAt' }],
  ])('at %s to an event called off at half past, however late it is told', (occurredAt, outcome) => {
    const counter = friend()
    const off = callOff(evening, { ...noGuests, coming: [me] }, at('2026-06-10T17:30:00Z'))
    if (isRefusal(off)) throw new Error(off.refused)
    counter.settle('2026-06-10T19:00:00Z')
    const told = { occurredAt: at(occurredAt) }
    expect(bookAttendance(counter.programme, counter.account, off.event, off.guests, told, counter.now)).toMatchObject(outcome)
  })

  it('is for members of the club who are not closed', () => {
    const stranger = new ClubCounter(programmeWith(open), '2026-01-01T00:00:00Z')
    expect(comesIn(stranger, noGuests)).toEqual({ refused: 'not-in-club' })
    const closed = friend()
    closed.account = apply(closed.account, statusChange('closed', closed.now))
    expect(comesIn(closed, noGuests)).toEqual({ refused: 'member-closed' })
  })
})
