import {
  addCase,
  type ComplaintCase,
  type ComplaintReport,
  type ComplaintSums,
  casesOf,
  emptyComplaintSums,
  reportOfCases,
} from './complaint-report.ts'
import type { Entry } from './entry.ts'
import { listed, type NamedSums, sumOf } from './named-sums.ts'
import { type Programme, revisionAt } from './programme.ts'
import { type Instant, rounded } from './units.ts'

/** What members were asked and said of their purchases. */
interface Said {
  /** Members asked about a purchase in the period. */
  asked: number
  /** Of those askings, how many were answered since. */
  answered: number
  /** How often each score from 0 to 10 was given in the period, whether asked for or not. */
  readonly scores: number[]
  /** Complaints that those scores opened. */
  complaints: number
}

/** That a member was asked, or that they answered: by whose names it is told. */
interface Row {
  readonly store: string | undefined
  /** Of the programme's time zone, `YYYY-MM`. */
  readonly month: string
  readonly asked?: { readonly answered: boolean }
  readonly answer?: { readonly score: number; readonly opened: boolean }
}

/** What one member has in a report. */
export interface MemberSatisfaction {
  readonly rows: readonly Row[]
  readonly cases: readonly ComplaintCase[]
}

export interface SatisfactionSums {
  readonly all: Said
  readonly by: { readonly store: NamedSums<Said>; readonly month: NamedSums<Said> }
  readonly complaints: ComplaintSums
}

const mostScore = 10
const none = (): Said => ({ asked: 0, answered: 0, scores: Array.from({ length: mostScore + 1 }, () => 0), complaints: 0 })

export const emptySatisfactionSums = (): SatisfactionSums => ({
  all: none(),
  by: { store: {}, month: {} },
  complaints: emptyComplaintSums(),
})

/**
 * What a member was asked, said and complained of in [from, until), with what has become of it until now. The entries are all of
 * theirs, in order. An asking is of the month in which it went out, a score of that in which it was given, both of the store
 * of the purchase. Undefined of whom there is nothing.
 */
export function satisfactionFigures(
  programme: Programme,
  entries: readonly Entry[],
  from: Instant,
  until: Instant,
): MemberSatisfaction | undefined {
  const stores = new Map<string, string>()
  const answered = new Set<string>()
  const opening = new Set<string | undefined>()
  for (const { fact } of entries) {
    if (fact.kind === 'earn') stores.set(fact.purchaseId, fact.details.storeId)
    else if (fact.kind === 'satisfaction') answered.add(fact.purchaseId)
    else if (fact.kind === 'complaint-opened' && fact.byScore) opening.add(fact.purchaseId)
  }
  const rows: Row[] = []
  for (const { at, fact } of entries) {
    if (at < from || at >= until || (fact.kind !== 'survey-asked' && fact.kind !== 'satisfaction')) continue
    const { purchaseId } = fact
    const month = revisionAt(programme, at).calendar.dayOf(at).iso.slice(0, 'YYYY-MM'.length)
    const names = { store: stores.get(purchaseId), month }
    if (fact.kind === 'survey-asked') rows.push({ ...names, asked: { answered: answered.has(purchaseId) } })
    else rows.push({ ...names, answer: { score: fact.score, opened: opening.has(purchaseId) } })
  }
  const cases = casesOf(entries, from, until)
  return rows.length > 0 || cases.length > 0 ? { rows, cases } : undefined
}

/** Adds a member to a report. */
export function addSatisfaction(sums: SatisfactionSums, { rows, cases }: MemberSatisfaction): void {
  for (const row of rows) {
    addTo(sums.all, row)
    addTo(sumOf(sums.by.month, row.month, none), row)
    if (row.store !== undefined) addTo(sumOf(sums.by.store, row.store, none), row)
  }
  for (const one of cases) addCase(sums.complaints, one)
}

function addTo(said: Said, { asked, answer }: Row): void {
  if (asked) {
    said.asked += 1
    said.answered += asked.answered ? 1 : 0
  }
  if (answer) {
    said.scores[answer.score]! += 1
    said.complaints += answer.opened ? 1 : 0
  }
}

/** How satisfied members are. */
export interface SatisfactionFigures {
  readonly asked: number
  readonly answered: number
  /** Answered of asked, basis points; null where nobody was asked. */
  readonly responseRate: number | null
  readonly answers: number
  readonly promoters: number
  readonly passives: number
  readonly detractors: number
  /** −100 to 100; null where nobody answered. */
  readonly nps: number | null
  /** Mean score in hundredths; null where nobody answered. */
  readonly average: number | null
  /** How often each score from 0 to 10 was given. */
  readonly distribution: readonly number[]
  readonly complaints: number
}

/**
 * The Net Promoter Score is the share of promoters (9 and 10) less that of detractors (0 to 6), in percent of all who answered
 * (Reichheld, “The One Number You Need to Grow”, Harvard Business Review, December 2003). It, the average and the response
 * rate are whole numbers, rounded to the nearest, halves away from 0.
 */
function figuresOf({ asked, answered, scores, complaints }: Said): SatisfactionFigures {
  const count = (least: number, most: number) => scores.slice(least, most + 1).reduce((sum, times) => sum + times, 0)
  const answers = count(0, mostScore)
  const [detractors, passives, promoters] = [count(0, 6), count(7, 8), count(9, mostScore)]
  const points = scores.reduce((sum, times, score) => sum + times * score, 0)
  const ofAnswers = (amount: number) => (answers > 0 ? rounded(amount, answers) : null)
  return {
    ...{ asked, answered, responseRate: asked > 0 ? rounded(answered * 10_000, asked) : null },
    ...{ answers, promoters, passives, detractors },
    nps: ofAnswers((promoters - detractors) * 100),
    average: ofAnswers(points * 100),
    distribution: scores,
    complaints,
  }
}

/** What a report says once all members are in it. */
export interface SatisfactionReport {
  readonly all: SatisfactionFigures
  readonly by: { readonly [dimension in 'store' | 'month']: readonly (SatisfactionFigures & { readonly name: string })[] }
  readonly complaints: ComplaintReport
}

export const reportOfSatisfaction = ({ all, by, complaints }: SatisfactionSums): SatisfactionReport => ({
  all: figuresOf(all),
  by: { store: listed(by.store, figuresOf), month: listed(by.month, figuresOf) },
  complaints: reportOfCases(complaints),
})
