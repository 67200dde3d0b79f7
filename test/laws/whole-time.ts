import type { NaiveDocument } from '../model/naive-dates.ts'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'

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
        const isForgiven = fact.kind === 'return' && points.negative === 'forgive' && (effect.totals?.adjusted ?? 0) > 0
        const isMoved = effect.moved !== undefined
        return [
          ...(isForgiven ? ['forgiven'] : []),
          ...(isMoved ? [`moved by ${typeof tiers.period === 'string' ? tiers.period : 'rolling months'}`] : []),
        ]
      }),
  )
}

const expiryOf = ({ expiry }: NaiveDocument['points']) => (typeof expiry === 'string' ? expiry : Object.keys(expiry)[0])
