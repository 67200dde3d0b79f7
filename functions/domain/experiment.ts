import { eligibleSpend } from './earning.ts'
import type { Entry, ReturnedLine } from './entry.ts'
import type { Programme } from './programme.ts'
import { revisionAt } from './programme.ts'
import { keptLines } from './returns.ts'
import type { Instant } from './units.ts'

/** What a member did in a period. */
export interface Behaviour {
  /** Eligible spend at what is kept of it now, minor units. */
  readonly spend: number
  /** Local days with a purchase of which something is kept. */
  readonly visits: number
}

/** What a member did in [from, until), by all of their entries; undefined where they were no member before it ended. */
export function behaviourOf(
  programme: Programme,
  entries: readonly Entry[],
  from: Instant,
  until: Instant,
): Behaviour | undefined {
  if (!entries.some(({ at }) => at < until)) return undefined
  const returned = new Map<string, ReturnedLine[]>()
  for (const { fact } of entries) {
    if (fact.kind === 'return') returned.set(fact.purchaseId, [...(returned.get(fact.purchaseId) ?? []), ...fact.lines])
  }
  let spend = 0
  const days = new Set<string>()
  for (const { at, fact } of entries) {
    if (fact.kind !== 'earn' || at < from || at >= until) continue
    const lines = keptLines(fact, summed(returned.get(fact.purchaseId) ?? []))
    spend += eligibleSpend(lines)
    if (lines.some(({ quantity, amount }) => quantity > 0 || amount > 0))
      days.add(revisionAt(programme, at).calendar.dayOf(at).iso)
  }
  return { spend, visits: days.size }
}

/** Goods of each line brought back, over all returns. */
function summed(lines: readonly ReturnedLine[]): ReturnedLine[] {
  const sums = new Map<string, ReturnedLine>()
  for (const { lineId, quantity, amount } of lines) {
    const sum = sums.get(lineId)
    sums.set(lineId, { lineId, quantity: quantity + (sum?.quantity ?? 0), amount: amount + (sum?.amount ?? 0) })
  }
  return [...sums.values()]
}

/** A sample as far as its mean and variance need it: it grows by one value at a time (Welford, Technometrics 4, 1962). */
export interface Sample {
  n: number
  mean: number
  /** Sum of the squared distances from the mean. */
  squares: number
}

export interface ExperimentSums {
  readonly having: { readonly spend: Sample; readonly visits: Sample }
  readonly heldOut: { readonly spend: Sample; readonly visits: Sample }
}

export const emptyExperiment = (): ExperimentSums => {
  const none = () => ({ n: 0, mean: 0, squares: 0 })
  return { having: { spend: none(), visits: none() }, heldOut: { spend: none(), visits: none() } }
}

/** Adds a value to a sample. Floating point: of statistics alone, never of what is booked. */
export function observe(sample: Sample, value: number): void {
  sample.n += 1
  const distance = value - sample.mean
  sample.mean += distance / sample.n
  sample.squares += distance * (value - sample.mean)
}

/** How far apart two means are, and between what bounds the true difference lies with 95 % confidence. */
export interface Comparison {
  readonly difference: number
  readonly low: number
  readonly high: number
}

/** Members a group has to have for its mean to be nearly normal whatever the spend of one of them is like. */
const fewMembers = 30

/** Whether the groups are too small for the interval to be taken at its word. */
export const isSmall = (a: Sample, b: Sample): boolean => Math.min(a.n, b.n) < fewMembers

/**
 * Mean of the first sample less that of the second, with Welch's interval (B. L. Welch, Biometrika 34, 1947), which does not take
 * the variances for equal. Undefined where a group has fewer than two members, and so no variance.
 */
export function compare(a: Sample, b: Sample): Comparison | undefined {
  if (a.n < 2 || b.n < 2) return undefined
  const difference = a.mean - b.mean
  const [va, vb] = [a, b].map(({ n, squares }) => squares / (n - 1) / n) as [number, number]
  if (va + vb === 0) return { difference, low: difference, high: difference }
  const freedom = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1))
  const margin = studentQuantile(freedom) * Math.sqrt(va + vb)
  return { difference, low: difference - margin, high: difference + margin }
}

/** The share outside of both bounds, and the normal distribution's bound for it. */
const outside = 0.05
const normalQuantile = 1.959963984540054

/**
 * What Student's t is beyond, on either side, with a probability of 5 %, for at least one degree of freedom, whole or not; to six
 * digits: G. W. Hill, Algorithm 396, Communications of the ACM 13 (1970).
 */
export function studentQuantile(freedom: number): number {
  if (Math.abs(freedom - 2) < 1e-9) return Math.sqrt(2 / (outside * (2 - outside)) - 2)
  if (freedom < 1 + 1e-9) return 1 / Math.tan((outside * Math.PI) / 2)
  const a = 1 / (freedom - 0.5)
  const b = 48 / a ** 2
  let c = ((20_700 * a) / b - 98) * a ** 2 - 16 * a + 96.36
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * freedom
  let y = (d * outside) ** (2 / freedom)
  if (y > 0.05 + a) {
    const x = -normalQuantile
    y = x ** 2
    if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6)
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
    y = Math.expm1(a * y ** 2)
  } else {
    const near = (1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y
    y = ((near - 1) * (freedom + 1)) / (freedom + 2) + 1 / y
  }
  return Math.sqrt(freedom * y)
}
