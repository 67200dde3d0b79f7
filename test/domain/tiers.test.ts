import { describe, expect, it } from 'vitest'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { tierProgress } from '../../functions/domain/tier-progress.ts'
import { tierAt, tierOfId } from '../../functions/domain/tiers.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, documentWith, programmeOf, written } from './programmes.ts'

const newcomer = (programme = demo, enrolledAt = '2025-01-01T00:00:00Z') => new Counter(programme, enrolledAt)
const [revision] = demo.revisions

describe('the highest tier whose threshold is met', () => {
  it.each([
    [0, 'bronze'],
    [49_999, 'bronze'],
    [50_000, 'silver'],
    [199_999, 'silver'],
    [200_000, 'gold'],
    [9_007_199_254_740_991, 'gold'],
  ])('%i pence in a year: %s', (amount, tier) => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(amount))
    expect(counter.tier).toBe(tier)
  })

  it('takes the better of this year and the one before, not their sum', () => {
    const sums = [
      { period: 2024, revision: 1, amount: 200_000 },
      { period: 2025, revision: 1, amount: 30_000 },
      { period: 2026, revision: 1, amount: 30_000 },
    ]
    const facts = { sums, enrolledAt: null, grants: [] }
    expect(tierAt(demo, facts, at('2026-06-01T00:00:00Z')).id).toBe('bronze')
    expect(tierAt(demo, facts, at('2025-06-01T00:00:00Z')).id).toBe('gold')
    expect(tierAt(demo, facts, at('2024-06-01T00:00:00Z')).id).toBe('gold')
    expect(tierAt(demo, facts, at('2023-06-01T00:00:00Z')).id).toBe('bronze')
  })

  it('does not count excluded lines', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', [
      { lineId: '1', quantity: 1, amount: 49_999 },
      { lineId: '2', quantity: 1, amount: 10_000, excluded: true },
    ])
    expect(counter.tier).toBe('bronze')
  })

  it('AWS airline sample: spending points does not lower it', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(50_000))
    expect(counter.adjust(-500, '2026-03-02T12:00:00Z')).toBe('booked')
    expect([counter.tier, counter.balance.available]).toEqual(['silver', 0])
  })
})

