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

/** A store in front of another, which it asks for everything: for those who watch what goes through. */
export class PassingStore implements Store {
  protected readonly inner: Store

  constructor(inner: Store) {
    this.inner = inner
  }

  read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    return this.inner.read(keys, options)
  }

  query(query: PartitionQuery): Promise<Page<Item>> {
    return this.inner.query(query)
  }

  queryDue(query: DueQuery): Promise<DuePage> {
    return this.inner.queryDue(query)
  }

  commit(writes: readonly Write[]): Promise<CommitResult> {
    return this.inner.commit(writes)
  }

  close(): Promise<void> {
    return this.inner.close()
  }
}
