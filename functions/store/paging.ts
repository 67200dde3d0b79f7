import type { Item, Key, PartitionQuery, Store } from './store.ts'

/** All items of a partition or range, page by page, strongly consistent. */
export async function* eachItem(store: Store, query: Omit<PartitionQuery, 'after' | 'consistent'>): AsyncGenerator<Item> {
  let after: Key | undefined
  do {
    const page = await store.query({ ...query, consistent: true, after })
    yield* page.items
    after = page.next
  } while (after)
}
