import { LimitExceededError } from './units.ts'

/** How many kept purchases a local day has; the day is numbered from 1970-01-01. */
export type DayCount = readonly [day: number, purchases: number]

/** What a ladder counted in one of its periods, while one definition of it was in force. */
export interface PeriodSum {
  readonly period: number
  /** The revision that brought the definition. */
  readonly revision: number
  /** In the ladder's metric. */
  readonly amount: number
  /** Where visits are counted: the days, ascending. `amount` is how many they are. */
  readonly days?: readonly DayCount[]
}

/** A signed change of one sum. With a day it is a change of that day's purchases. */
export interface SumChange {
  readonly period: number
  readonly revision: number
  readonly amount: number
  readonly day?: number
}

/** A sum by what it is of. */
export type SumName = Pick<PeriodSum, 'period' | 'revision'>

const isSame = (a: SumName) => (b: SumName) => a.period === b.period && a.revision === b.revision
const order = (a: SumName, b: SumName) => a.revision - b.revision || a.period - b.period

/** The sums after some changes, ascending, none of 0. Throws LimitExceededError where one leaves the safe integers. */
export function changedSums(sums: readonly PeriodSum[], changes: readonly SumChange[]): readonly PeriodSum[] {
  let changed = sums
  for (const change of changes) {
    const before = changed.find(isSame(change))
    const after = changedSum(before, change)
    const others = before ? changed.filter((sum) => sum !== before) : changed
    changed = after.amount === 0 ? others : [...others, after].sort(order)
  }
  return changed
}

function changedSum(before: PeriodSum | undefined, { period, revision, amount: change, day }: SumChange): PeriodSum {
  if (day !== undefined) {
    const days = changedDays(before?.days ?? [], day, change)
    return { period, revision, amount: days.length, days }
  }
  const amount = (before?.amount ?? 0) + change
  if (!Number.isSafeInteger(amount)) throw new LimitExceededError('the sum of a period is not a safe integer')
  return { period, revision, amount }
}

function changedDays(days: readonly DayCount[], day: number, change: number): DayCount[] {
  const purchases = (days.find(([known]) => known === day)?.[1] ?? 0) + change
  const others = days.filter(([known]) => known !== day)
  return purchases === 0 ? others : [...others, [day, purchases] as const].sort(([a], [b]) => a - b)
}

/** The sums without those that are named. */
export function withoutSums(sums: readonly PeriodSum[], names: readonly SumName[]): readonly PeriodSum[] {
  return sums.filter((sum) => !names.some(isSame(sum)))
}

/** The sum of those sums that count; a visit that several definitions have seen is one. */
export function total(sums: readonly PeriodSum[], counts: (sum: PeriodSum) => boolean): number {
  let amount = 0
  let days: Set<number> | undefined
  for (const sum of sums) {
    if (!counts(sum)) continue
    if (!sum.days) {
      amount += sum.amount
      continue
    }
    days ??= new Set()
    for (const [day] of sum.days) days.add(day)
  }
  return amount + (days?.size ?? 0)
}
