import { fromEpochMilliseconds, toZonedDateTimeISO } from 'temporal-polyfill/fns/Instant'
import { addDays, create, type Record as PlainDate, toZonedDateTime } from 'temporal-polyfill/fns/PlainDate'
import { toPlainDate } from 'temporal-polyfill/fns/ZonedDateTime'
import { type Instant, instant } from './units.ts'

/** One day of the programme's time zone: [startsAt, endsAt). */
export interface LocalDay {
  readonly date: PlainDate
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

  const dayOf = (at: Instant): LocalDay => {
    const slot = Math.floor(at / utcDayMs)
    let known = days.get(slot)
    const found = known?.find((day) => day.startsAt <= at && at < day.endsAt)
    if (found) return found
    const date = toPlainDate(toZonedDateTimeISO(fromEpochMilliseconds(at), timeZone))
    const day: LocalDay = { date, year: date.year, startsAt: startOfDay(date), endsAt: startOfDay(addDays(date, 1)) }
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
