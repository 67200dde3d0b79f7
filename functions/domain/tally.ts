import { awardedPoints } from './earning.ts'
import type { BonusFact, EarnFact, Effect, Entry, ReturnedLine, SaleLine } from './entry.ts'
import { tierCredit } from './gifts.ts'
import type { Head } from './head.ts'
import { type Era, eraAt, eraOfRevision, type Ladder, oldestPeriod } from './ladder.ts'
import { changedSums, type PeriodSum, type SumChange, type SumName } from './sums.ts'
import type { Instant } from './units.ts'

/** What is kept of a purchase, as ladders count it. */
export interface Kept {
  /** Eligible spend, minor units. */
  readonly spend: number
  readonly points: number
  /** What campaigns give for tiers without points, in the tiers' metric. */
  readonly tierCredit: number
  /** Whether any of it is: false once all is brought back. */
  readonly isKept: boolean
  readonly lines: readonly Pick<SaleLine, 'quantity' | 'categories' | 'excluded'>[]
}

export const nothingKept: Kept = { spend: 0, points: 0, tierCredit: 0, isKept: false, lines: [] }

/** What is kept of a bonus: of what it gives only credit counts for tiers, because its points were not earned by buying. */
export const keptCredit = (credit: number): Kept => ({ ...nothingKept, tierCredit: credit })

/** Whether a line of a sale has quantity left after returns. */
export function isAnyKept(sale: Pick<EarnFact, 'lines'>, returned: readonly ReturnedLine[]): boolean {
  const back = new Map(returned.map(({ lineId, quantity }) => [lineId, quantity]))
  return sale.lines.some(({ lineId, quantity }) => quantity > (back.get(lineId) ?? 0))
}

type Counting = Pick<Head, 'run' | 'enrolledAt' | 'latestPurchase'>

/** How sums change where what is kept of a purchase dated `at` does, in all runs that the head counts and that have not ended before. */
export function changedKept(ladder: Ladder, head: Counting, at: Instant, before: Kept, after: Kept): SumChange[] {
  const changes: SumChange[] = []
  for (const run of runsOf(ladder, head.run)) {
    const change = changeOf(ladder, run, head.enrolledAt, at, before, after)
    if (change && change.period >= oldestKept(ladder, run, head)) changes.push(change)
  }
  return changes
}

/** What changes of the sums of a run; null: nothing. A purchase before the run counts from its beginning, one after it does not. */
function changeOf(
  ladder: Ladder,
  run: Run,
  enrolledAt: Instant | null,
  at: Instant,
  before: Kept,
  after: Kept,
): SumChange | null {
  if (run.until !== null && at >= run.until) return null
  const { metric, periods, calendar } = run.first
  const amount = amountOf(run.first, after) - amountOf(run.first, before)
  if (amount === 0) return null
  const revision = Math.max(eraAt(ladder, at).revision, run.first.revision)
  const change = { period: periods.of(at, enrolledAt), revision, amount }
  return metric === 'visits' ? { ...change, day: dayNumber(calendar.dayOf(at).date) } : change
}

/** Credit is spend, or points; it is no purchase and no visit. */
function amountOf({ metric, category, countsCredit }: Era, kept: Kept): number {
  const { spend, points, isKept } = kept
  const credit = countsCredit ? kept.tierCredit : 0
  if (metric === 'items') return itemsOf(category, kept)
  if (metric === 'spend') return spend + credit
  if (metric === 'points') return points + credit
  return isKept ? 1 : 0
}

/** The quantity of the lines that are of one of some categories at least, and not excluded. */
function itemsOf(wanted: readonly string[], { lines }: Kept): number {
  let items = 0
  for (const { quantity, categories, excluded } of lines) {
    if (!excluded && categories?.some((category) => wanted.includes(category))) items += quantity
  }
  return items
}

/** A local day, numbered from 1970-01-01. */
export const dayNumber = ({ year, month, day }: { year: number; month: number; day: number }) =>
  Math.round(Date.UTC(year, month - 1, day) / 86_400_000)

/** Consecutive eras that share sums. */
interface Run {
  readonly first: Era
  readonly until: Instant | null
}

