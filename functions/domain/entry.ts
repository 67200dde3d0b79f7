import { type ClaimFact, changedClaims, type OpenClaim } from './claim.ts'
import type { Membership, Refund } from './club.ts'
import { type ClubCountChange, changedClubCounts } from './club-counts.ts'
import type { Award } from './earning.ts'
import { changedGifts, type GiftChange } from './gifts.ts'
import {
  type Bucket,
  bucketOrder,
  type DatedPurchase,
  type Head,
  type HeldTier,
  type Referral,
  type TierGrant,
  type Totals,
} from './head.ts'
import type { Use } from './limits.ts'
import { type ComplaintFact, changedComplaints, type OpenComplaint } from './open-complaint.ts'
import { changedReservations, type RedemptionFact, type Reservation, reservedPoints } from './reservation.ts'
import type { Judged } from './sale-facts.ts'
import type { SegmentsFact } from './segments.ts'
import { changedSums, type SumChange, type SumName, withoutSums } from './sums.ts'
import type { Asking } from './survey.ts'
import { type BucketId, type Instant, type MemberId, type Points, points } from './units.ts'

/** A line of a receipt as the till sent it. */
export interface SaleLine {
  readonly lineId: string
  readonly sku: string
  readonly quantity: number
  /** Paid for the whole line after discounts, minor units. */
  readonly amount: number
  readonly name?: string | undefined
  readonly categories?: readonly string[] | undefined
  readonly excluded?: boolean | undefined
}

/** Goods of one line brought back. */
export interface ReturnedLine {
  readonly lineId: string
  readonly quantity: number
  /** Minor units. */
  readonly amount: number
}

/** Facts of a sale that earning does not need and explanations do. */
export interface SaleDetails {
  readonly storeId: string
  readonly terminalId?: string | undefined
  readonly channel?: string | undefined
  readonly tenders?: readonly { readonly type: string; readonly amount: number }[] | undefined
  readonly redemptionIds?: readonly string[] | undefined
}

/** How a purchase that was posted without a member came to its member. */
export interface Attachment {
  /** When the sale arrived from the till, without a member. */
  readonly arrivedAt: Instant
  /** Whoever of staff attached it; none where the member did. */
  readonly actor?: string | undefined
  readonly reason?: string | undefined
}

export interface EarnFact {
  readonly kind: 'earn'
  readonly purchaseId: string
  /** As the till said; the entry's `at` is the earlier of it and the arrival from the till. */
  readonly occurredAt: Instant
  readonly details: SaleDetails
  readonly lines: readonly SaleLine[]
  /** The tier held just before the sale: a return evaluates with it again. */
  readonly tier: string
  /** What else campaigns knew of the member at the sale; undefined where the revision had none. */
  readonly judged?: Judged | undefined
  readonly awards: readonly Award[]
  /** Points that were pending when the purchase was booked. */
  readonly pending: Points
  /** Of a purchase that was posted without a member. */
  readonly attached?: Attachment
}

export interface ReturnFact {
  readonly kind: 'return'
  readonly purchaseId: string
  readonly returnId: string
  readonly occurredAt: Instant
  readonly storeId?: string | undefined
  readonly lines: readonly ReturnedLine[]
  /** The instant at which the sale is dated: its year is where the spend leaves. */
  readonly saleAt: Instant
  /** Signed change of the credit for tiers that campaigns gave the sale. */
  readonly tierCredit?: number | undefined
  /** The claim that is counted as this return; where it is undone the lines are below 0. */
  readonly claimId?: string | undefined
}

export interface AdjustFact {
  readonly kind: 'adjust'
  readonly adjustmentId: string
  readonly reason: string
  readonly actor: string
}

/** Points given to make up for something. */
export interface GoodwillFact {
  readonly kind: 'goodwill'
  /** What it makes up for, by the id of that: one beside another is told apart by it. */
  readonly id: string
  readonly reason: string
  /** Whoever of staff gave it; none where a rule did. */
  readonly actor?: string | undefined
}

/** Something that happened to a member outside of a purchase, as it was posted. */
export interface PostedEvent {
  readonly type: string
  readonly occurredAt: Instant
  readonly storeId?: string | undefined
  readonly attributes?: { readonly [name: string]: string | number } | undefined
}

