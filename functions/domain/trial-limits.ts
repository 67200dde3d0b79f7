import { type Campaign, type CampaignLimits, givesPoints } from './campaign.ts'
import { type LimitedOffer, type RoomOf, unlimited } from './campaign-awards.ts'
import { type CapUse, roomIn, type Use, windowOf } from './limits.ts'
import type { Revision } from './programme.ts'
import type { Instant, MemberId } from './units.ts'

/** Budgets that all members of a trial share. */
export interface SharedBudgets {
  /** What of a budget a sale or occasion dated `at` still finds; undefined: enough. */
  left(campaign: string, store: string | undefined, at: Instant): number | undefined
  take(campaign: string, store: string | undefined, at: Instant, points: number): void
}

/** What members have had of campaigns with caps, each by a name of member, campaign and window. */
interface UsedCaps {
  get(name: string): CapUse | undefined
  set(name: string, used: CapUse): unknown
}

/** What outlasts the trial of one member. */
export interface SharedLimits {
  readonly budgets: SharedBudgets
  /** Of members who recommended others: their caps are used where the friends are tried. */
  readonly referrers: UsedCaps
}

/** What limited campaigns are judged by: in whose revision, when, where, and whose caps count, where they are not the member's own. */
export interface LimitedBy {
  readonly revision: Revision
  readonly at: Instant
  readonly storeId: string
  readonly referrer?: MemberId | undefined
}

/** What limits leave to a member in a trial. */
export class TrialLimits {
  readonly #own: UsedCaps = new Map<string, CapUse>()
  readonly #shared: SharedLimits

  constructor(shared: SharedLimits) {
    this.#shared = shared
  }

  roomOf(by: LimitedBy, offers: readonly LimitedOffer[]): RoomOf {
    if (offers.length === 0) return unlimited
    const { budgets } = this.#shared
    const rooms = new Map(
      offers.map(({ compiled: { campaign } }) => {
        const { perStore, budget } = pointLimits(campaign)
        const storeLeft = perStore === undefined ? undefined : budgets.left(campaign.id, by.storeId, by.at)
        const left = budget === undefined ? undefined : budgets.left(campaign.id, undefined, by.at)
        return [campaign.id, roomIn(this.#used(by, campaign.id), storeLeft, left)]
      }),
    )
    return ({ campaign }) => rooms.get(campaign.id)
  }

  /** Counts what is taken of limits, or below 0 given back at `takenAt`: caps are counted in the windows of the sale or occasion. */
  count(by: LimitedBy, uses: readonly Use[], takenAt: Instant = by.at): void {
    const { budgets } = this.#shared
    for (const { campaign: id, times, points } of uses) {
      for (const { name, used } of this.#used(by, id)) {
        this.#capsOf(by).set(name, { times: used.times + times, points: used.points + points })
      }
      const campaign = by.revision.campaigns?.byId.get(id)?.campaign
      if (!campaign || points === 0) continue
      const { perStore, budget } = pointLimits(campaign)
      if (perStore !== undefined) budgets.take(id, by.storeId, takenAt, points)
      if (budget !== undefined) budgets.take(id, undefined, takenAt, points)
    }
  }

  #capsOf({ referrer }: LimitedBy): UsedCaps {
    return referrer === undefined ? this.#own : this.#shared.referrers
  }

  #used(by: LimitedBy, id: string) {
    const { revision, at, referrer } = by
    const caps = revision.campaigns?.byId.get(id)?.campaign.limits?.perMember ?? []
    return caps.map((cap) => {
      const window = `${id} ${cap.window} ${windowOf(revision.calendar, cap.window, at)}`
      const name = referrer === undefined ? window : `${referrer} ${window}`
      return { cap, name, used: this.#capsOf(by).get(name) ?? { times: 0, points: 0 } }
    })
  }
}

/** What is no points has no price in them. */
const pointLimits = (campaign: Campaign): CampaignLimits => (givesPoints(campaign) ? { ...campaign.limits } : {})
