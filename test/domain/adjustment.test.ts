import { describe, expect, it } from 'vitest'
import { bookAdjustment } from '../../functions/domain/adjustment.ts'
import { points } from '../../functions/domain/units.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, documentWith, programmeOf, written } from './programmes.ts'

const newcomer = (programme = demo) => new Counter(programme, '2026-01-01T00:00:00Z')
const rows = (counter: Counter) =>
  counter.balance.expiring.map((row) => `${row.points} until ${written(row.expiresAt)}`).join(', ')

describe('a credit', () => {
  it('expires as if earned at that moment', () => {
    const counter = newcomer()
    expect(counter.adjust(50, '2026-03-10T12:00:00Z')).toBe('booked')
    expect(rows(counter)).toBe('50 until 2027-03-31T23:00:00Z')
    expect(counter.account.head.totals).toEqual({ issued: 0, adjusted: 50, redeemed: 0, expired: 0, clawedBack: 0 })
  })

  it('shares the bucket of what was earned in the same month', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(1_000))
    counter.adjust(5, '2026-03-31T12:00:00Z')
    expect(counter.account.head.buckets).toMatchObject([{ points: 15 }])
  })

  it('is not held', () => {
    const counter = newcomer(programmeOf(documentWith({ holdDays: 14 })))
    counter.adjust(50, '2026-03-10T12:00:00Z')
    expect(counter.balance).toMatchObject({ available: 50, pending: 0 })
  })

  it('never expires where points do not', () => {
    const counter = newcomer(programmeOf(documentWith({ expiry: 'none' })))
    counter.adjust(50, '2026-03-10T12:00:00Z')
    expect(counter.balance.expiring).toEqual([{ points: 50, expiresAt: null }])
  })

  it.each([
    [5, { available: 0, debt: 5 }],
    [10, { available: 0, debt: 0 }],
    [12, { available: 2, debt: 0 }],
  ])('of %i pays a debt of 10 first', (amount, balance) => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    counter.adjust(-10, '2026-03-10T13:00:00Z')
    counter.bringBack('p-1', 'r-1', '2026-03-11T12:00:00Z', goods(1_000))
    expect(counter.balance).toMatchObject({ available: 0, debt: 10 })
    counter.adjust(amount, '2026-03-12T12:00:00Z')
    expect(counter.balance).toMatchObject(balance)
    expect(counter.account.head.totals.adjusted).toBe(amount - 10)
  })
})

describe('a debit', () => {
  const shopper = () => {
    const counter = newcomer()
    counter.buy('later', '2026-05-10T12:00:00Z', goods(1_000))
    counter.buy('sooner', '2026-03-10T12:00:00Z', goods(1_000), '2026-05-11T12:00:00Z')
    return counter
  }

  it('Open Loyalty 3: takes what expires first, not what came first', () => {
    const counter = shopper()
    counter.adjust(-4, '2026-05-12T12:00:00Z')
    expect(rows(counter)).toBe('6 until 2027-03-31T23:00:00Z, 10 until 2027-05-31T23:00:00Z')
    counter.adjust(-8, '2026-05-12T12:00:00Z')
    expect(rows(counter)).toBe('8 until 2027-05-31T23:00:00Z')
    expect(counter.account.head.totals.adjusted).toBe(-12)
  })

  it('takes what never expires last', () => {
    const counter = newcomer(
      programmeOf(documentWith({ expiry: 'none' }), [at('2026-04-01T00:00:00Z'), documentWith({ expiry: { months: 120 } })]),
    )
    counter.adjust(5, '2026-03-10T12:00:00Z')
    counter.adjust(5, '2026-04-10T12:00:00Z')
    counter.adjust(-6, '2026-04-11T12:00:00Z')
    expect(rows(counter)).toBe('4 until never')
  })

  it('may take all, and is refused a point more', () => {
    const counter = shopper()
    const { account } = counter
    expect(counter.adjust(-21, '2026-05-12T12:00:00Z')).toBe('insufficient-points')
    expect(counter.account).toBe(account)
    expect(counter.adjust(-20, '2026-05-12T12:00:00Z')).toBe('booked')
    expect(counter.balance.available).toBe(0)
  })

  it('frappe/erpnext#59050: one balance, whatever the points came from, and they are spent once', () => {
    const counter = shopper()
    counter.adjust(5, '2026-05-12T12:00:00Z')
    expect(counter.adjust(-25, '2026-05-13T12:00:00Z')).toBe('booked')
    expect(counter.adjust(-1, '2026-05-13T12:00:00Z')).toBe('insufficient-points')
  })

  it('takes no pending and no expired points', () => {
    const counter = newcomer(programmeOf(documentWith({ holdDays: 10, expiry: { months: 1 } })))
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    expect(counter.adjust(-1, '2026-03-20T12:00:00Z')).toBe('insufficient-points')
    expect(counter.adjust(-1, '2026-03-21T12:00:00Z')).toBe('booked')
    expect(counter.adjust(-1, '2026-04-10T23:00:00Z')).toBe('insufficient-points')
  })

  it('says which field is at fault', () => {
    const counter = newcomer()
    const debit = { adjustmentId: 'a-1', points: points(-1), reason: 'test', actor: 'staff' }
    expect(bookAdjustment(demo, counter.account, debit, counter.now)).toEqual({
      refused: 'insufficient-points',
      pointer: '/points',
    })
  })
})

it('a closed member is not adjusted, and one opened again is', () => {
  const counter = newcomer()
  counter.changeStatus('closed', '2026-03-01T12:00:00Z')
  expect(counter.adjust(5, '2026-03-02T12:00:00Z')).toBe('member-closed')
  counter.changeStatus('active', '2026-03-03T12:00:00Z')
  expect(counter.adjust(5, '2026-03-04T12:00:00Z')).toBe('booked')
})

it('says who did it and why', () => {
  const counter = newcomer()
  counter.adjust(5, '2026-03-02T12:00:00Z')
  expect(counter.entries.at(-1)).toMatchObject({
    at: at('2026-03-02T12:00:00Z'),
    fact: { kind: 'adjust', adjustmentId: 'a-1', reason: 'test', actor: 'staff' },
  })
})
