import { describe, expect, it } from 'vitest'
import { earn } from '../../functions/domain/earning.ts'
import { bookPurchase, isLate, judgePurchase, type Sale } from '../../functions/domain/purchase.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, documentWith, programmeOf, written } from './programmes.ts'

const newcomer = (programme = demo) => new Counter(programme, '2026-01-01T00:00:00Z')

const saleOf = (purchaseId: string, occurredAt: string, amount: number): Sale => ({
  purchaseId,
  occurredAt: at(occurredAt),
  details: { storeId: 'leeds' },
  lines: [{ lineId: '1', sku: '85123A', quantity: 1, amount }],
})

/** A member who owes 10 points. */
const debtor = (programme = demo) => {
  const counter = newcomer(programme)
  counter.adjust(10, '2026-03-01T12:00:00Z')
  counter.buy('returned', '2026-03-01T12:00:00Z', goods(1_000))
  counter.settle('2026-03-20T12:00:00Z')
  counter.adjust(-20, '2026-03-20T12:00:00Z')
  counter.bringBack('returned', 'r-1', '2026-03-20T12:00:00Z', goods(1_000))
  expect(counter.balance).toMatchObject({ available: 0, pending: 0, debt: 10 })
  return counter
}

describe('a purchase', () => {
  it('is the example of the contract', () => {
    const counter = newcomer()
    expect(counter.buy('p-1', '2026-11-21T10:15:00Z', [{ lineId: '1', quantity: 6, amount: 1_530 }])).toBe(15)
    expect(counter.balance).toEqual({
      available: 15,
      pending: 0,
      reserved: 0,
      debt: 0,
      expiring: [{ points: 15, expiresAt: at('2027-12-01T00:00:00Z') }],
      asOf: at('2026-11-21T10:15:00Z'),
    })
    expect(counter.purchases.get('p-1')).toEqual({ earned: 15, pending: 0, tier: 'bronze' })
  })

  it('Open Loyalty 3: of nothing is booked all the same', () => {
    const counter = newcomer()
    expect(counter.buy('p-1', '2026-03-10T12:00:00Z', goods(0))).toBe(0)
    expect(counter.buy('p-2', '2026-03-10T12:00:00Z', [])).toBe(0)
    expect(counter.entries.filter(({ fact }) => fact.kind === 'earn')).toHaveLength(2)
    expect(counter.account.head.buckets).toEqual([])
  })

  it('keeps what a return and an explanation need', () => {
    const counter = newcomer()
    const sale = saleOf('leeds:1', '2026-03-10T12:00:00Z', 1_530)
    const now = at('2026-03-10T12:00:05Z')
    const booked = bookPurchase(demo, counter.account, sale, judgePurchase(demo, counter.account, sale, [], now), now)
    expect(booked).toMatchObject({
      entry: {
        at: at('2026-03-10T12:00:00Z'),
        fact: {
          kind: 'earn',
          purchaseId: 'leeds:1',
          occurredAt: at('2026-03-10T12:00:00Z'),
          details: sale.details,
          lines: sale.lines,
          tier: 'bronze',
          awards: [{ source: 'base', revision: 1, points: 15, lines: [{ lineId: '1', points: 15 }] }],
        },
      },
      bucket: { id: String(at('2027-03-31T23:00:00Z')), spendableAt: null },
      earned: 15,
    })
  })
})

describe('debt is paid first', () => {
  it.each([
    [400, { available: 0, debt: 6 }],
    [1_000, { available: 0, debt: 0 }],
    [1_200, { available: 2, debt: 0 }],
  ])('by a purchase of %i pence', (amount, balance) => {
    const counter = debtor()
    expect(counter.buy('p-1', '2026-03-21T12:00:00Z', goods(amount))).toBe(amount / 100)
    expect(counter.balance).toMatchObject(balance)
  })

  it('also by points that are on hold', () => {
    const counter = debtor(programmeOf(documentWith({ holdDays: 10 })))
    counter.buy('p-1', '2026-03-21T12:00:00Z', goods(1_200))
    expect(counter.balance).toMatchObject({ available: 0, pending: 2, debt: 0 })
    expect(counter.purchases.get('p-1')).toMatchObject({ earned: 12, pending: 2 })
  })
})