/** What the campaigns of a trigger gave; an event is there though they gave nothing. */
export interface BonusFact {
  readonly kind: 'bonus'
  /** By the name of it. */
  readonly trigger: string
  /** Taken once, for ever: the event's id, or one that begins with `AUTO#` and follows from what happened. */
  readonly id: string
  readonly event?: PostedEvent | undefined
  /** The purchase by which a friend's referral was judged. */
  readonly purchaseId?: string | undefined
  /** Of a referral: the store of that purchase. */
  readonly storeId?: string | undefined
  /** The tier held then, and what else the campaigns knew of the member. */
  readonly tier: string
  readonly judged?: Judged | undefined
  /** Their lines are none. */
  readonly awards: readonly Award[]
  /** What it took of limited campaigns. Of a referral both sides' points, with the one who recommended. */
  readonly uses?: readonly Use[] | undefined
}

/** A bonus taken back, or a part of it. */
export interface UndoneFact {
  readonly kind: 'bonus-undone'
  readonly id: string
  readonly trigger: string
  /** The instant at which the bonus is dated: its year is where credit for tiers leaves. */
  readonly bonusAt: Instant
  /** Those that are taken back. */
  readonly awards: readonly Award[]
  /** What it gives back to limited campaigns: none above 0. */
  readonly uses?: readonly Use[] | undefined
}

interface GrantFact {
  readonly kind: 'grant'
  readonly grantId: string
  readonly reason: string
  readonly actor: string
}

interface EndGrantFact {
  readonly kind: 'end-grant'
  readonly grantId: string
  readonly actor: string
}

/** What became of a membership in a club. */
export type ClubFact = { readonly clubId: string } & (
  | { readonly kind: 'club-joined'; readonly invitationId?: string }
  | {
      readonly kind: 'club-joined' | 'club-renewed'
      readonly paymentId: string
      /** Minor units. */
      readonly amount: number
      readonly occurredAt: Instant
    }
  | { readonly kind: 'club-left'; readonly refund?: Refund }
  | { readonly kind: 'club-grace' | 'club-lapsed' }
)

/** A member came to an event of a club. */
export interface AttendFact {
  readonly kind: 'attend'
  readonly clubId: string
  readonly eventId: string
  readonly occurredAt: Instant
  readonly storeId?: string
}

/** Points went over from one member to another, or back: on each of their accounts. */
export interface TransferFact {
  readonly kind: 'transfer'
  /** Of the giver. */
  readonly giftId: string
  readonly way: 'given' | 'received' | 'given-undone' | 'received-undone'
  /** The receiver, where this is the giver's entry; the giver, where it is the receiver's. */
  readonly other: MemberId
}

/** A member was asked how satisfied they are with a purchase, or said so: 0 to 10. */
export type SurveyFact = { readonly purchaseId: string } & (
  | { readonly kind: 'survey-asked' }
  | { readonly kind: 'satisfaction'; readonly score: number }
)

/** Why an entry is there. */
export type Fact =
  | EarnFact
  | ReturnFact
  | AdjustFact
  | GoodwillFact
  | ClaimFact
  | ClubFact
  | AttendFact
  | BonusFact
  | UndoneFact
  | RedemptionFact
  | TransferFact
  | { readonly kind: 'referred' }
  | SegmentsFact
  | GrantFact
  | EndGrantFact
  | ComplaintFact
  | SurveyFact
  | { readonly kind: 'enrol' }
  | { readonly kind: 'close' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'mature' }
  | { readonly kind: 'expire' }
  | { readonly kind: 'tier' }
  | { readonly kind: 'tier-lapsing' }
  | { readonly kind: 'recount' }

/** A change of one bucket: `points` is signed. */
export type BucketChange = Bucket

export type Direction = 'up' | 'down' | 'level'

