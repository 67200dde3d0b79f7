import type { Awaited, OpenClaim, TakenOfBudget } from '../domain/claim.ts'
import type { Bucket, DatedPurchase, Head, HeldGift, HeldTier, TierGrant } from '../domain/head.ts'
import { type Reservation, reservedPoints } from '../domain/reservation.ts'
import type { Asking } from '../domain/survey.ts'
import { type BucketId, type Instant, type MemberId, memberId, type Points } from '../domain/units.ts'
import { packOpenComplaint, unpackOpenComplaint } from './complaint-item.ts'
import { packMembership, unpackMembership } from './membership-item.ts'
import type { Item, Value } from './store.ts'
import { packClubCount, packSum, unpackClubCount, unpackSum } from './sum-item.ts'
import { duePartition, memberOfPartition, shardOf, table } from './table.ts'

type Packing = { [name: string]: Value }
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

/** A tier and by what it was determined. */
export const packTier = ({ id, year, revision, at }: HeldTier): Value[] =>
  at === undefined ? [id, year, revision] : [id, year, revision, at]

export function unpackTier(packed: Value): HeldTier {
  const [id, year, revision, at] = packed as [string, number, number, Instant?]
  return { id, year, revision, ...(at !== undefined && { at }) }
}

export const packDated = ({ at, year }: DatedPurchase): Value[] => (year === undefined ? [at] : [at, year])

export function unpackDated(packed: Value): DatedPurchase {
  const [at, year] = packed as [Instant, number?]
  return { at, ...(year !== undefined && { year }) }
}

export const packGrant = ({ id, tier, from, until, revision }: TierGrant): Value[] => [id, tier, from, until, revision]

export function unpackGrant(packed: Value): TierGrant {
  const [id, tier, from, until, revision] = packed as [string, string, Instant, Instant, number]
  return { id, tier, from, until, revision }
}

export const packOpenClaim = ({ claimId, awaits, dueAt, taken }: OpenClaim): Value[] => [
  claimId,
  awaits,
  dueAt,
  ...(taken ? [[taken.guaranteeId, taken.storeId, taken.amount, [...taken.of]]] : []),
]

export function unpackOpenClaim(packed: Value): OpenClaim {
  const [claimId, awaits, dueAt, taken] = packed as unknown as [
    string,
    Awaited,
    Instant | null,
    [string, string, number, TakenOfBudget['of']]?,
  ]
  return {
    ...{ claimId, awaits, dueAt },
    ...(taken && { taken: { guaranteeId: taken[0], storeId: taken[1], amount: taken[2], of: taken[3] } }),
  }
}

export const packAsking = ({ purchaseId, at }: Asking): Value[] => [purchaseId, at]

export function unpackAsking(packed: Value): Asking {
  const [purchaseId, at] = packed as [string, Instant]
  return { purchaseId, at }
}

/** Held buckets as they are, because what is held does not mature. */
export const packReservation = ({ redemptionId, rewardId, held, at, lapsesAt }: Reservation): Value[] => [
  ...[redemptionId, rewardId, at, lapsesAt],
  held.map(packBucket),
]

export function unpackReservation(packed: Value): Reservation {
  const [redemptionId, rewardId, at, lapsesAt, held] = packed as [string, string, Instant, Instant, Value[]]
  return { redemptionId, rewardId, held: held.map(unpackBucket), at, lapsesAt }
}

/** A head as it is stored, due at another instant: a revision that is new makes it so. */
export function withDue(item: Item, dueAt: Instant | null): Item {
  const { due: _due, dueAt: _dueAt, ...head } = item
  return { ...head, ...(dueAt !== null && { due: duePartition(dueAt, shardOf(memberIdOf(item))), dueAt }) } as Item
}

/** Attribute that optimistic locking compares. */
export const versionAttribute = 'v'

/**
 * A head as it is stored, packed small: a purchase writes it whole. `due` is when settling changes it next, `bookedAt` when its
 * latest entries were booked.
 */
