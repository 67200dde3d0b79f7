import type { Calendar } from './calendar.ts'
import type { Campaign, CapWindow, MemberCap } from './campaign.ts'
import type { Room } from './campaign-awards.ts'
import type { CampaignIndex } from './campaign-index.ts'
import type { Award } from './earning.ts'
import type { Instant } from './units.ts'

/** What a sale takes of a campaign's limits, or a return gives back: both signed alike, a sale's above 0. */
export interface Use {
  readonly campaign: string
  readonly points: number
  /** 1 where the campaign begins to apply to the sale, -1 where it no longer does. */
  readonly times: number
}

/** What a member has had of a campaign in one window. */
export interface CapUse {
  readonly times: number
  readonly points: number
}

/** Names the window that an instant falls into: `2026-11-24`, the Monday of the week, `2026-11`, `2026`, or `all`. */
export function windowOf(calendar: Calendar, window: CapWindow, at: Instant): string {
  if (window === 'campaign') return 'all'
  const day = calendar.dayOf(at)
  if (window === 'week') return calendar.mondayOf(at)
  return day.iso.slice(0, window === 'day' ? 10 : window === 'month' ? 7 : 4)
}

/** The windows that a campaign is counted in for each member, every one once. */
export const windowsOf = ({ limits }: Campaign): CapWindow[] => [
  ...new Set((limits?.perMember ?? []).map(({ window }) => window)),
]

/** What is left for one sale, given what the member has had and what is left at the store and in all. */
export function roomIn(
  caps: readonly { readonly cap: MemberCap; readonly used: CapUse }[],
  storeLeft: number | undefined,
  budgetLeft: number | undefined,
): Room | undefined {
  let room: Room = { points: Number.POSITIVE_INFINITY, limit: 'per-member' }
  const tighten = (points: number, limit: Room['limit']) => {
    if (points < room.points) room = { points: Math.max(0, points), limit }
  }
  for (const { cap, used } of caps) {
    if (cap.times !== undefined && used.times >= cap.times) tighten(0, 'per-member')
    if (cap.points !== undefined) tighten(cap.points - used.points, 'per-member')
  }
  if (storeLeft !== undefined) tighten(storeLeft, 'per-store')
  if (budgetLeft !== undefined) tighten(budgetLeft, 'budget')
  return room.points === Number.POSITIVE_INFINITY ? undefined : room
}

/** What changes of the limited campaigns' counters between two states of one sale's awards: none before it is booked. */
export function usesBetween(index: CampaignIndex | undefined, before: readonly Award[], after: readonly Award[]): Use[] {
  if (!index) return []
  const uses: Use[] = []
  for (const id of new Set([...before, ...after].map((award) => award.source))) {
    if (!index.byId.get(id)?.limited) continue
    const [was, is] = [before, after].map((awards) => awards.find((award) => award.source === id))
    const use = {
      campaign: id,
      points: (is?.points ?? 0) - (was?.points ?? 0),
      times: Number(isApplied(is)) - Number(isApplied(was)),
    }
    if (use.points !== 0 || use.times !== 0) uses.push(use)
  }
  return uses
}

/** Whether a campaign gave something. */
export const isApplied = (award: Award | undefined): boolean =>
  award !== undefined && (award.points > 0 || award.gift !== undefined)

/** Uses of the same campaigns one after another, as one. */
export function sumOfUses(uses: readonly Use[]): Use[] {
  const sums = new Map<string, Use>()
  for (const { campaign, points, times } of uses) {
    const sum = sums.get(campaign)
    sums.set(campaign, { campaign, points: points + (sum?.points ?? 0), times: times + (sum?.times ?? 0) })
  }
  return [...sums.values()].filter((use) => use.points !== 0 || use.times !== 0)
}
