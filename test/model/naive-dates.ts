import { Temporal } from 'temporal-polyfill'
import type { Campaign, CapWindow } from '../../functions/domain/campaign.ts'

/** What of a programme document the model reads. */
export interface NaiveDocument {
  readonly timezone: string
  readonly points: {
    readonly earn: { readonly points: number; readonly per: number }
    readonly expiry:
      | { readonly months: number; readonly roundTo?: 'month' | undefined }
      | { readonly fixedDate: string }
      | { readonly inactivity: number }
      | 'none'
    readonly holdDays: number
    readonly negative: 'debt' | 'forgive'
    readonly attachDays?: number | undefined
  }
  readonly tiers: NaiveTiers
  readonly stores?: readonly { readonly id: string; readonly groups?: readonly string[] | undefined }[] | undefined
  readonly campaigns?: readonly Campaign[] | undefined
  /** Of those that members belong to, the best one's multiplier counts. */
  readonly clubs?: readonly NaiveClub[] | undefined
  readonly rewards?: readonly NaiveReward[] | undefined
  readonly redemptions?:
    | {
        readonly holdMinutes?: number | undefined
        readonly expiredMeanwhile?: 'expire' | { readonly graceDays: number } | undefined
      }
    | undefined
}

export interface NaiveClub {
  readonly id: string
  readonly multiplier?: number | undefined
  /** How long whoever joins or pays belongs to it; until they leave, where it is left out. */
  readonly term?: { readonly months: number } | undefined
  readonly paid?: { readonly graceDays: number } | undefined
  readonly requires?:
    | { readonly tiers?: readonly string[] | undefined; readonly clubs?: readonly string[] | undefined }
    | undefined
  /** Of a club that takes in whoever qualifies. */
  readonly qualifies?: NaiveClubRule | { readonly tier: readonly string[] } | undefined
}

export interface NaiveClubRule {
  readonly metric: NaiveTiers['metric'] | 'items'
  readonly atLeast: number
  readonly period: NaiveTiers['period']
  readonly keep?: NaiveTiers['keep']
  /** Where items are counted: of these. */
  readonly category?: readonly string[] | undefined
}

/** A reward; one without a price costs as many points as the customer says. */
export interface NaiveReward {
  readonly id: string
  readonly kind?: string | undefined
  readonly price?:
    | {
        readonly points: number
        readonly tiers?: readonly { readonly tier: string; readonly points: number }[] | undefined
        readonly clubs?: readonly { readonly club: string; readonly points: number }[] | undefined
      }
    | undefined
  /** Whom it is for: whoever holds one of the tiers and belongs to all of the clubs, and to that whose perk it is. */
  readonly requires?:
    | { readonly tiers?: readonly string[] | undefined; readonly clubs?: readonly string[] | undefined }
    | undefined
  readonly club?: string | undefined
  readonly schedule?: { readonly from?: string | undefined; readonly until?: string | undefined } | undefined
  readonly holdMinutes?: number | undefined
}

export interface NaiveTiers {
  readonly metric: 'spend' | 'points' | 'visits' | 'purchases'
  readonly period: 'calendar-year' | { readonly rollingMonths: number } | 'anniversary' | 'lifetime'
  readonly keep?: 'next-period' | 'while-met' | { readonly months: number } | undefined
  readonly downgrade?: 'to-met' | 'one-step' | undefined
  readonly levels: readonly { readonly id: string; readonly threshold: number; readonly multiplier: number }[]
}

/** An expiry that does not come. */
export const never = Number.POSITIVE_INFINITY

/** The revision that is in force at an instant, of some by ascending instant; the first is from the beginning of time. */
export function inForce<Revision extends { readonly inForceFrom: number }>(programme: readonly Revision[], at: number): Revision {
  return programme.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!
}

/** Temporal is slow and every recomputation asks it of the same days again. */
const dates = new Map<string, Temporal.PlainDate>()
const midnights = new Map<string, number>()

function remember<Value>(memory: Map<string, Value>, key: string, compute: () => Value): Value {
  const found = memory.get(key)
  if (found !== undefined) return found
  if (memory.size > 100_000) memory.clear()
  const value = compute()
  memory.set(key, value)
  return value
}

/** The local day of an instant. */
export function dateOf(timezone: string, at: number): Temporal.PlainDate {
  return remember(dates, `${timezone} ${at}`, () =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate(),
  )
}

