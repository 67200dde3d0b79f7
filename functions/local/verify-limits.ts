import { isDeepStrictEqual } from 'node:util'
import { givesPoints } from '../domain/campaign.ts'
import { type Use, windowOf, windowsOf } from '../domain/limits.ts'
import type { Programme, Revision } from '../domain/programme.ts'
import { type Instant, memberId } from '../domain/units.ts'
import type { Ledger } from '../handlers/account.ts'
import { spentOf } from '../handlers/budgets.ts'
import { eachItem } from '../store/paging.ts'
import type { Item } from '../store/store.ts'
import { budgetPartition, guaranteeBudget, storeBudgetPrefix, table } from '../store/table.ts'

/** A sale or a bonus, and what it keeps of limited campaigns. */
export interface KeptUses {
  readonly at: Instant
  /** With the campaigns of its trigger. */
  readonly revision: Revision
  readonly storeId: string
  readonly uses: readonly Use[]
}

/** What a member's counters, found in their partition, say otherwise than their sales and bonuses. */
export function counterDifferences(programme: Programme, sales: readonly KeptUses[], counters: readonly Item[]): string[] {
  const sums = new Map<string, { times: number; points: number }>()
  for (const { use, campaign, sale } of limitedUses(sales)) {
    for (const window of windowsOf(campaign)) {
      const name = `${window}#${windowOf(sale.revision.calendar, window, sale.at)}`
      const { sk } = table.cap(programme.id, memberId(''), campaign.id, name)
      const sum = sums.get(sk) ?? { times: 0, points: 0 }
      sums.set(sk, { times: sum.times + use.times, points: sum.points + use.points })
    }
  }
  const found = new Map(counters.map(({ sk, t, p }) => [sk, { times: Number(t), points: Number(p) }]))
  const none = { times: 0, points: 0 }
  return [...new Set([...found.keys(), ...sums.keys()])].flatMap((sk) =>
    isDeepStrictEqual(found.get(sk) ?? none, sums.get(sk) ?? none) ? [] : [`the counter ${sk} is not what the purchases make`],
  )
}

/** Sums of what limited campaigns gave all members: what the pots must say too. */
export class BudgetSums {
  /** By campaign, and by campaign and store. */
  readonly #budgets = new Map<string, number>()
  readonly #stores = new Map<string, number>()
  #spentBefore = new Map<string, number>()
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** To be called before the first member: budgets are compared only where nothing is spent meanwhile. */
  async begin(): Promise<void> {
    this.#spentBefore = await spentOf(this.#ledger, limitedIds(this.#ledger.programme))
  }

  add(sales: readonly KeptUses[]): void {
    const count = (sums: Map<string, number>, name: string, points: number) => sums.set(name, (sums.get(name) ?? 0) + points)
    for (const { use, campaign, sale } of limitedUses(sales)) {
      if (!givesPoints(campaign)) continue
      if (campaign.limits?.budget !== undefined) count(this.#budgets, campaign.id, use.points)
      if (campaign.limits?.perStore !== undefined) count(this.#stores, `${campaign.id} ${sale.storeId}`, use.points)
    }
  }

  /** What the pots say otherwise than the sales that were added. */
  async differences(): Promise<string[]> {
    const { programme, runtime } = this.#ledger
    const differences: string[] = []
    for (const [campaign, points] of await spentOf(this.#ledger, limitedIds(programme))) {
      if (this.#spentBefore.get(campaign) !== points) continue
      if (points !== (this.#budgets.get(campaign) ?? 0)) differences.push(`the budget of ${campaign} is not what was given of it`)
      const query = { pk: budgetPartition(programme.id, campaign), range: { prefix: storeBudgetPrefix } }
      for await (const item of eachItem(runtime.store, query)) {
        const store = item.sk.slice(storeBudgetPrefix.length)
        const given = Number(item.b) - Number(item.l)
        if (given === (this.#stores.get(`${campaign} ${store}`) ?? 0)) continue
        differences.push(`what ${store} may give of ${campaign} is not what is left`)
      }
    }
    return differences
  }
}

function limitedUses(sales: readonly KeptUses[]) {
  return sales.flatMap((sale) =>
    sale.uses.flatMap((use) => {
      const campaign = sale.revision.campaigns?.byId.get(use.campaign)?.campaign
      return campaign ? [{ use, campaign, sale }] : []
    }),
  )
}

/** Names of the budgets of guarantees that were limited in any revision. */
export const guaranteeBudgets = ({ revisions }: Programme): string[] => [
  ...new Set(
    revisions.flatMap(({ document }) =>
      (document.guarantees ?? []).filter(({ limits }) => limits?.budget ?? limits?.perStore).map(({ id }) => guaranteeBudget(id)),
    ),
  ),
]

/** Campaigns that were limited in any revision. */
export function limitedIds({ revisions }: Programme): string[] {
  const all = revisions.flatMap(({ campaigns, bonuses }) =>
    [...(campaigns ? [campaigns] : []), ...bonuses.values()].flatMap((index) => index.campaigns),
  )
  return [...new Set(all.filter(({ limited }) => limited).map(({ campaign }) => campaign.id))]
}
