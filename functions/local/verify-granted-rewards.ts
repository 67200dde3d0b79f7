import { isDeepStrictEqual } from 'node:util'
import type { Entry } from '../domain/entry.ts'
import { changedGrants, type GrantedReward } from '../domain/granted-reward.ts'
import type { Head } from '../domain/head.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { reservationOf } from '../domain/reservation.ts'
import type { MemberId } from '../domain/units.ts'
import type { Ledger } from '../handlers/account.ts'
import { keyOfSource, namedGrant } from '../handlers/granted-rewards.ts'
import { type GrantedRewards, grantedRewardsOf } from '../store/granted-reward-item.ts'
import type { Item } from '../store/store.ts'
import type { KeptUses } from './verify-limits.ts'

/** What of a member's granted rewards their records say otherwise than the entries that granted, took back, held and used them. */
export function grantedRewardDifferences(
  ledger: Pick<Ledger, 'programme'>,
  member: MemberId,
  entries: readonly Entry[],
  head: Head | undefined,
  items: readonly Item[],
): string[] {
  const told = new Told(ledger, member)
  for (const entry of entries) told.hear(entry)
  const found = new Map(items.map((item) => [item.sk, withoutLapsed(grantedRewardsOf(item), head)]))
  return [...new Set([...told.bySource.keys(), ...found.keys()])].flatMap((sk) =>
    isDeepStrictEqual(told.bySource.get(sk), found.get(sk)) ? [] : [`the granted rewards ${sk} are not what the entries say`],
  )
}

/** What rewards of purchases that were used before these came back keep of their campaigns' caps. Of bonuses that is in the entries. */
export function usesKeptByGrants(programme: Programme, items: readonly Item[]): KeptUses[] {
  return items.map(grantedRewardsOf).flatMap(({ source: { kind, at }, granted }) => {
    const keeping = kind === 'purchase' ? granted.filter(({ keepsCap }) => keepsCap) : []
    const uses = keeping.map(({ campaignId: campaign }) => ({ campaign, points: 0, times: 1 }))
    return uses.length > 0 ? [{ at, revision: revisionAt(programme, at), storeId: '', uses }] : []
  })
}

/** A hold that lapsed stands in the record until the reward is redeemed again. */
function withoutLapsed({ source, granted }: GrantedRewards, head: Head | undefined): GrantedRewards {
  const isLapsed = ({ use }: GrantedReward) => use && !use.isCaptured && !(head && reservationOf(head, use.redemptionId))
  return { source, granted: granted.map((grant) => (isLapsed(grant) ? { ...grant, use: null } : grant)) }
}

/** Granted rewards as the entries tell them. */
class Told {
  readonly bySource = new Map<string, GrantedRewards>()
  /** The grants of redemptions. */
  readonly #named = new Map<string, string>()
  readonly #ledger: Pick<Ledger, 'programme'>
  readonly #member: MemberId

  constructor(ledger: Pick<Ledger, 'programme'>, member: MemberId) {
    this.#ledger = ledger
    this.#member = member
  }

  hear({ fact, effect }: Entry): void {
    if (effect.rewardGrants) {
      const { source, changes } = effect.rewardGrants
      const { sk } = keyOfSource(this.#ledger, this.#member, source)
      const granted = changedGrants(this.bySource.get(sk)?.granted ?? [], changes)
      if (granted.length > 0) this.bySource.set(sk, { source, granted })
    }
    if (!('redemptionId' in fact)) return
    const { redemptionId } = fact
    if ('grantId' in fact && fact.grantId !== undefined) this.#named.set(redemptionId, fact.grantId)
    if (fact.kind === 'reserve') this.#use(redemptionId, { redemptionId, isCaptured: false })
    else if (fact.kind === 'redeem') this.#use(redemptionId, { redemptionId, isCaptured: true })
    else if (fact.kind !== 'restore' || fact.reversed) this.#use(redemptionId, null)
  }

  #use(redemptionId: string, use: GrantedReward['use']): void {
    const grantId = this.#named.get(redemptionId)
    const named = grantId === undefined ? undefined : namedGrant(this.#ledger, this.#member, grantId)
    const known = named && this.bySource.get(named.key.sk)
    if (!known) return
    const granted = known.granted.map((grant, place) => (place === named.place ? { ...grant, use } : grant))
    this.bySource.set(named.key.sk, { ...known, granted })
  }
}
