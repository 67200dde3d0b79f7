import type { OpenClaim } from './claim.ts'
import type { Membership } from './club.ts'
import type { OpenComplaint } from './open-complaint.ts'
import type { Reservation } from './reservation.ts'
import type { PeriodSum } from './sums.ts'
import type { Asking } from './survey.ts'
import type { BucketId, Instant, MemberId, Points } from './units.ts'

/** Points of a member that become spendable at one instant and expire at one instant. */
export interface Bucket {
  readonly id: BucketId
  /** When pending points become spendable; null once they are. */
  readonly spendableAt: Instant | null
  /** From this instant on they are expired; null: never. */
  readonly expiresAt: Instant | null
  readonly points: Points
}

/** The sums of promise 1, over the member's whole history. */
export interface Totals {
  /** Gross earnings. */
  readonly issued: Points
  /** Signed: adjustments and forgiven debt. */
  readonly adjusted: Points
  /** Net of reversals. */
  readonly redeemed: Points
  /** Net of what returns reclaimed. */
  readonly expired: Points
  /** Whole, forgiven part included. */
  readonly clawedBack: Points
}

/** The member's one mutable record. What is in it follows from the member's entries alone (`replay`). */
export interface Head {
  readonly memberId: MemberId
  readonly status: 'active' | 'closed'
  /** How many times it was committed; 0 before the first. */
  readonly version: number
  /** In the order of `bucketOrder`; none of 0 points. */
  readonly buckets: readonly Bucket[]
  /** The sum of what the open reservations hold. */
  readonly reserved: Points
  /** In the order of opening. */
  readonly reservations: readonly Reservation[]
  readonly debt: Points
  readonly totals: Totals
  readonly tier: HeldTier
  /** What the tiers count, at what is now kept of it, by period of the sale, ascending; the periods that can still matter. */
  readonly sums: readonly PeriodSum[]
  /** The last revision that changed what the tiers count whose sums are there: 1, or they were counted anew since. */
  readonly run: number
  /** Where the tiers count from it; null where they never did. */
  readonly enrolledAt: Instant | null
  /** Tiers given by hand, by id; those that can still matter. */
  readonly grants: readonly TierGrant[]
  /** The lapse of the tier that was announced last. */
  readonly announcedLapse: Instant | null
  /** The latest purchase, by business time; null before the first. One that is older is judged by the entries. */
  readonly latestPurchase: DatedPurchase | null
  /** The latest date of credit for tiers that no purchase gave; null where there is none. What is older is judged by the entries. */
  readonly latestCredit: Instant | null
  /** How many purchases there were, whatever came back of them. */
  readonly purchases: number
  /** Badges and rewards that campaigns gave, by kind and id; none that was all taken back. */
  readonly gifts: readonly HeldGift[]
  /** Who recommended the member; null where nobody did. */
  readonly referral: Referral | null
  /** How many runs of points that inactivity expires are over, all of them expired or taken: part of their bucket's id. */
  readonly inactivityRun: number
  /** The clubs that the member belongs to, by their ids. */
  readonly clubs: readonly Membership[]
  /** What qualifying clubs count, by their ids; none of a club that counts since the first revision and has counted nothing. */
  readonly clubCounts: readonly ClubCount[]
  /** When something last changed that qualifying clubs follow from; null where there was none. */
  readonly clubsJudgedAt: Instant | null
  /** Qualifying clubs that the member left, by id: they are not taken in unless they ask. */
  readonly declinedClubs: readonly string[]
  /** Tags that marketing gave the member, in order. */
  readonly segments: readonly string[]
  /** Claims that are not over, by id. */
  readonly claims: readonly OpenClaim[]
  /** Those that are not resolved, by id. */
  readonly complaints: readonly OpenComplaint[]
  /** The purchase that the member will be asked about next; null where there is none. */
  readonly asking: Asking | null
  /** When the member was asked last how satisfied they are; null where they never were. */
  readonly askedAt: Instant | null
}

/** What a qualifying club counts, as `sums` and `run` of the tiers are. */
export interface ClubCount {
  readonly clubId: string
  readonly run: number
  readonly sums: readonly PeriodSum[]
}

/** Who recommended a member, and whether that has been rewarded: it is once. */
export interface Referral {
  readonly by: MemberId
  readonly rewarded: boolean
}