describe('a purchase earns with the tier held just before it', () => {
  it('so the one that reaches a threshold still earns the old way', () => {
    const counter = newcomer()
    expect(counter.buy('p-1', '2026-03-01T12:00:00Z', goods(50_000))).toBe(500)
    expect(counter.buy('p-2', '2026-03-01T12:00:01Z', goods(400))).toBe(5)
    expect(counter.buy('p-3', '2026-03-01T12:00:02Z', goods(149_600))).toBe(1_870)
    expect(counter.buy('p-4', '2026-03-01T12:00:03Z', goods(400))).toBe(6)
  })

  it('at one instant, in the order of arrival', () => {
    const counter = newcomer()
    expect(counter.buy('p-1', '2026-03-01T12:00:00Z', goods(50_000))).toBe(500)
    expect(counter.buy('p-2', '2026-03-01T12:00:00Z', goods(400), '2026-03-01T12:05:00Z')).toBe(5)
  })

  it('a late one by what was earlier than it, an arrival that is late in its turn included', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-10T12:00:00Z', goods(60_000))
    expect(counter.buy('before', '2026-03-09T12:00:00Z', goods(400), '2026-03-20T12:00:00Z')).toBe(4)
    expect(counter.buy('after', '2026-03-11T12:00:00Z', goods(400), '2026-03-20T12:00:00Z')).toBe(5)
    expect(counter.buy('tie', '2026-03-10T12:00:00Z', goods(400), '2026-03-20T12:00:00Z')).toBe(5)
    expect(counter.buy('early', '2026-03-08T12:00:00Z', goods(140_000), '2026-03-21T12:00:00Z')).toBe(1_400)
    expect(counter.buy('between', '2026-03-09T13:00:00Z', goods(400), '2026-03-22T12:00:00Z')).toBe(5)
  })

  it('others are not judged again, but the tier of now is', () => {
    const counter = newcomer()
    expect(counter.buy('p-1', '2026-03-10T12:00:00Z', goods(400))).toBe(4)
    counter.buy('late', '2026-03-01T12:00:00Z', goods(50_000), '2026-03-11T12:00:00Z')
    expect(counter.tier).toBe('silver')
    expect(counter.account.head.totals.issued).toBe(504)
  })

  it('spend is taken at what is kept of it when the purchase arrives', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(50_000))
    counter.buy('p-2', '2026-03-05T12:00:00Z', goods(100))
    counter.bringBack('p-1', 'r-1', '2026-03-06T12:00:00Z', goods(1))
    expect(counter.buy('late', '2026-03-02T12:00:00Z', goods(400), '2026-03-07T12:00:00Z')).toBe(4)
  })

  it('a purchase of years ago by the years of then', () => {
    const counter = newcomer(demo, '2023-01-01T00:00:00Z')
    counter.buy('p-2024', '2024-06-01T12:00:00Z', goods(50_000))
    counter.buy('p-2026', '2026-06-01T12:00:00Z', goods(200_000))
    counter.buy('p-2027', '2027-06-01T12:00:00Z', goods(400))
    expect(counter.buy('of 2024', '2024-07-01T12:00:00Z', goods(400), '2027-06-02T12:00:00Z')).toBe(5)
    expect(counter.buy('of 2025', '2025-07-01T12:00:00Z', goods(400), '2027-06-02T12:00:00Z')).toBe(5)
    expect(counter.buy('of 2026', '2026-05-01T12:00:00Z', goods(400), '2027-06-02T12:00:00Z')).toBe(4)
    expect(counter.tier).toBe('gold')
  })
})

describe('tiers by calendar year, kept through the next', () => {
  const silverOf2025 = (programme = demo) => {
    const counter = newcomer(programme)
    counter.buy('p-1', '2025-06-01T12:00:00Z', goods(50_000))
    return counter
  }

  it('keeps the tier to the last millisecond of the next year', () => {
    const counter = silverOf2025()
    counter.settle('2026-12-31T23:59:59.999Z')
    expect(counter.tier).toBe('silver')
    counter.settle('2027-01-01T00:00:00Z')
    expect(counter.tier).toBe('bronze')
    expect(counter.entries.at(-1)).toMatchObject({ at: at('2027-01-01T00:00:00Z'), fact: { kind: 'tier' } })
  })

  it.each([
    ['Asia/Kolkata', '2026-12-31T18:30:00Z'],
    ['America/New_York', '2027-01-01T05:00:00Z'],
  ])('rolls at local new year: %s at %s', (timezone, rollsAt) => {
    const counter = silverOf2025(programmeOf(documentWith({ expiry: 'none' }, { timezone })))
    expect(written(nextDue(counter.programme, counter.account.head))).toBe(rollsAt)
    counter.settle(at(rollsAt) - 1)
    expect(counter.tier).toBe('silver')
    counter.settle(rollsAt)
    expect(counter.tier).toBe('bronze')
  })

  it('belongs to the local year of the sale', () => {
    const counter = newcomer(programmeOf(documentWith({ expiry: 'none' }, { timezone: 'Asia/Kolkata' })))
    counter.buy('p-1', '2025-12-31T18:30:00Z', goods(50_000))
    counter.settle('2027-06-01T00:00:00Z')
    expect(counter.tier).toBe('silver')
  })

  it('falls step by step as the years run out', () => {
    const counter = newcomer()
    counter.buy('p-1', '2025-06-01T12:00:00Z', goods(200_000))
    counter.buy('p-2', '2026-06-01T12:00:00Z', goods(50_000))
    const tiers = ['2026-12-31T12:00:00Z', '2027-12-31T12:00:00Z', '2028-01-01T12:00:00Z'].map((now) => {
      counter.settle(now)
      return counter.tier
    })
    expect(tiers).toEqual(['gold', 'silver', 'bronze'])
  })

  it('is not rolled where the next year earned it anew', () => {
    const counter = silverOf2025()
    counter.buy('p-2', '2026-06-01T12:00:00Z', goods(50_000))
    counter.settle('2027-06-01T12:00:00Z')
    expect(counter.tier).toBe('silver')
  })
})

