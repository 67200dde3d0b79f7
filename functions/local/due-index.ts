import type { IndexEntry, Item, Store } from '../store/store.ts'

/** The due index as it was when it was first asked, a partition at a time: members of a shard share them. */
export class DueIndex {
  readonly #store: Store
  /** Instants by partition and sort key. */
  readonly #partitions = new Map<string, Map<string, number>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Whether the index names a head or a profile as its item says. One that says nothing is no concern: a stray entry costs nothing. */
  async holds({ pk, sk, due, dueAt }: Item): Promise<boolean> {
    if (due === undefined) return true
    const known = this.#partitions.get(due) ?? (await this.#read(due))
    return known.get(`${pk} ${sk}`) === dueAt
  }

  async #read(due: string): Promise<Map<string, number>> {
    const partition = new Map<string, number>()
    let after: IndexEntry | undefined
    do {
      const page = await this.#store.queryDue({ due, notAfter: Number.MAX_SAFE_INTEGER, after })
      for (const { pk, sk, dueAt } of page.items) partition.set(`${pk} ${sk}`, dueAt)
      after = page.next
    } while (after)
    this.#partitions.set(due, partition)
    return partition
  }
}
