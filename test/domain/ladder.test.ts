import { describe, expect, it } from 'vitest'
import type { TierPolicy } from '../../functions/domain/programme.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { tierProgress } from '../../functions/domain/tier-progress.ts'
import { Counter, goods } from './counter.ts'
import { at, demoDocument, documentWith, programmeOf, written } from './programmes.ts'

const level = (id: string, threshold: number) => ({ id, threshold, multiplier: 10_000 })
/** For metrics of small numbers. */
const few = [level('bronze', 0), level('silver', 2), level('gold', 4)]
const documentOf = (tiers: Partial<TierPolicy>) =>
  documentWith({ expiry: 'none' }, { tiers: { ...demoDocument.tiers, ...tiers } })
const member = (tiers: Partial<TierPolicy>, enrolledAt = '2024-03-15T10:00:00Z') =>
  new Counter(programmeOf(documentOf(tiers)), enrolledAt)

/** What is bought: when, for how many pence. */
type Bought = readonly [occurredAt: string, amount: number]
/** When the tier falls, and to what. */
type Falls = readonly (readonly [fallsAt: string, to: string])[]

interface Row {
  readonly name: string
  readonly tiers: Partial<TierPolicy>
  readonly enrolledAt?: string
  readonly bought: readonly Bought[]
  readonly reached: string
  readonly falls: Falls
}

