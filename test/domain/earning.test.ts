import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { awardedPoints, type EarningLine, earn, eligibleSpend } from '../../functions/domain/earning.ts'
import { LimitExceededError } from '../../functions/domain/units.ts'
import { demo, documentWith, programmeOf } from './programmes.ts'

const [demoRevision] = demo.revisions
const [bronze, silver, gold] = demoRevision.document.tiers.levels

/** Lines named 1, 2, …; a negative amount stands for an excluded line. */
const basket = (...amounts: readonly number[]): EarningLine[] =>
  amounts.map((amount, index) => {
    const lineId = String(index + 1)
    return { lineId, sku: `sku-${lineId}`, quantity: 1, amount: Math.abs(amount), excluded: amount < 0 }
  })

/** Points by line, in one word: `1:2 3:1`. */
const byLine = (amounts: readonly number[], tier = bronze!, revision = demoRevision) =>
  earn(revision, { tier }, basket(...amounts))
    .flatMap((award) => award.lines.map((line) => `${line.lineId}:${line.points}`))
    .join(' ')

const total = (amounts: readonly number[], tier = bronze!, revision = demoRevision) =>
  awardedPoints(earn(revision, { tier }, basket(...amounts)))

describe('points of a basket at 1 point for every 100 pence', () => {
  it.each([
    { tier: bronze!, amounts: [1_530], points: 15 },
    { tier: bronze!, amounts: [99], points: 0 },
    { tier: bronze!, amounts: [100], points: 1 },
    { tier: bronze!, amounts: [199], points: 1 },
    { tier: silver!, amounts: [100], points: 1 },
    { tier: silver!, amounts: [319], points: 3 },
    { tier: silver!, amounts: [320], points: 4 },
    { tier: silver!, amounts: [400], points: 5 },
    { tier: gold!, amounts: [100], points: 1 },
    { tier: gold!, amounts: [200], points: 3 },
    { tier: gold!, amounts: [1_999], points: 29 },
  ])('$tier.id: $amounts pence earn $points', ({ tier, amounts, points }) => {
    expect(total(amounts, tier)).toBe(points)
  })

  it.each([
    { amounts: [99, 99, 99], points: 2, wrong: 'floored line by line it would be 0' },
    { amounts: [150, 150], points: 3, wrong: 'rounded line by line it would be 4' },
    { amounts: [50, 50], points: 1, wrong: 'floored line by line it would be 0' },
  ])(
    'frappe/erpnext#47193, odoo/odoo#150833: one rounding for the basket: $amounts earn $points; $wrong',
    ({ amounts, points }) => {
      expect(total(amounts)).toBe(points)
    },
  )

  it('Open Loyalty 3: a sale of 0 earns 0 and divides nothing', () => {
    expect(earn(demoRevision, { tier: bronze! }, basket(0))).toEqual([])
    expect(earn(demoRevision, { tier: bronze! }, basket(0, 0))).toEqual([])
    expect(earn(demoRevision, { tier: bronze! }, [])).toEqual([])
  })

  it('rounds once, after the multiplier', () => {
    // 399 × 1.25 ÷ 100 = 4.9875; rounded before the multiplier it would be 3.
    expect(total([399], silver!)).toBe(4)
  })

  it('says which rule of which revision gave them', () => {
    const later = { ...demoRevision, number: 7 }
    expect(earn(later, { tier: bronze! }, basket(1_530))).toEqual([
      { source: 'base', revision: 7, points: 15, lines: [{ lineId: '1', points: 15 }] },
    ])
  })
})

