import { addDays, addMonths, compare, create, type Record as PlainDate, withDayOfMonth } from 'temporal-polyfill/fns/PlainDate'
import type { Bucket, Head } from './head.ts'
import type { ExpiryPolicy, Revision } from './programme.ts'
import { type BucketId, type Instant, instant, later } from './units.ts'

/** Where and until when points credited at an instant are kept. */
export type BucketTerms = Pick<Bucket, 'id' | 'expiresAt'>

type Activity = Pick<Head, 'buckets' | 'inactivityRun' | 'latestPurchase'>

/** The bucket that points dated `at` go to, by the expiry policy of the revision in force then. */
export function bucketTerms(revision: Revision, head: Activity, at: Instant): BucketTerms {
  const { expiry } = revision.document.points
  if (expiry === 'none') return { id: 'never' as BucketId, expiresAt: null }
  if (!('inactivity' in expiry)) {
    const expiresAt = expiryInstant(revision, expiry, at)
    return { id: String(expiresAt) as BucketId, expiresAt }
  }
  // The latest purchase counts also where no points of it are left to tell: none earned, all returned, spent or paid to debt.
  const expiresAt = expiryInstant(revision, expiry, head.latestPurchase ? later(at, head.latestPurchase.at) : at)
  const id = `i${head.inactivityRun}` as BucketId
  const current = head.buckets.find((bucket) => bucket.id === id)?.expiresAt
  return { id, expiresAt: current ? later(current, expiresAt) : expiresAt }
}

/** The instant at which pending points of a sale at `at` become spendable: local midnight after the last day of the hold. */
export function spendableInstant(revision: Revision, at: Instant): Instant {
  const { holdDays } = revision.document.points
  if (holdDays === 0) return at
  const { calendar } = revision
  return calendar.startOfDay(addDays(calendar.dayOf(at).date, holdDays + 1))
}

const remembered = new WeakMap<Revision, Map<Instant, Instant>>()

/** The expiry of points dated `at`: a local midnight, the same for a whole local day, so it is worked out once a day. */
function expiryInstant(revision: Revision, expiry: Exclude<ExpiryPolicy, 'none'>, at: Instant): Instant {
  const day = revision.calendar.dayOf(at)
  let known = remembered.get(revision)
  if (!known) {
    known = new Map()
    remembered.set(revision, known)
  }
  let expiresAt = known.get(day.startsAt)
  if (expiresAt === undefined) {
    expiresAt = revision.calendar.startOfDay(firstDayExpired(expiry, day.date))
    known.set(day.startsAt, expiresAt)
  }
  return instant(expiresAt)
}

/** The first local day on which points of a sale on `date` are no longer there (design, section 6). */
function firstDayExpired(expiry: Exclude<ExpiryPolicy, 'none'>, date: PlainDate): PlainDate {
  if ('fixedDate' in expiry) {
    const [month = 0, day = 0] = expiry.fixedDate.split('-').map(Number)
    // 29 February is the 28th in other years: the day is constrained, the month is there in every year.
    const inYear = (year: number) => withDayOfMonth(create(year, month, 1), day)
    const thisYear = inYear(date.year)
    return addDays(compare(date, thisYear) <= 0 ? thisYear : inYear(date.year + 1), 1)
  }
  // It takes the last day of the month where there is no such day: 31 August + 6 months is 28 or 29 February.
  const last = addMonths(date, 'inactivity' in expiry ? expiry.inactivity : expiry.months)
  if ('months' in expiry && expiry.roundTo === 'month') return addMonths(withDayOfMonth(last, 1), 1)
  return addDays(last, 1)
}
