import { addMonths, compare, create, type Record as PlainDate } from 'temporal-polyfill/fns/PlainDate'
import type { Calendar } from './calendar.ts'
import type { LadderPolicy } from './ladder-policy.ts'
import { type Instant, instant } from './units.ts'

/** The numbered periods that a ladder counts in; each of its windows is one of them or several in a row. */
export interface Periods {
  /** The period that an instant falls in. */
  of(at: Instant, enrolledAt: Instant | null): number
  /** The first instant of a period; null: it never comes. */
  start(period: number, enrolledAt: Instant | null): Instant | null
  /** The first period of the window that a period is the last of so far. */
  windowStart(period: number): number
  /** The last period whose window has this one in it. */
  windowEnd(period: number): number
  readonly countsFromEnrolment: boolean
}

const monthsOfYear = 12
const itself = (period: number) => period
const single = { windowStart: itself, windowEnd: itself }

/** The last period of the window that a period is in so far: the next one after it begins another. */
export function lastOfWindow({ windowStart }: Periods, period: number): number {
  let last = period
  while (windowStart(last + 1) === windowStart(period)) last += 1
  return last
}

/** The periods of a policy: its windows themselves, or months where windows roll or what was reached is kept for months. */
export function periodsOf(calendar: Calendar, { period: window, keep }: Pick<LadderPolicy, 'period' | 'keep'>): Periods {
  if (window === 'lifetime') {
    return { of: () => 0, start: (period) => (period > 0 ? null : instant(0)), ...single, countsFromEnrolment: false }
  }
  if (typeof window === 'object') {
    const others = window.rollingMonths - 1
    return { ...calendarMonths(calendar), windowStart: (period) => period - others, windowEnd: (period) => period + others }
  }
  const isMonthly = typeof keep === 'object'
  if (window === 'anniversary') return isMonthly ? { ...membershipMonths(calendar), ...ofYear } : membershipYears(calendar)
  if (isMonthly) return { ...calendarMonths(calendar), ...ofYear }
  return { of: calendar.yearOf, start: calendar.startOfYear, ...single, countsFromEnrolment: false }
}

/** Windows of twelve months that are numbered from 0. */
const ofYear = {
  windowStart: (month: number) => yearOfMonth(month) * monthsOfYear,
  windowEnd: (month: number) => yearOfMonth(month) * monthsOfYear + monthsOfYear - 1,
}
const yearOfMonth = (month: number) => Math.floor(month / monthsOfYear)

type Numbering = Pick<Periods, 'of' | 'start' | 'countsFromEnrolment'>

const monthNumber = ({ year, month }: PlainDate) => year * monthsOfYear + month - 1

function calendarMonths(calendar: Calendar): Numbering {
  const starts = new Map<number, Instant>()
  return {
    of: (at) => monthNumber(calendar.dayOf(at).date),
    start(month) {
      let start = starts.get(month)
      if (start === undefined) {
        const year = yearOfMonth(month)
        start = calendar.startOfDay(create(year, month - year * monthsOfYear + 1, 1))
        starts.set(month, start)
      }
      return start
    },
    countsFromEnrolment: false,
  }
}

/** Months counted from the local day of enrolment; one that has no such day begins on its last. */
function membershipMonths(calendar: Calendar): Numbering {
  const enrolledOn = (enrolledAt: Instant | null) => {
    if (enrolledAt === null) throw new Error('a ladder by membership knows when the member enrolled')
    return calendar.dayOf(enrolledAt).date
  }
  return {
    of(at, enrolledAt) {
      const { date } = calendar.dayOf(at)
      const first = enrolledOn(enrolledAt)
      const months = monthNumber(date) - monthNumber(first)
      return compare(addMonths(first, months), date) > 0 ? months - 1 : months
    },
    start: (month, enrolledAt) => calendar.startOfDay(addMonths(enrolledOn(enrolledAt), month)),
    countsFromEnrolment: true,
  }
}

/** Who enrolled on 29 February has their anniversary on the 28th in other years. */
function membershipYears(calendar: Calendar): Periods {
  const months = membershipMonths(calendar)
  return {
    of: (at, enrolledAt) => yearOfMonth(months.of(at, enrolledAt)),
    start: (year, enrolledAt) => months.start(year * monthsOfYear, enrolledAt),
    ...single,
    countsFromEnrolment: true,
  }
}
