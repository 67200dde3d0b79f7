import type { Revision, Tier } from './programme.ts'
import { multiplyDivide, multiplyRemainder, type Points, points } from './units.ts'

/** What a line still holds for the member: what was bought less what came back. */
export interface EarningLine {
  readonly lineId: string
  /** Paid for what is kept of the line, minor units. */
  readonly amount: number
  readonly excluded: boolean
}

/** What was true of the member at the sale. */
export interface MemberFacts {
  readonly tier: Tier
}

/** Points from one source, and the lines that earned them. Neither holds anything of 0 points. */
export interface Award {
  readonly source: string
  readonly revision: number
  readonly points: Points
  readonly lines: readonly { readonly lineId: string; readonly points: Points }[]
}

const basisPoints = 10_000

/** Spend that earns and counts for tiers: what is kept of the lines that are not excluded, minor units. */
export function eligibleSpend(lines: readonly EarningLine[]): number {
  let total = 0
  for (const line of lines) if (!line.excluded) total += line.amount
  return total
}

/**
 * Points that lines earn, and why. Pure: the same revision, facts and lines give the same answer, so a return is
 * this function on what is left (design, section 6):
 * floor(eligible total × points × multiplier ÷ (per × 10000)), rounded once, allotted to lines by largest remainder.
 */
export function earn(revision: Revision, facts: MemberFacts, lines: readonly EarningLine[]): Award[] {
  const { earn: rate } = revision.document.points
  const total = eligibleSpend(lines)
  const earned = multiplyDivide(total, rate.points * facts.tier.multiplier, rate.per * basisPoints)
  if (earned === 0) return []
  return [{ source: 'base', revision: revision.number, points: points(earned), lines: allot(earned, total, lines) }]
}

/** Sum of the points of some awards. */
export function awardedPoints(awards: readonly Award[]): Points {
  let sum = 0
  for (const award of awards) sum += award.points
  return points(sum)
}

/** Shares points out in proportion to the lines' amounts by largest remainder (Hamilton's method), ties to the earlier line. */
function allot(earned: number, total: number, lines: readonly EarningLine[]): Award['lines'] {
  const shares: { lineId: string; points: number; remainder: number }[] = []
  let left = earned
  for (const { lineId, amount, excluded } of lines) {
    if (excluded) continue
    const share = { lineId, points: multiplyDivide(earned, amount, total), remainder: multiplyRemainder(earned, amount, total) }
    left -= share.points
    shares.push(share)
  }
  // The sort is stable: of equal remainders the earlier line's comes first.
  if (left > 0) for (const share of [...shares].sort((a, b) => b.remainder - a.remainder).slice(0, left)) share.points += 1
  const allotted: { lineId: string; points: Points }[] = []
  for (const share of shares) if (share.points > 0) allotted.push({ lineId: share.lineId, points: points(share.points) })
  return allotted
}
