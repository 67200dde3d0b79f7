import { describe, expect, it } from 'vitest'
import { bucketTerms, spendableInstant } from '../../functions/domain/expiry.ts'
import { emptyHead } from '../../functions/domain/head.ts'
import type { ExpiryPolicy } from '../../functions/domain/programme.ts'
import { memberId } from '../../functions/domain/units.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, documentWith, programmeOf, written } from './programmes.ts'

const newcomer = emptyHead(memberId('m-1'))

function expiryOf(expiry: ExpiryPolicy, soldAt: string, timezone = 'Europe/London'): string {
  const [revision] = programmeOf(documentWith({ expiry }, { timezone })).revisions
  return written(bucketTerms(revision, newcomer, at(soldAt)).expiresAt)
}

describe('the demo: 12 months, to the end of the month', () => {
  it.each([
    ['2026-11-21T10:15:00Z', '2027-12-01T00:00:00Z', 'the example of the contract'],
    ['2026-01-01T00:00:00Z', '2027-02-01T00:00:00Z', 'the first instant of a year'],
    ['2026-12-31T23:59:59Z', '2028-01-01T00:00:00Z', 'the last second of a year'],
    ['2028-02-29T12:00:00Z', '2029-03-01T00:00:00Z', 'a leap day'],
    ['2026-05-31T22:59:59Z', '2027-05-31T23:00:00Z', 'May by local time; June begins at 23:00Z in summer'],
    ['2026-05-31T23:30:00Z', '2027-06-30T23:00:00Z', 'half past midnight on 1 June in London'],
    ['2026-10-10T12:00:00Z', '2027-11-01T00:00:00Z', 'sold in summer time, expires in winter time'],
    ['2026-03-10T12:00:00Z', '2027-03-31T23:00:00Z', 'sold in winter time, expires in summer time'],
  ])('sold %s, gone at %s: %s', (soldAt, expiresAt) => {
    expect(expiryOf({ months: 12, roundTo: 'month' }, soldAt)).toBe(expiresAt)
  })
})

describe('months', () => {
  it.each([
    [{ months: 6, roundTo: 'month' }, '2026-08-31T12:00:00Z', '2027-03-01T00:00:00Z', '31 August + 6 is 28 February'],
    [{ months: 6 }, '2026-08-31T12:00:00Z', '2027-03-01T00:00:00Z', 'the day after 28 February'],
    [{ months: 6 }, '2026-08-28T12:00:00Z', '2027-03-01T00:00:00Z', 'the same last day'],
    [{ months: 6 }, '2026-08-27T12:00:00Z', '2027-02-28T00:00:00Z', 'one day less'],
    [{ months: 6 }, '2027-08-31T12:00:00Z', '2028-03-01T00:00:00Z', 'the day after 29 February'],
    [{ months: 12 }, '2028-02-29T12:00:00Z', '2029-03-01T00:00:00Z', 'the last day of February'],
    [{ months: 48 }, '2028-02-29T12:00:00Z', '2032-03-01T00:00:00Z', 'leap day to leap day'],
    [{ months: 1 }, '2026-02-28T12:00:00Z', '2026-03-29T00:00:00Z', 'midnight before the clocks go forward'],
    [{ months: 1 }, '2026-03-01T12:00:00Z', '2026-04-01T23:00:00Z', 'midnight in summer time is 23:00Z'],
    [{ months: 1 }, '2026-06-30T22:59:59Z', '2026-07-30T23:00:00Z', '30 June by local time'],
    [{ months: 1 }, '2026-06-30T23:30:00Z', '2026-08-01T23:00:00Z', 'already 1 July by local time'],
    [{ months: 1 }, '2026-09-25T12:00:00Z', '2026-10-26T00:00:00Z', 'the day the clocks go back is 25 hours long'],
  ] satisfies [ExpiryPolicy, string, string, string][])('%j sold %s, gone at %s: %s', (expiry, soldAt, expiresAt, _why) => {
    expect(expiryOf(expiry, soldAt)).toBe(expiresAt)
  })
})

