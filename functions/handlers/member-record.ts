import { type Problem, problem } from '../contract/problem.ts'
import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import { lookupItem, lookupKey, lookupOf, normalise } from '../store/lookups.ts'
import type { PersonalData, Profile } from '../store/profile-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import type { LookupKind } from '../store/table.ts'
import type { Ledger } from './account.ts'

const kinds = ['card', 'email', 'phone'] as const satisfies readonly LookupKind[]

/** A look-up that a change of personal data touches: one that is wanted, or one that is given up. */
interface Touched {
  readonly kind: LookupKind
  readonly key: Key
  readonly wanted: boolean
}

/** Look-ups that differ between two states of a member's personal data; two spellings of one number are the same. */
export function touchedLookups({ runtime, programme }: Ledger, before: PersonalData, after: PersonalData): Touched[] {
  const touched: Touched[] = []
  for (const kind of kinds) {
    const old = before[kind]
    const wanted = after[kind]
    if (old !== undefined && wanted !== undefined && normalise(kind, old) === normalise(kind, wanted)) continue
    const keyOf = (value: string) => lookupKey(runtime.lookupSecret, programme.id, kind, value)
    if (wanted !== undefined) touched.push({ kind, key: keyOf(wanted), wanted: true })
    if (old !== undefined) touched.push({ kind, key: keyOf(old), wanted: false })
  }
  return touched
}

/**
 * The writes that make look-ups follow a member's personal data, given the items found under them. A problem where another
 * has one that is wanted; whose it is is not told. A card that is given up stays as replaced, so that what was bought with it
 * before still finds its member and nobody else gets its number.
 */
export function lookupWrites(
  { now }: Ledger,
  memberId: MemberId,
  touched: readonly Touched[],
  found: readonly (Item | undefined)[],
): Write[] | Problem {
  const writes: Write[] = []
  for (const [index, { kind, key, wanted }] of touched.entries()) {
    const item = found[index]
    const lookup = item && lookupOf(item)
    if (wanted && lookup && lookup.memberId !== memberId) return problem(`${kind}-taken`, `/${kind}`)
    if (!wanted && !lookup) continue
    const version = (lookup?.version ?? 0) + 1
    const condition = lookup
      ? ({ is: 'equal', attribute: versionAttribute, value: lookup.version } as const)
      : ({ is: 'absent' } as const)
    if (wanted) writes.push({ kind: 'put', item: lookupItem(key, { memberId, version }), condition, replaces: item })
    else if (kind === 'card') {
      writes.push({ kind: 'put', item: lookupItem(key, { memberId, version, replacedAt: now }), condition, replaces: item })
    } else writes.push({ kind: 'delete', key, condition, replaces: item })
  }
  return writes
}

/** Cards that are a member's no more, after a change of personal data. */
export function replacedCards({ now }: Ledger, profile: Profile, after: PersonalData): Profile['replacedCards'] {
  const { card } = profile.data
  const kept = profile.replacedCards.filter((replaced) => replaced.card !== after.card)
  return card === undefined || card === after.card ? kept : [...kept, { card, replacedAt: now }]
}