/** Whether a sale may no longer be attached to a member: as many whole local days after its day are over as the document says. */
export function isAttachableNoMore({ timezone, points }: NaiveDocument, soldAt: number, now: number): boolean {
  const last = dateOf(timezone, soldAt).add({ days: points.attachDays ?? 30 })
  return Temporal.PlainDate.compare(dateOf(timezone, now), last) > 0
}

/** The first instant of a local day: not always 00:00, so it is asked by way of noon. */
export function startOf(timezone: string, date: Temporal.PlainDate): number {
  return remember(
    midnights,
    `${timezone} ${date}`,
    () => Temporal.ZonedDateTime.from(`${date}T12:00[${timezone}]`).startOfDay().epochMilliseconds,
  )
}

const dayAfter = (date: Temporal.PlainDate) => date.add({ days: 1 })

/** The day so many months later, or the last of that month where there is no such day. */
export function monthsAfter(date: Temporal.PlainDate, months: number): Temporal.PlainDate {
  const month = date.toPlainYearMonth().add({ months })
  return month.toPlainDate({ day: Math.min(date.day, month.daysInMonth) })
}

/** When points dated `at` are gone; `never`. For inactivity: where nothing happens afterwards. */
export function expiryOf(document: NaiveDocument, at: number): number {
  const { timezone } = document
  const { expiry } = document.points
  if (expiry === 'none') return never
  const date = dateOf(timezone, at)
  if ('inactivity' in expiry) return startOf(timezone, dayAfter(monthsAfter(date, expiry.inactivity)))
  if ('fixedDate' in expiry) {
    const [month = 1, day = 1] = expiry.fixedDate.split('-').map(Number)
    const fixed = [date.year, date.year + 1].map((year) => {
      const ofYear = new Temporal.PlainYearMonth(year, month)
      return ofYear.toPlainDate({ day: Math.min(day, ofYear.daysInMonth) })
    })
    return startOf(timezone, dayAfter(fixed.find((candidate) => Temporal.PlainDate.compare(date, candidate) <= 0)!))
  }
  const last = monthsAfter(date, expiry.months)
  if (expiry.roundTo === undefined) return startOf(timezone, dayAfter(last))
  return startOf(timezone, last.toPlainYearMonth().add({ months: 1 }).toPlainDate({ day: 1 }))
}

/** When points dated `at` are spendable. */
export function spendableOf(document: NaiveDocument, at: number): number {
  const { holdDays } = document.points
  if (holdDays === 0) return at
  let day = dateOf(document.timezone, at)
  for (let held = 0; held < holdDays; held += 1) day = dayAfter(day)
  return startOf(document.timezone, dayAfter(day))
}

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export const isOnWeekdays = (timezone: string, at: number, days: readonly string[]): boolean =>
  days.includes(names[dateOf(timezone, at).dayOfWeek - 1]!)

/** Both days inclusive. */
export function isOnDates(
  timezone: string,
  at: number,
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
): boolean {
  const date = dateOf(timezone, at)
  if (from !== undefined && Temporal.PlainDate.compare(date, from) < 0) return false
  return until === undefined || Temporal.PlainDate.compare(date, until) <= 0
}

/** Whether the clock on the wall is between two times, perhaps across midnight. */
export function isInHours(
  timezone: string,
  at: number,
  { from, until }: { readonly from: string; readonly until: string },
): boolean {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainTime()
  const [isBegun, isOver] = [from, until].map((text) => Temporal.PlainTime.compare(time, text) >= 0)
  return from < until ? isBegun! && !isOver : isBegun! || !isOver
}

/** Local days from one instant's to another's. */
export const daysFrom = (timezone: string, from: number, to: number): number =>
  dateOf(timezone, from).until(dateOf(timezone, to), { largestUnit: 'days' }).days

/** Whether two instants fall into one window of a cap. */
export function isSameWindow(timezone: string, window: CapWindow, a: number, b: number): boolean {
  if (window === 'campaign') return true
  const [one, other] = [a, b].map((at) => dateOf(timezone, at)) as [Temporal.PlainDate, Temporal.PlainDate]
  if (window === 'day') return one.equals(other)
  if (window === 'week') return one.weekOfYear === other.weekOfYear && one.yearOfWeek === other.yearOfWeek
  return one.year === other.year && (window === 'year' || one.month === other.month)
}
