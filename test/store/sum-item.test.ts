import { describe, expect, it } from 'vitest'
import type { Effect } from '../../functions/domain/entry.ts'
import { emptyHead, type Head } from '../../functions/domain/head.ts'
import type { PeriodSum, SumChange } from '../../functions/domain/sums.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { entryItem, entryOf } from '../../functions/store/entry-item.ts'
import { headItem, headOf } from '../../functions/store/head-item.ts'
import { packChanges, packSum, unpackChanges, unpackSum } from '../../functions/store/sum-item.ts'

const [sale, now] = [instant(1_780_000_000_000), instant(1_790_000_000_000)]

describe('a sum', () => {
  it.each<[PeriodSum, unknown]>([
    [{ period: 2026, revision: 1, amount: 500 }, [2026, 500]],
    [{ period: 24_317, revision: 3, amount: 500 }, [24_317, 500, 3]],
    [
      {
        period: 0,
        revision: 1,
        amount: 2,
        days: [
          [20_000, 1],
          [20_001, 3],
        ],
      },
      [0, 2, 1, [20_000, [20_001, 3]]],
    ],
  ])('%o is stored small and read again', (sum, packed) => {
    expect(packSum(sum)).toEqual(packed)
    expect(unpackSum(packSum(sum))).toEqual(sum)
  })
})

describe('changes of sums', () => {
  it.each<[SumChange[], unknown]>([
    [[{ period: 2026, revision: 1, amount: -500 }], [2026, -500]],
    [[{ period: 2026, revision: 2, amount: 1 }], [[2026, 1, 2]]],
    [
      [
        { period: 2026, revision: 1, amount: 7 },
        { period: 24_317, revision: 2, amount: 1, day: 20_000 },
      ],
      [
        [2026, 7],
        [24_317, 1, 2, 20_000],
      ],
    ],
  ])('%o are stored small and read again', (changes, packed) => {
    expect(packChanges(changes)).toEqual(packed)
    expect(unpackChanges(packChanges(changes))).toEqual(changes)
  })
})

const effects: Effect = {
  sums: [{ period: 24_317, revision: 2, amount: 1, day: 20_000 }],
  forgotten: [{ period: 24_300, revision: 1 }],
  run: 2,
  enrolledAt: sale,
  tier: { id: 'gold', year: 2026, revision: 2, at: now },
  moved: { from: 'silver', direction: 'up' },
  lapsing: { at: now, to: 'bronze' },
  granted: { id: 'g-1', tier: 'gold', from: sale, until: now, revision: 2 },
  overGrants: ['g-0'],
  purchase: { at: sale },
}

it('what an entry does to the tier is read as it was written', () => {
  const entry = { at: sale, fact: { kind: 'grant', grantId: 'g-1', reason: 'a test', actor: 'staff' } as const, effect: effects }
  expect(entryOf(entryItem('demo', memberId('ada'), 1, 0, entry, now))).toEqual({ ...entry, bookedAt: now })
})

it('what a head knows of the tier is read as it was written', () => {
  const head: Head = {
    ...emptyHead(memberId('ada')),
    tier: effects.tier!,
    sums: [{ period: 24_317, revision: 2, amount: 1, days: [[20_000, 1]] }],
    run: 2,
    enrolledAt: sale,
    grants: [effects.granted!],
    announcedLapse: now,
    latestPurchase: { at: sale },
  }
  expect(headOf(headItem('demo', head, null, now))).toEqual(head)
})

it('a head and an entry of the version before are read: sums are of the first revision, by year', () => {
  const stored = { pk: 'P#demo#M#ada', v: 3, bk: now, b: [], t: [0, 0, 0, 0, 0], ti: ['silver', 2026, 1] }
  const head = {
    ...stored,
    sk: 'HEAD',
    sp: [
      [2025, 100],
      [2026, 50_000],
    ],
    lp: [sale, 2026],
  }
  expect(headOf(head)).toMatchObject({
    tier: { id: 'silver', year: 2026, revision: 1 },
    sums: [
      { period: 2025, revision: 1, amount: 100 },
      { period: 2026, revision: 1, amount: 50_000 },
    ],
    ...{ run: 1, enrolledAt: null, grants: [], announcedLapse: null, latestPurchase: { at: sale, year: 2026 } },
  })
  const entry = {
    pk: 'P#demo#M#ada',
    sk: 'E#0000000003#000',
    at: sale,
    bk: now,
    k: 'tier',
    x: { s: [2026, -7], p: [sale, 2026] },
  }
  expect(entryOf(entry).effect).toEqual({
    sums: [{ period: 2026, revision: 1, amount: -7 }],
    purchase: { at: sale, year: 2026 },
  })
})
