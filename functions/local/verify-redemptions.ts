import { isDeepStrictEqual } from 'node:util'
import type { Entry } from '../domain/entry.ts'
import type { Head } from '../domain/head.ts'
import { type Programme, type Revision, revisionAt } from '../domain/programme.ts'
import { sumOf } from '../domain/reservation.ts'
import { type Reward, rewardOf } from '../domain/reward.ts'
import { countedWindows } from '../domain/reward-limits.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Ledger } from '../handlers/account.ts'
import { spentOf } from '../handlers/budgets.ts'
import { counterKey } from '../handlers/reward-stock.ts'
import { findVoucher } from '../handlers/vouchers.ts'
import type { Runtime } from '../runtime.ts'
import { type Redemption, redemptionOf } from '../store/redemption-item.ts'
import { type Item, mostReadKeys } from '../store/store.ts'
import { stockOf, table } from '../store/table.ts'
import { voucherDifference } from './verify-vouchers.ts'

/** One of a reward that a member has or that is held for them. */
export interface TakenPiece {
  readonly reward: Reward
  readonly revision: Revision
  readonly at: Instant
}

export interface ComparedRedemptions {
  readonly differences: readonly string[]
  readonly taken: readonly TakenPiece[]
}

/** A redemption as the entries tell it. */
interface Told {
  readonly rewardId: string
  readonly at: Instant
  readonly grantId: string | null
  state: Redemption['state'] | 'lapsed'
  price: number
  restored: number
}

/** Every redemption has its record, which says what the entries say; so do the counters of how often the member had a reward. */
export async function compareRedemptions(
  { runtime, programme }: Ledger,
  member: MemberId,
  entries: readonly Entry[],
  head: Head | undefined,
  counters: readonly Item[],
): Promise<ComparedRedemptions> {
  const told = toldBy(entries)
  if (told.size === 0 && counters.length === 0) return { differences: [], taken: [] }
  const differences: string[] = []
  const taken: TakenPiece[] = []
  const ids = [...told.keys()]
  for (let start = 0; start < ids.length; start += mostReadKeys) {
    const part = ids.slice(start, start + mostReadKeys)
    const found = await runtime.store.read(
      part.map((id) => table.redemption(programme.id, id)),
      { consistent: true },
    )
    for (const [index, id] of part.entries()) {
      const item = found.items[index]
      differences.push(...recordDifferences(id, told.get(id)!, item && redemptionOf(item), member, head))
      if (item) differences.push(...(await handedDifferences(runtime, programme, redemptionOf(item))))
    }
  }
  for (const { rewardId, at, state } of told.values()) {
    const revision = revisionAt(programme, at)
    const reward = rewardOf(revision, rewardId)
    if (reward && (state === 'reserved' || state === 'captured')) taken.push({ reward, revision, at })
  }
  return { differences: [...differences, ...countDifferences(programme, member, taken, counters)], taken }
}

/** A redemption of a voucher has given one out, which is void where the points came back. */
async function handedDifferences(runtime: Runtime, programme: Programme, redemption: Redemption): Promise<string[]> {
  const { id, at, rewardId, state, memberId, voucher } = redemption
  const isGiven = state === 'captured' || state === 'reversed'
  if (voucher === null) {
    const isOwed = isGiven && rewardOf(revisionAt(programme, at), rewardId)?.kind === 'voucher'
    return isOwed ? [`redemption ${id} gave no voucher out`] : []
  }
  const found = await voucherDifference(runtime, programme.id, voucher, memberId, `redemption:${id}`)
  if (found !== undefined) return [found]
  const known = await findVoucher({ runtime, programme, now: runtime.now() }, voucher)
  if (state !== 'reversed' || known?.voucher.voidAt !== null) return []
  return [`the voucher of redemption ${id} is good though its points came back`]
}

