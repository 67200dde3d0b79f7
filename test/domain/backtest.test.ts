import { describe, expect, test } from 'vitest'
import { addTried, emptySums, leavesOutCampaigns } from '../../functions/domain/backtest.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import { compileRevision, type Programme, type Revision, type TierPolicy } from '../../functions/domain/programme.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
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
    addTried(sums, { recorded, candidate }, { sales: [], tier: { recorded: from, tried: to }, refused: 0 })
    expect(sums.moved).toEqual({ up: moves === 'up' ? 1 : 0, down: moves === 'down' ? 1 : 0 })
  })
})

describe('campaigns that are left out', () => {
  const purchase: Campaign = { id: 'c', trigger: 'purchase', effect: { points: 5 } }
  const by = (trigger: Campaign['trigger']): Campaign => ({ ...purchase, trigger })
  const [before, from, during, until] = [100, 200, 300, 400].map((ms) => instant(ms)) as [Instant, Instant, Instant, Instant]
  const revision = (inForceFrom: Instant, campaigns?: readonly Campaign[]) =>
    compileRevision(1, inForceFrom, { ...demoProgramme, campaigns })

  test.each<[what: string, revisions: Programme['revisions'], candidate: readonly Campaign[] | undefined, expected: boolean]>([
    ['there are no campaigns', [revision(instant(0))], undefined, false],
    ['all are of purchases', [revision(instant(0), [purchase])], [purchase], false],
    ['a friend sets one of the draft off', [revision(instant(0))], [purchase, by('referral')], true],
    ['a birthday does', [revision(instant(0))], [by('birthday')], true],
    ['enrolling does', [revision(instant(0))], [by('enrolment')], true],
    ['an event does', [revision(instant(0))], [by({ event: 'review' })], true],
    ['a tier does', [revision(instant(0))], [by({ tierReached: 'gold' })], true],
    ['a club does', [revision(instant(0))], [by({ clubJoined: 'wine' })], true],
    ['one was in force when the period began', [revision(instant(0)), revision(before, [by('birthday')])], undefined, true],
    ['one came in the period', [revision(instant(0)), revision(during, [by('birthday')])], undefined, true],
    ['one was gone before', [revision(instant(0), [by('birthday')]), revision(from, [purchase])], undefined, false],
  ])('%s', (_, revisions, candidate, expected) => {
    const recorded = { id: 'shop', revisions }
    expect(leavesOutCampaigns({ recorded, under: recorded, from, until }, revision(from, candidate))).toBe(expected)
  })
})
