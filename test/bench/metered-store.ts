import type {
  CommitResult,
  DuePage,
  DueQuery,
  Item,
  Key,
  Page,
  PartitionQuery,
  ReadResult,
  Write,
} from '../../functions/store/store.ts'
import { itemBytes } from '../../functions/store/units.ts'
import { PassingStore } from '../support/passing-store.ts'

/** Counts what goes through a store. */
export class MeteredStore extends PassingStore {
  /** How often items were read by their keys. */
  reads = 0
  itemsRead = 0
  itemsWritten = 0
  readUnits = 0
  writeUnits = 0

  reset(): void {
    this.reads = 0
    this.itemsRead = 0
    this.itemsWritten = 0
    this.readUnits = 0
    this.writeUnits = 0
  }

  override async read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    const result = await this.inner.read(keys, options)
    this.reads += 1
    this.itemsRead += keys.length
    this.readUnits += result.units
    return result
  }

  override async query(query: PartitionQuery): Promise<Page<Item>> {
    const page = await this.inner.query(query)
    this.itemsRead += page.items.length
    this.readUnits += page.units
    return page
  }

  override async queryDue(query: DueQuery): Promise<DuePage> {
    const page = await this.inner.queryDue(query)
    this.itemsRead += page.items.length
    this.readUnits += page.units
    return page
  }

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await this.inner.commit(writes)
    this.writeUnits += result.units
    if (result.outcome === 'committed') this.itemsWritten += writes.length
    return result
  }
}

/** Bytes of each item of a commit, by sort key's kind. */
export function bytesOf(writes: readonly Write[]): { [kind: string]: number } {
  const bytes: { [kind: string]: number } = {}
  for (const write of writes) if (write.kind === 'put') bytes[write.item.sk.split('#', 1)[0]!] = itemBytes(write.item)
  return bytes
}
