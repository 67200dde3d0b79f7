import type {
  CommitResult,
  DuePage,
  DueQuery,
  Item,
  Key,
  Page,
  PartitionQuery,
  ReadResult,
  Store,
  Write,
} from '../../functions/store/store.ts'

/** Keeps what was committed through a store, and costs it next to nothing. */
export class RecordingStore implements Store {
  readonly #inner: Store
  /** Every committed list of writes, since it was last emptied. */
  commits: (readonly Write[])[] = []

  constructor(inner: Store) {
    this.#inner = inner
  }

  read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    return this.#inner.read(keys, options)
  }

  query(query: PartitionQuery): Promise<Page<Item>> {
    return this.#inner.query(query)
  }

  queryDue(query: DueQuery): Promise<DuePage> {
    return this.#inner.queryDue(query)
  }

  async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await this.#inner.commit(writes)
    if (result.outcome === 'committed') this.commits.push(writes)
    return result
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
