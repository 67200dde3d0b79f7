import { deepStrictEqual } from 'node:assert/strict'
import type { Instant } from '../../functions/domain/units.ts'
import { type Lookup, lookupOf } from '../../functions/store/lookups.ts'
import { type Receipt, receiptOf } from '../../functions/store/receipt-item.ts'
import { type CommitResult, type Item, mostReadKeys, type Store, type Write } from '../../functions/store/store.ts'
import { budgetPartition, clubEventPrefix, clubPartition, headSort, voucherPartition } from '../../functions/store/table.ts'
import { keyOf } from '../../functions/store/units.ts'
import { PassingStore } from '../support/passing-store.ts'

/** A state of a head, a receipt or a look-up, from the commit of that number on. */
export interface Since<State> {
  readonly commit: number
  readonly state: State
}

/**
 * Watches a store from outside of the code under test: numbers the commits that happened, remembers what heads, receipts and look-ups
 * were when, and has a copy of every item.
 */
export class Trace extends PassingStore {
  /** How many commits have happened. */
  commits = 0
  readonly items = new Map<string, Item>()
  /** Versions of each member's head, by partition. */
  readonly heads = new Map<string, Since<number>[]>()
  /** Whom a look-up named, by partition. */
  readonly lookups = new Map<string, Since<Lookup | undefined>[]>()
  /** What a receipt said, by the purchase's id. */
  readonly receipts = new Map<string, Since<Receipt | undefined>[]>()
  /** Parts of budgets in which there was less than nothing at any time. */
  readonly overdrawn: Item[] = []
  /** All that was written of vouchers and their locks, in order. */
  readonly vouchers: { readonly commit: number; readonly now: number; readonly item: Item }[] = []
  /** All that was written of events of clubs, in order. */
  readonly clubEvents: { readonly now: number; readonly item: Item }[] = []
  readonly #clock: () => number

  constructor(inner: Store, clock: () => number = () => 0) {
    super(inner)
    this.#clock = clock
  }

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await this.inner.commit(writes)
    if (result.outcome !== 'committed') return result
    this.commits += 1
    for (const write of writes) this.#note(write)
    return result
  }

  /** The instants at which time will change a head, of all members. */
  dues(): Instant[] {
    return [...this.items.values()].flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt as Instant]))
  }

  /** Throws where the store does not hold what it said that it committed. */
  async compare(): Promise<void> {
    const items = [...this.items.values()]
    for (let start = 0; start < items.length; start += mostReadKeys) {
      const part = items.slice(start, start + mostReadKeys)
      const found = await this.inner.read(part, { consistent: true })
      deepStrictEqual(found.items, JSON.parse(JSON.stringify(part)), 'the store holds something else than it committed')
    }
  }

  #note(write: Write): void {
    if (write.kind === 'check') return
    const { pk, sk } = keyOf(write)
    if (write.kind === 'delete') this.items.delete(`${pk} ${sk}`)
    else this.items.set(`${pk} ${sk}`, write.item)
    if (write.kind === 'put' && isPot(write.item) && Number(write.item.l) < 0) this.overdrawn.push(write.item)
    if (write.kind === 'put' && pk.startsWith(voucherPartition('demo', ''))) {
      this.vouchers.push({ commit: this.commits, now: this.#clock(), item: write.item })
    }
    if (write.kind === 'put' && pk.startsWith(clubPartition('demo', '')) && sk.startsWith(clubEventPrefix)) {
      this.clubEvents.push({ now: this.#clock(), item: write.item })
    }
    if (sk === headSort && write.kind === 'put') this.#since(this.heads, pk, Number(write.item.v))
    if (sk === 'RECEIPT' && write.kind === 'put') {
      const receipt = receiptOf(write.item)
      this.#since(this.receipts, receipt.purchaseId, receipt)
    }
    if (sk === 'LOOKUP') this.#since(this.lookups, pk, write.kind === 'put' ? lookupOf(write.item) : undefined)
  }

  #since<State>(states: Map<string, Since<State>[]>, pk: string, state: State): void {
    const known = states.get(pk)
    const since = { commit: this.commits, state }
    // A head that is only due at another instant is what it was.
    if (known?.at(-1)?.state === state && typeof state === 'number') return
    if (known) known.push(since)
    else states.set(pk, [since])
  }
}

/** Whether an item holds a part of a campaign's budget, or what a store may give of one. */
export const isPot = ({ pk, l }: Item): boolean => l !== undefined && pk.startsWith(budgetPartition('demo', ''))

/** A stretch of a history, by the number of commits that had happened. */
export interface Stretch {
  readonly from: { readonly commit: number; readonly now: number }
  readonly to: { readonly commit: number; readonly now: number }
}

/** All states that something had during a stretch, `before` where there was none yet. */
export function statesDuring<State>(states: readonly Since<State>[] | undefined, { from, to }: Stretch, before: State): State[] {
  const known = states ?? []
  const first = known.findLast(({ commit }) => commit <= from.commit)
  const during = known.filter(({ commit }) => commit > from.commit && commit <= to.commit)
  return [first ? first.state : before, ...during.map(({ state }) => state)]
}