function toldBy(entries: readonly Entry[]): Map<string, Told> {
  const told = new Map<string, Told>()
  for (const { fact, effect } of entries) {
    if (!('redemptionId' in fact)) continue
    const { redemptionId, rewardId } = fact
    const known = told.get(redemptionId)
    const grantId = known?.grantId ?? ('grantId' in fact ? fact.grantId : undefined) ?? null
    if (fact.kind === 'reserve') {
      const price = sumOf(effect.opened!.held)
      told.set(redemptionId, { rewardId, at: fact.judgedAt, grantId, state: 'reserved', price, restored: 0 })
    } else if (fact.kind === 'redeem') {
      const price = effect.totals?.redeemed ?? 0
      told.set(redemptionId, { rewardId, at: fact.judgedAt, grantId, state: 'captured', price, restored: 0 })
    } else if (known && fact.kind === 'restore') {
      known.restored -= effect.totals?.redeemed ?? 0
      if (fact.reversed) known.state = 'reversed'
    } else if (known) known.state = fact.kind === 'lapse' ? 'lapsed' : 'released'
  }
  return told
}

function recordDifferences(
  id: string,
  told: Told,
  record: Redemption | undefined,
  member: MemberId,
  head: Head | undefined,
): string[] {
  if (!record || record.memberId !== member || record.rewardId !== told.rewardId)
    return [`redemption ${id} has no record that names it`]
  const differences: string[] = []
  const stored = told.state === 'lapsed' ? 'reserved' : told.state
  if (record.state !== stored) differences.push(`redemption ${id} is ${record.state}, and its entries say ${told.state}`)
  if (sumOf(record.taken) !== record.price || record.price !== told.price) {
    differences.push(`redemption ${id}: what was taken of the buckets is not its price`)
  }
  if (record.grantId !== told.grantId) differences.push(`redemption ${id} is of another granted reward than its entries say`)
  if (told.grantId !== null && record.price !== 0) differences.push(`redemption ${id} took points for a granted reward`)
  if (record.restored !== told.restored) differences.push(`redemption ${id} gave back other points than its entries say`)
  if (record.restored > record.price) differences.push(`redemption ${id} gave back more points than it took`)
  const isOpen = head?.reservations.some(({ redemptionId }) => redemptionId === id) ?? false
  if (head && isOpen && told.state !== 'reserved') differences.push(`redemption ${id} is over and still holds points`)
  return differences
}

function countDifferences(
  programme: Programme,
  member: MemberId,
  taken: readonly TakenPiece[],
  counters: readonly Item[],
): string[] {
  const counted = new Map<string, number>()
  for (const { reward, revision, at } of taken) {
    for (const { name } of countedWindows(revision.calendar, reward, at)) {
      const { sk } = counterKey(programme, member, reward, name)
      counted.set(sk, (counted.get(sk) ?? 0) + 1)
    }
  }
  const found = new Map(counters.map(({ sk, t }) => [sk, Number(t)]))
  return [...new Set([...counted.keys(), ...found.keys()])].flatMap((sk) =>
    isDeepStrictEqual(counted.get(sk) ?? 0, found.get(sk) ?? 0) ? [] : [`the counter ${sk} is not what the redemptions make`],
  )
}

/** Rewards of which there were only so many in any revision. */
export function stockedIds({ revisions }: Programme): string[] {
  const rewards = revisions.flatMap(({ document }) => document.rewards ?? [])
  return [...new Set(rewards.flatMap((reward) => ('stock' in reward && reward.stock !== undefined ? [reward.id] : [])))]
}

/** How many of each reward all members have: what the stocks must say too. */
export class StockSums {
  readonly #taken = new Map<string, number>()
  readonly #ledger: Ledger
  #before = new Map<string, number>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** To be called before the first member: stocks are compared only where nothing is taken meanwhile. */
  async begin(): Promise<void> {
    this.#before = await this.#spent()
  }

  add(taken: readonly TakenPiece[]): void {
    for (const { reward } of taken) {
      if (reward.stock !== undefined) this.#taken.set(reward.id, (this.#taken.get(reward.id) ?? 0) + 1)
    }
  }

  /** What the stocks say otherwise than the redemptions that were added. */
  async differences(): Promise<string[]> {
    const now = await this.#spent()
    return stockedIds(this.#ledger.programme).flatMap((id) => {
      const spent = now.get(stockOf(id)) ?? 0
      if (spent !== this.#before.get(stockOf(id)) || spent === (this.#taken.get(id) ?? 0)) return []
      return [`the stock of ${id} is not what was taken of it`]
    })
  }

  #spent = () => spentOf(this.#ledger, stockedIds(this.#ledger.programme).map(stockOf))
}
