import { dateOf, type NaiveDocument, type NaiveReward, startOf } from './naive-dates.ts'
import type { NaiveSpendingState } from './naive-facts.ts'
import type { Part } from './naive-lots.ts'
import type { BroughtBack, Returned } from './naive-returns.ts'

/** Points that went for a reward, or are held for it. */
export interface NaiveSpending {
  readonly id: string
  readonly reward: NaiveReward
  readonly price: number
  /** Of which lots, earliest expiry first. */
  readonly parts: readonly Part[]
  readonly lapsesAt: number
  state: NaiveSpendingState
  /** What of it came back after it was spent. */
  back: number
  /** The purchase that it pays for: the first that it named, or of which goods came back. */
  purchaseId: string | undefined
}

const minuteMs = 60_000

export function rewardIn({ rewards = [] }: NaiveDocument, id: string): NaiveReward {
  const reward = rewards.find((one) => one.id === id)
  if (!reward) throw new Error(`there is no reward ${id}`)
  return reward
}

/** The lowest price of those that are the member's; as many points as they say, where it has none. */
export function priceOf({ price }: NaiveReward, said: number, tier: string, clubs: readonly string[]): number {
  if (!price) return said
  const ofTier = (price.tiers ?? []).filter((one) => one.tier === tier)
  const ofClubs = (price.clubs ?? []).filter(({ club }) => clubs.includes(club))
  return Math.min(price.points, ...[...ofTier, ...ofClubs].map(({ points }) => points))
}

/** Why a member may not have a reward at an instant; null: they may. */
export function faultOf({ kind, club, requires, schedule }: NaiveReward, tier: string, clubs: readonly string[], at: number) {
  if (schedule?.from !== undefined && at < Date.parse(schedule.from)) return 'it is not on sale yet'
  if (schedule?.until !== undefined && at >= Date.parse(schedule.until)) return 'it is on sale no more'
  if (requires?.tiers && !requires.tiers.includes(tier)) return `it is not for ${tier}`
  const wanted = [...(requires?.clubs ?? []), ...(kind === 'club-perk' ? [club!] : [])]
  return wanted.every((one) => clubs.includes(one)) ? null : `it is for ${wanted}`
}

export const heldUntil = ({ redemptions }: NaiveDocument, { holdMinutes }: NaiveReward, at: number): number =>
  at + (holdMinutes ?? redemptions?.holdMinutes ?? 24 * 60) * minuteMs

/** What comes back of what was taken: what was taken last, first, after what came back before; earliest expiry first again. */
export function lastOf({ parts, back }: NaiveSpending, amount: number): Part[] {
  const single = parts.flatMap(({ lot, points }) => Array.from({ length: points }, () => lot))
  const end = single.length - back
  const counts = new Map<Part['lot'], number>()
  for (const lot of single.slice(end - amount, end)) counts.set(lot, (counts.get(lot) ?? 0) + 1)
  return [...counts].map(([lot, points]) => ({ lot, points }))
}

/** How long points live that come back when they would be expired: null where they expire. */
export function graceEnd({ timezone, redemptions }: NaiveDocument, now: number): number | null {
  const rule = redemptions?.expiredMeanwhile ?? 'expire'
  return rule === 'expire' ? null : startOf(timezone, dateOf(timezone, now).add({ days: rule.graceDays + 1 }))
}

/** How much of a price is back once these goods are, by what they cost, or where that is nothing by how many there are. */
export function shareBack(price: number, bought: readonly BroughtBack[], returned: Readonly<Returned>): number {
  const by = bought.some(({ amount }) => amount > 0) ? 'amount' : 'quantity'
  const all = bought.reduce((sum, line) => sum + line[by], 0)
  const back = [...returned.values()].reduce((sum, line) => sum + line[by], 0)
  return Number((BigInt(price) * BigInt(back)) / BigInt(all))
}
