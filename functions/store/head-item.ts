import type { Bucket, Head, HeldGift } from '../domain/head.ts'
import { type BucketId, type Instant, type MemberId, memberId, type Points } from '../domain/units.ts'
import type { Item, Value } from './store.ts'
import { duePartition, memberOfPartition, shardOf, table } from './table.ts'

type PackedBucket = [id: string, spendableAt: number | null, expiresAt: number | null, points: number]

/** A bucket as a short list. The id of a dated bucket is its expiry, so it is left out. */
export function packBucket({ id, spendableAt, expiresAt, points }: Bucket): PackedBucket {
  return [id === String(expiresAt) ? '' : id, spendableAt, expiresAt, points]
}

export function unpackBucket(packed: Value): Bucket {
  const [id, spendableAt, expiresAt, points] = packed as PackedBucket
  return {
    id: (id === '' ? String(expiresAt) : id) as BucketId,
    spendableAt: spendableAt as Instant | null,
    expiresAt: expiresAt as Instant | null,
    points: points as Points,
  }
}

/** Attribute that optimistic locking compares. */
export const versionAttribute = 'v'

/**
 * A head as it is stored, packed small: a purchase writes it whole. `due` is when settling changes it next, `bookedAt` when its
 * latest entries were booked.
 */
export function headItem(programme: string, head: Head, due: Instant | null, bookedAt: Instant): Item {
  const { totals } = head
  return {
    ...table.head(programme, head.memberId),
    [versionAttribute]: head.version,
    bk: bookedAt,
    ...(due !== null && { due: duePartition(due, shardOf(head.memberId)), dueAt: due }),
    ...(head.status === 'closed' && { st: head.status }),
    b: head.buckets.map(packBucket),
    ...(head.reserved !== 0 && { rs: head.reserved }),
    ...(head.debt !== 0 && { d: head.debt }),
    t: [totals.issued, totals.adjusted, totals.redeemed, totals.expired, totals.clawedBack],
    ti: [head.tier.id, head.tier.year, head.tier.revision],
    sp: head.spend.map(({ year, amount }) => [year, amount]),
    ...(head.latestPurchase && { lp: [head.latestPurchase.at, head.latestPurchase.year] }),
    ...(head.purchases !== 0 && { pc: head.purchases }),
    ...(head.gifts.length > 0 && { g: head.gifts.map(({ kind, id, count }) => [kind, id, count]) }),
    ...(head.referral && { rf: [head.referral.by, head.referral.rewarded] }),
    ...(head.inactivityRun !== 0 && { ir: head.inactivityRun }),
  }
}

/** When the latest entries of a stored head were booked. */
export const bookedAtOf = (item: Item): Instant => item.bk as Instant

/** Whether a head was last written by a version that did not count purchases: its entries say how many there were. */
export const isUncounted = (item: Item): boolean => item.lp !== undefined && item.pc === undefined

export function headOf(item: Item): Head {
  const [issued, adjusted, redeemed, expired, clawedBack] = item.t as Points[]
  const [id, year, revision] = item.ti as [string, number, number]
  const latest = item.lp as [Instant, number] | undefined
  const referral = item.rf as [MemberId, boolean] | undefined
  return {
    memberId: memberIdOf(item),
    status: item.st === 'closed' ? 'closed' : 'active',
    version: item[versionAttribute] as number,
    buckets: (item.b as Value[]).map(unpackBucket),
    reserved: (item.rs ?? 0) as Points,
    debt: (item.d ?? 0) as Points,
    totals: { issued: issued!, adjusted: adjusted!, redeemed: redeemed!, expired: expired!, clawedBack: clawedBack! },
    tier: { id, year, revision },
    spend: (item.sp as [number, number][]).map(([year, amount]) => ({ year, amount })),
    latestPurchase: latest ? { at: latest[0], year: latest[1] } : null,
    purchases: (item.pc ?? 0) as number,
    gifts: ((item.g ?? []) as [HeldGift['kind'], string, number][]).map(([kind, id, count]) => ({ kind, id, count })),
    referral: referral ? { by: referral[0], rewarded: referral[1] } : null,
    inactivityRun: (item.ir ?? 0) as number,
  }
}

const memberIdOf = (item: Item): MemberId => memberId(memberOfPartition(item.pk).member)
