import { describe, expect, it, test } from 'vitest'
import { judgeClaim } from '../../functions/domain/claiming.ts'
import { afterDays, type Guarantee, guaranteedUntil, isCovered } from '../../functions/domain/guarantee.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import type { KeptSale } from '../../functions/domain/returns.ts'
import { Counter, goods } from './counter.ts'
import { at, demoDocument, programmeOf, written } from './programmes.ts'

const guarantee: Guarantee = {
  id: 'g',
  name: 'G',
  window: { days: 30 },
  remedy: { refund: { rate: 10_000 } },
  goodsBack: false,
  days: { decide: 3, settle: 7 },
}
const programme = (more: Partial<Guarantee> = {}) => programmeOf({ ...demoDocument, guarantees: [{ ...guarantee, ...more }] })
const { calendar } = programme().revisions[0]
const nobody = { tiers: ['bronze', 'bronze'], clubs: [] }

describe('how long a guarantee holds: to the local midnight after its last day', () => {
  it.each<[string, Guarantee['window'], string, string]>([
    ['30 days in winter', { days: 30 }, '2026-01-10T23:59:59Z', '2026-02-10T00:00:00Z'],
    ['30 days into summer time', { days: 30 }, '2026-03-10T12:00:00Z', '2026-04-09T23:00:00Z'],
    ['30 days out of it', { days: 30 }, '2026-10-10T12:00:00Z', '2026-11-10T00:00:00Z'],
    ['a sale at a local midnight is of the day that begins', { days: 0 }, '2026-07-01T23:00:00Z', '2026-07-02T23:00:00Z'],
    ['12 months', { months: 12 }, '2026-03-30T12:00:00Z', '2027-03-30T23:00:00Z'],
    ['a month from its last day', { months: 1 }, '2026-01-31T12:00:00Z', '2026-03-01T00:00:00Z'],
    ['12 months from a leap day', { months: 12 }, '2028-02-29T12:00:00Z', '2029-03-01T00:00:00Z'],
    ['365 days over a leap day', { days: 365 }, '2027-12-01T12:00:00Z', '2028-12-01T00:00:00Z'],
  ])('%s', (_name, window, saleAt, until) => {
    expect(written(guaranteedUntil(calendar, { ...guarantee, window }, at(saleAt), nobody))).toBe(until)
  })

  const longer = [
    { tiers: ['gold'], window: { days: 60 } },
    { clubs: ['makers'], window: { days: 90 } },
  ]
  it.each([
    ['nobody in particular', nobody, 30],
    ['who was gold at the sale', { tiers: ['gold', 'bronze'], clubs: [] }, 60],
    ['who is gold now', { tiers: ['bronze', 'gold'], clubs: [] }, 60],
    ['who belongs to a club', { tiers: ['bronze', 'bronze'], clubs: ['makers'] }, 90],
    ['who is and does both', { tiers: ['gold', 'gold'], clubs: ['makers'] }, 90],
  ])('is longer for some: %s', (_name, holder, days) => {
    const saleAt = at('2026-05-01T12:00:00Z')
    expect(guaranteedUntil(calendar, { ...guarantee, longer }, saleAt, holder)).toBe(afterDays(calendar, saleAt, days))
  })
})

test.each([
  [undefined, true],
  [{ skus: ['a'] }, true],
  [{ skus: ['b'] }, false],
  [{ categories: ['tea', 'candles'] }, true],
  [{ skus: ['b'], categories: ['cups'] }, false],
  [{ skus: ['b'], categories: ['candles'] }, true],
])('%j covers a candle called a: %s', (covers, expected) => {
  expect(isCovered({ ...guarantee, covers }, { sku: 'a', categories: ['candles'] })).toBe(expected)
})

describe('what a claim comes to', () => {
  const judged = (quantity: number, kept: Partial<KeptSale> = {}, more: Partial<Guarantee> = {}) => {
    const counter = new Counter(programme(more), '2026-01-01T00:00:00Z')
    counter.purchase({
      ...{ kind: 'purchase', id: 'p-1', occurredAt: counter.now, arrivedAt: counter.now },
      lines: [{ lineId: '1', quantity: 3, amount: 1_000 }, ...goods(700).map((line) => ({ ...line, lineId: '2' }))],
    })
    const sale = { ...counter.receipts.get('p-1')!, ...kept }
    const lines = [
      { lineId: '1', quantity },
      { lineId: '2', quantity: 1 },
    ]
    const asked = { claimId: 'c-1', by: { member: true }, lines } as const
    const found = judgeClaim(counter.programme, counter.account, sale, asked, counter.entries, counter.now)
    if (isRefusal(found)) return found
    const { lines: claimed, value, instruction } = found.terms
    return [claimed.map(({ amount }) => amount), value, instruction.amount]
  }
  const gone = (quantity: number, amount: number) => [{ lineId: '1', quantity, amount }]

  it.each([
    ['a third, rounded down', 1, {}, [[333, 700], 1_033, 1_033]],
    ['two thirds', 2, {}, [[666, 700], 1_366, 1_366]],
    ['all of it', 3, {}, [[1_000, 700], 1_700, 1_700]],
    ['the rest after a third was returned', 2, { returned: gone(1, 333) }, [[667, 700], 1_367, 1_367]],
    ['half of the rest', 1, { returned: gone(1, 333) }, [[333, 700], 1_033, 1_033]],
    ['what others do not claim', 2, { claimed: gone(1, 333) }, [[667, 700], 1_367, 1_367]],
  ] as const)('%s', (_name, quantity, kept, expected) => {
    expect(judged(quantity, kept)).toEqual(expected)
  })

  it.each([
    ['of the half', { refund: { rate: 5_000 } }, 516],
    ['of goods', { exchange: true as const }, 1_033],
    ['of points', { points: 2, per: 100 }, 0],
  ])('the remedy is %s', (_name, remedy, amount) => {
    expect(judged(1, {}, { remedy })).toEqual([[333, 700], 1_033, amount])
  })
})
