import { Temporal } from 'temporal-polyfill'
import { dateOf, monthsAfter, type NaiveDocument, type NaiveTiers, never, startOf } from './naive-dates.ts'

/** A purchase as tiers see it. */
export interface NaiveKept {
  readonly at: number
  readonly spend: number
  readonly points: number
  /** What campaigns give for tiers alone. */
  readonly tierCredit: number
  readonly isKept: boolean
}

export interface NaiveGrant {
  readonly tier: string
  readonly from: number
  readonly until: number
}

export interface NaiveMember {
  readonly enrolledAt: number
  readonly purchases: readonly NaiveKept[]
  readonly grants: readonly NaiveGrant[]
}

type Revision = { readonly inForceFrom: number; readonly document: NaiveDocument }
export type NaiveLevel = NaiveTiers['levels'][number]

const sorted = (document: NaiveDocument) => [...document.tiers.levels].sort((a, b) => a.threshold - b.threshold)
const highest = (levels: readonly NaiveLevel[], amount: number) => levels.filter((level) => level.threshold <= amount).length - 1

/** Steps of time, numbered: the first instant of each, and how many of them a window has and a tier is kept. */
class Steps {
  readonly policy: NaiveTiers
  readonly #timezone: string
  readonly #enrolledAt: number
  readonly #months: number

  constructor({ timezone, tiers }: NaiveDocument, enrolledAt: number) {
    this.policy = tiers
    this.#timezone = timezone
    this.#enrolledAt = enrolledAt
    this.#months = typeof tiers.period === 'object' || typeof tiers.keep === 'object' ? 1 : 12
  }

  start(step: number): number {
    if (this.policy.period === 'lifetime') return step <= 0 ? Number.NEGATIVE_INFINITY : never
    const origin =
      this.policy.period === 'anniversary' ? dateOf(this.#timezone, this.#enrolledAt) : Temporal.PlainDate.from('2000-01-01')
    return startOf(this.#timezone, monthsAfter(origin, step * this.#months))
  }

  /** The step of an instant, looked for from a guess. */
  at(instant: number): number {
    if (this.policy.period === 'lifetime') return 0
    let step = Math.floor((instant - this.start(0)) / (this.#months * 30 * 86_400_000)) + 1
    while (this.start(step) > instant) step -= 1
    return step
  }

  windowStart(step: number): number {
    const { period } = this.policy
    if (typeof period === 'object') return this.start(step - period.rollingMonths + 1)
    return this.#months === 1 ? this.start(Math.floor(step / 12) * 12) : this.start(step)
  }

  get kept(): number {
    const { keep, period } = this.policy
    if (typeof keep === 'object') return keep.months
    if (keep === 'while-met') return 0
    return typeof period === 'object' ? period.rollingMonths : 1
  }
}

function counted(document: NaiveDocument, purchases: readonly NaiveKept[]): number {
  const kept = purchases.filter(({ isKept }) => isKept)
  switch (document.tiers.metric) {
    case 'spend':
      return purchases.reduce((sum, { spend, tierCredit }) => sum + spend + tierCredit, 0)
    case 'points':
      return purchases.reduce((sum, { points, tierCredit }) => sum + points + tierCredit, 0)
    case 'purchases':
      return kept.length
    case 'visits':
      return new Set(kept.map(({ at }) => String(dateOf(document.timezone, at)))).size
  }
}

/** What the window of an instant has so far. */
export function countedAt({ document }: Revision, { enrolledAt, purchases }: NaiveMember, at: number): number {
  const steps = new Steps(document, enrolledAt)
  const from = steps.windowStart(steps.at(at))
  return counted(
    document,
    purchases.filter((purchase) => purchase.at >= from && purchase.at <= at),
  )
}

/** What a level of one document is among those of another. */
function among(levels: readonly NaiveLevel[], level: number, from: NaiveDocument, to: NaiveDocument): number {
  const others = sorted(to)
  const same = others.findIndex(({ id }) => id === levels[level]?.id)
  if (from === to || same >= 0) return same
  return from.tiers.metric === to.tiers.metric ? highest(others, levels[level]!.threshold) : Math.min(level, others.length - 1)
}

/** The tier that a member holds at an instant: the best that any revision so far gives them for any step that is still kept. */
export function tierOf(programme: readonly Revision[], member: NaiveMember, at: number): NaiveLevel {
  const revisions = programme.filter(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)
  const now = revisions.at(-1)!.document
  let best = 0
  for (const [index, { inForceFrom, document }] of revisions.entries()) {
    const until = revisions[index + 1]?.inForceFrom ?? never
    const steps = new Steps(document, member.enrolledAt)
    const levels = sorted(document)
    const falls = document.tiers.downgrade === 'one-step' ? levels.length - 1 : 0
    const last = steps.at(at)
    for (let age = 0; age <= steps.kept * (falls + 1); age += 1) {
      const step = last - age
      const [starts, ends] = [steps.start(step), steps.start(step + 1)]
      if ((index > 0 && inForceFrom >= ends) || until <= starts) continue
      const from = steps.windowStart(step)
      const window = member.purchases.filter((purchase) => purchase.at >= from && purchase.at < Math.min(ends, until))
      let fallen = 0
      for (let over = age - steps.kept; over > 0; over -= steps.kept) fallen += 1
      best = Math.max(best, among(levels, highest(levels, counted(document, window)), document, now) - fallen)
    }
  }
  for (const { tier, from, until } of member.grants) {
    if (from > at || until <= at) continue
    const { document } = programme.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= from)!
    const levels = sorted(document)
    const level = levels.findIndex(({ id }) => id === tier)
    best = Math.max(best, among(levels, level, document, now))
  }
  return sorted(now)[best]!
}
