import type { Calendar } from './calendar.ts'
import type { LadderPolicy, Metric, Rung } from './ladder-policy.ts'
import { type Periods, periodsOf } from './periods.ts'
import type { Programme, Revision } from './programme.ts'
import { type PeriodSum, total } from './sums.ts'
import type { Instant } from './units.ts'

/**
 * A ladder over all revisions of a programme. Which rung a member holds is worked out from sums by period, at what is now kept of
 * the purchases, and never from the rung held before: so a return takes away exactly what its sale gave.
 */
export interface Ladder {
  /** By ascending instant; the first from the beginning of time. */
  readonly eras: readonly [Era, ...Era[]]
}

/** The time in which one definition of a ladder is in force: that of a revision and of the later ones that do not change it. */
export interface Era {
  readonly revision: number
  readonly from: Instant
  /** When another definition takes effect; null: not known of any. */
  readonly until: Instant | null
  /** The first of the consecutive eras that count the same in the same periods, and so share sums; by its revision. */
  readonly run: number
  readonly metric: Metric
  readonly category: readonly string[]
  readonly calendar: Calendar
  readonly periods: Periods
  /** How many periods more than its own a level holds. */
  readonly hold: number
  /** How many times it then falls by one rung only, each for as long as it held. */
  readonly steps: number
  /** By ascending threshold. */
  readonly levels: readonly Rung[]
  /** Whether credit that campaigns give for tiers counts. */
  readonly countsCredit: boolean
  /** Whether sums are those of local calendar years, and only this year and the one before matter. */
  readonly isPlain: boolean
}

/** What a ladder knows of a member. */
export interface Counted {
  readonly sums: readonly PeriodSum[]
  /** Where a ladder counts from it. */
  readonly enrolledAt: Instant | null
}

/** The ladder that a policy of each revision makes. */
export function ladderOf(programme: Programme, policyOf: (revision: Revision) => LadderPolicy): Ladder {
  const eras: (Era & { readonly definition: string; readonly measure: string })[] = []
  for (const revision of programme.revisions) {
    const era = eraOf(revision, policyOf(revision), eras.at(-1))
    const before = eras.at(-1)
    if (before?.definition === era.definition) continue
    if (before) eras[eras.length - 1] = { ...before, until: revision.inForceFrom }
    eras.push(era)
  }
  return { eras: eras as unknown as Ladder['eras'] }
}

function eraOf(revision: Revision, policy: LadderPolicy, before: { run: number; measure: string } | undefined) {
  const { metric, category = [], period, keep = 'next-period', downgrade = 'to-met' } = policy
  const { calendar, number, inForceFrom, document } = revision
  const levels = policy.levels.map(({ id, threshold }) => ({ id, threshold })).sort((a, b) => a.threshold - b.threshold)
  const hold = holdOf(policy)
  const steps = downgrade === 'one-step' ? levels.length - 1 : 0
  const measure = JSON.stringify([document.timezone, metric, category, period, typeof keep])
  return {
    revision: number,
    from: inForceFrom,
    until: null,
    run: before?.measure === measure ? before.run : number,
    metric,
    category,
    calendar,
    periods: periodsOf(calendar, policy),
    hold,
    steps,
    levels,
    countsCredit: true,
    isPlain: period === 'calendar-year' && keep === 'next-period' && downgrade === 'to-met',
    measure,
    definition: JSON.stringify([measure, keep, downgrade, levels]),
  }
}

function holdOf({ period, keep }: LadderPolicy): number {
  if (typeof keep === 'object') return keep.months
  if (keep === 'while-met') return 0
  return typeof period === 'object' ? period.rollingMonths : 1
}

/** The era that an instant falls in. */
export const eraAt = ({ eras }: Ladder, at: Instant): Era =>
  eras.findLast(({ from }, index) => index === 0 || from <= at) ?? eras[0]

/** The era of a revision. */
export const eraOfRevision = ({ eras }: Ladder, revision: number): Era =>
  eras.findLast((era) => era.revision <= revision) ?? eras[0]

/** What is counted in the window of a period up to the end of an era. */
export function windowTotal(era: Era, { sums }: Counted, period: number): number {
  const first = era.periods.windowStart(period)
  return total(sums, (sum) => isOf(era, sum) && sum.period >= first && sum.period <= period)
}

/** Whether an era counts a sum: one of its run, dated before it ended. */
const isOf = (era: Era, { revision }: PeriodSum) => revision >= era.run && revision <= era.revision

/** A level above the lowest that a member reached in a period, by the definition of an era. */
export interface Reached {
  readonly era: Era
  readonly period: number
  /** Its place among the levels of the era. */
  readonly level: number
}

interface Remembered extends Pick<Counted, 'enrolledAt'> {
  readonly ladder: Ladder
  readonly reached: readonly Reached[]
}

