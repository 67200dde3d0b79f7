import type { BatchOperation } from '../contract/batch.ts'
import type { Programme } from '../domain/programme.ts'
import type { MemberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { bonusOf } from '../store/bonus-item.ts'
import { normalise } from '../store/lookups.ts'
import { receiptOf } from '../store/receipt-item.ts'
import { type Item, type Key, mostReadKeys } from '../store/store.ts'
import { eventSort, type LookupKind, lookupKinds, table } from '../store/table.ts'

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
    case 'purchase':
    case 'event': {
      const { id, card } = fieldsOf(body.member)
      return [
        `${operation.op} ${operation.id}`,
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

/** The members that the cards, purchases and events named belong to already. */
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
  const recorded = names.flatMap((name) => {
    const key = recordKey(programme.id, name)
    return key ? [{ name, key }] : []
  })
  for (let start = 0; start < recorded.length; start += mostReadKeys) {
    const part = recorded.slice(start, start + mostReadKeys)
    const { items } = await store.read(
      part.map(({ key }) => key),
      { consistent: true },
    )
    for (const [index, item] of items.entries()) {
      const owner = item && ownerOf(item)
      if (owner) owners.set(part[index]!.name, [`member ${owner}`])
    }
  }
  return owners
}

/** The one record of a purchase or an event, by its id. */
function recordKey(programme: string, name: string): Key | undefined {
  const id = name.slice(name.indexOf(' ') + 1)
  if (name.startsWith('purchase ')) return table.receipt(programme, id)
  return name.startsWith('event ') ? table.event(programme, id) : undefined
}

function ownerOf(item: Item): MemberId | undefined {
  if (item.sk === eventSort) return bonusOf(item).memberId
  const receipt = receiptOf(item)
  return receipt.state === 'sold' ? receipt.memberId : undefined
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
