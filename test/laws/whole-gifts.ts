import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { StoredEntry } from '../../functions/store/entry-item.ts'
import { dateOf } from '../model/naive-dates.ts'
import type { NaiveGift, NaiveGiftPart, NaiveState } from '../model/naive-facts.ts'
import { people } from './operation.ts'
import type { Trace } from './trace.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'
import { giftPolicy } from './whole-programme.ts'

const ofGifts = (trace: Trace, member: string) =>
  entriesOf(trace, member)
    .bookings.flat()
    .flatMap((entry) => (entry.fact.kind === 'transfer' ? [{ ...entry, fact: entry.fact }] : []))

/** What came over with a gift, as the giver's entry has it. */
export function partsOfGift(trace: Trace, { id, way, other }: NaiveGift): readonly NaiveGiftPart[] | undefined {
  if (way !== 'received' && way !== 'received-undone') return undefined
  const given = ofGifts(trace, other).find(({ fact }) => fact.way === 'given' && fact.giftId === id)
  return (given?.effect.buckets ?? []).map(({ expiresAt, points }) => ({ expiresAt, points: -points }))
}

/**
 * Every gift has two sides, each booked once and together, as has its being taken back; it was taken from where the model says, and
 * nobody gave or was given more in a day than is allowed. Answers how many there are.
 */
export function areGiftsWhole({ world: { trace }, timezone }: Whole, states: ReadonlyMap<string, NaiveState>): number {
  const dayOf = ({ bookedAt }: Pick<StoredEntry, 'bookedAt'>) => dateOf(timezone, bookedAt).toString()
  let gifts = 0
  for (const member of people) {
    const own = ofGifts(trace, member)
    for (const entry of own) {
      const { giftId, way, other } = entry.fact
      const isGiver = way.startsWith('given')
      const otherWay = isGiver ? way.replace('given', 'received') : way.replace('received', 'given')
      const sides = ofGifts(trace, other).filter(
        ({ fact }) => fact.giftId === giftId && fact.way === otherWay && fact.other === member,
      )
      deepStrictEqual(
        sides.map(({ bookedAt }) => bookedAt),
        [entry.bookedAt],
        `${giftId} ${way}`,
      )
      strictEqual(own.filter(({ fact }) => fact.giftId === giftId && fact.way === way).length, 1, `${giftId} ${way} twice`)
      strictEqual(sides[0]!.effect.totals!.adjusted, -entry.effect.totals!.adjusted!, `${giftId} ${way}`)
      if (way !== 'given') continue
      gifts += 1
      const taken = entry.effect.buckets!.map(({ expiresAt, points }) => ({ points: -points, expiresAt }))
      deepStrictEqual(taken, states.get(member)!.givenAway.get(giftId), `${giftId} is taken from elsewhere`)
    }
    for (const way of ['given', 'received'] as const) {
      const { points, times } = way === 'given' ? giftPolicy.perDay : giftPolicy.receivedPerDay
      const some = own.filter(({ fact }) => fact.way === way)
      for (const day of Map.groupBy(some, dayOf).values()) {
        const sum = day.reduce((total, { effect }) => total + Math.abs(effect.totals!.adjusted!), 0)
        ok(day.length <= times && sum <= points, `${member}: ${way} ${sum} points in a day, ${day.length} times`)
      }
    }
  }
  return gifts
}
