import { allot } from './allotment.ts'
import type { Gift, LimitName } from './campaign.ts'
import { campaignAwards, limitedAwards, type Rates, type RoomOf, unlimited } from './campaign-awards.ts'
import type { SaleFacts } from './conditions.ts'
import type { Revision, Tier } from './programme.ts'
import { multiplyDivide, type Points, points, ratioOf } from './units.ts'

/** What a line still holds for the member: what was bought less what came back. */
export interface EarningLine {
  readonly lineId: string
  readonly sku: string
  /** What is kept of it. */
  readonly quantity: number
  /** Paid for what is kept of the line, minor units. */
  readonly amount: number
  readonly categories?: readonly string[] | undefined
  readonly excluded: boolean
}

/** What was true of the member at the sale. */
export interface MemberFacts {
  readonly tier: Tier
  /** Of the best of the member's clubs, basis points; 10000 where none has one. */
  readonly clubMultiplier?: number | undefined
  /** What campaigns ask for; undefined where the revision has none. */
  readonly sale?: SaleFacts | undefined
}

/** What one source gives, `base` or a campaign. Of 0 points only where it is a gift, or where a limit left nothing. */
export interface Award {
  readonly source: string
  readonly revision: number
  readonly points: Points
  /** The lines that earned them; none of 0 points. */
  readonly lines: readonly { readonly lineId: string; readonly points: Points }[]
  readonly gift?: Gift | undefined
  /** The limit that cut it, and what it would have given. */
  readonly cut?: { readonly limit: LimitName; readonly wanted: Points } | undefined
}

const basisPoints = 10_000

/** Spend that earns and counts for tiers: what is kept of the lines that are not excluded, minor units. */
export function eligibleSpend(lines: readonly EarningLine[]): number {
  let total = 0
  for (const line of lines) if (!line.excluded) total += line.amount
  return total
}

/**
 * Points that lines earn, and why. Pure: the same revision, facts, lines and room give the same answer, so a return is this
 * function on what is left. The base rule comes first (design, section 6): floor(eligible total × points × multiplier ÷
 * (per × 10000)), rounded once, allotted to lines by largest remainder, a club's multiplier on top of the tier's; then each campaign, rounded once too.
 */
export function earn(revision: Revision, facts: MemberFacts, lines: readonly EarningLine[], roomOf: RoomOf = unlimited): Award[] {
  const { campaigns } = revision
  const base = baseAwards(revision, facts, lines)
  if (!campaigns || !facts.sale) return base
  return [...base, ...campaignAwards(campaigns, ratesOf(revision, facts), facts.sale, lines, roomOf)]
}

/** What a sale, by the lines that are kept of it, holds of limited campaigns: what it has of them, or may have again. */
export function heldOfLimited(revision: Revision, facts: MemberFacts, lines: readonly EarningLine[], roomOf: RoomOf): Award[] {
  const { campaigns } = revision
  if (!campaigns?.hasLimited || !facts.sale) return []
  return limitedAwards(campaigns, ratesOf(revision, facts), facts.sale, lines, roomOf)
}

/** What campaigns reckon points with. */
export function ratesOf({ number, document }: Revision, { tier, clubMultiplier }: MemberFacts): Rates {
  return { revision: number, earn: document.points.earn, tier, clubMultiplier }
}

function baseAwards(revision: Revision, { tier, clubMultiplier }: MemberFacts, lines: readonly EarningLine[]): Award[] {
  const { earn: rate } = revision.document.points
  const spend = eligibleSpend(lines)
  const earned =
    clubMultiplier === undefined
      ? multiplyDivide(spend, rate.points * tier.multiplier, rate.per * basisPoints)
      : ratioOf([spend, rate.points, tier.multiplier, clubMultiplier], [rate.per, basisPoints, basisPoints])
  if (earned === 0) return []
  const eligible = lines.filter((line) => !line.excluded)
  return [{ source: 'base', revision: revision.number, points: points(earned), lines: allot(earned, eligible) }]
}

/** Sum of the points of some awards. */
export function awardedPoints(awards: readonly Award[]): Points {
  let sum = 0
  for (const award of awards) sum += award.points
  return points(sum)
}
