import type { Bucket } from '../domain/head.ts'
import type { Instant, MemberId, Points } from '../domain/units.ts'
import { packBucket, unpackBucket, versionAttribute } from './head-item.ts'
import type { Condition, Item, Value, Write } from './store.ts'
import { table } from './table.ts'

/**
 * The one record of a redemption's id, kept for ever: what makes it count once. It stays `reserved` when time lets it lapse: then
 * the head no longer has the reservation.
 */
export interface Redemption {
  readonly id: string
  readonly version: number
  /** Of the body that it was posted with. */
  readonly hash: string
  readonly memberId: MemberId
  readonly rewardId: string
  readonly state: 'reserved' | 'captured' | 'released' | 'reversed'
  readonly price: Points
  /** What it took from which buckets, earliest expiry first. */
  readonly taken: readonly Bucket[]
  /** What came back of it after it was captured. */
  readonly restored: Points
  /** By when the reward was judged. */
  readonly at: Instant
  readonly madeAt: Instant
  /** When its points are no longer held if nothing happens; null where they were spent at once. */
  readonly lapsesAt: Instant | null
  /** When it came to its state, where that is another than it was made in. */
  readonly changedAt: Instant | null
  /** Of the till that spent the points, or made it; null in the app. */
  readonly storeId: string | null
  /** The id that the member gave it; null where a till made it. */
  readonly ownId: string | null
  /** What it takes off the basket, minor units; null where that is no money, or not known yet. */
  readonly money: number | null
  /** That it pays for: the first that it named, or of which goods came back; null where there is none yet. */
  readonly purchaseId: string | null
  /** Of the voucher that it gave out, by which that is found; null where it gave none. */
  readonly voucher: string | null
  /** The granted reward that it is of; null where points are spent. */
  readonly grantId: string | null
}

const states = { reserved: 'r', captured: 'c', released: 'l', reversed: 'v' } as const
const stateOfLetter = Object.fromEntries(Object.entries(states).map(([state, letter]) => [letter, state]))

export function redemptionItem(programme: string, redemption: Redemption): Item {
  const { id, version, hash, memberId, rewardId, state, price, taken, restored, at, madeAt } = redemption
  const { lapsesAt, changedAt, storeId, ownId, money, purchaseId, voucher, grantId } = redemption
  return {
    ...table.redemption(programme, id),
    [versionAttribute]: version,
    h: hash,
    m: memberId,
    rw: rewardId,
    st: states[state],
    p: price,
    b: taken.map(packBucket),
    ...(restored !== 0 && { rs: restored }),
    at,
    bk: madeAt,
    ...(lapsesAt !== null && { la: lapsesAt }),
    ...(changedAt !== null && { ch: changedAt }),
    ...(storeId !== null && { s: storeId }),
    ...(ownId !== null && { ow: ownId }),
    ...(money !== null && { mo: money }),
    ...(purchaseId !== null && { pu: purchaseId }),
    ...(voucher !== null && { vk: voucher }),
    ...(grantId !== null && { gr: grantId }),
  }
}

export function redemptionOf(item: Item): Redemption {
  return {
    id: item.pk.slice(item.pk.indexOf('#REDEMPTION#') + '#REDEMPTION#'.length),
    version: item[versionAttribute] as number,
    hash: item.h as string,
    memberId: item.m as MemberId,
    rewardId: item.rw as string,
    state: stateOfLetter[item.st as string] as Redemption['state'],
    price: item.p as Points,
    taken: (item.b as Value[]).map(unpackBucket),
    restored: (item.rs ?? 0) as Points,
    at: item.at as Instant,
    madeAt: item.bk as Instant,
    lapsesAt: (item.la ?? null) as Instant | null,
    changedAt: (item.ch ?? null) as Instant | null,
    storeId: (item.s ?? null) as string | null,
    ownId: (item.ow ?? null) as string | null,
    money: (item.mo ?? null) as number | null,
    purchaseId: (item.pu ?? null) as string | null,
    voucher: (item.vk ?? null) as string | null,
    grantId: (item.gr ?? null) as string | null,
  }
}

/** Writes a redemption as it is made, or as it becomes of what was read. */
export function redemptionWrite(programme: string, redemption: Omit<Redemption, 'version'>, stored?: Item): Write {
  const version = Number(stored?.[versionAttribute] ?? 0)
  const condition: Condition = stored ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' }
  return {
    kind: 'put',
    item: redemptionItem(programme, { ...redemption, version: version + 1 }),
    condition,
    replaces: stored,
  }
}