describe('late purchases of years that are over', () => {
  it('give the member of now no tier', () => {
    const counter = newcomer()
    counter.buy('of 2024', '2024-06-01T12:00:00Z', goods(50_000), '2026-06-01T12:00:00Z')
    expect(counter.tier).toBe('bronze')
    counter.buy('of 2025', '2025-06-01T12:00:00Z', goods(50_000), '2026-06-01T12:00:00Z')
    expect(counter.tier).toBe('silver')
  })

  it('book no tiers that would have come and gone', () => {
    const counter = newcomer(demo, '2024-01-01T00:00:00Z')
    counter.buy('of 2024', '2024-06-01T12:00:00Z', goods(100), '2027-06-01T12:00:00Z')
    counter.buy('of 2025', '2025-06-01T12:00:00Z', goods(50_000), '2027-06-01T12:00:00Z')
    expect(counter.tier).toBe('bronze')
    expect(counter.entries.filter(({ fact }) => fact.kind === 'tier')).toEqual([])
  })
})

describe('Open Loyalty 5, FAQ on returns: a return takes the tier with it', () => {
  it('at once, and in part where enough is kept', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(50_100))
    counter.bringBack('p-1', 'r-1', '2026-03-02T12:00:00Z', goods(100))
    expect(counter.tier).toBe('silver')
    counter.bringBack('p-1', 'r-2', '2026-03-02T12:00:01Z', [{ lineId: '1', quantity: 0, amount: 1 }])
    expect(counter.tier).toBe('bronze')
  })

  it('from the year of the sale, also when the goods come back in the next', () => {
    const counter = newcomer()
    counter.buy('p-1', '2025-12-20T12:00:00Z', goods(50_000))
    counter.buy('p-2', '2026-01-05T12:00:00Z', goods(49_999))
    expect(counter.tier).toBe('silver')
    counter.bringBack('p-1', 'r-1', '2026-01-10T12:00:00Z', goods(50_000))
    expect(counter.tier).toBe('bronze')
    expect(counter.account.head.sums).toEqual([{ period: 2026, revision: 1, amount: 49_999 }])
  })

  it('and the sale that earned with it keeps its rate', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-03-01T12:00:00Z', goods(50_000))
    counter.buy('p-2', '2026-03-02T12:00:00Z', goods(400, 400))
    counter.bringBack('p-1', 'r-1', '2026-03-03T12:00:00Z', goods(50_000))
    expect(counter.bringBack('p-2', 'r-1', '2026-03-03T12:00:00Z', goods(400))).toBe(5)
  })
})

