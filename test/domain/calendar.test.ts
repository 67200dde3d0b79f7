import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import * as PlainDate from 'temporal-polyfill/fns/PlainDate'
import { describe, expect, it } from 'vitest'
import { calendarOf } from '../../functions/domain/calendar.ts'
import { instant } from '../../functions/domain/units.ts'
import { at, written } from './programmes.ts'

describe('the local day of an instant', () => {
  it.each([
    ['Europe/London', '2026-01-15T12:00:00Z', '2026-01-15', '2026-01-15T00:00:00Z', '2026-01-16T00:00:00Z'],
    ['Europe/London', '2026-06-30T22:59:59Z', '2026-06-30', '2026-06-29T23:00:00Z', '2026-06-30T23:00:00Z'],
    ['Europe/London', '2026-06-30T23:00:00Z', '2026-07-01', '2026-06-30T23:00:00Z', '2026-07-01T23:00:00Z'],
    ['Europe/London', '2026-03-29T12:00:00Z', '2026-03-29', '2026-03-29T00:00:00Z', '2026-03-29T23:00:00Z'],
    ['Europe/London', '2026-10-25T12:00:00Z', '2026-10-25', '2026-10-24T23:00:00Z', '2026-10-26T00:00:00Z'],
    ['Asia/Kolkata', '2026-05-10T18:30:00Z', '2026-05-11', '2026-05-10T18:30:00Z', '2026-05-11T18:30:00Z'],
    ['Asia/Kathmandu', '2026-05-10T18:14:59Z', '2026-05-10', '2026-05-09T18:15:00Z', '2026-05-10T18:15:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T20:00:00Z', '2026-10-04', '2026-10-03T13:30:00Z', '2026-10-04T13:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-04', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04T02:59:59Z', '2018-11-03', '2018-11-03T03:00:00Z', '2018-11-04T03:00:00Z'],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
  ])('%s: %s is %s, from %s to %s', (zone, text, date, startsAt, endsAt) => {
    const day = calendarOf(zone).dayOf(at(text))
    expect([PlainDate.toString(day.date), written(day.startsAt), written(day.endsAt)]).toEqual([date, startsAt, endsAt])
  })

  it('holds every instant, whichever were asked before', () => {
    const zones = ['Europe/London', 'America/St_Johns', 'Pacific/Apia', 'Africa/Cairo', 'Asia/Kolkata']
    const calendars = new Map(zones.map((zone) => [zone, calendarOf(zone)]))
    // Two years around Samoa's lost day, so that days are asked of again and again.
    const instants = fc.integer({ min: Date.parse('2011-01-01'), max: Date.parse('2013-01-01') })
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, epochMs) => {
        const day = calendars.get(zone)!.dayOf(instant(epochMs))
        const local = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone)
        expect(PlainDate.toString(day.date)).toBe(String(local.toPlainDate()))
        expect(day.startsAt).toBe(local.startOfDay().epochMilliseconds)
        expect(day.startsAt).toBeLessThanOrEqual(epochMs)
        expect(day.endsAt).toBeGreaterThan(epochMs)
      }),
      { numRuns: 2_000 },
    )
  })

  it('ends with its last millisecond, also for a calendar that was just asked', () => {
    const calendar = calendarOf('Europe/London')
    const midnight = at('2026-06-30T23:00:00Z')
    const dates = [midnight - 1, midnight, midnight - 1].map((epochMs) =>
      PlainDate.toString(calendar.dayOf(instant(epochMs)).date),
    )
    expect(dates).toEqual(['2026-06-30', '2026-07-01', '2026-06-30'])
  })

  it('is right after more days than it remembers', () => {
    const calendar = calendarOf('Europe/London')
    const first = at('1990-01-01T12:00:00Z')
    for (let days = 0; days < 10_010; days += 1) calendar.dayOf(instant(first + days * 86_400_000))
    expect(PlainDate.toString(calendar.dayOf(first).date)).toBe('1990-01-01')
    expect(PlainDate.toString(calendar.dayOf(at('2017-05-27T23:30:00Z')).date)).toBe('2017-05-28')
  })

  it('is known before 1970 too', () => {
    expect(PlainDate.toString(calendarOf('Europe/London').dayOf(at('1969-12-31T12:00:00Z')).date)).toBe('1969-12-31')
  })
})

describe('the local year', () => {
  it.each([
    ['Europe/London', '2026-12-31T23:59:59Z', 2026],
    ['Europe/London', '2027-01-01T00:00:00Z', 2027],
    ['Asia/Kolkata', '2026-12-31T18:29:59Z', 2026],
    ['Asia/Kolkata', '2026-12-31T18:30:00Z', 2027],
    ['America/New_York', '2027-01-01T04:59:59Z', 2026],
    ['America/New_York', '2027-01-01T05:00:00Z', 2027],
  ])('%s: %s is in %i', (zone, text, year) => {
    expect(calendarOf(zone).yearOf(at(text))).toBe(year)
  })

  it.each([
    ['Europe/London', 2027, '2027-01-01T00:00:00Z'],
    ['Asia/Kolkata', 2027, '2026-12-31T18:30:00Z'],
    ['America/New_York', 2027, '2027-01-01T05:00:00Z'],
  ])('%s: %i begins at %s', (zone, year, text) => {
    const calendar = calendarOf(zone)
    expect(written(calendar.startOfYear(year))).toBe(text)
    expect(written(calendar.startOfYear(year))).toBe(text)
  })
})

it('refuses a zone that is none', () => {
  expect(() => calendarOf('Europe/Camelot')).toThrow(RangeError)
})
