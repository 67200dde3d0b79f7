import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Value } from './store.ts'
import { type LookupKind, lookupKinds, memberOfPartition, table } from './table.ts'

/** What a member told of themselves. */
export interface PersonalData {
  readonly card?: string
  readonly email?: string
  readonly phone?: string
  readonly name?: string
  /** `YYYY-MM-DD`. */
  readonly birthday?: string
  /** BCP 47. */
  readonly language?: string
}

/** Personal data of a member: it lives here and, hashed, in the look-ups alone. */
export interface Profile {
  readonly memberId: MemberId
  readonly version: number
  /** Of the body that enrolled or completed the member; none while a card alone made them. */
  readonly hash?: string
  readonly enrolledAt: Instant
  readonly data: PersonalData
  /** The e-mail address is only what somebody said of themselves: whoever proves it theirs is not linked to this member. */
  readonly emailClaimed?: boolean
  /** Cards that were replaced: what was bought with them before still comes to this member. */
  readonly replacedCards: readonly { readonly card: string; readonly replacedAt: Instant }[]
}

export function profileItem(programme: string, profile: Profile): Item {
  return {
    ...table.profile(programme, profile.memberId),
    [versionAttribute]: profile.version,
    ...(profile.hash !== undefined && { h: profile.hash }),
    en: profile.enrolledAt,
    pd: profile.data as Value,
    ...(profile.emailClaimed && { ec: true }),
    ...(profile.replacedCards.length > 0 && { rc: profile.replacedCards.map(({ card, replacedAt }) => [card, replacedAt]) }),
  }
}

export function profileOf(item: Item): Profile {
  return {
    memberId: memberOfPartition(item.pk).member,
    version: item[versionAttribute] as number,
    ...(item.h !== undefined && { hash: item.h as string }),
    enrolledAt: item.en as Instant,
    data: item.pd as PersonalData,
    ...(item.ec === true && { emailClaimed: true }),
    replacedCards: ((item.rc ?? []) as [string, Instant][]).map(([card, replacedAt]) => ({ card, replacedAt })),
  }
}

/** All by which a member is found, or was: what has a look-up each. */
export function lookupsOfProfile({ data, replacedCards }: Profile): FoundBy[] {
  const own = lookupKinds.flatMap((kind): FoundBy[] => (data[kind] === undefined ? [] : [{ kind, value: data[kind] }]))
  const replaced = replacedCards.map(({ card, replacedAt }): FoundBy => ({ kind: 'card', value: card, replacedAt }))
  return [...own, ...replaced]
}

interface FoundBy {
  readonly kind: LookupKind
  readonly value: string
  /** Of a card that was replaced by another. */
  readonly replacedAt?: Instant
}