describe('a revision with other tiers', () => {
  const level = (id: string, threshold: number) => ({ id, threshold, multiplier: 10_000 })
  const tiersOf = (...levels: ReturnType<typeof level>[]): ProgrammeDocument =>
    documentWith({}, { tiers: { ...demoDocument.tiers, levels } })
  const easier = tiersOf(level('basic', 0), level('plus', 30_000))
  const harder = tiersOf(level('basic', 0), level('plus', 90_000))
  const [march, june] = [at('2026-03-01T00:00:00Z'), at('2026-06-01T00:00:00Z')]

  it('takes effect on members at its instant, whenever it is looked at', () => {
    const programme = programmeOf(demoDocument, [march, easier], [june, harder])
    const counter = newcomer(programme)
    counter.buy('p-1', '2026-02-01T12:00:00Z', goods(50_000))
    expect(written(nextDue(programme, counter.account.head))).toBe('2026-03-01T00:00:00Z')
    counter.settle(march - 1)
    expect(counter.tier).toBe('silver')
    const booked = counter.settle('2026-07-01T00:00:00Z')
    expect(booked.map(({ at: bookedAt, effect }) => `${written(bookedAt)} ${effect.tier?.id}`)).toEqual([
      '2026-03-01T00:00:00Z plus',
    ])
    // Nobody moves down before their period ends.
    const rolled = counter.settle('2028-01-01T00:00:00Z').filter(({ effect }) => effect.moved)
    expect(rolled.map(({ at: bookedAt, effect }) => `${written(bookedAt)} ${effect.tier?.id}`)).toEqual([
      '2028-01-01T00:00:00Z basic',
    ])
  })

  it('judges a late purchase by the tiers of its time, and the member by those of now', () => {
    const counter = newcomer(programmeOf(demoDocument, [march, easier], [june, harder]))
    counter.buy('p-1', '2026-02-01T12:00:00Z', goods(50_000))
    counter.settle('2026-07-01T00:00:00Z')
    expect(counter.buy('late', '2026-02-02T12:00:00Z', goods(40_000), '2026-07-02T12:00:00Z')).toBe(500)
    expect(counter.tier).toBe('plus')
    counter.settle('2026-12-31T12:00:00Z')
    expect(counter.tier).toBe('plus')
  })

  it('that has come and gone is not judged again by what was bought since', () => {
    const counter = newcomer(programmeOf(harder, [march, easier], [june, harder]), '2026-01-01T00:00:00Z')
    counter.buy('p-1', '2026-07-01T12:00:00Z', goods(50_000))
    expect(counter.tier).toBe('basic')
    expect(counter.entries.filter(({ fact }) => fact.kind === 'tier')).toEqual([])
  })

  it('changes nothing where the tier stays the same', () => {
    const counter = newcomer(programmeOf(demoDocument, [march, documentWith({ earn: { points: 2, per: 100 } })]))
    counter.buy('p-1', '2026-02-01T12:00:00Z', goods(50_000))
    expect(counter.settle('2026-07-01T00:00:00Z')).toEqual([])
  })
})

describe('progress', () => {
  it('is the example of the contract', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-11-21T10:15:00Z', goods(1_530))
    expect(tierProgress(demo, counter.account.head, counter.now)).toEqual({
      id: 'bronze',
      progress: { metric: 'spend', current: 1_530, next: 'silver', needed: 48_470 },
    })
  })

  it('counts this year only, while the tier is kept from the last', () => {
    const counter = newcomer()
    counter.buy('p-1', '2025-11-21T10:15:00Z', goods(50_000))
    counter.settle('2026-02-01T00:00:00Z')
    expect(tierProgress(demo, counter.account.head, counter.now)).toEqual({
      id: 'silver',
      progress: { metric: 'spend', current: 0, next: 'gold', needed: 200_000 },
      keeping: { until: at('2027-01-01T00:00:00Z'), needed: 50_000, by: at('2027-01-01T00:00:00Z') },
    })
  })

  it('needs nothing more at the top', () => {
    const counter = newcomer()
    counter.buy('p-1', '2026-11-21T10:15:00Z', goods(250_000))
    expect(tierProgress(demo, counter.account.head, counter.now)).toEqual({
      id: 'gold',
      progress: { metric: 'spend', current: 250_000, next: null, needed: 0 },
      keeping: { until: at('2028-01-01T00:00:00Z'), needed: 0, by: null },
    })
  })
})

it('takes a tier that a revision no longer has for the lowest', () => {
  expect(tierOfId(revision, 'gold').id).toBe('gold')
  expect(tierOfId(revision, 'platinum').id).toBe('bronze')
})
