import { type Campaign, isGift } from '../../functions/domain/campaign.ts'
import type { Room, RoomOf } from '../../functions/domain/campaign-awards.ts'
import { type CapUse, roomIn, type Use, windowOf, windowsOf } from '../../functions/domain/limits.ts'
import type { Revision } from '../../functions/domain/programme.ts'
import { type Judgement, limitsAsked } from '../../functions/domain/purchase.ts'
import type { Instant } from '../../functions/domain/units.ts'

interface Pot {
  left: number
  budget: number
  revision: number
}

interface LimitedSale {
  readonly at: Instant
  readonly revision: Revision
  readonly storeId: string
}

/** What the handlers keep of one member's limited campaigns, with memory for a store and one pot for each budget. */
export class LimitCounters {
  readonly #counters = new Map<string, CapUse>()
  readonly #pots = new Map<string, Pot>()

  /** What is left for the campaigns that a sale matches. */
  open(judgement: Judgement, storeId: string): RoomOf {
    const { at, revision } = judgement
    const rooms = new Map<string, Room | undefined>()
    for (const { compiled } of limitsAsked(judgement)) {
      rooms.set(compiled.campaign.id, this.#room(compiled.campaign, revision, at, storeId))
    }
    return ({ campaign }) => rooms.get(campaign.id)
  }

  /** Books what a sale takes, or a return gives back. */
  book(uses: readonly Use[], { at, revision, storeId }: LimitedSale): void {
    for (const { campaign: id, points, times } of uses) {
      const campaign = revision.campaigns?.byId.get(id)?.campaign
      if (!campaign) throw new Error(`${id} is no campaign of revision ${revision.number}`)
      for (const window of windowsOf(campaign)) {
        const name = this.#counter(id, `${window} ${windowOf(revision.calendar, window, at)}`)
        const used = this.#counters.get(name) ?? none
        this.#counters.set(name, { times: used.times + times, points: used.points + points })
      }
      const { perStore, budget } = isGift(campaign.effect) ? {} : { ...campaign.limits }
      if (perStore !== undefined) this.#pot(`${id} at ${storeId}`, perStore, revision.number).left -= points
      if (budget !== undefined) this.#pot(id, budget, revision.number).left -= points
    }
  }

  /** Whether there is still room for what goods take that count as sold once more. */
  hasRoom(uses: readonly Use[], { at, revision, storeId }: LimitedSale): boolean {
    return uses.every(({ campaign, points, times }) => {
      const compiled = revision.campaigns?.byId.get(campaign)
      return (
        !compiled || (this.#room(compiled.campaign, revision, at, storeId)?.points ?? points + times) >= Math.max(points, times)
      )
    })
  }

  /** Whether nobody ever had more than is there, and nothing was given back that was not taken. */
  get isSound(): boolean {
    return [...this.#counters.values()].every(({ times, points }) => times >= 0 && points >= 0)
  }

  /** All that is counted, and what is left. */
  get state() {
    return structuredClone({ counters: this.#counters, pots: this.#pots })
  }

  #room({ id, limits, effect }: Campaign, revision: Revision, at: Instant, storeId: string): Room | undefined {
    const caps = (limits?.perMember ?? []).map((cap) => ({
      cap,
      used: this.#counters.get(this.#counter(id, `${cap.window} ${windowOf(revision.calendar, cap.window, at)}`)) ?? none,
    }))
    const { perStore, budget } = isGift(effect) ? {} : { ...limits }
    const left = (name: string, of: number | undefined) =>
      of === undefined ? undefined : this.#pot(name, of, revision.number).left
    return roomIn(caps, left(`${id} at ${storeId}`, perStore), left(id, budget))
  }

  #counter(campaign: string, window: string): string {
    return `${campaign} ${window}`
  }

  #pot(name: string, budget: number, revision: number): Pot {
    const pot = this.#pots.get(name) ?? { left: budget, budget, revision }
    if (revision > pot.revision) {
      pot.left += budget - pot.budget
      pot.budget = budget
      pot.revision = revision
    }
    this.#pots.set(name, pot)
    return pot
  }
}

const none: CapUse = { times: 0, points: 0 }