/** What an entry does to a head: all of it, so that replaying needs no programme and no rule. */
export interface Effect {
  /** Signed changes of the totals. */
  readonly totals?: Partial<Totals>
  /** Signed. */
  readonly debt?: Points
  readonly buckets?: readonly BucketChange[]
  /** Signed changes of what is expired of buckets. */
  readonly closed?: readonly { readonly id: BucketId; readonly points: Points }[]
  /** What the tiers count of a purchase, in the period of the sale. */
  readonly sums?: readonly SumChange[]
  /** Sums that can matter no more. */
  readonly forgotten?: readonly SumName[]
  /** What the tiers count is another from now on. */
  readonly run?: number
  readonly enrolledAt?: Instant
  readonly tier?: HeldTier
  /** Where `tier` is another than was held: that one, and how `tier` ranks beside it; `level`: it only has another id. */
  readonly moved?: { readonly from: string; readonly direction: Direction }
  /** That the tier will lapse, if nothing more happens: when, and what is left then. */
  readonly lapsing?: { readonly at: Instant; readonly to: string }
  /** A grant that is new, or that ends sooner. */
  readonly granted?: TierGrant
  /** Grants that can matter no more, by id. */
  readonly overGrants?: readonly string[]
  /** A reservation that begins to hold points; and the redemption whose reservation ends. */
  readonly opened?: Reservation
  readonly ended?: string
  readonly purchase?: DatedPurchase
  /** The new expiry of every bucket that bears this id: activity keeps points alive. */
  readonly prolong?: { readonly id: BucketId; readonly expiresAt: Instant }
  readonly status?: Head['status']
  /** What a membership is from now on; null: none. `declined`: the member left a club that takes in whoever qualifies. */
  readonly club?: { readonly id: string; readonly membership: Membership | null; readonly declined?: true }
  readonly clubCounts?: readonly ClubCountChange[]
  readonly clubsJudgedAt?: Instant
  /** Of a bonus with credit for tiers: when it is dated. */
  readonly creditedAt?: Instant
  /** What an open claim is from now on; null: it is over. */
  readonly claim?: { readonly id: string; readonly open: OpenClaim | null }
  readonly gifts?: readonly GiftChange[]
  readonly referral?: Referral
  /** All tags of the member, from now on. */
  readonly segments?: Head['segments']
  /** What the head has of a complaint from now on; null: nothing, it is resolved. */
  readonly complaint?: { readonly id: string; readonly open: Omit<OpenComplaint, 'id'> | null }
  readonly asking?: Asking | null
  readonly askedAt?: Instant
}

/** An immutable ledger record. */
export interface Entry {
  /** Business time: when it became true. */
  readonly at: Instant
  readonly fact: Fact
  readonly effect: Effect
}

/** A head together with what is known of its expired buckets, in points. */
export interface Account {
  readonly head: Head
  readonly closed: ReadonlyMap<BucketId, Points>
}

/**
 * What an entry makes of an account. The only way in which a head changes, so that replaying is exact.
 * Throws LimitExceededError where a sum leaves the safe integers, and where points would be taken that are not there (a bug).
 */
export function apply(account: Account, entry: Entry): Account {
  const { head } = account
  const { effect } = entry
  const buckets = changedBuckets(head.buckets, effect)
  const reservations = changedReservations(head.reservations, effect)
  return {
    head: {
      memberId: head.memberId,
      version: head.version,
      status: effect.status ?? head.status,
      buckets,
      reserved: reservations === head.reservations ? head.reserved : reservedPoints(reservations),
      reservations,
      debt: effect.debt ? points(head.debt + effect.debt) : head.debt,
      totals: effect.totals ? changedTotals(head.totals, effect.totals) : head.totals,
      tier: effect.tier ?? head.tier,
      sums: changedCounts(head, effect),
      run: effect.run ?? head.run,
      enrolledAt: effect.enrolledAt ?? head.enrolledAt,
      grants: effect.granted || effect.overGrants ? changedGrants(head.grants, effect) : head.grants,
      announcedLapse: effect.lapsing?.at ?? (effect.moved ? null : head.announcedLapse),
      latestPurchase: latestAfter(head, effect),
      latestCredit: effect.creditedAt === undefined ? head.latestCredit : laterOf(head.latestCredit, effect.creditedAt),
      purchases: head.purchases + (effect.purchase ? 1 : 0),
      gifts: effect.gifts ? changedGifts(head.gifts, effect.gifts) : head.gifts,
      referral: effect.referral ?? head.referral,
      inactivityRun: head.inactivityRun + (endsInactivityRun(head, buckets, reservations) ? 1 : 0),
      clubs: effect.club ? changedClubs(head.clubs, effect.club) : head.clubs,
      clubCounts: effect.clubCounts ? changedClubCounts(head.clubCounts, effect.clubCounts) : head.clubCounts,
      clubsJudgedAt: effect.clubsJudgedAt ?? head.clubsJudgedAt,
      declinedClubs: effect.club ? changedDeclined(head.declinedClubs, effect.club) : head.declinedClubs,
      segments: effect.segments ?? head.segments,
      claims: effect.claim ? changedClaims(head.claims, effect.claim) : head.claims,
      complaints: effect.complaint ? changedComplaints(head.complaints, effect.complaint) : head.complaints,
      asking: changedAsking(head, effect),
      askedAt: effect.askedAt ?? head.askedAt,
    },
    closed: effect.closed ? changedClosed(account.closed, effect.closed) : account.closed,
  }
}

const sameBucket = (a: Bucket, b: Bucket) => a.id === b.id && a.spendableAt === b.spendableAt

