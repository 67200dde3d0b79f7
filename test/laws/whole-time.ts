import { deepStrictEqual, ok } from 'node:assert/strict'
import type { MemberId } from '../../functions/domain/units.ts'
import { headOf } from '../../functions/store/head-item.ts'
import { table } from '../../functions/store/table.ts'
import { type NaiveDocument, never } from '../model/naive-dates.ts'
import type { NaiveState, NaiveTimes } from '../model/naive-facts.ts'
import { people } from './operation.ts'
import type { Trace } from './trace.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'
import { programmeId } from './world.ts'

/**
 * What time brought under which policy, by name: that no kind of policy passes because nothing ever came of it. Whether it came when
 * it should, the model says.
 */
export function broughtByTime({ world: { trace }, naive, timezone }: Whole): readonly string[] {
  const documentAt = (at: number) => naive.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!.document
  return people.flatMap((member) =>
    entriesOf(trace, member)
      .bookings.flat()
      .flatMap(({ at, fact, effect }): string[] => {
        const { tiers, points } = documentAt(at)
        if (fact.kind === 'expire') return [`expired in ${timezone}`, `expired by ${expiryOf(points)}`]
        if (fact.kind === 'mature') return ['matured']
        return effect.moved ? [`moved by ${typeof tiers.period === 'string' ? tiers.period : 'rolling months'}`] : []
      }),
  )
}

const expiryOf = ({ expiry }: NaiveDocument['points']) => (typeof expiry === 'string' ? expiry : Object.keys(expiry)[0])

/** Points mature and expire at the instants that the model says, to the millisecond: those that did, and those that will. */
export function areTimesAsTheModelSays(trace: Trace, member: string, { balance }: NaiveState, times: NaiveTimes): void {
  const entries = entriesOf(trace, member).bookings.flat()
  const lapses = new Set(entries.flatMap(({ at, fact }) => (fact.kind === 'lapse' ? [at] : [])))
  for (const { at, bookedAt, fact } of entries) {
    const when = `${fact.kind} of ${member} at ${new Date(at).toISOString()}`
    if (fact.kind === 'mature') ok(times.spendable.has(at), when)
    // What is over when it comes, or comes back, expires as it comes.
    if (fact.kind === 'expire') ok(times.expiry.has(at) || at === bookedAt || lapses.has(at), when)
  }
  const { pk, sk } = table.head(programmeId, member as MemberId)
  const { buckets } = headOf(trace.items.get(`${pk} ${sk}`)!)
  const rows = (by: 'spendableAt' | 'expiresAt', isPending: boolean) => {
    const some = buckets.filter(({ points, spendableAt }) => points > 0 && (spendableAt !== null) === isPending)
    return [...Map.groupBy(some, (bucket) => bucket[by])]
      .map(([at, own]) => ({ points: own.reduce((sum, { points }) => sum + points, 0), [by]: at }))
      .sort((a, b) => (a[by] ?? never) - (b[by] ?? never))
  }
  deepStrictEqual(rows('expiresAt', false), balance.expiring, `when points of ${member} expire`)
  deepStrictEqual(rows('spendableAt', true), times.maturing, `when points of ${member} may be spent`)
}
