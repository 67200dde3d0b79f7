import type { BatchOperation } from '../contract/batch.ts'
import type { Programme } from '../domain/programme.ts'
import type { Runtime } from '../runtime.ts'
import { lookupKey, lookupOf, normalise } from '../store/lookups.ts'
import { receiptOf } from '../store/receipt-item.ts'
import { type Key, mostReadKeys } from '../store/store.ts'
import { type LookupKind, table } from '../store/table.ts'

/**
 * Groups operations so that those which could see each other stay in order, one after another, while groups may go side by
 * side: operations on one purchase, one member, or one card, address or number. Which member a card or a receipt belongs to
 * is read, so that naming a member in two ways does not part them.
 */
export async function planChains(
  runtime: Runtime,
  programme: Programme,
  operations: readonly BatchOperation[],
): Promise<BatchOperation[][]> {
  const owners = await readOwners(runtime, programme, operations)
  const groups = new Groups()
  const named = operations.map((operation) => {
    const names = namesOf(operation).flatMap((name) => [name, ...(owners.get(name) ?? [])])
    for (const name of names) groups.join(names[0]!, name)
    return names[0]!
  })
  const chains = new Map<string, BatchOperation[]>()
  for (const [index, operation] of operations.entries()) {
    const group = groups.of(named[index]!)
    const chain = chains.get(group)
    if (chain) chain.push(operation)
    else chains.set(group, [operation])
  }
  return [...chains.values()]
}

const lookupKinds: readonly LookupKind[] = ['card', 'email', 'phone']

/** All that an operation names, two spellings alike. Bodies are not checked yet: what is no text names nothing. */
function namesOf(operation: BatchOperation): string[] {
  const body = fieldsOf(operation.body)
  switch (operation.op) {
    case 'return':
      return [`purchase ${operation.purchaseId}`]
    case 'purchase': {
      const { id, card } = fieldsOf(body.member)
      return [
        `purchase ${operation.id}`,
        ...(typeof id === 'string' ? [`member ${id}`] : typeof card === 'string' ? [`card ${card}`] : []),
      ]
    }
    case 'member':
      return [
        `member ${operation.id}`,
        ...lookupKinds.flatMap((kind) => {
          const value = body[kind]
          return typeof value === 'string' ? [`${kind} ${normalise(kind, value)}`] : []
        }),
      ]
  }
}

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** The members that the cards and purchases named belong to already. */
async function readOwners(
  { store, lookupSecret }: Runtime,
  programme: Programme,
  operations: readonly BatchOperation[],
): Promise<Map<string, string[]>> {
  const wanted = new Map<string, { readonly name: string; readonly key: Key }>()
  for (const name of new Set(operations.flatMap(namesOf))) {
    const [kind, value] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)]
    const key =
      kind === 'purchase'
        ? table.receipt(programme.id, value)
        : lookupKinds.includes(kind as LookupKind)
          ? lookupKey(lookupSecret, programme.id, kind as LookupKind, value)
          : undefined
    if (key) wanted.set(key.pk, { name, key })
  }
  const owners = new Map<string, string[]>()
  const all = [...wanted.values()]
  for (let start = 0; start < all.length; start += mostReadKeys) {
    const part = all.slice(start, start + mostReadKeys)
    const { items } = await store.read(
      part.map(({ key }) => key),
      { consistent: true },
    )
    for (const [index, item] of items.entries()) {
      const { name } = part[index]!
      if (!item) continue
      const receipt = name.startsWith('purchase ') ? receiptOf(item) : undefined
      if (!receipt) owners.set(name, [`member ${lookupOf(item).memberId}`])
      else if (receipt.state === 'sold') owners.set(name, [`member ${receipt.memberId}`])
    }
  }
  return owners
}

/** Disjoint sets of names (union–find with path halving). */
class Groups {
  readonly #parent = new Map<string, string>()

  of(name: string): string {
    let at = name
    for (;;) {
      const parent = this.#parent.get(at) ?? at
      if (parent === at) return at
      const grandparent = this.#parent.get(parent) ?? parent
      this.#parent.set(at, grandparent)
      at = grandparent
    }
  }

  join(a: string, b: string): void {
    const [first, second] = [this.of(a), this.of(b)]
    if (first !== second) this.#parent.set(second, first)
  }
}