/** The runs up to one, which is named by its revision. */
function runsOf({ eras }: Ladder, last: number): Run[] {
  const [first] = eras
  if (eras.length === 1) return first.run <= last ? [{ first, until: null }] : []
  const firsts = eras.filter((era) => era.revision === era.run)
  return firsts
    .map((first, index) => ({ first, until: firsts[index + 1]?.from ?? null }))
    .filter(({ first }) => first.run <= last)
}

/** Sums of earlier periods of a run are not kept: what changes them changes nothing. A plain ladder's are left out when applied. */
function oldestKept(ladder: Ladder, { first }: Run, head: Counting): number {
  if (!head.latestPurchase || isPlain(ladder, head)) return Number.NEGATIVE_INFINITY
  return oldestPeriod(ladder, first.run, head.latestPurchase.at, head.enrolledAt)
}

/** Whether all that a head counts is by local calendar years of which only the latest two matter. */
export function isPlain({ eras }: Ladder, { run }: Pick<Head, 'run'>): boolean {
  return run === eras[0].run && eras.every((era) => era.run !== run || era.isPlain)
}

/** What a purchase dated `at` does besides counting: from now on sums and grants that only earlier ones need are left out. */
export function datedPurchase(ladder: Ladder, head: Head, at: Instant): Pick<Effect, 'purchase' | 'forgotten' | 'overGrants'> {
  const isPlainly = isPlain(ladder, head)
  const purchase = isPlainly ? { at, year: eraAt(ladder, at).calendar.yearOf(at) } : { at }
  if (head.latestPurchase && head.latestPurchase.at >= at) return { purchase }
  const over = head.grants.filter(({ until }) => until <= at).map(({ id }) => id)
  const forgotten = isPlainly ? [] : forgottenSums(ladder, head, at)
  return { purchase, ...(forgotten.length > 0 && { forgotten }), ...(over.length > 0 && { overGrants: over }) }
}

/** The sums that no purchase dated `at` or later needs. */
export function forgottenSums(ladder: Ladder, head: Pick<Head, 'sums' | 'enrolledAt'>, at: Instant): SumName[] {
  return head.sums
    .filter(({ revision, period }) => period < oldestPeriod(ladder, eraOfRevision(ladder, revision).run, at, head.enrolledAt))
    .map(({ period, revision }) => ({ period, revision }))
}

/** A purchase, or a bonus, as all of the entries leave it. */
interface KeptPurchase {
  readonly at: Instant
  readonly kept: Kept
}

/** What is kept of each of the member's purchases and bonuses now. The entries are all of the member's, in any order. */
function keptPurchases(entries: Iterable<Entry>): KeptPurchase[] {
  const sales: { at: Instant; fact: EarnFact }[] = []
  const returns = new Map<string, { lines: ReturnedLine[]; clawedBack: number; tierCredit: number }>()
  const bonuses: { at: Instant; fact: BonusFact }[] = []
  const undone = new Map<string, number>()
  for (const { at, fact, effect } of entries) {
    if (fact.kind === 'bonus') bonuses.push({ at, fact })
    if (fact.kind === 'bonus-undone') undone.set(fact.id, (undone.get(fact.id) ?? 0) + tierCredit(fact.awards))
    if (fact.kind === 'bonus-restored') undone.set(fact.id, (undone.get(fact.id) ?? 0) - tierCredit(fact.awards))
    if (fact.kind === 'earn') sales.push({ at, fact })
    if (fact.kind !== 'return') continue
    const known = returns.get(fact.purchaseId) ?? { lines: [], clawedBack: 0, tierCredit: 0 }
    known.clawedBack += effect.totals?.clawedBack ?? 0
    known.tierCredit += fact.tierCredit ?? 0
    for (const line of fact.lines) known.lines = added(known.lines, line)
    returns.set(fact.purchaseId, known)
  }
  const credits = bonuses.map(({ at, fact }) => {
    return { at, kept: keptCredit(tierCredit(fact.awards) - (undone.get(fact.id) ?? 0)) }
  })
  const purchases = sales.map(({ at, fact }) => {
    const back = returns.get(fact.purchaseId) ?? { lines: [], clawedBack: 0, tierCredit: 0 }
    const kept = {
      spend: spendOf(fact, back.lines),
      points: awardedPoints(fact.awards) - back.clawedBack,
      tierCredit: tierCredit(fact.awards) + back.tierCredit,
      isKept: isAnyKept(fact, back.lines),
      lines: back.lines.length === 0 ? fact.lines : linesLeft(fact, back.lines),
    }
    return { at, kept }
  })
  return [...purchases, ...credits]
}