describe('a fixed date', () => {
  it.each([
    ['12-31', '2026-05-05T12:00:00Z', '2027-01-01T00:00:00Z', 'the next one'],
    ['12-31', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', 'on the day itself: to its end'],
    ['12-31', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z', 'the day after: a year more'],
    ['06-30', '2026-06-30T22:59:59Z', '2026-06-30T23:00:00Z', 'the last local second'],
    ['06-30', '2026-06-30T23:00:00Z', '2027-06-30T23:00:00Z', 'already 1 July by local time'],
    ['02-29', '2026-01-10T12:00:00Z', '2026-03-01T00:00:00Z', 'no such day: the last of February'],
    ['02-29', '2026-02-28T12:00:00Z', '2026-03-01T00:00:00Z', 'on that last day'],
    ['02-29', '2026-03-01T12:00:00Z', '2027-03-01T00:00:00Z', 'the day after'],
    ['02-29', '2027-03-01T12:00:00Z', '2028-03-01T00:00:00Z', 'the next one is a leap day'],
    ['02-29', '2028-02-29T12:00:00Z', '2028-03-01T00:00:00Z', 'on the leap day'],
    ['02-28', '2028-02-29T12:00:00Z', '2029-03-01T00:00:00Z', 'the leap day is after the 28th'],
  ])('%s, sold %s, gone at %s: %s', (fixedDate, soldAt, expiresAt) => {
    expect(expiryOf({ fixedDate }, soldAt)).toBe(expiresAt)
  })
})

it('never expires under none', () => {
  expect(expiryOf('none', '2026-05-05T12:00:00Z')).toBe('never')
})

describe('zones whose midnights are odd', () => {
  it.each([
    [
      'America/Sao_Paulo',
      { months: 1 },
      '2018-10-03T12:00:00Z',
      '2018-11-04T03:00:00Z',
      '00:00 was skipped: the day began at 01:00',
    ],
    ['Pacific/Apia', { months: 1 }, '2011-11-30T00:00:00Z', '2011-12-30T10:00:00Z', '30 December was skipped'],
    ['Asia/Kolkata', { months: 1 }, '2026-05-10T12:00:00Z', '2026-06-10T18:30:00Z', 'five hours and a half ahead'],
    ['Asia/Kolkata', { months: 1 }, '2026-05-10T18:30:00Z', '2026-06-11T18:30:00Z', 'midnight there: the next local day'],
    [
      'Asia/Kathmandu',
      { months: 1, roundTo: 'month' },
      '2026-05-31T18:15:00Z',
      '2026-07-31T18:15:00Z',
      'three quarters of an hour',
    ],
    ['America/Los_Angeles', { months: 12, roundTo: 'month' }, '2026-06-01T06:59:59Z', '2027-06-01T07:00:00Z', 'still May there'],
  ] satisfies [string, ExpiryPolicy, string, string, string][])(
    'odoo/odoo#222428: %s %j sold %s, gone at %s: %s',
    (timezone, expiry, soldAt, expiresAt, _why) => {
      expect(expiryOf(expiry, soldAt, timezone)).toBe(expiresAt)
    },
  )
})

describe('a hold', () => {
  it.each([
    ['Europe/London', 0, '2026-06-01T12:34:56Z', '2026-06-01T12:34:56Z', 'none: at once'],
    ['Europe/London', 1, '2026-01-10T12:00:00Z', '2026-01-12T00:00:00Z', 'the whole next day'],
    ['Europe/London', 14, '2026-06-01T12:00:00Z', '2026-06-15T23:00:00Z', 'midnight in summer time'],
    ['Europe/London', 1, '2026-03-28T12:00:00Z', '2026-03-29T23:00:00Z', 'over the change of clocks'],
    ['Europe/London', 1, '2026-06-30T23:30:00Z', '2026-07-02T23:00:00Z', 'sold on 1 July by local time'],
    ['America/Sao_Paulo', 2, '2018-11-01T12:00:00Z', '2018-11-04T03:00:00Z', 'to a day that began at 01:00'],
  ])('%s, %i days: sold %s, spendable at %s: %s', (timezone, holdDays, soldAt, spendableAt) => {
    const [revision] = programmeOf(documentWith({ holdDays }, { timezone })).revisions
    expect(written(spendableInstant(revision, at(soldAt)))).toBe(spendableAt)
  })
})

it('puts all points of one expiry in one bucket', () => {
  const [revision] = demo.revisions
  const first = bucketTerms(revision, newcomer, at('2026-11-01T00:00:00Z'))
  expect(bucketTerms(revision, newcomer, at('2026-11-30T23:59:59Z'))).toEqual(first)
  expect(bucketTerms(revision, newcomer, at('2026-12-01T00:00:00Z')).id).not.toBe(first.id)
})

describe('inactivity of 6 months', () => {
  const inactive = programmeOf(documentWith({ expiry: { inactivity: 6 } }))
  const rows = (counter: Counter) =>
    counter.balance.expiring.map(({ points, expiresAt }) => `${points} until ${written(expiresAt)}`).join(', ')
  const shopper = () => {
    const counter = new Counter(inactive, '2026-01-01T00:00:00Z')
    counter.buy('first', '2026-01-10T12:00:00Z', goods(1_000))
    return counter
  }

  it('counts from the last purchase, for all points', () => {
    const counter = shopper()
    expect(rows(counter)).toBe('10 until 2026-07-10T23:00:00Z')
    counter.buy('second', '2026-03-31T12:00:00Z', goods(500))
    expect(rows(counter)).toBe('15 until 2026-09-30T23:00:00Z')
  })

  it('counts a purchase that earns nothing', () => {
    const counter = shopper()
    counter.buy('small', '2026-03-31T12:00:00Z', goods(99))
    expect(rows(counter)).toBe('10 until 2026-09-30T23:00:00Z')
  })

  it('counts a credit by staff, but not a debit and not a return', () => {
    const counter = shopper()
    counter.adjust(5, '2026-02-28T12:00:00Z')
    expect(rows(counter)).toBe('15 until 2026-08-28T23:00:00Z')
    counter.adjust(-5, '2026-04-01T12:00:00Z')
    counter.bringBack('first', 'r-1', '2026-04-02T12:00:00Z', goods(500))
    expect(rows(counter)).toBe('5 until 2026-08-28T23:00:00Z')
  })

  it('is not shortened by a purchase dated before such a credit', () => {
    const counter = shopper()
    counter.adjust(5, '2026-02-28T12:00:00Z')
    counter.buy('p-2', '2026-02-10T12:00:00Z', goods(300), '2026-03-01T12:00:00Z')
    expect(rows(counter)).toBe('18 until 2026-08-28T23:00:00Z')
  })

  it('is not shortened by a purchase that arrives late', () => {
    const counter = shopper()
    counter.buy('late', '2025-12-24T12:00:00Z', goods(300), '2026-01-20T12:00:00Z')
    expect(rows(counter)).toBe('13 until 2026-07-10T23:00:00Z')
  })

  it('keeps the points of a late purchase for as long as those of the latest one, also where none of those are left', () => {
    const counter = shopper()
    counter.adjust(-10, '2026-01-11T12:00:00Z')
    counter.buy('late', '2025-12-24T12:00:00Z', goods(300), '2026-01-20T12:00:00Z')
    expect(rows(counter)).toBe('3 until 2026-07-10T23:00:00Z')
    const unearned = new Counter(inactive, '2026-01-01T00:00:00Z')
    unearned.buy('small', '2026-01-10T12:00:00Z', goods(99))
    unearned.buy('late', '2025-12-24T12:00:00Z', goods(300), '2026-01-20T12:00:00Z')
    expect(rows(unearned)).toBe('3 until 2026-07-10T23:00:00Z')
  })

  it('expires all of them at once, and later activity brings nothing back', () => {
    const counter = shopper()
    counter.settle('2026-07-10T22:59:59Z')
    expect(rows(counter)).toBe('10 until 2026-07-10T23:00:00Z')
    counter.settle('2026-07-10T23:00:00Z')
    expect(rows(counter)).toBe('')
    counter.buy('again', '2026-08-01T12:00:00Z', goods(700))
    expect(rows(counter)).toBe('7 until 2027-02-02T00:00:00Z')
    expect(counter.account.head.totals.expired).toBe(10)
  })

  it('does not take a return from what expired of points earned after those of the sale were all spent', () => {
    const counter = shopper()
    counter.adjust(-10, '2026-01-11T12:00:00Z')
    counter.buy('again', '2027-03-01T12:00:00Z', goods(700))
    counter.settle('2028-01-01T12:00:00Z')
    counter.bringBack('first', 'r-1', '2028-01-01T12:00:00Z', goods(1_000))
    expect(counter.balance.debt).toBe(10)
    expect(counter.account.head.totals).toMatchObject({ expired: 7, clawedBack: 10 })
  })

  it('takes a return from its own run: from what of it expired, not from what was earned since', () => {
    const counter = shopper()
    counter.settle('2026-07-11T12:00:00Z')
    counter.buy('again', '2026-08-01T12:00:00Z', goods(700))
    expect(counter.bringBack('first', 'r-1', '2026-08-02T12:00:00Z', goods(1_000))).toBe(10)
    expect(rows(counter)).toBe('7 until 2027-02-02T00:00:00Z')
    expect(counter.account.head.totals).toMatchObject({ expired: 0, clawedBack: 10 })
  })
})

it('counts runs of inactivity only where inactivity expires points', () => {
  const counter = new Counter(demo, '2026-01-01T00:00:00Z')
  counter.buy('p-1', '2026-01-10T12:00:00Z', goods(1_000))
  counter.adjust(-10, '2026-01-11T12:00:00Z')
  expect(counter.account.head.inactivityRun).toBe(0)
})
