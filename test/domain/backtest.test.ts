import { describe, expect, test } from 'vitest'
import { addTried, emptySums } from '../../functions/domain/backtest.ts'
import { compileRevision, type Revision, type TierPolicy } from '../../functions/domain/programme.ts'
import { instant } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'

/** A revision with these tiers: each an id and what must be spent for it. */
function revisionOf(thresholds: { readonly [tier: string]: number }, metric: TierPolicy['metric'] = 'spend'): Revision {
  const levels = Object.entries(thresholds).map(([id, threshold]) => ({ id, threshold, multiplier: 10_000 }))
  return compileRevision(1, instant(0), { ...demoProgramme, tiers: { metric, period: 'calendar-year', levels } })
}

const recorded = revisionOf({ bronze: 0, silver: 500, gold: 1000 })

describe('who moves', () => {
  test.each<[what: string, candidate: Revision, from: string, to: string, moves: 'up' | 'down' | 'neither']>([
    ['up among the same tiers', recorded, 'silver', 'gold', 'up'],
    ['down among the same tiers', recorded, 'gold', 'bronze', 'down'],
    ['nowhere', recorded, 'silver', 'silver', 'neither'],
    ['to what is higher in the draft alone', revisionOf({ bronze: 0, gold: 500, silver: 1000 }), 'gold', 'silver', 'up'],
    ['gold is dropped', revisionOf({ bronze: 0, silver: 500 }), 'gold', 'silver', 'down'],
    ['gold is dropped, silver is dearer', revisionOf({ bronze: 0, silver: 2000 }), 'gold', 'silver', 'down'],
    ['gold is renamed', revisionOf({ bronze: 0, silver: 500, laurel: 1000 }), 'gold', 'laurel', 'neither'],
    ['gold is renamed and dearer', revisionOf({ bronze: 0, silver: 500, laurel: 2000 }), 'gold', 'silver', 'down'],
    ['silver is renamed', revisionOf({ bronze: 0, iron: 500, gold: 1000 }), 'silver', 'gold', 'up'],
    ['all are renamed', revisionOf({ copper: 0, iron: 500, steel: 1000 }), 'gold', 'iron', 'down'],
    ['all are renamed, up', revisionOf({ copper: 0, iron: 400, steel: 800 }), 'silver', 'steel', 'up'],
    ['all are renamed, the lowest', revisionOf({ copper: 0, iron: 400 }), 'bronze', 'copper', 'neither'],
    ['another count, as high', revisionOf({ copper: 0, iron: 3, steel: 6 }, 'visits'), 'silver', 'iron', 'neither'],
    ['another count, higher', revisionOf({ copper: 0, iron: 3, steel: 6 }, 'visits'), 'silver', 'steel', 'up'],
    ['another count, lower', revisionOf({ copper: 0, iron: 3, steel: 6 }, 'visits'), 'gold', 'iron', 'down'],
  ])('%s', (_, candidate, from, to, moves) => {
    const sums = emptySums()
    const clubs = { recorded: [], tried: [] }
    addTried(sums, { recorded, candidate }, { sales: [], occasions: [], tier: { recorded: from, tried: to }, clubs, refused: 0 })
    expect(sums.moved).toEqual({ up: moves === 'up' ? 1 : 0, down: moves === 'down' ? 1 : 0 })
  })
})