describe('points by line', () => {
  it.each([
    { amounts: [300], lines: '1:3', why: 'all to the only line' },
    { amounts: [150, 150], lines: '1:2 2:1', why: 'a tie goes to the earlier line' },
    { amounts: [50, 50, 50, 50], lines: '1:1 2:1', why: 'ties go to the earlier lines' },
    { amounts: [199, 150, 51], lines: '1:2 2:1 3:1', why: 'shares 1.99, 1.50, 0.51: the larger remainders' },
    { amounts: [150, 199, 51], lines: '1:1 2:2 3:1', why: 'the remainder decides, not the place' },
    { amounts: [1, 1, 298], lines: '3:3', why: 'no line of 0 points is named' },
    { amounts: [99], lines: '', why: 'no award of 0 points' },
    { amounts: [-500, 300], lines: '2:3', why: 'an excluded line earns nothing' },
    { amounts: [150, -500, 150], lines: '1:2 3:1', why: 'nor does it take part in the tie' },
    { amounts: [-500], lines: '', why: 'nothing but excluded lines' },
    { amounts: [0, 100], lines: '2:1', why: 'a line given away' },
  ])('$amounts give $lines: $why', ({ amounts, lines }) => {
    expect(byLine(amounts)).toBe(lines)
  })

  it('add up to the whole and are each within one of their exact share, whatever the basket', () => {
    const revision = programmeOf(documentWith({ earn: { points: 3, per: 70 } })).revisions[0]
    const amounts = fc.array(fc.integer({ min: -90_000, max: 90_000 }), { maxLength: 12 })
    fc.assert(
      fc.property(amounts, fc.constantFrom(bronze!, silver!, gold!), (some, tier) => {
        const lines = basket(...some)
        const points = Number((BigInt(eligibleSpend(lines)) * 3n * BigInt(tier.multiplier)) / 700_000n)
        const [award, ...others] = earn(revision, { tier }, lines)
        expect(others).toEqual([])
        expect(award?.points ?? 0).toBe(points)
        const shares = new Map(award?.lines.map((line) => [line.lineId, line.points]))
        let sum = 0
        for (const line of lines) {
          const share = shares.get(line.lineId) ?? 0
          sum += share
          const exact = line.excluded || points === 0 ? 0 : (points * line.amount) / eligibleSpend(lines)
          expect(Math.abs(share - exact)).toBeLessThan(1)
        }
        expect(sum).toBe(points)
      }),
      { numRuns: 300 },
    )
  })
})

describe('amounts beyond what doubles multiply exactly', () => {
  it.each([
    { rate: { points: 1, per: 100 }, amount: 9_007_199_254_740_991, points: 135_107_988_821_114 },
    { rate: { points: 5, per: 8 }, amount: 9_007_199_254_740_983, points: 8_444_249_301_319_671 },
    { rate: { points: 2, per: 3 }, amount: 9_007_199_254_740_989, points: 9_007_199_254_740_989 },
    { rate: { points: 7, per: 11 }, amount: 9_007_199_254_740_990, points: 8_597_781_106_798_217 },
  ])('$rate.points for $rate.per, gold: $amount earn $points', ({ rate, amount, points }) => {
    const [revision] = programmeOf(documentWith({ earn: rate })).revisions
    expect(total([amount], gold!, revision)).toBe(points)
    expect(points).toBe(Number((BigInt(amount) * BigInt(rate.points) * 15_000n) / (BigInt(rate.per) * 10_000n)))
  })

  it('shares them out exactly', () => {
    const third = 3_002_399_751_580_330
    const [revision] = programmeOf(documentWith({ earn: { points: 1, per: 1 } })).revisions
    expect(byLine([third, third, third], bronze!, revision)).toBe(`1:${third} 2:${third} 3:${third}`)
  })

  it('refuses what is more points than a double holds', () => {
    const [revision] = programmeOf(documentWith({ earn: { points: 10, per: 1 } })).revisions
    expect(() => total([9_007_199_254_740_991], bronze!, revision)).toThrow(LimitExceededError)
  })
})

it('counts as eligible what is not excluded', () => {
  expect(eligibleSpend(basket(100, -250, 3))).toBe(103)
  expect(eligibleSpend([])).toBe(0)
})
