import { describe, expect, it } from 'vitest'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, documentWith, programmeOf, written } from './programmes.ts'

const kinds = (entries: readonly { readonly at: number; readonly fact: { readonly kind: string } }[]) =>
  entries.map((entry) => `${written(entry.at)} ${entry.fact.kind}`)

describe('expiry', () => {
  const shopper = () => {
    const counter = new Counter(demo, '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(1_000))
    counter.buy('p-2', '2026-05-10T12:00:00Z', goods(2_000))
    return counter
  }

  it('a point is expired from its instant on, and not a millisecond before', () => {
    const counter = shopper()
    counter.settle(at('2027-03-31T23:00:00Z') - 1)
    expect(counter.balance).toMatchObject({ available: 30, expiring: [{ points: 10 }, { points: 20 }] })
    counter.settle('2027-03-31T23:00:00Z')
    expect(counter.balance).toMatchObject({ available: 20, expiring: [{ points: 20 }] })
    expect(counter.account.head.totals.expired).toBe(10)
  })

  it('is booked at the instants at which it was due, however late', () => {
    expect(kinds(shopper().settle('2030-01-01T00:00:00Z'))).toEqual([
      '2027-03-31T23:00:00Z expire',
      '2027-05-31T23:00:00Z expire',
    ])
  })

  it('does nothing the second time', () => {
    const counter = shopper()
    counter.settle('2030-01-01T00:00:00Z')
    const { account } = counter
    expect(counter.settle('2030-01-01T00:00:00Z')).toEqual([])
    expect(counter.settle('2035-01-01T00:00:00Z')).toEqual([])
    expect(counter.account).toBe(account)
  })

  it('liberusoftware/ecommerce-laravel#1056: takes points of whatever origin', () => {
    const counter = shopper()
    counter.adjust(7, '2026-03-20T12:00:00Z')
    counter.settle('2027-03-31T23:00:00Z')
    expect(counter.balance.available).toBe(20)
    expect(counter.account.head.totals.expired).toBe(17)
  })

  it('FreeOpenSourcePOS/FloCafe#78: takes of a lot only what was not spent from it', () => {
    const counter = shopper()
    counter.adjust(-10, '2026-06-01T12:00:00Z')
    counter.settle('2027-04-01T00:00:00Z')
    expect([counter.balance.available, counter.account.head.totals.expired]).toEqual([20, 0])
  })

  it('goes on for a closed member', () => {
    const counter = shopper()
    counter.changeStatus('closed', '2026-06-01T12:00:00Z')
    counter.settle('2030-01-01T00:00:00Z')
    expect(counter.account.head.totals.expired).toBe(30)
  })
})

describe('a hold', () => {
  const held = programmeOf(documentWith({ holdDays: 14 }))

  it('makes points spendable at its end, with the rest of their expiry', () => {
    const counter = new Counter(held, '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-06-01T12:00:00Z', goods(1_000))
    counter.buy('p-2', '2026-06-05T12:00:00Z', goods(500))
    expect(counter.balance).toMatchObject({ available: 0, pending: 15, expiring: [] })
    counter.settle(at('2026-06-15T23:00:00Z') - 1)
    expect(counter.balance).toMatchObject({ available: 0, pending: 15 })
    counter.settle('2026-06-15T23:00:00Z')
    expect(counter.balance).toMatchObject({ available: 10, pending: 5 })
    counter.settle('2026-07-01T00:00:00Z')
    expect(counter.balance).toMatchObject({ available: 15, pending: 0, expiring: [{ points: 15 }] })
    expect(counter.account.head.buckets).toHaveLength(1)
  })

  it('longer than the points live lets them expire unspendable', () => {
    const counter = new Counter(programmeOf(documentWith({ holdDays: 60, expiry: { months: 1 } })), '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-06-01T12:00:00Z', goods(1_000))
    expect(kinds(counter.settle('2026-12-01T00:00:00Z'))).toEqual(['2026-07-01T23:00:00Z expire'])
    expect(counter.account.head.totals.expired).toBe(10)
  })
})

describe('at one instant', () => {
  const programme = programmeOf(documentWith({ holdDays: 1, expiry: { fixedDate: '12-31' } }))

  it('points mature, then expire, then the tier is judged', () => {
    const counter = new Counter(programme, '2025-01-01T00:00:00Z')
    counter.buy('p-1', '2025-06-01T12:00:00Z', goods(50_000))
    counter.buy('p-2', '2026-12-30T12:00:00Z', goods(1_000))
    expect(kinds(counter.settle('2027-01-01T00:00:00Z'))).toEqual([
      '2027-01-01T00:00:00Z mature',
      '2027-01-01T00:00:00Z expire',
      '2027-01-01T00:00:00Z tier',
    ])
    expect(counter.balance).toMatchObject({ available: 0, pending: 0 })
  })
})

describe('the next instant that is due', () => {
  it('is none where time changes nothing', () => {
    const counter = new Counter(demo, '2026-01-01T00:00:00Z')
    expect(nextDue(demo, counter.account.head)).toBeNull()
    const eternal = new Counter(programmeOf(documentWith({ expiry: 'none' })), '2026-01-01T00:00:00Z')
    eternal.buy('p-1', '2026-06-01T12:00:00Z', goods(1_000))
    expect(nextDue(eternal.programme, eternal.account.head)).toBeNull()
  })

  it.each([
    ['the end of a hold', documentWith({ holdDays: 3 }), 1_000, '2026-06-04T23:00:00Z'],
    ['an expiry', demoDocument, 1_000, '2027-06-30T23:00:00Z'],
    ['a tier that runs out', documentWith({ expiry: { months: 36 } }), 50_000, '2028-01-01T00:00:00Z'],
  ])('is %s', (_what, document, amount, due) => {
    const programme = programmeOf(document)
    const counter = new Counter(programme, '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-06-01T12:00:00Z', goods(amount))
    expect(written(nextDue(programme, counter.account.head))).toBe(due)
  })
})

it('stops after so many entries, says that it is not done, and goes on from there', () => {
  const counter = new Counter(demo, '2020-01-01T00:00:00Z')
  for (const year of [2020, 2021, 2022]) counter.buy(`p-${year}`, `${year}-06-01T12:00:00Z`, goods(1_000), '2022-06-02T00:00:00Z')
  counter.buy('p-last', '2022-09-01T12:00:00Z', goods(1_000))
  const now = at('2030-01-01T00:00:00Z')
  const one = settle(demo, counter.account, now, 1)
  expect([kinds(one.entries), one.complete]).toEqual([['2023-06-30T23:00:00Z expire'], false])
  const rest = settle(demo, one.account, now, 1)
  expect([kinds(rest.entries), rest.complete]).toEqual([['2023-09-30T23:00:00Z expire'], true])
})
