import type { ClubCountChange } from '../domain/club-counts.ts'
import type { ClubCount } from '../domain/head.ts'
import type { DayCount, PeriodSum, SumChange } from '../domain/sums.ts'
import type { Value } from './store.ts'

/** A day alone where it has one purchase. */
type PackedDay = number | [day: number, purchases: number]
type PackedSum = [period: number, amount: number, revision?: number, days?: PackedDay[]]

/** A sum as a short list. The revision is left out where it is the first: then there are no days, or both are there. */
export function packSum({ period, revision, amount, days }: PeriodSum): Value {
  if (days) return [period, amount, revision, days.map(packDay)]
  return revision === 1 ? [period, amount] : [period, amount, revision]
}

const packDay = ([day, purchases]: DayCount): Value => (purchases === 1 ? day : [day, purchases])

export function unpackSum(packed: Value): PeriodSum {
  const [period, amount, revision = 1, days] = packed as PackedSum
  const unpacked = days?.map((day): DayCount => (typeof day === 'number' ? [day, 1] : [day[0], day[1]]))
  return { period, revision, amount, ...(unpacked && { days: unpacked }) }
}

type PackedChange = [period: number, amount: number, revision?: number, day?: number]

/** Changes of sums; one alone of the first revision is a pair. */
export function packChanges(changes: readonly SumChange[]): Value {
  const [first, ...others] = changes.map(packChange)
  return first && others.length === 0 && first.length === 2 ? first : changes.map(packChange)
}

function packChange({ period, revision, amount, day }: SumChange): number[] {
  if (day !== undefined) return [period, amount, revision, day]
  return revision === 1 ? [period, amount] : [period, amount, revision]
}

export function unpackChanges(packed: Value): SumChange[] {
  const all = packed as unknown as PackedChange | PackedChange[]
  return (isOne(all) ? [all] : all).map(([period, amount, revision = 1, day]) => ({
    period,
    revision,
    amount,
    ...(day !== undefined && { day }),
  }))
}

const isOne = (packed: PackedChange | PackedChange[]): packed is PackedChange => typeof packed[0] === 'number'

type PackedCount = [clubId: string, run: number, sums: Value[]]

export const packClubCount = ({ clubId, run, sums }: ClubCount): Value => [clubId, run, sums.map(packSum)]

export function unpackClubCount(packed: Value): ClubCount {
  const [clubId, run, sums] = packed as PackedCount
  return { clubId, run, sums: sums.map(unpackSum) }
}

type PackedCountChange = [clubId: string, sums: Value, forgotten: [period: number, revision: number][], run: number | null]

export const packClubCountChange = ({ clubId, sums = [], forgotten = [], run }: ClubCountChange): Value => [
  clubId,
  packChanges(sums),
  forgotten.map(({ period, revision }) => [period, revision]),
  run ?? null,
]

export function unpackClubCountChange(packed: Value): ClubCountChange {
  const [clubId, packedSums, forgotten, run] = packed as unknown as PackedCountChange
  const sums = unpackChanges(packedSums)
  return {
    clubId,
    ...(sums.length > 0 && { sums }),
    ...(forgotten.length > 0 && { forgotten: forgotten.map(([period, revision]) => ({ period, revision })) }),
    ...(run !== null && { run }),
  }
}
