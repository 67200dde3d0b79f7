import { type Pot, potOf, potWrite } from '../store/budget-item.ts'
import type { Key, Write } from '../store/store.ts'
import { budgetShards, table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { again, attempt } from './attempt.ts'

/**
 * Budgets are spent in parts (escrow): a purchase takes from one of the shards, chosen at random; a shard that runs dry is filled
 * up from the rest, and when the rest is not enough everything is gathered in it and taken from there. What is moved is moved
 * in commits of its own, so that a purchase writes one item a budget. The sum of all pots is what is left, at every moment.
 */

/** Whatever has a budget: a campaign, a guarantee, or a reward of which there are so many. */
export interface Budgeted {
  readonly id: string
  readonly limits?: { readonly budget?: number | undefined; readonly perStore?: number | undefined } | undefined
}

/** A shard takes a part of the rest, not all of it, so that others find something too. */
const shareOf = (budget: number) => Math.max(1, Math.ceil(budget / (budgetShards * 8)))

/**
 * A pot of a campaign's budget out of which `wanted` points can be taken, or as many as there are: then there are no more.
 * Throws UnavailableError where others are at it all the time.
 */
export async function openBudget(ledger: Ledger, campaign: Budgeted, revision: number, wanted: number, mark = 0): Promise<Pot> {
  const { runtime } = ledger
  const budget = campaign.limits?.budget ?? 0
  const keys = potKeys(ledger, campaign.id)
  return attempt(runtime, async () => {
    const { items } = await runtime.store.read(keys, { consistent: true })
    const [rest, part] = keys.map((key, index) => potOf(key, items[index])) as [Pot, Pot]
    if (isOutdated(rest, revision)) {
      await bringUpToDate(ledger, campaign.id, rest, budget, revision, mark)
      return again
    }
    const ready = readyPot(rest, part, revision, wanted, mark)
    if (ready) return ready
    const missing = wanted - part.left
    const moved = Math.min(rest.left, Math.max(missing, shareOf(budget)))
    if (rest.left >= missing && rest.left - moved >= mark) {
      await runtime.store.commit([potWrite(rest, { left: rest.left - moved }), potWrite(part, { left: part.left + moved })])
    } else {
      await gather(ledger, campaign.id, rest)
    }
    return again
  })
}

/** The rest of a budget and one of its shards, chosen at random. */
export function potKeys({ runtime, programme }: Ledger, campaign: string): [rest: Key, part: Key] {
  const shard = Math.floor(runtime.random() * budgetShards)
  return [table.budget(programme.id, campaign), table.budgetShard(programme.id, campaign, shard)]
}

/**
 * The pot of two out of which so much can be taken as they are; undefined where something must be moved first. Below a mark all
 * is gathered in the rest, so that it is known how much there is.
 */
export function readyPot(rest: Pot, part: Pot, revision: number, wanted: number, mark = 0): Pot | undefined {
  if (isOutdated(rest, revision)) return undefined
  if (rest.gathered) return rest
  return part.left >= wanted && rest.left >= mark ? part : undefined
}

/** The rest of a campaign's budget, for what a return gives back; undefined where nothing of it was ever spent. */
export async function openRest({ runtime, programme }: Ledger, campaign: string): Promise<Pot | undefined> {
  const key = table.budget(programme.id, campaign)
  const { items } = await runtime.store.read([key], { consistent: true })
  return items[0] && potOf(key, items[0])
}

/** What a store may still give of a campaign. */
export async function openStoreBudget(ledger: Ledger, campaign: Budgeted, revision: number, store: string): Promise<Pot> {
  const { runtime, programme } = ledger
  const key = table.storeBudget(programme.id, campaign.id, store)
  const budget = campaign.limits?.perStore ?? 0
  const { items } = await runtime.store.read([key], { consistent: true })
  return asOf(potOf(key, items[0]), budget, revision)
}

/** A store's pot as it is by a revision: what that allows more or less than the one before is put to it. */
export function asOf(pot: Pot, budget: number, revision: number): Pot {
  if (!isOutdated(pot, revision)) return pot
  return { ...pot, left: pot.left + budget - (pot.budget ?? 0), budget, revision }
}

/** A later revision counts from its first sale on; what an earlier one said does not come back with a late sale. */
const isOutdated = ({ revision }: Pot, wantedRevision: number): boolean => revision === undefined || wantedRevision > revision

/** Only once everything is gathered is it known what is left, so that a smaller budget is as hard as any. */
async function bringUpToDate(
  ledger: Ledger,
  campaign: string,
  rest: Pot,
  budget: number,
  revision: number,
  mark: number,
): Promise<void> {
  const isSmaller = rest.budget !== undefined && budget < rest.budget
  if (isSmaller && !rest.gathered) return await gather(ledger, campaign, rest)
  const left = rest.left + budget - (rest.budget ?? 0)
  const gathered = rest.gathered && budget <= (rest.budget ?? 0)
  const low = rest.low && left < mark
  await ledger.runtime.store.commit([potWrite(rest, { left, budget, revision, gathered, low })])
}

/** Moves what is in the shards to the rest. */
async function gather({ runtime, programme }: Ledger, campaign: string, rest: Pot): Promise<void> {
  const keys = shardKeys(programme.id, campaign)
  const { items } = await runtime.store.read(keys, { consistent: true })
  const parts = keys.map((key, index) => potOf(key, items[index]))
  // A shard that was never filled is written too: nobody may fill it meanwhile.
  const emptied = parts.map((part): Write => potWrite(part, { left: 0 }))
  await runtime.store.commit([potWrite(rest, { left: rest.left + sumOf(parts), gathered: true }), ...emptied])
}

const shardKeys = (programme: string, campaign: string): Key[] =>
  Array.from({ length: budgetShards }, (_, shard) => table.budgetShard(programme, campaign, shard))

/** All that is left of a campaign's budget in one pot, that nothing can be taken from. */
export async function peekBudget(ledger: Ledger, campaign: Budgeted, revision: number): Promise<Pot> {
  const [rest, ...parts] = await readPots(ledger, campaign.id)
  const current = asOf(rest, campaign.limits?.budget ?? 0, revision)
  return { ...current, left: current.left + sumOf(parts) }
}

/** What was spent of the budgets of some campaigns, less what returns gave back, in points; of one never spent 0. */
export async function spentOf(ledger: Ledger, campaigns: readonly string[]): Promise<Map<string, number>> {
  const spent = new Map<string, number>()
  for (const campaign of campaigns) {
    const [rest, ...parts] = await readPots(ledger, campaign)
    spent.set(campaign, (rest.budget ?? 0) - rest.left - sumOf(parts))
  }
  return spent
}

async function readPots({ runtime, programme }: Ledger, campaign: string): Promise<[Pot, ...Pot[]]> {
  const restKey = table.budget(programme.id, campaign)
  const keys = shardKeys(programme.id, campaign)
  const { items } = await runtime.store.read([restKey, ...keys], { consistent: true })
  return [potOf(restKey, items[0]), ...keys.map((key, index) => potOf(key, items[index + 1]))]
}

const sumOf = (pots: readonly Pot[]) => pots.reduce((sum, pot) => sum + pot.left, 0)
