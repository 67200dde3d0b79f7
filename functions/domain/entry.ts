import type { ClaimFact, OpenClaim } from './claim.ts'
import type { Membership, Refund } from './club.ts'
import type { ClubCountChange } from './club-counts.ts'
import type { Award } from './earning.ts'
import type { GiftChange } from './gifts.ts'
import type { GrantChanges } from './granted-reward.ts'
import type { Bucket, DatedPurchase, Head, HeldTier, Referral, TierGrant, Totals } from './head.ts'
import type { Use } from './limits.ts'
import type { ComplaintFact, OpenComplaint } from './open-complaint.ts'
import type { RedemptionFact, Reservation } from './reservation.ts'
import type { Judged } from './sale-facts.ts'
import type { SegmentsFact } from './segments.ts'
import type { SumChange, SumName } from './sums.ts'
import type { Asking } from './survey.ts'
import type { BucketId, Instant, MemberId, Points } from './units.ts'

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

/** Awards of a bonus that were taken back, and are the member's again. */
export interface RestoredFact extends Omit<UndoneFact, 'kind'> {
  /** Its `uses` are what it takes of limited campaigns once more: none below 0. */
  readonly kind: 'bonus-restored'
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
  /** What time does. */
  | { readonly kind: 'club-renewed' | 'club-grace' | 'club-lapsed' }
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
  | RestoredFact
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
  /** Of rewards that can be had for nothing: they stand beside the head, with the sale or bonus that grants them. */
  readonly rewardGrants?: GrantChanges
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
