import type { CommitResult, Condition, Item, Key, Store, Value, Write } from '../../functions/store/store.ts'
import { itemBytes } from '../../functions/store/units.ts'

/** A partition that no other test writes to. */
export const newPartition = (): string => `P#${crypto.randomUUID()}`

export const put = (item: Item, condition?: Condition): Write => ({ kind: 'put', item, ...(condition && { condition }) })

export const absent: Condition = { is: 'absent' }
export const equal = (attribute: string, value: number): Condition => ({ is: 'equal', attribute, value })
export const atLeast = (attribute: string, value: number): Condition => ({ is: 'at-least', attribute, value })

/** An item of exactly so many bytes. */
export function sized(key: Key, bytes: number, more: { readonly [name: string]: Value } = {}): Item {
  const bare = { ...key, ...more, filler: '' }
  return { ...bare, filler: 'x'.repeat(bytes - itemBytes(bare)) }
}

export async function found(store: Store, key: Key): Promise<Item | undefined> {
  const { items } = await store.read([key], { consistent: true })
  return items[0]
}

/** Writes without conditions, a transaction for each hundred. */
export async function store(target: Store, items: readonly Item[]): Promise<void> {
  for (let from = 0; from < items.length; from += 100) {
    must(await target.commit(items.slice(from, from + 100).map((item) => put(item))))
  }
}

export function must(result: CommitResult): void {
  if (result.outcome !== 'committed') throw new Error(`not committed but ${result.outcome}`)
}