/** By the sums, which never change: what was reached with them is asked several times in each operation. */
const remembered = new WeakMap<Counted['sums'], Remembered>()

/** All levels above the lowest that a member reached. Only the eras in force in a period judge it. */
export function reachedLevels(ladder: Ladder, counted: Counted): readonly Reached[] {
  const { sums, enrolledAt } = counted
  const [first, ...later] = ladder.eras
  if (first.isPlain && later.length === 0) return plainlyReached(first, sums)
  const known = remembered.get(sums)
  if (known?.ladder === ladder && known.enrolledAt === enrolledAt) return known.reached
  const reached = findReached(ladder, counted)
  remembered.set(sums, { ladder, enrolledAt, reached })
  return reached
}

/** Of a ladder that never changed and of which a sum is a period's own: what is reached is read off, faster than remembered. */
function plainlyReached(era: Era, sums: Counted['sums']): readonly Reached[] {
  let reached: readonly Reached[] = nothingReached
  for (const { period, amount } of sums) {
    const level = levelOf(era.levels, amount)
    if (level > 0) reached = [...reached, { era, period, level }]
  }
  return reached
}

const nothingReached: readonly Reached[] = []

function findReached({ eras }: Ladder, counted: Counted): Reached[] {
  const reached: Reached[] = []
  for (const era of eras) {
    const { periods, levels } = era
    const seen = new Set<number>()
    for (const sum of counted.sums) {
      if (!isOf(era, sum)) continue
      for (let period = sum.period; period <= periods.windowEnd(sum.period); period += 1) seen.add(period)
    }
    for (const period of seen) {
      if (!isInForce(era, period, counted)) continue
      const level = levelOf(levels, windowTotal(era, counted, period))
      if (level > 0) reached.push({ era, period, level })
    }
  }
  return reached
}

function isInForce({ periods, from, until }: Era, period: number, { enrolledAt }: Counted): boolean {
  const ends = periods.start(period + 1, enrolledAt)
  const starts = periods.start(period, enrolledAt)
  return (ends === null || from < ends) && (until === null || starts === null || starts < until)
}

/** The place of the highest level whose threshold is met. */
function levelOf(levels: readonly Rung[], amount: number): number {
  for (let level = levels.length - 1; level > 0; level -= 1) if (levels[level]!.threshold <= amount) return level
  return 0
}

/** The place of the level that is held at an instant, among the levels of the era of then. */
export function heldLevel(ladder: Ladder, reached: readonly Reached[], { enrolledAt }: Counted, at: Instant): number {
  const now = eraAt(ladder, at)
  let held = 0
  let counting: Era | undefined
  let current = 0
  for (const { era, period, level } of reached) {
    if (era.from > at) continue
    if (era !== counting) {
      counting = era
      current = era.periods.of(at, enrolledAt)
    }
    const age = current - period
    const fallen = age <= era.hold ? 0 : Math.ceil(age / era.hold) - 1
    if (age >= 0 && fallen <= era.steps) held = Math.max(held, translated(era, level, now) - fallen)
  }
  return held
}

/**
 * The place of a level in another era. One that the other does not have is its highest whose threshold is not above the old one's;
 * where they count other things, the one at the same place, or the highest.
 */
export function translated(from: Era, level: number, to: Era): number {
  if (from === to) return level
  const rung = from.levels[level]
  if (!rung) return 0
  const same = to.levels.findIndex(({ id }) => id === rung.id)
  if (same >= 0) return same
  return from.metric === to.metric ? levelOf(to.levels, rung.threshold) : Math.min(level, to.levels.length - 1)
}

/** The instants at which levels that were reached stop holding or fall by a rung, in no order. */
export function endsOf(reached: readonly Reached[], { enrolledAt }: Counted): Instant[] {
  const ends: Instant[] = []
  for (const { era, period } of reached) {
    for (let fallen = 0; fallen <= era.steps; fallen += 1) {
      const end = era.periods.start(period + 1 + era.hold * (fallen + 1), enrolledAt)
      if (end !== null) ends.push(end)
    }
  }
  return ends
}

/** The first period of a run whose sum can still matter to a member whose latest purchase is dated `latest`; Infinity: none can. */
export function oldestPeriod({ eras }: Ladder, run: number, latest: Instant, enrolledAt: Instant | null): number {
  let oldest = Number.POSITIVE_INFINITY
  for (const era of eras) {
    if (era.run !== run) continue
    const { periods, hold, steps, until } = era
    const held = periods.of(latest, enrolledAt) - hold * (steps + 1)
    const last = until === null ? Number.POSITIVE_INFINITY : periods.of((until - 1) as Instant, enrolledAt)
    if (held <= last) oldest = Math.min(oldest, periods.windowStart(held))
  }
  return oldest
}
