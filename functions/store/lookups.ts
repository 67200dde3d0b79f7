import { createHmac } from 'node:crypto'
import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Ring } from './key-ring.ts'
import type { Item, Key } from './store.ts'
import { type LookupKind, table } from './table.ts'

/** Who a card, e-mail address or phone number belongs to. */
export interface Lookup {
  readonly memberId: MemberId
  readonly version: number
  /** Set once a card was replaced by another. */
  readonly replacedAt?: Instant
}

/** What two spellings of one card, address or number have in common. */
export function normalise(kind: LookupKind, value: string): string {
  switch (kind) {
    case 'card':
      return value
    case 'email':
      return value.normalize('NFKC').toLowerCase()
    case 'phone':
      // The (0) in +44 (0)7700 is only dialled at home.
      return value
        .replace(/^((?:\+|00).*?)\(0\)/, '$1')
        .replace(/[^\d+]/g, '')
        .replace(/^00/, '+')
  }
}

/**
 * The key of a look-up: an HMAC of the normalised value, because a plain hash of a phone number can be reversed by trying
 * them all.
 */
export function lookupKey(secret: string, programme: string, kind: LookupKind, value: string): Key {
  const hmac = createHmac('sha256', secret)
    .update(`${programme}\u0000${kind}\u0000${normalise(kind, value)}`)
    .digest('base64url')
  return table.lookup(programme, kind, hmac)
}

/** The keys of a look-up under all keys of a ring. It is at one of them at most; the first is where it is written. */
export function lookupKeys(ring: Ring, programme: string, kind: LookupKind, value: string): readonly [Key, ...Key[]] {
  const [first, ...further] = ring.keys.map(({ secret }) => lookupKey(secret, programme, kind, value))
  return [first!, ...further]
}

export function lookupItem(key: Key, lookup: Lookup): Item {
  return {
    ...key,
    m: lookup.memberId,
    [versionAttribute]: lookup.version,
    ...(lookup.replacedAt !== undefined && { re: lookup.replacedAt }),
  }
}

export function lookupOf(item: Item): Lookup {
  return {
    memberId: item.m as MemberId,
    version: item[versionAttribute] as number,
    ...(item.re !== undefined && { replacedAt: item.re as Instant }),
  }
}
