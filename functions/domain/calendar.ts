import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant'
import {
  addDays,
  create,
  dayOfWeek,
  diffDays,
  toString as isoOf,
  type Record as PlainDate,
  subtractDays,
  toZonedDateTime,
} from 'temporal-polyfill/fns/PlainDate'
import { toPlainDate, toPlainTime } from 'temporal-polyfill/fns/ZonedDateTime'
import { type Weekday, weekdays } from './campaign.ts'
import { type Instant, instant } from './units.ts'

/** One day of the programme's time zone: [startsAt, endsAt). */
interface LocalDay {
  readonly date: PlainDate
  /** `YYYY-MM-DD`. */
  readonly iso: string
  readonly weekday: Weekday
  readonly year: number
  readonly startsAt: Instant
  readonly endsAt: Instant
}

/** Days and years as the programme's time zone has them. */
export interface Calendar {
  /** The local day that an instant falls on. */
  dayOf(at: Instant): LocalDay
  /** The local calendar year that an instant falls in. */
  yearOf(at: Instant): number
  /** Minutes of the clock on the wall, from 0 to 1439; an hour that comes twice has the same ones twice. */
  minuteOfDay(at: Instant): number
  /** The Monday of an instant's local week, `YYYY-MM-DD`. */
  mondayOf(at: Instant): string
  /** Local days from one instant's day to another's. */
  daysBetween(from: Instant, to: Instant): number
  /** The first instant of a local calendar year. */
  startOfYear(year: number): Instant
  /** The first instant of a local day, also where midnight is skipped by a clock change. */
  startOfDay(date: PlainDate): Instant
}

/** The first instant of a local day that is written `YYYY-MM-DD`. */
export function startOfWrittenDay(calendar: Calendar, written: string): Instant {
  const [year = 0, month = 0, day = 0] = written.split('-').map(Number)
  return calendar.startOfDay(create(year, month, day))
}

const utcDayMs = 86_400_000
const minuteMs = 60_000
/** Days remembered before the memory is begun anew: some 27 years, far more than one process meets. */
const daysRemembered = 10_000

/**
 * The calendar of an IANA time zone. All date arithmetic is Temporal's; what it says of a day is remembered,
 * because asking it costs more than the whole of earning. Its functions are taken one by one, because with its classes comes
 * all of it, 33 KB a bundle more. Throws RangeError for an unknown zone.
 */
export function calendarOf(timeZone: string): Calendar {
  const days = new Map<number, LocalDay[]>()
  const years = new Map<number, Instant>()
  const startOfDay = (date: PlainDate): Instant => instant(toZonedDateTime(date, timeZone).epochMilliseconds)
  startOfDay(create(2000, 1, 1))

  let latest: LocalDay | undefined
  const dayOf = (at: Instant): LocalDay => {
    // One sale asks for the same day many times.
    if (!latest || at < latest.startsAt || at >= latest.endsAt) latest = findDay(at)
    return latest
  }
  const findDay = (at: Instant): LocalDay => {
    const slot = Math.floor(at / utcDayMs)
    let known = days.get(slot)
    const found = known?.find((day) => day.startsAt <= at && at < day.endsAt)
    if (found) return found
    const date = toPlainDate(toZonedDateTimeISO(fromEpochMilliseconds(at), timeZone))
    const day: LocalDay = {
      date,
      iso: isoOf(date),
      weekday: weekdays[dayOfWeek(date) - 1]!,
      year: date.year,
      startsAt: startOfDay(date),
      endsAt: startOfDay(addDays(date, 1)),
    }
    if (days.size > daysRemembered) days.clear()
    known = days.get(slot)
    if (known) known.push(day)
    else days.set(slot, [day])
    return day
  }

  return {
    dayOf,
    startOfDay,
    yearOf: (at) => dayOf(at).year,
    minuteOfDay(at) {
      const { startsAt, endsAt } = dayOf(at)
      if (endsAt - startsAt === utcDayMs) return Math.floor((at - startsAt) / minuteMs)
      const { hour, minute } = toPlainTime(toZonedDateTimeISO(fromEpochMilliseconds(at), timeZone))
      return hour * 60 + minute
    },
    mondayOf(at) {
      const { date } = dayOf(at)
      return isoOf(subtractDays(date, dayOfWeek(date) - 1))
    },
    daysBetween: (from, to) => diffDays(dayOf(from).date, dayOf(to).date),
    startOfYear(year) {
      let start = years.get(year)
      if (start === undefined) {
        start = startOfDay(create(year, 1, 1))
        years.set(year, start)
      }
      return start
    },
  }
}
