import {
  type CommitResult,
  type DuePage,
  type DueQuery,
  type IndexEntry,
  type Item,
  type Key,
  mostPageItems,
  type Page,
  type PartitionQuery,
  type ReadResult,
  type Store,
  UnavailableError,
  type Write,
} from '../../functions/store/store.ts'
import { checkCommit, checkRead, commitUnits, keyOf, nameOfKey } from '../../functions/store/units.ts'

/** How likely each fault is, from 0 to 1. Those of a commit exclude one another, so their sum is at most 1. */
export interface Faults {
  /** A commit meets another transaction: nothing is written. */
  readonly conflict: number
  /** A commit is throttled: nothing is written, and that is known. */
  readonly throttled: number
  /** A commit's request is lost: nothing is written, and that is not known. */
  readonly timeoutBefore: number
  /** A commit's answer is lost: it is written, and that is not known. */
  readonly timeoutAfter: number
  /** A commit's request is held up: it is done only after the next read through this store, if its conditions hold then. */
  readonly timeoutLate: number
  /** A read or query is throttled or times out. */
  readonly unread: number
  /** The due index answers as it was some changes ago. */
  readonly staleIndex: number
}

type CommitFault = 'conflict' | 'throttled' | 'timeoutBefore' | 'timeoutAfter' | 'timeoutLate'

interface IndexChange {
  readonly key: Key
  readonly before: IndexEntry | undefined
}

/** How many changes back the due index may be. */
const mostLag = 16

/**
 * Any store, made as unreliable as a network and DynamoDB are allowed to be. What goes wrong follows from `random` alone.
 * Limits are judged first: what no engine takes is refused as always. Only index entries that were written through this
 * store are ever stale.
 */
export class FaultyStore implements Store {
  /** Off: every call goes through, though what was held up may still land. */
  on = true
  readonly #inner: Store
  readonly #random: () => number
  readonly #faults: Partial<Faults>
  readonly #index = new Map<string, IndexEntry>()
  #changes: IndexChange[] = []
  #heldUp: (readonly Write[])[] = []

  /** `random` gives numbers from 0 to below 1: seeded, a run can be repeated. */
  constructor(inner: Store, random: () => number, faults: Partial<Faults>) {
    this.#inner = inner
    this.#random = random
    this.#faults = faults
  }

  async read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    checkRead(keys)
    return this.#reading(() => this.#inner.read(keys, options))
  }

  query(query: PartitionQuery): Promise<Page<Item>> {
    return this.#reading(() => this.#inner.query(query))
  }

  queryDue(query: DueQuery): Promise<DuePage> {
    return this.#reading(async () => {
      const page = await this.#inner.queryDue(query)
      return this.#happens('staleIndex') ? this.#aged(page, query) : page
    })
  }

  async commit(writes: readonly Write[]): Promise<CommitResult> {
    checkCommit(writes)
    switch (this.#commitFault()) {
      case 'conflict':
        return { outcome: 'conflict', units: commitUnits(writes) }
      case 'throttled':
        throw new UnavailableError('none', 'injected: throttled')
      case 'timeoutBefore':
        throw new UnavailableError('unknown', 'injected: timed out before the commit')
      case 'timeoutAfter':
        await this.#commit(writes)
        throw new UnavailableError('unknown', 'injected: timed out after the commit')
      case 'timeoutLate':
        this.#heldUp.push(writes)
        throw new UnavailableError('unknown', 'injected: timed out, and still under way')
      case undefined:
        return this.#commit(writes)
    }
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #happens(fault: 'unread' | 'staleIndex'): boolean {
    return this.on && this.#random() < (this.#faults[fault] ?? 0)
  }

  #commitFault(): CommitFault | undefined {
    if (!this.on) return undefined
    let chance = this.#random()
    for (const fault of ['conflict', 'throttled', 'timeoutBefore', 'timeoutAfter', 'timeoutLate'] as const) {
      chance -= this.#faults[fault] ?? 0
      if (chance < 0) return fault
    }
    return undefined
  }

  async #reading<Answer>(read: () => Promise<Answer>): Promise<Answer> {
    if (this.#happens('unread')) throw new UnavailableError('none', 'injected: not read')
    const answer = await read()
    // After the read, so that whoever reads again to judge a time-out does not see it yet.
    for (const writes of this.#heldUp.splice(0)) await this.#commit(writes)
    return answer
  }

  async #commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await this.#inner.commit(writes)
    if (result.outcome === 'committed') for (const write of writes) this.#remember(write)
    return result
  }

  #remember(write: Write): void {
    if (write.kind === 'check') return
    const { pk, sk } = keyOf(write)
    const name = nameOfKey({ pk, sk })
    const before = this.#index.get(name)
    const { due, dueAt } = write.kind === 'put' ? write.item : {}
    if (due === before?.due && dueAt === before?.dueAt) return
    if (due !== undefined && dueAt !== undefined) this.#index.set(name, { pk, sk, due, dueAt })
    else this.#index.delete(name)
    this.#changes = [...this.#changes, { key: { pk, sk }, before }].slice(-mostLag)
  }

  /** A page with the latest changes undone, some or all of those remembered. `next` stays, so that paging gets on. */
  #aged(page: DuePage, { due, notAfter, after, limit = mostPageItems }: DueQuery): DuePage {
    const undone = new Map<string, IndexEntry | undefined>()
    const lag = 1 + Math.floor(this.#random() * this.#changes.length)
    for (const { key, before } of this.#changes.slice(-lag).reverse()) undone.set(nameOfKey(key), before)
    const kept = page.items.filter((entry) => !undone.has(nameOfKey(entry)))
    const lasts = page.next ? page.next.dueAt : notAfter
    const back = [...undone.values()].filter(
      (entry) => entry?.due === due && entry.dueAt <= lasts && entry.dueAt > (after?.dueAt ?? Number.NEGATIVE_INFINITY),
    ) as IndexEntry[]
    const items = [...kept, ...back.slice(0, Math.max(0, limit - kept.length))].sort((a, b) => a.dueAt - b.dueAt)
    return { ...page, items }
  }
}
