import type { Award } from './earning.ts'
import { changedGifts, type GiftChange } from './gifts.ts'
import {
  type Bucket,
  bucketOrder,
  type DatedPurchase,
  type Head,
  type HeldTier,
  type Referral,
  type Totals,
  type YearSpend,
} from './head.ts'
import type { Use } from './limits.ts'
import type { Judged } from './sale-facts.ts'
import { type BucketId, type Instant, LimitExceededError, type Points, points } from './units.ts'

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

export interface EarnFact {
  readonly kind: 'earn'
  readonly purchaseId: string
  /** As the till said; the entry's `at` is the earlier of it and the arrival. */
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
}

export interface AdjustFact {
  readonly kind: 'adjust'
  readonly adjustmentId: string
  readonly reason: string
  readonly actor: string
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

/** Why an entry is there. */
export type Fact =
  | EarnFact
  | ReturnFact
  | AdjustFact
  | BonusFact
  | UndoneFact
  | { readonly kind: 'referred' }
  | { readonly kind: 'enrol' }
  | { readonly kind: 'close' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'mature' }
  | { readonly kind: 'expire' }
  | { readonly kind: 'tier' }

/** A change of one bucket: `points` is signed. */
export type BucketChange = Bucket

/** What an entry does to a head: all of it, so that replaying needs no programme and no rule. */
export interface Effect {
  /** Signed changes of the totals. */
  readonly totals?: Partial<Totals>
  /** Signed. */
  readonly debt?: Points
  readonly buckets?: readonly BucketChange[]
  /** Signed changes of what is expired of buckets. */
  readonly closed?: readonly { readonly id: BucketId; readonly points: Points }[]
  /** Signed change of eligible spend, in the local calendar year of the sale, minor units. */
  readonly spend?: YearSpend
  readonly tier?: HeldTier
  readonly purchase?: DatedPurchase
  /** The new expiry of every bucket that bears this id: activity keeps points alive. */
  readonly prolong?: { readonly id: BucketId; readonly expiresAt: Instant }
  readonly status?: Head['status']
  readonly gifts?: readonly GiftChange[]
  readonly referral?: Referral
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
  return {
    head: {
      memberId: head.memberId,
      version: head.version,
      status: effect.status ?? head.status,
      buckets,
      reserved: head.reserved,
      debt: effect.debt ? points(head.debt + effect.debt) : head.debt,
      totals: effect.totals ? changedTotals(head.totals, effect.totals) : head.totals,
      tier: effect.tier ?? head.tier,
      spend: changedSpend(head, effect),
      latestPurchase: latestOf(head.latestPurchase, effect.purchase),
      purchases: head.purchases + (effect.purchase ? 1 : 0),
      gifts: effect.gifts ? changedGifts(head.gifts, effect.gifts) : head.gifts,
      referral: effect.referral ?? head.referral,
      inactivityRun: head.inactivityRun + (endsInactivityRun(head, buckets) ? 1 : 0),
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
 * Only the year of the latest purchase and the one before can decide a tier from now on: a purchase in order needs its own
 * year and the one before, and a late one reads the entries. Older years are left out, so that a head stays small.
 */
function changedSpend(head: Head, effect: Effect): Head['spend'] {
  const { spend: change, purchase } = effect
  if (!change && !purchase) return head.spend
  let years = head.spend
  if (change) {
    const amount = (years.find(({ year }) => year === change.year)?.amount ?? 0) + change.amount
    if (!Number.isSafeInteger(amount)) throw new LimitExceededError('the spend of a year is not a safe integer')
    const others = years.filter(({ year }) => year !== change.year)
    years = amount === 0 ? others : [...others, { year: change.year, amount }].sort((a, b) => a.year - b.year)
  }
  const latest = latestOf(head.latestPurchase, purchase)?.year ?? 0
  return years.filter(({ year }) => year >= latest - 1)
}

function latestOf(known: DatedPurchase | null, added: DatedPurchase | undefined): DatedPurchase | null {
  return added && (!known || added.at > known.at) ? added : known
}

/** Whether the last points of the current run are gone, expired or taken: what comes later is a run, and a bucket, of its own. */
function endsInactivityRun(head: Head, buckets: Head['buckets']): boolean {
  const ofRun = ({ id }: Bucket) => id === `i${head.inactivityRun}`
  return buckets !== head.buckets && head.buckets.some(ofRun) && !buckets.some(ofRun)
}

function changedClosed(closed: Account['closed'], changes: NonNullable<Effect['closed']>): Account['closed'] {
  const changed = new Map(closed)
  for (const { id, points: change } of changes) {
    changed.set(id, points((changed.get(id) ?? 0) + change))
  }
  return changed
}
