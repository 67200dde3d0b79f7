import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Value } from './store.ts'
import { duePartition, type LookupKind, lookupKinds, memberOfPartition, shardOf, table } from './table.ts'

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
  /** When the next birthday or anniversary counts; undefined where no revision of the programme has ever asked. */
  readonly occasion?: DueOccasion | undefined
}

/** The due index is kept on it, here and not on the head, so that a birthday is erased with the profile. */
export interface DueOccasion {
  /** The revision that it was worked out by: a later one that asks otherwise makes it out of date. */
  readonly revision: number
  /** Null: there is none. */
  readonly dueAt: Instant | null
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
    ...(profile.occasion && packOccasion(profile.memberId, profile.occasion)),
  }
}

const packOccasion = (memberId: MemberId, { revision, dueAt }: DueOccasion) => ({
  or: revision,
  ...(dueAt !== null && { due: duePartition(dueAt, shardOf(memberId)), dueAt }),
})

export function profileOf(item: Item): Profile {
  return {
    memberId: memberOfPartition(item.pk).member,
    version: item[versionAttribute] as number,
    ...(item.h !== undefined && { hash: item.h as string }),
    enrolledAt: item.en as Instant,
    data: item.pd as PersonalData,
    ...(item.ec === true && { emailClaimed: true }),
    replacedCards: ((item.rc ?? []) as [string, Instant][]).map(([card, replacedAt]) => ({ card, replacedAt })),
    ...(item.or !== undefined && { occasion: { revision: item.or as number, dueAt: (item.dueAt ?? null) as Instant | null } }),
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
