import { create, withDayOfMonth } from 'temporal-polyfill/fns/PlainDate'
import type { Calendar } from './calendar.ts'
import { type Programme, type Revision, revisionAt } from './programme.ts'
import { type Instant, instant, later } from './units.ts'

/** Triggers that time brings, once a year. */
const yearlyTriggers = ['birthday', 'anniversary'] as const
type YearlyTrigger = (typeof yearlyTriggers)[number]

/** By what a member's occasions are known. */
interface Dates {
  /** `YYYY-MM-DD`. */
  readonly birthday?: string | undefined
  readonly enrolledAt: Instant
}

/**
 * The last of the revisions in force by an instant that made birthdays or anniversaries count otherwise than the one before: by
 * other campaigns or another time zone. 0 where none did.
 */
export function occasionRevision({ revisions }: Programme, by: Instant = Number.MAX_SAFE_INTEGER as Instant): number {
  let last = 0
  let before = ''
  for (const revision of revisions) {
    if (revision.inForceFrom > by) break
    const asked = yearlyTriggers.filter((trigger) => revision.bonuses.has(trigger))
    const now = asked.length > 0 ? [revision.document.timezone, ...asked].join(' ') : ''
    if (now !== '' && now !== before) last = revision.number
    before = now
  }
  return last
}

/**
 * The next local day after `after` on which a birthday, or an anniversary of the enrolment, counts by the revision in force on
 * it: its first instant. Null: there is none.
 */
export function nextOccasion(programme: Programme, dates: Dates, after: Instant): Instant | null {
  let next = Number.POSITIVE_INFINITY
  for (const [index, revision] of programme.revisions.entries()) {
    const until = programme.revisions[index + 1]?.inForceFrom ?? Number.POSITIVE_INFINITY
    for (const trigger of yearlyTriggers) {
      const at = revision.bonuses.has(trigger)
        ? firstAfter(revision, trigger, dates, later(after, instant(revision.inForceFrom - 1)))
        : undefined
      if (at !== undefined && at < until && at < next) next = at
    }
  }
  return next === Number.POSITIVE_INFINITY ? null : (next as Instant)
}

/** The occasions whose day begins at an instant. */
export function occasionsAt(programme: Programme, dates: Dates, at: Instant): YearlyTrigger[] {
  const revision = revisionAt(programme, at)
  const before = instant(at - 1)
  return yearlyTriggers.filter((trigger) => revision.bonuses.has(trigger) && firstAfter(revision, trigger, dates, before) === at)
}

function firstAfter(revision: Revision, trigger: YearlyTrigger, dates: Dates, after: Instant): Instant | undefined {
  const { calendar } = revision
  if (trigger === 'birthday') return dates.birthday === undefined ? undefined : dayAfter(calendar, dates.birthday, after)
  // The day of the enrolment itself is none: the first is a year later.
  return dayAfter(calendar, calendar.dayOf(dates.enrolledAt).iso, later(after, dates.enrolledAt))
}

/** The first instant of the next day of that month and day, after `after`. 29 February is the 28th in other years. */
function dayAfter(calendar: Calendar, date: string, after: Instant): Instant {
  const [, month = 1, day = 1] = date.split('-').map(Number)
  const inYear = (year: number) => calendar.startOfDay(withDayOfMonth(create(year, month, 1), day))
  const year = calendar.yearOf(after)
  const thisYear = inYear(year)
  return thisYear > after ? thisYear : inYear(year + 1)
}
