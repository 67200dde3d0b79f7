import type { GivenPart } from '../domain/transfer.ts'
import type { BucketId, Instant, MemberId, Points } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Key, Write } from './store.ts'
import { giftOfListed, table } from './table.ts'

/** The one record of a gift of points, with the giver: what makes it count once. The words are here alone, not in the ledger. */
export interface GiftRecord {
  readonly giver: MemberId
  readonly giftId: string
  /** Of the body. */
  readonly hash: string
  readonly receiver: MemberId
  readonly points: Points
  readonly at: Instant
  readonly message?: string | undefined
  readonly parts: readonly GivenPart[]
  /** What of it paid the receiver's debt. */
  readonly paidDebt: Points
  readonly undoUntil: Instant
  readonly undoneAt?: Instant | undefined
}

type PackedPart = [bucket: string, expiresAt: number | null, points: number]

function giftItem(programme: string, gift: GiftRecord): Item {
  const { giver, giftId, hash, receiver, points, at, message, parts, paidDebt, undoUntil, undoneAt } = gift
  return {
    ...table.gift(programme, giver, giftId),
    [versionAttribute]: undoneAt === undefined ? 1 : 2,
    h: hash,
    m: receiver,
    p: points,
    at,
    b: parts.map((part): PackedPart => [part.bucket, part.expiresAt, part.points]),
    ...(paidDebt !== 0 && { d: paidDebt }),
    un: undoUntil,
    ...(undoneAt !== undefined && { ud: undoneAt }),
    ...(message !== undefined && { ms: message }),
  }
}

export function giftOf(giver: MemberId, giftId: string, item: Item): GiftRecord {
  return {
    giver,
    giftId,
    hash: item.h as string,
    receiver: item.m as MemberId,
    points: item.p as Points,
    at: item.at as Instant,
    message: item.ms as string | undefined,
    parts: (item.b as unknown as PackedPart[]).map(([bucket, expiresAt, points]) => ({
      bucket: bucket as BucketId,
      expiresAt: expiresAt as Instant | null,
      points: points as Points,
    })),
    paidDebt: (item.d ?? 0) as Points,
    undoUntil: item.un as Instant,
    undoneAt: item.ud as Instant | undefined,
  }
}

/** Writes a gift that must not be there yet, and lists it with both members. */
export function newGiftWrites(programme: string, gift: GiftRecord): Write[] {
  const { giver, giftId, receiver, at, points } = gift
  const listed = (member: MemberId): Item => ({ ...table.listedGift(programme, member, at, giver, giftId), p: points })
  return [
    { kind: 'put', item: giftItem(programme, gift), condition: { is: 'absent' } },
    { kind: 'put', item: listed(giver) },
    { kind: 'put', item: listed(receiver) },
  ]
}

/** Writes down that a gift was taken back. */
export const undoneGiftWrite = (programme: string, gift: GiftRecord, at: Instant): Write => ({
  kind: 'put',
  item: giftItem(programme, { ...gift, undoneAt: at }),
  condition: { is: 'equal', attribute: versionAttribute, value: 1 },
  replaces: giftItem(programme, gift),
})

/** Where the record of a gift is that is listed with a member. */
export function keyOfListed(programme: string, { sk }: Item): Key {
  const { giver, giftId } = giftOfListed(sk)
  return table.gift(programme, giver, giftId)
}