describe('points past their expiry when they arrive', () => {
  it('are earned and expired, and pay no debt', () => {
    const counter = debtor()
    const { totals } = counter.account.head
    expect(counter.buy('p-1', '2024-03-10T12:00:00Z', goods(1_000), '2026-03-21T12:00:00Z')).toBe(10)
    expect(counter.balance).toMatchObject({ available: 0, debt: 10, expiring: [] })
    expect(counter.account.head.totals).toEqual({ ...totals, issued: totals.issued + 10, expired: totals.expired + 10 })
    expect(counter.entries.at(-1)).toMatchObject({ at: at('2025-03-31T23:00:00Z'), fact: { kind: 'expire' } })
  })

  it('are not pending either', () => {
    const counter = newcomer(programmeOf(documentWith({ holdDays: 60, expiry: { months: 1 } })))
    expect(counter.buy('p-1', '2026-01-10T12:00:00Z', goods(1_000), '2026-02-20T12:00:00Z')).toBe(10)
    expect(counter.purchases.get('p-1')).toMatchObject({ earned: 10, pending: 0 })
    expect(counter.balance).toMatchObject({ available: 0, pending: 0 })
  })

  it.each([
    ['2027-03-31T22:59:59Z', 10],
    ['2027-03-31T23:00:00Z', 0],
  ])('arriving %s, %i are still good', (arrivedAt, available) => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000), arrivedAt)
    expect(counter.balance.available).toBe(available)
    expect(counter.account.head.totals).toMatchObject({ issued: 10, expired: 10 - available })
  })

  it.each([
    ['2027-03-31T22:59:59Z', 6],
    ['2027-03-31T23:00:00Z', 10],
  ])('arriving %s, they leave %i of a debt of 10', (arrivedAt, debt) => {
    const counter = debtor()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(400), arrivedAt)
    expect(counter.balance.debt).toBe(debt)
  })
})

describe('a hold', () => {
  const held = programmeOf(documentWith({ holdDays: 3 }))

  it('keeps points pending', () => {
    const counter = newcomer(held)
    counter.buy('p-1', '2026-01-10T12:00:00Z', goods(1_000))
    expect(counter.purchases.get('p-1')).toMatchObject({ earned: 10, pending: 10 })
    expect(counter.balance).toMatchObject({ available: 0, pending: 10 })
  })

  it('counts from the sale, so a late one is spendable sooner or at once', () => {
    const counter = newcomer(held)
    counter.buy('p-1', '2026-01-10T12:00:00Z', goods(1_000), '2026-01-13T23:59:59Z')
    expect(counter.balance).toMatchObject({ available: 0, pending: 10 })
    counter.buy('p-2', '2026-01-10T12:00:00Z', goods(500), '2026-01-14T00:00:00Z')
    expect(counter.purchases.get('p-2')).toMatchObject({ earned: 5, pending: 0 })
    expect(counter.balance).toMatchObject({ available: 15, pending: 0 })
  })
})