function changedBuckets(buckets: readonly Bucket[], effect: Effect): readonly Bucket[] {
  const { prolong } = effect
  if (!effect.buckets && !prolong) return buckets
  const changed = buckets.map((bucket) =>
    prolong && bucket.id === prolong.id ? { ...bucket, expiresAt: prolong.expiresAt } : bucket,
  )
  for (const change of effect.buckets ?? []) {
    const index = changed.findIndex((bucket) => sameBucket(bucket, change))
    const found = changed[index]
    if (found) changed[index] = { ...found, points: points(found.points + change.points) }
    else changed.push(change)
  }
  if (changed.some((bucket) => bucket.points < 0)) throw new Error('an entry takes points that are not there')
  return changed.filter((bucket) => bucket.points > 0).sort(bucketOrder)
}

function changedTotals(totals: Totals, change: Partial<Totals>): Totals {
  return {
    issued: points(totals.issued + (change.issued ?? 0)),
    adjusted: points(totals.adjusted + (change.adjusted ?? 0)),
    redeemed: points(totals.redeemed + (change.redeemed ?? 0)),
    expired: points(totals.expired + (change.expired ?? 0)),
    clawedBack: points(totals.clawedBack + (change.clawedBack ?? 0)),
  }
}

/**
 * Of calendar years, only that of the latest purchase and the one before can decide a tier from now on: a purchase in order needs
 * its own year and the one before, and a late one reads the entries. Older years are left out, so that a head stays small. What
 * else there is to leave out, the entry says.
 */
function changedCounts(head: Head, effect: Effect): Head['sums'] {
  const { sums: changes, purchase, forgotten } = effect
  if (!changes && !purchase) return head.sums
  let sums = changes ? changedSums(head.sums, changes) : head.sums
  if (forgotten) sums = withoutSums(sums, forgotten)
  const year = latestAfter(head, effect)?.year
  return year === undefined ? sums : sums.filter(({ period }) => period >= year - 1)
}

function changedGrants(grants: Head['grants'], { granted, overGrants = [] }: Effect): Head['grants'] {
  const left = grants.filter(({ id }) => id !== granted?.id && !overGrants.includes(id))
  return granted ? [...left, granted].sort((a, b) => (a.id < b.id ? -1 : 1)) : left
}

/** Years are nothing to go by once something else is counted. */
function latestAfter({ latestPurchase }: Head, { purchase, run }: Effect): DatedPurchase | null {
  const latest = latestOf(latestPurchase, purchase)
  return run !== undefined && latest ? { at: latest.at } : latest
}

function latestOf(known: DatedPurchase | null, added: DatedPurchase | undefined): DatedPurchase | null {
  return added && (!known || added.at > known.at) ? added : known
}

const laterOf = (known: Instant | null, added: Instant): Instant => (known !== null && known > added ? known : added)

/** Whether the last points of the current run are gone, expired or taken, and none of them are reserved: what comes later is a run, and a bucket, of its own. */
function endsInactivityRun(head: Head, buckets: Head['buckets'], reservations: Head['reservations']): boolean {
  const ofRun = ({ id }: Bucket) => id === `i${head.inactivityRun}`
  const isHeld = (held: Head['reservations']) => held.length > 0 && held.some((reservation) => reservation.held.some(ofRun))
  if (buckets === head.buckets && reservations === head.reservations) return false
  if (buckets.some(ofRun) || isHeld(reservations)) return false
  return head.buckets.some(ofRun) || isHeld(head.reservations)
}

function changedClubs(clubs: Head['clubs'], { id, membership }: NonNullable<Effect['club']>): Head['clubs'] {
  const others = clubs.filter(({ clubId }) => clubId !== id)
  return membership ? [...others, membership].sort((a, b) => (a.clubId < b.clubId ? -1 : 1)) : others
}

/** Who belongs to a club again has not declined it. */
function changedDeclined(declined: Head['declinedClubs'], { id, membership, declined: leaves }: NonNullable<Effect['club']>) {
  if (!leaves && (!membership || !declined.includes(id))) return declined
  const others = declined.filter((other) => other !== id)
  return leaves ? [...others, id].sort() : others
}

/** Nobody is asked who is closed. */
function changedAsking(head: Head, { asking, status }: Effect): Head['asking'] {
  if (status === 'closed') return null
  return asking === undefined ? head.asking : asking
}

function changedClosed(closed: Account['closed'], changes: NonNullable<Effect['closed']>): Account['closed'] {
  const changed = new Map(closed)
  for (const { id, points: change } of changes) {
    changed.set(id, points((changed.get(id) ?? 0) + change))
  }
  return changed
}