/** A badge or reward, and how often it was given. */
export interface HeldGift {
  readonly kind: 'badge' | 'reward'
  readonly id: string
  readonly count: number
}

export interface HeldTier {
  readonly id: string
  /** The local calendar year in which it was last determined. */
  readonly year: number
  /** The revision by which it was: a later one with other tiers makes it due again. */
  readonly revision: number
  /** When it was last determined, where the year does not say enough: what ended before makes nothing due. */
  readonly at?: Instant
}

/** When a purchase is dated. */
export interface DatedPurchase {
  readonly at: Instant
  /** Where sums are those of local calendar years and two of them matter: its year. Older sums than of the year before are left out. */
  readonly year?: number
}

/** Whether something is dated before what is known already, so that only the entries tell what was true of the member then. */
export const isBefore = ({ latestPurchase, latestCredit }: Head, at: Instant): boolean =>
  (latestPurchase !== null && at < latestPurchase.at) || (latestCredit !== null && at < latestCredit)

/** A tier given by hand: the member holds it at least, in [from, until). */
export interface TierGrant {
  readonly id: string
  readonly tier: string
  readonly from: Instant
  readonly until: Instant
  /** The revision that the tier's id is of. */
  readonly revision: number
}

/** Earliest expiry first, never-expiring last, then what is spendable before what is pending: the order in which points are taken. */
export function bucketOrder(a: Bucket, b: Bucket): number {
  const byExpiry = (a.expiresAt ?? Number.POSITIVE_INFINITY) - (b.expiresAt ?? Number.POSITIVE_INFINITY)
  if (byExpiry) return byExpiry // NaN where both never expire: equal, and falls through
  const bySpendable = (a.spendableAt ?? 0) - (b.spendableAt ?? 0)
  if (bySpendable) return bySpendable
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** A head before its first entry. */
export function emptyHead(memberId: MemberId): Head {
  const none = 0 as Points
  return {
    memberId,
    status: 'active',
    version: 0,
    buckets: [],
    reserved: none,
    reservations: [],
    debt: none,
    totals: { issued: none, adjusted: none, redeemed: none, expired: none, clawedBack: none },
    tier: { id: '', year: 0, revision: 0 },
    sums: [],
    run: 1,
    enrolledAt: null,
    grants: [],
    announcedLapse: null,
    latestPurchase: null,
    latestCredit: null,
    purchases: 0,
    gifts: [],
    referral: null,
    inactivityRun: 0,
    clubs: [],
    clubCounts: [],
    clubsJudgedAt: null,
    declinedClubs: [],
    segments: [],
    claims: [],
    complaints: [],
    asking: null,
    askedAt: null,
  }
}

/** What a member has at an instant; the head must be settled to it. */
export interface Balance {
  readonly available: Points
  readonly pending: Points
  readonly reserved: Points
  readonly debt: Points
  /** All available points, a row for each expiry instant, ascending; null last, for what never expires. */
  readonly expiring: readonly { readonly points: Points; readonly expiresAt: Instant | null }[]
  readonly asOf: Instant
}

/** The balance of a head that is settled to `asOf`. */
export function balanceOf(head: Head, asOf: Instant): Balance {
  let available = 0
  let pending = 0
  const expiring: { points: Points; expiresAt: Instant | null }[] = []
  for (const bucket of head.buckets) {
    if (bucket.spendableAt !== null) {
      pending += bucket.points
      continue
    }
    available += bucket.points
    const last = expiring.at(-1)
    if (last && last.expiresAt === bucket.expiresAt) last.points = (last.points + bucket.points) as Points
    else expiring.push({ points: bucket.points, expiresAt: bucket.expiresAt })
  }
  return { available: available as Points, pending: pending as Points, reserved: head.reserved, debt: head.debt, expiring, asOf }
}

/** Promise 1 for one head: issued + adjusted = available + pending + reserved + redeemed + expired + clawedBack − debt. */
export function isConserved(head: Head): boolean {
  const { issued, adjusted, redeemed, expired, clawedBack } = head.totals
  const held = head.buckets.reduce((sum, bucket) => sum + bucket.points, 0)
  return issued + adjusted === held + head.reserved + redeemed + expired + clawedBack - head.debt
}
