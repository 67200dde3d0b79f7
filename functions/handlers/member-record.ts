import { type Problem, problem } from '../contract/problem.ts'
import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import { type Ring, ringCheck } from '../store/key-ring.ts'
import { type Lookup, lookupItem, lookupKeys, lookupOf, normalise } from '../store/lookups.ts'
import type { PersonalData, Profile } from '../store/profile-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import { type LookupKind, lookupKinds } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** A look-up that a change of personal data touches: one that is wanted, or one that is given up. */
interface Touched {
  readonly kind: LookupKind
  /** Where it is, under all keys of the ring: at one of them at most. */
  readonly keys: readonly [Key, ...Key[]]
  readonly wanted: boolean
}

/** The look-ups that a change of personal data touches, by the ring that was in force when it was decided. */
export interface Change {
  readonly ring: Ring
  readonly touched: readonly Touched[]
}

/** Look-ups that differ between two states of a member's personal data; two spellings of one number are the same. */
export async function touchedLookups({ runtime, programme }: Ledger, before: PersonalData, after: PersonalData): Promise<Change> {
  const ring = await runtime.lookups.current()
  const touched: Touched[] = []
  for (const kind of lookupKinds) {
    const old = before[kind]
    const wanted = after[kind]
    if (old !== undefined && wanted !== undefined && normalise(kind, old) === normalise(kind, wanted)) continue
    const keysOf = (value: string) => lookupKeys(ring, programme.id, kind, value)
    if (wanted !== undefined) touched.push({ kind, keys: keysOf(wanted), wanted: true })
    if (old !== undefined) touched.push({ kind, keys: keysOf(old), wanted: false })
  }
  return { ring, touched }
}

/** Reads what stands under each key of the look-ups that are touched. */
export async function readTouched({ runtime }: Ledger, { touched }: Change): Promise<Found> {
  const keys = touched.flatMap((one) => one.keys)
  if (keys.length === 0) return new Map()
  const { items } = await runtime.store.read(keys, { consistent: true })
  return byPartition(items)
}

/** Items by partition: a look-up is alone in its own. */
type Found = ReadonlyMap<string, Item>

export const byPartition = (items: readonly (Item | undefined)[]): Found =>
  new Map(items.flatMap((item) => (item ? [[item.pk, item]] : [])))

/** The problem where another has what a member wants; whose it is is not told. */
export function takenProblem({ touched }: Change, memberId: MemberId, found: Found): Problem | undefined {
  const taken = touched.find(
    ({ keys, wanted }) => wanted && keys.some(({ pk }) => found.has(pk) && lookupOf(found.get(pk)!).memberId !== memberId),
  )
  return taken && problem(`${taken.kind}-taken`, `/${taken.kind}`)
}

/**
 * The writes that make look-ups follow a member's personal data, given the items found under them; the last one checks that
 * the ring still stands. Under every key there is one: whoever writes under another finds out. A card that is given up stays
 * as replaced, so that what was bought with it before still finds its member and nobody else gets its number.
 */
export function lookupWrites({ now }: Ledger, { ring, touched }: Change, memberId: MemberId, found: Found): Write[] {
  const writes: Write[] = []
  for (const { kind, keys, wanted } of touched) {
    const version = Math.max(0, ...keys.map(({ pk }) => versionOf(found.get(pk)))) + 1
    const lookup: Lookup | undefined = wanted
      ? { memberId, version }
      : kind === 'card'
        ? { memberId, version, replacedAt: now }
        : undefined
    for (const [place, key] of keys.entries()) {
      writes.push(place === 0 && lookup ? putLookup(key, lookup, found.get(key.pk)) : leaveLookup(key, found.get(key.pk)))
    }
  }
  return writes.length > 0 ? [...writes, ringCheck(ring, memberId)] : []
}

const versionOf = (item: Item | undefined) => (item ? lookupOf(item).version : 0)

function conditionOn(item: Item | undefined) {
  return item ? ({ is: 'equal', attribute: versionAttribute, value: versionOf(item) } as const) : ({ is: 'absent' } as const)
}

function putLookup(key: Key, lookup: Lookup, found: Item | undefined): Write {
  return { kind: 'put', item: lookupItem(key, lookup), condition: conditionOn(found), replaces: found }
}

/** Nothing is left where a look-up is not written; where nothing is, nothing may have come either. */
function leaveLookup(key: Key, found: Item | undefined): Write {
  const condition = conditionOn(found)
  return found ? { kind: 'delete', key, condition, replaces: found } : { kind: 'check', key, condition }
}

/** Cards that are a member's no more, after a change of personal data. */
export function replacedCards({ now }: Ledger, profile: Profile, after: PersonalData): Profile['replacedCards'] {
  const { card } = profile.data
  const kept = profile.replacedCards.filter((replaced) => replaced.card !== after.card)
  return card === undefined || card === after.card ? kept : [...kept, { card, replacedAt: now }]
}
