import { addDays } from 'temporal-polyfill/fns/PlainDate'
import { takeSpendable } from './adjustment.ts'
import { apply } from './apply.ts'
import { mostBuckets, mostReservations, mostRestoredExpired } from './bounds.ts'
import type { Account, Entry } from './entry.ts'
import type { Bucket, Head } from './head.ts'
import { type Programme, revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import { comingBack, expiryNow, heldBuckets, letGo, type RedemptionFact, type Reservation, sumOf } from './reservation.ts'
import type { Reward } from './reward.ts'
import { type BucketId, type Instant, instant, type Points, points } from './units.ts'

/** Points spent on a reward, or to be spent. */
export interface Spending {
  readonly redemptionId: string
  readonly reward: Reward
  readonly price: Points
  /** By when the reward is judged. */
  readonly at: Instant
  readonly storeId?: string | undefined
  /** The granted reward that it is of: its price is 0. */
  readonly grantId?: string | undefined
}

export interface BookedRedemption {
  readonly entry: Entry & { readonly fact: RedemptionFact }
  readonly account: Account
  /** What was taken from which buckets, earliest expiry first; its sum is the price. */
  readonly taken: readonly Bucket[]
}

const aDayOfMinutes = 24 * 60
const minuteMs = 60_000

/** Holds the points of a settled account that a reward costs, until the time of the reward or the programme is over. */
export function reserve(programme: Programme, account: Account, spending: Spending, now: Instant): BookedRedemption | Refusal {
  const { redemptionId, reward, at } = spending
  const taken = takePrice(account, spending)
  if ('refused' in taken) return taken
  if (account.head.reservations.length >= mostReservations) return refusal('too-many-reservations')
  const minutes = reward.holdMinutes ?? revisionAt(programme, at).document.redemptions?.holdMinutes ?? aDayOfMinutes
  const lapsesAt = instant(now + minutes * minuteMs)
  const opened: Reservation = { redemptionId, rewardId: reward.id, held: taken.buckets, at, lapsesAt }
  const entry = { at: now, fact: factOf('reserve', spending), effect: { buckets: given(taken.buckets), opened } }
  return { entry, account: apply(account, entry), taken: taken.buckets }
}

/** Spends the points of a settled account that a reward costs, at once. */
export function redeem(account: Account, spending: Spending, now: Instant): BookedRedemption | Refusal {
  const taken = takePrice(account, spending)
  if ('refused' in taken) return taken
  const entry = {
    at: now,
    fact: factOf('redeem', spending),
    effect: { buckets: given(taken.buckets), totals: { redeemed: spending.price } },
  }
  return { entry, account: apply(account, entry), taken: taken.buckets }
}

/** Spends what an open reservation of a settled account holds. */
export function capture(account: Account, reservation: Reservation, storeId: string | undefined, now: Instant): BookedRedemption {
  const { redemptionId, rewardId, held, at } = reservation
  const fact: RedemptionFact = { kind: 'redeem', redemptionId, rewardId, judgedAt: at, ...(storeId !== undefined && { storeId }) }
  const entry = { at: now, fact, effect: { totals: { redeemed: sumOf(held) }, ended: redemptionId } }
  return { entry, account: apply(account, entry), taken: held }
}

/** Lets an open reservation of a settled account go, at a store or in the app. */
export function release(
  account: Account,
  reservation: Reservation,
  now: Instant,
  storeId?: string,
): { entry: Entry; account: Account } {
  const entry = letGo(account.head, reservation, { kind: 'release', ...(storeId !== undefined && { storeId }) }, now)
  return { entry, account: apply(account, entry) }
}

/** Points that were spent, as far as they did not come back. */
export interface Spent {
  readonly redemptionId: string
  readonly rewardId: string
  readonly taken: readonly Bucket[]
  /** What came back of them so far. */
  readonly restored: Points
}

/** Why spent points come back, and which store or who of staff says so. */
export type Restoring = Pick<
  Extract<RedemptionFact, { kind: 'restore' }>,
  'reversed' | 'purchaseId' | 'storeId' | 'reason' | 'actor'
>

/**
 * Gives points back that were spent: what was taken last comes back first, to the very buckets that it was taken from. What would
 * have expired meanwhile gets the programme's days of grace, or goes to its bucket, where settling finds it expired. Debt is paid
 * first. `mostExpired`: so many expired buckets the account has then, with those that others came back to before; what has no place comes back
 * to the earliest of these. Refuses a bucket more than a head may hold.
 */
export function restore(
  programme: Programme,
  account: Account,
  { redemptionId, rewardId, taken, restored }: Spent,
  amount: Points,
  why: Restoring,
  now: Instant,
  mostExpired = mostRestoredExpired,
): { readonly entry: Entry; readonly account: Account } | Refusal {
  const back = lastTaken(taken, restored, amount).map((bucket) => ({ ...bucket, expiresAt: expiryNow(account.head, bucket) }))
  const coming = revived(programme, account.head, back, now, mostExpired)
  const entry: Entry = {
    at: now,
    fact: { kind: 'restore', redemptionId, rewardId, ...why },
    effect: { totals: { redeemed: points(0 - amount) }, ...comingBack(account.head, coming, now) },
  }
  const after = apply(account, entry)
  const lasting = after.head.buckets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).length
  const isMore = after.head.buckets.length > account.head.buckets.length
  if (isMore && lasting + heldBuckets(after.head) > mostBuckets) return refusal('too-many-buckets')
  return { entry, account: after }
}