/** London: midnight is 23:00 UTC of the day before from the end of March to that of October. */
const rows: readonly Row[] = [
  {
    name: 'calendar year: to the end of the next',
    tiers: {},
    bought: [['2025-06-10T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2027-01-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'calendar year, kept 3 months: met last in December',
    tiers: { keep: { months: 3 } },
    bought: [['2025-06-10T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2026-03-31T23:00:00Z', 'bronze']],
  },
  {
    name: 'rolling 3 months: met last by June to August, kept as long again',
    tiers: { period: { rollingMonths: 3 } },
    bought: [['2025-06-10T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2025-12-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'rolling 3 months, kept 1: met last in August',
    tiers: { period: { rollingMonths: 3 }, keep: { months: 1 } },
    bought: [['2025-06-10T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2025-09-30T23:00:00Z', 'bronze']],
  },
  {
    name: 'rolling 3 months: the last minute of June and the last of August are together',
    tiers: { period: { rollingMonths: 3 } },
    bought: [
      ['2025-06-30T22:59:59Z', 30_000],
      ['2025-08-31T22:59:59Z', 20_000],
    ],
    reached: 'silver',
    falls: [['2025-12-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'rolling 3 months: June and the first minute of September are not',
    tiers: { period: { rollingMonths: 3 } },
    bought: [
      ['2025-06-30T22:59:59Z', 30_000],
      ['2025-08-31T23:00:00Z', 20_000],
    ],
    reached: 'bronze',
    falls: [],
  },
  {
    name: 'anniversary: the last day of the first year counts for the first',
    tiers: { period: 'anniversary' },
    bought: [['2025-03-14T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2026-03-15T00:00:00Z', 'bronze']],
  },
  {
    name: 'anniversary: the day itself begins the next year',
    tiers: { period: 'anniversary' },
    bought: [['2025-03-15T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2027-03-15T00:00:00Z', 'bronze']],
  },
  {
    name: 'anniversary of 29 February: the 28th in other years',
    tiers: { period: 'anniversary' },
    enrolledAt: '2024-02-29T12:00:00Z',
    bought: [['2025-02-28T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2027-02-28T00:00:00Z', 'bronze']],
  },
  {
    name: 'anniversary, kept 2 months after the last of the membership year',
    tiers: { period: 'anniversary', keep: { months: 2 } },
    bought: [['2024-05-20T12:00:00Z', 50_000]],
    reached: 'silver',
    falls: [['2025-05-14T23:00:00Z', 'bronze']],
  },
  {
    name: 'lifetime: added up for ever and never lost',
    tiers: { period: 'lifetime' },
    bought: [
      ['2024-06-10T12:00:00Z', 30_000],
      ['2030-06-10T12:00:00Z', 20_000],
    ],
    reached: 'silver',
    falls: [],
  },
  {
    name: 'down to what is met: past the tier between',
    tiers: {},
    bought: [['2025-06-10T12:00:00Z', 200_000]],
    reached: 'gold',
    falls: [['2027-01-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'down one step a year',
    tiers: { downgrade: 'one-step' },
    bought: [['2025-06-10T12:00:00Z', 200_000]],
    reached: 'gold',
    falls: [
      ['2027-01-01T00:00:00Z', 'silver'],
      ['2028-01-01T00:00:00Z', 'bronze'],
    ],
  },
  {
    name: 'down one step for each two rolling months',
    tiers: { period: { rollingMonths: 2 }, downgrade: 'one-step' },
    bought: [['2025-06-10T12:00:00Z', 200_000]],
    reached: 'gold',
    falls: [
      ['2025-09-30T23:00:00Z', 'silver'],
      ['2025-12-01T00:00:00Z', 'bronze'],
    ],
  },
  {
    name: 'down one step for each 4 months of keeping',
    tiers: { keep: { months: 4 }, downgrade: 'one-step' },
    bought: [['2025-12-10T12:00:00Z', 200_000]],
    reached: 'gold',
    falls: [
      ['2026-04-30T23:00:00Z', 'silver'],
      ['2026-08-31T23:00:00Z', 'bronze'],
    ],
  },
  {
    name: 'points: 1 for 100 pence, rounded down by purchase',
    tiers: { metric: 'points', levels: [level('bronze', 0), level('silver', 100)] },
    bought: [
      ['2025-06-10T12:00:00Z', 9_999],
      ['2025-06-11T12:00:00Z', 100],
    ],
    reached: 'silver',
    falls: [['2027-01-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'purchases: one short',
    tiers: { metric: 'purchases', levels: few },
    bought: [
      ['2025-06-10T12:00:00Z', 1],
      ['2025-06-10T12:00:00Z', 1],
      ['2025-06-11T12:00:00Z', 1],
    ],
    reached: 'silver',
    falls: [['2027-01-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'visits: two purchases of a local day are one, whatever the day of UTC',
    tiers: { metric: 'visits', levels: few },
    bought: [
      ['2025-06-10T23:00:00Z', 1],
      ['2025-06-11T22:59:59Z', 1],
      ['2025-06-11T23:00:00Z', 1],
    ],
    reached: 'silver',
    falls: [['2027-01-01T00:00:00Z', 'bronze']],
  },
  {
    name: 'visits in rolling months',
    tiers: { metric: 'visits', period: { rollingMonths: 1 }, levels: few },
    bought: [
      ['2025-06-29T12:00:00Z', 1],
      ['2025-06-30T12:00:00Z', 1],
      ['2025-07-01T12:00:00Z', 1],
    ],
    reached: 'silver',
    falls: [['2025-07-31T23:00:00Z', 'bronze']],
  },
]

describe.each(rows)('$name', ({ tiers, enrolledAt, bought, reached, falls }) => {
  it('reaches and falls', () => {
    const counter = member(tiers, enrolledAt)
    for (const [index, [occurredAt, amount]] of bought.entries()) counter.buy(`p-${index}`, occurredAt, goods(amount))
    expect(counter.tier).toBe(reached)
    for (const [fallsAt, to] of falls) {
      expect(written(nextDue(counter.programme, counter.account.head))).toBe(fallsAt)
      counter.settle(at(fallsAt) - 1)
      expect(counter.tier).not.toBe(to)
      counter.settle(fallsAt)
      expect(counter.tier).toBe(to)
    }
    expect(nextDue(counter.programme, counter.account.head)).toBe(null)
  })
})

describe('what comes back counts no more', () => {
  const twoPieces = (lineId = '1') => [{ lineId, quantity: 2, amount: 200 }]
  const onePiece = [{ lineId: '1', quantity: 1, amount: 100 }]

  it('a visit stands while one purchase of its day is kept', () => {
    const counter = member({ metric: 'visits', levels: few })
    counter.buy('p-1', '2025-06-10T09:00:00Z', goods(100))
    counter.buy('p-2', '2025-06-10T10:00:00Z', goods(100))
    counter.buy('p-3', '2025-06-11T10:00:00Z', goods(100))
    expect(counter.tier).toBe('silver')
    counter.bringBack('p-1', 'r-1', '2025-06-12T10:00:00Z', goods(100))
    expect(counter.tier).toBe('silver')
    counter.bringBack('p-2', 'r-1', '2025-06-12T10:00:00Z', goods(100))
    expect(counter.tier).toBe('bronze')
  })

  it('a purchase counts until the last piece of it is back', () => {
    const counter = member({ metric: 'purchases', levels: few })
    counter.buy('p-1', '2025-06-10T09:00:00Z', twoPieces())
    counter.buy('p-2', '2025-06-10T10:00:00Z', twoPieces())
    counter.bringBack('p-1', 'r-1', '2025-06-12T10:00:00Z', onePiece)
    expect(counter.tier).toBe('silver')
    counter.bringBack('p-1', 'r-2', '2025-06-12T10:00:00Z', onePiece)
    expect(counter.tier).toBe('bronze')
  })

  it('points leave the window of the sale', () => {
    const counter = member({ metric: 'points', levels: [level('bronze', 0), level('silver', 100)] })
    counter.buy('p-1', '2025-06-10T09:00:00Z', goods(10_000))
    counter.bringBack('p-1', 'r-1', '2026-02-01T10:00:00Z', [{ lineId: '1', quantity: 1, amount: 1 }])
    expect(counter.tier).toBe('bronze')
  })
})

describe('a head keeps what can still matter', () => {
  it('of visits: the days of the windows that hold', () => {
    const counter = member({ metric: 'visits', period: { rollingMonths: 2 }, levels: few })
    for (const month of ['01', '02', '03', '04', '05', '06', '07']) {
      counter.buy(`p-${month}`, `2025-${month}-10T12:00:00Z`, goods(1))
    }
    // July, the two months before it that its windows may still hold, and what their windows began with.
    expect(counter.account.head.sums.map(({ period }) => (period % 12) + 1)).toEqual([4, 5, 6, 7])
  })

  it('of years with a step down: as many more as there are tiers', () => {
    const counter = member({ downgrade: 'one-step' })
    for (const year of [2024, 2025, 2026, 2027, 2028, 2029]) counter.buy(`p-${year}`, `${year}-06-10T12:00:00Z`, goods(1))
    expect(counter.account.head.sums.map(({ period }) => period)).toEqual([2026, 2027, 2028, 2029])
  })
})

describe('tiers that begin to count something else', () => {
  const july = at('2026-06-30T23:00:00Z')
  const visits = documentOf({ metric: 'visits', period: { rollingMonths: 3 }, levels: few })
  const programme = programmeOf(documentOf({}), [july, visits])

  it('count what was bought before, and leave what was reached by the old ones until its end', () => {
    const counter = new Counter(programme, '2024-03-15T10:00:00Z')
    counter.buy('p-1', '2026-06-10T12:00:00Z', goods(50_000))
    expect(counter.settle(july).map(({ fact }) => fact.kind)).toEqual(['recount'])
    expect(tierProgress(programme, counter.account.head, counter.now)).toEqual({
      id: 'silver',
      progress: { metric: 'visits', current: 1, next: 'gold', needed: 3 },
      keeping: { until: at('2028-01-01T00:00:00Z'), needed: 0, by: null },
    })
    for (const day of [2, 3, 4]) counter.buy(`p-${day}`, `2026-07-0${day}T12:00:00Z`, goods(1))
    expect(counter.tier).toBe('gold')
  })

  it('and a return takes its sale from both', () => {
    const counter = new Counter(programme, '2024-03-15T10:00:00Z')
    counter.buy('p-1', '2026-06-10T12:00:00Z', goods(50_000))
    counter.buy('p-2', '2026-07-02T12:00:00Z', goods(1))
    counter.bringBack('p-1', 'r-1', '2026-07-03T12:00:00Z', goods(50_000))
    expect(counter.tier).toBe('bronze')
    expect(tierProgress(programme, counter.account.head, counter.now).progress.current).toBe(1)
  })

  it('judge a purchase that comes late by the tiers of its time', () => {
    const counter = new Counter(programme, '2024-03-15T10:00:00Z')
    counter.buy('p-1', '2026-07-02T12:00:00Z', goods(1))
    counter.buy('p-2', '2026-07-03T12:00:00Z', goods(1))
    counter.buy('late', '2026-06-10T12:00:00Z', goods(50_000), '2026-07-04T12:00:00Z')
    expect(counter.purchases.get('late')?.tier).toBe('bronze')
    // Two visits alone made silver; with the late one they are three.
    expect(tierProgress(programme, counter.account.head, counter.now)).toMatchObject({ id: 'silver', progress: { current: 3 } })
  })
})

describe('a lapse is announced', () => {
  const warned = (tiers: Partial<TierPolicy> = {}) => {
    const counter = member({ lapseWarningDays: 30, ...tiers })
    counter.buy('p-1', '2025-06-10T12:00:00Z', goods(50_000))
    return counter
  }
  const announced = (counter: Counter) =>
    counter.entries.flatMap(({ at: bookedAt, fact, effect }) =>
      effect.lapsing ? [`${written(bookedAt)} ${fact.kind}: ${effect.lapsing.to} at ${written(effect.lapsing.at)}`] : [],
    )

  it('so many local midnights before, once', () => {
    const counter = warned()
    expect(written(nextDue(counter.programme, counter.account.head))).toBe('2026-12-02T00:00:00Z')
    counter.settle('2026-12-20T12:00:00Z')
    counter.settle('2028-12-20T12:00:00Z')
    expect(announced(counter)).toEqual(['2026-12-02T00:00:00Z tier-lapsing: bronze at 2027-01-01T00:00:00Z'])
  })

  it('not where the tier was earned anew', () => {
    const counter = warned()
    counter.buy('p-2', '2026-11-10T12:00:00Z', goods(50_000))
    counter.settle('2027-06-01T12:00:00Z')
    expect(announced(counter)).toEqual([])
  })

  it('at once where a return brings it nearer than that', () => {
    const counter = warned()
    counter.buy('p-2', '2026-11-10T12:00:00Z', goods(50_000))
    counter.settle('2026-12-10T11:00:00Z')
    expect(announced(counter)).toEqual([])
    const part = [{ lineId: '1', quantity: 0, amount: 1 }]
    counter.bringBack('p-2', 'r-1', '2026-12-10T12:00:00Z', part)
    counter.bringBack('p-2', 'r-2', '2026-12-10T12:00:01Z', part)
    counter.settle('2028-12-20T12:00:00Z')
    expect(announced(counter)).toEqual(['2026-12-10T12:00:00Z return: bronze at 2027-01-01T00:00:00Z'])
  })

  it('says each step down', () => {
    const counter = member({ lapseWarningDays: 30, downgrade: 'one-step' })
    counter.buy('p-1', '2025-06-10T12:00:00Z', goods(200_000))
    counter.settle('2029-01-01T12:00:00Z')
    expect(announced(counter)).toEqual([
      '2026-12-02T00:00:00Z tier-lapsing: silver at 2027-01-01T00:00:00Z',
      '2027-12-02T00:00:00Z tier-lapsing: bronze at 2028-01-01T00:00:00Z',
    ])
  })
})

it('an entry that moves the tier says from which, and which way', () => {
  const counter = member({})
  counter.buy('p-1', '2025-06-10T12:00:00Z', goods(50_000))
  counter.settle('2027-06-01T12:00:00Z')
  const moves = counter.entries.flatMap(({ effect }) => (effect.moved ? [{ ...effect.moved, to: effect.tier?.id }] : []))
  expect(moves).toEqual([
    { from: 'bronze', direction: 'up', to: 'silver' },
    { from: 'silver', direction: 'down', to: 'bronze' },
  ])
})
