import { type Programme, revisionAt } from '../domain/programme.ts'
import type { Reservation } from '../domain/reservation.ts'
import { type Reward, rewardOf } from '../domain/reward.ts'
import { countedWindows } from '../domain/reward-limits.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { type Pot, potOf, potWrite } from '../store/budget-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import type { Condition, Item, Key, Write } from '../store/store.ts'
import { lowStockKind, stockOf, table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { openBudget, openRest, potKeys, readyPot } from './budgets.ts'

/**
 * The stock of a reward is spent like a campaign's budget, in parts, so that many redemptions at once do not wait for each other
 * and never take more than there is. How often a member had it is counted beside their head. What
 * comes back goes to the rest of the stock and out of the counters, in the windows in which it was taken.
 */

/** A reward as it is taken: by the revision that it is judged by. */
export interface TakenReward {
  readonly memberId: MemberId
  readonly reward: Reward
  readonly at: Instant
}

/** Where it is written how much of a reward is left and how often the member had it: to be read together with the head. */
export interface StockKeys {
  readonly pots: readonly [rest: Key, part: Key] | undefined
  readonly counters: readonly { readonly key: Key; readonly times: number }[]
  readonly all: readonly Key[]
}

export function stockKeys(ledger: Ledger, { memberId, reward, at }: TakenReward): StockKeys {
  const { programme } = ledger
  const pots = reward.stock === undefined ? undefined : potKeys(ledger, stockOf(reward.id))
  const { calendar } = revisionAt(programme, at)
  const counters = countedWindows(calendar, reward, at).map(({ name, times }) => ({
    key: counterKey(programme, memberId, reward, name),
    times,
  }))
  return { pots, counters, all: [...(pots ?? []), ...counters.map(({ key }) => key)] }
}

export const counterKey = ({ id }: Programme, memberId: MemberId, reward: Pick<Reward, 'id'>, window: string): Key =>
  table.cap(id, memberId, stockOf(reward.id), window)

/** What taking one of a reward writes; or why there is none to take. `items` are those of the keys, as they were read. */
export async function takeReward(
  ledger: Ledger,
  { reward, at }: TakenReward,
  { pots, counters }: StockKeys,
  items: readonly (Item | undefined)[],
): Promise<Write[] | 'reward-limit' | 'out-of-stock'> {
  const counted = counters.map((counter, index) => ({ ...counter, stored: items[index + (pots ? 2 : 0)] }))
  if (counted.some(({ times, stored }) => Number(stored?.t ?? 0) >= times)) return 'reward-limit'
  const writes = counted.map(({ key, stored }) => counterWrite(key, stored, 1))
  if (!pots) return writes
  const revision = revisionAt(ledger.programme, at).number
  const ready = readyPot(potOf(pots[0], items[0]), potOf(pots[1], items[1]), revision, 1, reward.lowStock)
  const pot = ready ?? (await openBudget(ledger, stockBudget(reward), revision, 1, reward.lowStock))
  return pot.left < 1 ? 'out-of-stock' : [...writes, ...takenWrites(ledger, reward, pot)]
}

/** A reward's stock as a budget is written. */
export const stockBudget = ({ id, stock }: Reward) => ({ id: stockOf(id), limits: { budget: stock } })

function takenWrites({ programme, now }: Ledger, { id, lowStock }: Reward, pot: Pot): Write[] {
  const left = pot.left - 1
  // Of a shard there is so much more in the rest that the stock is not low.
  const isNews = pot.gathered === true && !pot.low && lowStock !== undefined && left < lowStock
  if (!isNews) return [potWrite(pot, { left })]
  const key = table.lowStock(programme.id, id, Number(pot.stored?.[versionAttribute] ?? 0) + 1)
  const news = { ...key, at: now, bk: now, k: lowStockKind, f: { rewardId: id, left, mark: lowStock } }
  return [potWrite(pot, { left, low: true }), { kind: 'put', item: news }]
}

/**
 * Writes a counter as it becomes of what was read; it fails where that is no longer so. Counters are read together with the head,
 * which is no snapshot: one may be of before a redemption that the head is of, so that the head's version does not guard it.
 */
function counterWrite(key: Key, stored: Item | undefined, change: number): Write {
  const times = Number(stored?.t ?? 0)
  const condition: Condition = stored ? { is: 'equal', attribute: 't', value: times } : { is: 'absent' }
  return { kind: 'put', item: { ...key, t: times + change, p: 0 }, condition, replaces: stored }
}

/** What is written where rewards come back that were taken: each to its stock and out of its counters. */
export async function giveBackRewards(
  ledger: Ledger,
  memberId: MemberId,
  reservations: readonly Pick<Reservation, 'rewardId' | 'at'>[],
): Promise<Write[]> {
  const { runtime, programme } = ledger
  const stocks = new Map<string, number>()
  const counters = new Map<string, { key: Key; change: number }>()
  for (const { rewardId, at } of reservations) {
    const revision = revisionAt(programme, at)
    const reward = rewardOf(revision, rewardId)
    if (!reward) continue
    if (reward.stock !== undefined) stocks.set(rewardId, (stocks.get(rewardId) ?? 0) + 1)
    for (const { name } of countedWindows(revision.calendar, reward, at)) {
      const key = counterKey(programme, memberId, reward, name)
      counters.set(key.sk, { key, change: (counters.get(key.sk)?.change ?? 0) - 1 })
    }
  }
  const writes: Write[] = []
  for (const [rewardId, pieces] of stocks) {
    const rest = await openRest(ledger, stockOf(rewardId))
    if (rest) writes.push(potWrite(rest, { left: rest.left + pieces }))
  }
  if (counters.size === 0) return writes
  const kept = [...counters.values()]
  const { items } = await runtime.store.read(
    kept.map(({ key }) => key),
    { consistent: true },
  )
  return [...writes, ...kept.map(({ key, change }, index) => counterWrite(key, items[index], change))]
}
