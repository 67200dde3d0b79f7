import type { Entry } from './entry.ts'
import { listed, type NamedSums, sumOf } from './named-sums.ts'
import type { ComplaintFact } from './open-complaint.ts'
import { type Severity, severities } from './service-policy.ts'
import { type Instant, rounded } from './units.ts'

/** What became of one complaint until now. */
export interface ComplaintCase {
  readonly category: string
  /** As it was opened. */
  readonly severity: Severity
  readonly byScore: boolean
  isReopened: boolean
  /** Whether any of its deadlines passed. */
  isOverdue: boolean
  /** Whole minutes to the first word of staff. */
  replyMinutes: number | undefined
  /** Whole minutes to the resolution that stands. */
  resolutionMinutes: number | undefined
  /** How the member rates the resolutions, 1 to 5. */
  readonly ratings: number[]
}

/** How long something took. */
interface Times {
  complaints: number
  minutes: number
  longestMinutes: number
}

const mostRating = 5

interface CaseSums {
  opened: number
  byScore: number
  reopened: number
  overdue: number
  readonly replied: Times
  readonly resolved: Times
  /** How often each rating from 1 to 5 was given. */
  readonly ratings: number[]
}

export interface ComplaintSums {
  readonly all: CaseSums
  readonly by: { readonly category: NamedSums<CaseSums>; readonly severity: NamedSums<CaseSums> }
}

const none = (): CaseSums => ({
  ...{ opened: 0, byScore: 0, reopened: 0, overdue: 0 },
  replied: { complaints: 0, minutes: 0, longestMinutes: 0 },
  resolved: { complaints: 0, minutes: 0, longestMinutes: 0 },
  ratings: Array.from({ length: mostRating }, () => 0),
})

export const emptyComplaintSums = (): ComplaintSums => ({ all: none(), by: { category: {}, severity: {} } })

const minuteMs = 60_000

/** The complaints that a member opened in [from, until), with what became of them until now. The entries are all of theirs, in order. */
export function casesOf(entries: readonly Entry[], from: Instant, until: Instant): ComplaintCase[] {
  const cases = new Map<string, ComplaintCase & { readonly openedAt: Instant }>()
  for (const { at, fact } of entries) {
    if (fact.kind === 'complaint-opened') {
      if (at < from || at >= until) continue
      cases.set(fact.complaintId, {
        ...{ openedAt: at, category: fact.category, severity: fact.severity, byScore: fact.byScore ?? false },
        ...{ isReopened: false, isOverdue: false, replyMinutes: undefined, resolutionMinutes: undefined, ratings: [] },
      })
    } else if ('complaintId' in fact) {
      const known = cases.get(fact.complaintId)
      if (known) takeStep(known, fact, Math.floor((at - known.openedAt) / minuteMs))
    }
  }
  return [...cases.values()]
}

/** A resolution is a reply, too; one that was not the last word resolved nothing. */
function takeStep(one: ComplaintCase, fact: ComplaintFact, minutes: number): void {
  if (fact.kind === 'complaint-answered') one.replyMinutes ??= minutes
  else if (fact.kind === 'complaint-resolved') {
    one.replyMinutes ??= minutes
    one.resolutionMinutes = minutes
  } else if (fact.kind === 'complaint-reopened') {
    one.isReopened = true
    one.resolutionMinutes = undefined
  } else if (fact.kind === 'complaint-overdue') one.isOverdue = true
  else if (fact.kind === 'complaint-rated') one.ratings.push(fact.score)
}

/** Adds a complaint to a report. */
export function addCase({ all, by }: ComplaintSums, one: ComplaintCase): void {
  addTo(all, one)
  addTo(sumOf(by.category, one.category, none), one)
  addTo(sumOf(by.severity, one.severity, none), one)
}

function addTo(sums: CaseSums, one: ComplaintCase): void {
  sums.opened += 1
  sums.byScore += one.byScore ? 1 : 0
  sums.reopened += one.isReopened ? 1 : 0
  sums.overdue += one.isOverdue ? 1 : 0
  addTime(sums.replied, one.replyMinutes)
  addTime(sums.resolved, one.resolutionMinutes)
  for (const rating of one.ratings) sums.ratings[rating - 1]! += 1
}

function addTime(times: Times, minutes: number | undefined): void {
  if (minutes === undefined) return
  times.complaints += 1
  times.minutes += minutes
  times.longestMinutes = Math.max(times.longestMinutes, minutes)
}

/** How long staff took. */
interface TimeFigures {
  /** How many it was done for. */
  readonly complaints: number
  /** Null where it was done for none. */
  readonly meanMinutes: number | null
  readonly longestMinutes: number | null
}

/** What members complained of, and how it was dealt with. */
export interface ComplaintFigures {
  readonly opened: number
  readonly byScore: number
  readonly reopened: number
  readonly overdue: number
  readonly firstReply: TimeFigures
  readonly resolution: TimeFigures
  readonly ratings: {
    /** How often each rating from 1 to 5 was given. */
    readonly distribution: readonly number[]
    /** Mean rating in hundredths, rounded to the nearest; null where nobody rated. */
    readonly average: number | null
  }
}

export interface ComplaintReport {
  readonly all: ComplaintFigures
  readonly by: { readonly [dimension in 'category' | 'severity']: readonly (ComplaintFigures & { readonly name: string })[] }
}

/** What a report says once all complaints are in it; severities from the least. */
export function reportOfCases({ all, by }: ComplaintSums): ComplaintReport {
  const rank = ({ name }: { readonly name: string }) => severities.indexOf(name as Severity)
  return {
    all: figuresOf(all),
    by: {
      category: listed(by.category, figuresOf),
      severity: listed(by.severity, figuresOf).sort((a, b) => rank(a) - rank(b)),
    },
  }
}

function figuresOf({ opened, byScore, reopened, overdue, replied, resolved, ratings }: CaseSums): ComplaintFigures {
  const rated = ratings.reduce((sum, times) => sum + times, 0)
  const points = ratings.reduce((sum, times, index) => sum + times * (index + 1), 0)
  return {
    ...{ opened, byScore, reopened, overdue },
    ...{ firstReply: timesOf(replied), resolution: timesOf(resolved) },
    ratings: { distribution: ratings, average: rated > 0 ? rounded(points * 100, rated) : null },
  }
}

const timesOf = ({ complaints, minutes, longestMinutes }: Times): TimeFigures =>
  complaints > 0
    ? { complaints, meanMinutes: rounded(minutes, complaints), longestMinutes }
    : { complaints, meanMinutes: null, longestMinutes: null }
