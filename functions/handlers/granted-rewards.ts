import { hash } from 'node:crypto'
import type { Award } from '../domain/earning.ts'
import type { Entry } from '../domain/entry.ts'
import { changedGrants, type GrantChange, type GrantedReward, type GrantSource, isGrant } from '../domain/granted-reward.ts'
import type { Use } from '../domain/limits.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { grantedRewardsOf, grantedRewardsWrite } from '../store/granted-reward-item.ts'
import type { Redemption } from '../store/redemption-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** Where it is kept what a purchase or bonus granted a member. */
export const keyOfSource = ({ programme }: Pick<Ledger, 'programme'>, memberId: MemberId, { kind, id, at }: GrantSource): Key =>
  table.grantedRewards(programme.id, memberId, at, hash('sha256', `${kind}#${id}`, 'base64url').slice(0, hashLength))

/** 128 bits and more: with a sale's instant before them no two of a member's sales share a key. */
const hashLength = 22

/** Those changes of entries that are of one sale or bonus. */
interface SourceChanges {
  readonly source: GrantSource
  readonly changes: GrantChange[]
  /** Whether the sale or bonus itself is among the entries: then nothing is kept of it yet. */
  readonly isNew: boolean
}

/**
 * What is written of rewards that entries grant or take back, in the commit that books them. What is kept of an earlier sale is read
 * after the head, whose version guards it: it changes together with the head alone.
 */
export async function grantWrites(ledger: Ledger, memberId: MemberId, entries: readonly Entry[]): Promise<Write[]> {
  const bySource = new Map<string, SourceChanges>()
  for (const entry of entries) {
    const { rewardGrants } = entry.effect
    if (!rewardGrants) continue
    const { source, changes } = rewardGrants
    const isNew = entry.fact.kind === 'earn' || entry.fact.kind === 'bonus'
    const { sk } = keyOfSource(ledger, memberId, source)
    const known = bySource.get(sk)
    if (known) known.changes.push(...changes)
    else bySource.set(sk, { source, changes: [...changes], isNew })
  }
  const writes: Write[] = []
  for (const { source, changes, isNew } of bySource.values()) {
    const key = keyOfSource(ledger, memberId, source)
    const stored = isNew ? undefined : (await ledger.runtime.store.read([key], { consistent: true })).items[0]
    const granted = changedGrants(stored ? grantedRewardsOf(stored).granted : [], changes)
    if (granted.length > 0) writes.push(grantedRewardsWrite(key, { source, granted }, stored))
  }
  return writes
}

/** How lists and redemptions name a granted reward: by where it is kept and its place there. */
export const grantIdOf = ({ sk }: Pick<Key, 'sk'>, place: number): string => {
  const [, at, name] = sk.split('#')
  return `${Number(at)}.${name}.${place}`
}

export interface NamedGrant {
  readonly key: Key
  readonly place: number
}

/** Where the granted reward of an id is kept; undefined where no list gave that id. */
export function namedGrant(
  { programme }: Pick<Ledger, 'programme'>,
  memberId: MemberId,
  grantId: string,
): NamedGrant | undefined {
  const [, at, name, place] = /^(\d{1,15})\.([\w-]{22})\.(\d{1,4})$/.exec(grantId) ?? []
  if (name === undefined) return undefined
  const named = { key: table.grantedRewards(programme.id, memberId, Number(at) as Instant, name), place: Number(place) }
  return grantIdOf(named.key, named.place) === grantId ? named : undefined
}

/** Writes down the use of the granted reward at a place of what was read, or that there is none any more. */
export function useWrite(stored: Item, place: number, use: GrantedReward['use']): Write {
  const { source, granted } = grantedRewardsOf(stored)
  const after = granted.map((one, index) => (index === place ? { ...one, use } : one))
  return grantedRewardsWrite({ pk: stored.pk, sk: stored.sk }, { source, granted: after }, stored)
}

/** The granted reward that a redemption is of. */
export interface FoundGrant {
  readonly stored: Item
  readonly place: number
  readonly grant: GrantedReward
}

/**
 * The granted reward of a redemption; undefined where points are spent. To be read after the head, whose version guards it. Throws where
 * it is not there: a bug, because they are kept for ever.
 */
export async function grantOf(
  ledger: Ledger,
  { id, memberId, grantId }: Pick<Redemption, 'id' | 'memberId' | 'grantId'>,
): Promise<FoundGrant | undefined> {
  if (grantId === null) return undefined
  const named = namedGrant(ledger, memberId, grantId)
  const stored = named && (await ledger.runtime.store.read([named.key], { consistent: true })).items[0]
  const grant = stored && grantedRewardsOf(stored).granted[named.place]
  if (!grant) throw new Error(`redemption ${id} names a granted reward that is not there`)
  return { stored, place: named.place, grant }
}

/**
 * What a sale or bonus gives back to limits, or takes of them once more, but for campaigns whose granted reward was used when it was taken
 * back: who has had it has had it, and the cap that it counts in stays used though the goods came back. To be read after the head, whose version guards it.
 */
export async function usesOfUnused(
  ledger: Ledger,
  memberId: MemberId,
  source: GrantSource,
  awards: readonly Award[],
  uses: readonly Use[],
): Promise<readonly Use[]> {
  const isOfGrant = ({ campaign }: Use) => awards.some((award) => award.source === campaign && isGrant(award))
  if (!uses.some(isOfGrant)) return uses
  const { items } = await ledger.runtime.store.read([keyOfSource(ledger, memberId, source)], { consistent: true })
  const granted = items[0] ? grantedRewardsOf(items[0]).granted : []
  return uses.filter(({ campaign, times }) => {
    const of = granted.find(({ campaignId }) => campaignId === campaign)
    return !(times < 0 ? of?.use?.isCaptured : of?.keepsCap)
  })
}

/** What is written where a redemption of a granted reward is let go or reversed: it can be had again, if it is good for it. */
export async function giveGrantBack(
  ledger: Ledger,
  redemption: Pick<Redemption, 'id' | 'memberId' | 'grantId'>,
): Promise<Write[]> {
  const found = await grantOf(ledger, redemption)
  return found ? [useWrite(found.stored, found.place, null)] : []
}
