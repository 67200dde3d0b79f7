import fc from 'fast-check'
import type { Fact } from '../../functions/domain/entry.ts'
import type { StoredEntry } from '../../functions/store/entry-item.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { type Call, idsOnShard } from './world.ts'

/** What operations of a whole programme's history have in common. */

const ids = idsOnShard('m')
/** Each recommended the next; the last enrols on the way. */
export const people: readonly string[] = Array.from({ length: 4 }, () => ids.next().value)
export const birthdays: readonly string[] = ['1990-11-01', '2004-02-29', '1990-10-30', '1988-03-31']
export const stores = ['leeds', 'york', 'elsewhere']

/** What a history means to do, all of it numbered: a return names its sale so, whichever is done first. */
export interface Numbered {
  /** Its place among the deeds of its kind. */
  readonly number: number
  /** When it is said to have happened; the same however often it is sent. */
  readonly occurredAt: string
  /** Of the programme. */
  readonly timezone: string
  /** What was answered when it was done; undefined where it is not known to be. */
  readonly answer: unknown
  /** The deed of another kind that it is about, by a number that says which: always the same one. */
  other<Plan>(operation: Operation<Plan>, number: number): (Plan & Numbered) | undefined
}

export interface Operation<Plan> {
  /** How often, compared with others. */
  readonly weight: number
  readonly plan: fc.Arbitrary<Plan>
  /** Undefined: there is nothing that it could be about. */
  readonly call: (plan: Plan & Numbered) => Call | undefined
  /** Sent again once it is done, it is a replay and changes nothing. */
  readonly isOnce?: boolean
  /** By kind of entry, what the model is told. */
  readonly steps?: { readonly [Kind in Fact['kind']]?: (entry: EntryOf<Kind>, member: string) => readonly NaiveFact[] }
}

export type EntryOf<Kind> = Omit<StoredEntry, 'fact'> & { readonly fact: Extract<Fact, { kind: Kind }> }

export const define = <Plan>(operation: Operation<Plan>): Operation<Plan> => operation

export const who = fc.nat(people.length - 1)
export const lateMs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 400 * 24 }).map((hours) => hours * 3_600_000) },
)
export const member = (place: number) => people[place]!
/** The first deed of a member’s among others of its kind, from a number on. */
export function ownOf<Plan extends { readonly who: number }>(
  { other }: Numbered,
  operation: Operation<Plan>,
  place: number,
  from: number | undefined,
): (Plan & Numbered) | undefined {
  if (from === undefined) return undefined
  return Array.from({ length: 8 }, (_, step) => other(operation, from + step)).find((one) => one?.who === place)
}