function added(lines: readonly ReturnedLine[], line: ReturnedLine): ReturnedLine[] {
  const known = lines.find(({ lineId }) => lineId === line.lineId)
  const others = lines.filter((other) => other !== known)
  const { quantity, amount } = known ?? { quantity: 0, amount: 0 }
  return [...others, { lineId: line.lineId, quantity: quantity + line.quantity, amount: amount + line.amount }]
}

function spendOf(sale: EarnFact, returned: readonly ReturnedLine[]): number {
  const back = new Map(returned.map(({ lineId, amount }) => [lineId, amount]))
  let spend = 0
  for (const { lineId, amount, excluded } of sale.lines) if (!excluded) spend += amount - (back.get(lineId) ?? 0)
  return spend
}

function linesLeft({ lines }: EarnFact, returned: readonly ReturnedLine[]): SaleLine[] {
  const back = new Map(returned.map(({ lineId, quantity }) => [lineId, quantity]))
  return lines.map((line) => ({ ...line, quantity: line.quantity - (back.get(line.lineId) ?? 0) }))
}

/** When the member enrolled, by their entries. */
export function enrolledAtOf(entries: Iterable<Entry>): Instant | null {
  for (const { at, fact } of entries) if (fact.kind === 'enrol') return at
  return null
}

/** What an enrolment says of what the tiers count: where that is not the first thing they did, and where they count from it. */
export function enrolmentCount(ladder: Ladder, at: Instant): Pick<Effect, 'run' | 'enrolledAt'> {
  const { run } = eraAt(ladder, at)
  // A purchase that comes late may be of a time in which they counted from it.
  const counts = ladder.eras.some(({ from, periods }) => from <= at && periods.countsFromEnrolment)
  return { ...(run !== ladder.eras[0].run && { run }), ...(counts && { enrolledAt: at }) }
}

/** All sums of the runs up to one, of the purchases dated at or before `upTo`, where that is given, anew from the entries. */
export function countedSums(ladder: Ladder, run: number, entries: readonly Entry[], upTo?: Instant): readonly PeriodSum[] {
  const counting = { run, enrolledAt: enrolledAtOf(entries), latestPurchase: null }
  const changes: SumChange[] = []
  for (const { at, kept } of keptPurchases(entries)) {
    if (upTo === undefined || at <= upTo) changes.push(...changedKept(ladder, counting, at, nothingKept, kept))
  }
  return changedSums([], changes)
}

/**
 * The entry that makes a head count a run that began at `at`, which is not what it counted before: its sums are those of all
 * purchases so far. The entries are all that were booked before.
 */
export function recount(ladder: Ladder, head: Head, entries: readonly Entry[], at: Instant): Entry {
  return { at, fact: { kind: 'recount' }, effect: countedAnew(ladder, head, entries, at) }
}

/** What of a head says that it counts the run that is in force at an instant, from then on. */
export function countedAnew(
  ladder: Ladder,
  head: Pick<Head, 'enrolledAt' | 'latestPurchase'>,
  entries: readonly Entry[],
  at: Instant,
): Pick<Effect, 'sums' | 'enrolledAt'> & { readonly run: number } {
  const { run, periods } = eraAt(ladder, at)
  const enrolledAt = enrolledAtOf(entries)
  const { latestPurchase } = head
  const sums = countedSums(ladder, run, entries).filter(
    ({ period, revision }) =>
      revision >= run && (!latestPurchase || period >= oldestPeriod(ladder, run, latestPurchase.at, enrolledAt)),
  )
  const knowsEnrolment = periods.countsFromEnrolment && head.enrolledAt === null && enrolledAt !== null
  return { run, ...(sums.length > 0 && { sums: sums.flatMap(changesOf) }), ...(knowsEnrolment && { enrolledAt }) }
}

/** The changes that bring about a sum. */
function changesOf({ period, revision, amount, days }: PeriodSum): SumChange[] {
  return days ? days.map(([day, purchases]) => ({ period, revision, amount: purchases, day })) : [{ period, revision, amount }]
}
