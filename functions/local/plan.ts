import type { BatchOperation } from '../contract/batch.ts'
import type { Programme } from '../domain/programme.ts'
import type { Runtime } from '../runtime.ts'
import { normalise } from '../store/lookups.ts'
import { receiptOf } from '../store/receipt-item.ts'
import { mostReadKeys } from '../store/store.ts'
import { type LookupKind, lookupKinds, table } from '../store/table.ts'

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
  { store, lookups }: Runtime,
  programme: Programme,
  operations: readonly BatchOperation[],
): Promise<Map<string, string[]>> {
  const names = [...new Set(operations.flatMap(namesOf))]
  const owners = new Map<string, string[]>()
  const wanted = names.flatMap((name) => lookupKinds.flatMap((kind) => lookupNamed(name, kind)))
  for (const [index, lookup] of (await lookups.findAll(programme.id, wanted)).entries()) {
    if (lookup) owners.set(wanted[index]!.name, [`member ${lookup.memberId}`])
  }
  const sold = names.filter((name) => name.startsWith('purchase '))
  for (let start = 0; start < sold.length; start += mostReadKeys) {
    const part = sold.slice(start, start + mostReadKeys)
    const keys = part.map((name) => table.receipt(programme.id, name.slice('purchase '.length)))
    const { items } = await store.read(keys, { consistent: true })
    for (const [index, item] of items.entries()) {
      const receipt = item && receiptOf(item)
      if (receipt?.state === 'sold') owners.set(part[index]!, [`member ${receipt.memberId}`])
    }
  }
  return owners
}

const lookupNamed = (name: string, kind: LookupKind) =>
  name.startsWith(`${kind} `) ? [{ name, kind, value: name.slice(kind.length + 1) }] : []

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