export function headItem(programme: string, head: Head, due: Instant | null, bookedAt: Instant): Item {
  const { totals } = head
  const { pk, sk } = table.head(programme, head.memberId)
  // Attributes are put in one after another, because a purchase waits for it.
  const packed: Packing = { pk, sk, [versionAttribute]: head.version, bk: bookedAt }
  if (due !== null) {
    packed.due = duePartition(due, shardOf(head.memberId))
    packed.dueAt = due
  }
  if (head.status === 'closed') packed.st = head.status
  packed.b = head.buckets.map(packBucket)
  if (head.reservations.length > 0) packed.rs = head.reservations.map(packReservation)
  if (head.debt !== 0) packed.d = head.debt
  packed.t = [totals.issued, totals.adjusted, totals.redeemed, totals.expired, totals.clawedBack]
  packed.ti = packTier(head.tier)
  packed.sp = head.sums.map(packSum)
  if (head.run !== 1) packed.ru = head.run
  if (head.enrolledAt !== null) packed.en = head.enrolledAt
  if (head.grants.length > 0) packed.gr = head.grants.map(packGrant)
  if (head.announcedLapse !== null) packed.al = head.announcedLapse
  if (head.latestPurchase) packed.lp = packDated(head.latestPurchase)
  if (head.latestCredit !== null) packed.lt = head.latestCredit
  if (head.purchases !== 0) packed.pc = head.purchases
  if (head.gifts.length > 0) packed.g = head.gifts.map(({ kind, id, count }) => [kind, id, count])
  if (head.referral) packed.rf = [head.referral.by, head.referral.rewarded]
  if (head.inactivityRun !== 0) packed.ir = head.inactivityRun
  if (head.clubs.length > 0) packed.cl = head.clubs.map(packMembership)
  if (head.clubCounts.length > 0) packed.cc = head.clubCounts.map(packClubCount)
  if (head.clubsJudgedAt !== null) packed.cj = head.clubsJudgedAt
  if (head.declinedClubs.length > 0) packed.dc = head.declinedClubs
  if (head.segments.length > 0) packed.sg = head.segments
  if (head.claims.length > 0) packed.cm = head.claims.map(packOpenClaim)
  if (head.complaints.length > 0) packed.co = head.complaints.map(packOpenComplaint)
  if (head.asking) packed.ak = packAsking(head.asking)
  if (head.askedAt !== null) packed.aa = head.askedAt
  return packed as Item
}

/** When the latest entries of a stored head were booked. */
export const bookedAtOf = (item: Item): Instant => item.bk as Instant

/** Whether a head was last written by a version that did not count purchases: its entries say how many there were. */
export const isUncounted = (item: Item): boolean => item.lp !== undefined && item.pc === undefined

export function headOf(item: Item): Head {
  const reservations = ((item.rs ?? []) as Value[]).map(unpackReservation)
  const [issued, adjusted, redeemed, expired, clawedBack] = item.t as Points[]
  const referral = item.rf as [MemberId, boolean] | undefined
  return {
    memberId: memberIdOf(item),
    status: item.st === 'closed' ? 'closed' : 'active',
    version: item[versionAttribute] as number,
    buckets: (item.b as Value[]).map(unpackBucket),
    reserved: reservedPoints(reservations),
    reservations,
    debt: (item.d ?? 0) as Points,
    totals: { issued: issued!, adjusted: adjusted!, redeemed: redeemed!, expired: expired!, clawedBack: clawedBack! },
    tier: unpackTier(item.ti!),
    sums: (item.sp as Value[]).map(unpackSum),
    run: (item.ru ?? 1) as number,
    enrolledAt: (item.en ?? null) as Instant | null,
    grants: ((item.gr ?? []) as Value[]).map(unpackGrant),
    announcedLapse: (item.al ?? null) as Instant | null,
    latestPurchase: item.lp === undefined ? null : unpackDated(item.lp),
    latestCredit: (item.lt ?? null) as Instant | null,
    purchases: (item.pc ?? 0) as number,
    gifts: ((item.g ?? []) as [HeldGift['kind'], string, number][]).map(([kind, id, count]) => ({ kind, id, count })),
    referral: referral ? { by: referral[0], rewarded: referral[1] } : null,
    inactivityRun: (item.ir ?? 0) as number,
    clubs: ((item.cl ?? []) as Value[]).map(unpackMembership),
    clubCounts: ((item.cc ?? []) as Value[]).map(unpackClubCount),
    clubsJudgedAt: (item.cj ?? null) as Instant | null,
    declinedClubs: (item.dc ?? []) as string[],
    segments: (item.sg ?? []) as string[],
    claims: ((item.cm ?? []) as Value[]).map(unpackOpenClaim),
    complaints: ((item.co ?? []) as Value[]).map(unpackOpenComplaint),
    asking: item.ak === undefined ? null : unpackAsking(item.ak),
    askedAt: (item.aa ?? null) as Instant | null,
  }
}

const memberIdOf = (item: Item): MemberId => memberId(memberOfPartition(item.pk).member)
