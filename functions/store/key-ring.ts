import { hash, randomBytes } from 'node:crypto'
import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import { type Lookup, lookupKeys, lookupOf } from './lookups.ts'
import { type CommitResult, type Item, mostReadKeys, type Store, UnavailableError, type Write } from './store.ts'
import { type LookupKind, ringCopies, shardOf, table } from './table.ts'

/** A fingerprint of a key: it names the key where the key itself must not stand. */
export type KeyId = string & { readonly __brand: 'KeyId' }

/** A key of the look-ups' HMAC. */
export interface LookupKey {
  readonly id: KeyId
  readonly secret: string
}

/**
 * The keys in force: look-ups are written under the first, and any further one is still read and guarded, because not all
 * look-ups have been moved from it yet.
 */
export interface Ring {
  /** 0: no ring is stored, and the deployment has the one key that it was made with. */
  readonly version: number
  readonly keys: readonly [LookupKey, ...LookupKey[]]
}

/** Where a deployment keeps its keys. */
export interface LookupSecrets {
  /** The key that is in force while no ring is stored. */
  first(): Promise<string>
  /** The key of an id; undefined where it is not there, or not there yet. */
  named(id: KeyId): Promise<string | undefined>
}

export const keyOfSecret = (secret: string): LookupKey => ({
  id: hash('sha256', `laurel look-up key ${secret}`, 'base64url').slice(0, 12) as KeyId,
  secret,
})

/** A key that nobody can guess. */
export const makeLookupSecret = (): string => randomBytes(32).toString('base64url')

/** Secrets that are kept together, the one in force first. */
export function secretsAmong(read: () => Promise<readonly [string, ...string[]]>): LookupSecrets {
  return {
    first: async () => (await read())[0],
    named: async (id) => (await read()).find((secret) => keyOfSecret(secret).id === id),
  }
}

/** The copy of the ring that is read; the others are only checked by those who write. */
const readCopy = table.ring(0)
const mostLooks = 3

/**
 * The ring as this process knows it, remembered as long as it lives. What it knows may be old: a hit under any key is right
 * all the same, a miss is judged by the ring as it is stored, and a write hangs on the version that it was made by.
 */
export class KeyRing {
  readonly #store: Store
  readonly #secrets: LookupSecrets
  #known: Ring | undefined

  constructor(store: Store, secrets: LookupSecrets) {
    this.#store = store
    this.#secrets = secrets
  }

  /** The ring as it is known here. */
  async current(): Promise<Ring> {
    return this.#known ?? this.refresh()
  }

  /** The ring as it is stored. Throws UnavailableError where it names a key that this deployment cannot read now. */
  async refresh(): Promise<Ring> {
    for (let looks = 1; ; looks += 1) {
      const { items } = await this.#store.read([readCopy], { consistent: true })
      const version = (items[0]?.[versionAttribute] ?? 0) as number
      if (this.#known?.version === version) return this.#known
      const keys = await this.#keysOf(items[0])
      if (keys) return this.#adopt({ version, keys })
      // A key that came or went between the two reads is a ring that changed.
      if (looks === mostLooks) throw new UnavailableError('none', 'a key of the look-ups cannot be read yet')
    }
  }

  /** Whom a value belongs to. Undefined: nobody, under whichever key. */
  async find(programme: string, kind: LookupKind, value: string): Promise<Lookup | undefined> {
    return (await this.findAll(programme, [{ kind, value }]))[0]
  }

  /** Whom each of the values belongs to. */
  async findAll(
    programme: string,
    wanted: readonly { readonly kind: LookupKind; readonly value: string }[],
  ): Promise<(Lookup | undefined)[]> {
    const ring = await this.current()
    const keys = wanted.map(({ kind, value }) => lookupKeys(ring, programme, kind, value))
    const found = await this.#readAny(keys)
    const missed = () => keys.flatMap(([first], index) => (found[index] ? [] : [{ index, first }]))
    if (ring.keys.length > 1 && missed().length > 0) {
      // Several items read together are no snapshot: a look-up may have been moved to the first key between two of them.
      const moved = await this.#readAny(missed().map(({ first }) => [first]))
      for (const [place, { index }] of missed().entries()) found[index] = moved[place]
    }
    // Read after the miss: that the ring is still the same says that nobody could have moved or made a look-up elsewhere.
    if (missed().length > 0 && (await this.refresh()).version !== ring.version) return this.findAll(programme, wanted)
    return found.map((item) => item && lookupOf(item))
  }

  /**
   * Commits writes among which may be look-ups and a check of the ring. Where the ring is not the one of the check any more, it
   * is read anew and the outcome is a conflict: to be tried again, and nothing that the client did.
   */
  async commit(writes: readonly Write[]): Promise<CommitResult> {
    const result = await this.#store.commit(writes)
    if (result.outcome !== 'refused' || !result.failed.some(({ index }) => isRingCheck(writes[index]))) return result
    await this.refresh()
    return { outcome: 'conflict', units: result.units }
  }

  /** The item under any of the keys, for each list of keys. */
  async #readAny(wanted: readonly (readonly { readonly pk: string; readonly sk: string }[])[]): Promise<(Item | undefined)[]> {
    const all = wanted.flat()
    const items = new Map<string, Item>()
    for (let start = 0; start < all.length; start += mostReadKeys) {
      const read = await this.#store.read(all.slice(start, start + mostReadKeys), { consistent: true })
      for (const item of read.items) if (item) items.set(item.pk, item)
    }
    return wanted.map((keys) => keys.flatMap(({ pk }) => items.get(pk) ?? [])[0])
  }

  async #keysOf(item: Item | undefined): Promise<Ring['keys'] | undefined> {
    if (!item) return [keyOfSecret(await this.#secrets.first())]
    const keys: LookupKey[] = []
    for (const id of item.k as KeyId[]) {
      const secret = this.#known?.keys.find((known) => known.id === id)?.secret ?? (await this.#secrets.named(id))
      if (secret === undefined) return undefined
      keys.push({ id, secret })
    }
    const [first, ...further] = keys
    return first && [first, ...further]
  }

  #adopt(ring: Ring): Ring {
    if (!this.#known || this.#known.version < ring.version) this.#known = ring
    return ring
  }
}

/** That the ring is still the one that look-ups are written by. A commit that writes any has this check. */
export function ringCheck({ version }: Ring, writer: MemberId): Write {
  return { kind: 'check', key: table.ring(shardOf(writer) % ringCopies), condition: isOfVersion(version) }
}

/** The writes that put another ring in the place of one: all copies or none. */
export function ringWrites({ version }: Ring, keys: readonly [KeyId, ...KeyId[]]): Write[] {
  return Array.from({ length: ringCopies }, (_, copy): Write => {
    const item = { ...table.ring(copy), [versionAttribute]: version + 1, k: keys }
    return { kind: 'put', item, condition: isOfVersion(version) }
  })
}

const isOfVersion = (version: number) =>
  version === 0 ? ({ is: 'absent' } as const) : ({ is: 'equal', attribute: versionAttribute, value: version } as const)

const isRingCheck = (write: Write | undefined) => write?.kind === 'check' && write.key.sk === readCopy.sk