describe('when a purchase is judged and dated', () => {
  it('at its arrival, where a clock is ahead', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-04-01T11:00:00Z', goods(1_000), '2026-03-31T12:00:00Z')
    const entry = counter.entries.at(-1)
    expect([written(entry?.at ?? 0), written(counter.account.head.latestPurchase?.at ?? 0)]).toEqual([
      '2026-03-31T12:00:00Z',
      '2026-03-31T12:00:00Z',
    ])
    expect(entry?.fact).toMatchObject({ occurredAt: at('2026-04-01T11:00:00Z') })
    expect(counter.balance.expiring[0]?.expiresAt).toBe(at('2027-03-31T23:00:00Z'))
  })

  it('so a purchase after it is in order, though the clock ahead says otherwise', () => {
    const counter = newcomer()
    counter.buy('ahead', '2026-04-01T11:00:00Z', goods(50_000), '2026-03-31T12:00:00Z')
    expect(counter.buy('next', '2026-03-31T12:00:01Z', goods(400))).toBe(5)
  })

  it('at the sale, where it arrives late: by the revision in force then', () => {
    const richer = documentWith({ earn: { points: 3, per: 100 } })
    const counter = newcomer(programmeOf(demoDocument, [at('2026-04-01T00:00:00Z'), richer]))
    expect(counter.buy('old', '2026-03-31T23:59:59Z', goods(1_000), '2026-04-05T12:00:00Z')).toBe(10)
    expect(counter.buy('new', '2026-04-01T00:00:00Z', goods(1_000), '2026-04-05T12:00:00Z')).toBe(30)
  })

  it('odoo/odoo#222428: in the local year and month of the sale', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-06-30T23:30:00Z', goods(1_000))
    expect(counter.balance.expiring[0]?.expiresAt).toBe(at('2027-07-31T23:00:00Z'))
  })

  it.each([
    ['2026-03-10T11:59:59Z', true],
    ['2026-03-10T12:00:00Z', false],
    ['2026-03-10T12:00:01Z', false],
  ])('%s is late after a purchase of 2026-03-10T12:00:00Z: %s', (occurredAt, late) => {
    const counter = newcomer()
    expect(isLate(counter.account, saleOf('p-2', occurredAt, 100), at('2026-03-20T12:00:00Z'))).toBe(false)
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    expect(isLate(counter.account, saleOf('p-2', occurredAt, 100), at('2026-03-20T12:00:00Z'))).toBe(late)
  })

  it('frappe/erpnext#14885: an offline queue may arrive in any order', () => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03']
    const arrive = (order: readonly number[]) => {
      const counter = newcomer()
      for (const index of order) counter.buy(`p-${index}`, `${days[index]}T12:00:00Z`, goods(1_000), '2026-03-04T12:00:00Z')
      const { totals, buckets, sums, tier } = counter.account.head
      return { totals, buckets, sums, tier: tier.id }
    }
    expect(arrive([2, 0, 1])).toEqual(arrive([0, 1, 2]))
    expect(arrive([1, 2, 0])).toEqual(arrive([0, 1, 2]))
  })
})

it('a quote says what booking would, and books nothing', () => {
  const counter = newcomer()
  counter.buy('p-1', '2026-03-10T12:00:00Z', goods(50_000))
  const sale = saleOf('p-2', '2026-03-11T12:00:00Z', 1_000)
  const now = at('2026-03-11T12:00:00Z')
  const judged = judgePurchase(demo, counter.account, sale, [], now)
  const booked = bookPurchase(demo, counter.account, sale, judged, now)
  if (isRefusal(booked)) throw new Error('nothing speaks against it')
  expect(judged).toMatchObject({ at: now, facts: { tier: { id: 'silver' } } })
  expect(earn(judged.revision, judged.facts, judged.lines)).toEqual(booked.entry.fact.awards)
  expect(booked.earned).toBe(12)
})

it('a closed member earns nothing, and one opened again does', () => {
  const counter = newcomer()
  counter.changeStatus('closed', '2026-03-01T12:00:00Z')
  const [sale, now] = [saleOf('p-1', '2026-03-02T12:00:00Z', 1_000), at('2026-03-02T12:00:00Z')]
  const closed = bookPurchase(demo, counter.account, sale, judgePurchase(demo, counter.account, sale, [], now), now)
  expect(closed).toEqual({ refused: 'member-closed', pointer: '/member' })
  counter.changeStatus('active', '2026-03-03T12:00:00Z')
  expect(counter.buy('p-1', '2026-03-04T12:00:00Z', goods(1_000))).toBe(10)
})