/** Parts of what was taken, the last first, after what came back before; earliest expiry first again. */
export function lastTaken(taken: readonly Bucket[], restored: number, amount: number): Bucket[] {
  const parts: Bucket[] = []
  let [skipped, missing] = [restored, amount]
  for (const bucket of taken.toReversed()) {
    const passed = Math.min(skipped, bucket.points)
    const part = Math.min(bucket.points - passed, missing)
    skipped -= passed
    missing -= part
    if (part > 0) parts.unshift({ ...bucket, points: points(part) })
  }
  if (missing > 0) throw new Error('more points would come back than were spent')
  return parts
}

function revived(programme: Programme, head: Head, coming: readonly Bucket[], now: Instant, mostExpired: number): Bucket[] {
  const isOver = ({ expiresAt }: Bucket) => expiresAt !== null && expiresAt <= now
  const over = coming.filter(isOver)
  const others = coming.filter((bucket) => !isOver(bucket))
  if (over.length === 0) return others
  const { calendar, document } = revisionAt(programme, now)
  const rule = document.redemptions?.expiredMeanwhile ?? 'expire'
  if (rule !== 'expire') {
    const expiresAt = calendar.startOfDay(addDays(calendar.dayOf(now).date, rule.graceDays + 1))
    return [{ id: String(expiresAt) as BucketId, spendableAt: null, expiresAt, points: sumOf(over) }, ...others]
  }
  // Each expired bucket takes its part of one commit. Of a settled account, those that are there others came back to just now.
  const there = head.buckets.filter(isOver)
  const isNew = ({ id }: Bucket) => !there.some((bucket) => bucket.id === id)
  const left = Math.max(there.length === 0 ? 1 : 0, mostExpired - there.length)
  const added = over.filter(isNew).slice(left === 0 ? over.length : -left)
  const placed = over.filter((bucket) => !isNew(bucket) || added.includes(bucket))
  const earlier = over.filter((bucket) => !placed.includes(bucket))
  if (earlier.length === 0) return [...placed, ...others]
  const [first, ...later] = placed.length > 0 ? placed : [{ ...there[0]!, points: points(0) }]
  return [{ ...first!, points: sumOf([...earlier, first!]) }, ...later, ...others]
}

const given = (taken: readonly Bucket[]): Bucket[] => taken.map((bucket) => ({ ...bucket, points: points(-bucket.points) }))

function factOf(kind: 'reserve' | 'redeem', { redemptionId, reward, at, storeId, grantId }: Spending): RedemptionFact {
  const named = { redemptionId, rewardId: reward.id, judgedAt: at }
  return { kind, ...named, ...(storeId !== undefined && { storeId }), ...(grantId !== undefined && { grantId }) }
}

function takePrice({ head }: Pick<Account, 'head'>, { price, reward }: Spending): { buckets: Bucket[] } | Refusal {
  if (head.status === 'closed') return refusal('member-closed')
  const taken = takeSpendable({ head, closed: new Map() }, price)
  if ('refused' in taken) return refusal('insufficient-points', fieldOfPrice(reward))
  return { buckets: taken.taken.map((bucket) => ({ ...bucket, points: points(-bucket.points) })) }
}

/** The field of a body that is at fault where a member has too few points. */
const fieldOfPrice = ({ kind }: Reward) => (kind === 'points-as-money' ? '/points' : '/rewardId')

/** What a member can spend. */
export const spendable = ({ buckets }: Head): Points => sumOf(buckets.filter(({ spendableAt }) => spendableAt === null))
