import { deepStrictEqual, ok } from 'node:assert/strict'
import type { NaiveTurn } from '../model/naive-clubs.ts'
import type { NaiveState } from '../model/naive-facts.ts'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import type { Whole } from './whole-history.ts'

/**
 * Who belonged to which club from when to when is what a naive count makes of all that happened: who was taken in or let go of by time
 * among them. Answers how often anybody came in or went.
 */
export function areClubsAsTheModelSays({ world: { trace } }: Whole, states: ReadonlyMap<string, NaiveState>): number {
  let turns = 0
  for (const [member, state] of states) {
    const booked = entriesOf(trace, member)
      .bookings.flat()
      .flatMap(({ at, effect: { club } }) => (club ? [{ club: club.id, at, isIn: club.membership !== null }] : []))
    const own = byClub(booked)
    deepStrictEqual(own, byClub(state.clubs), `clubs of ${member}`)
    for (const some of own.values()) turns += some.length
  }
  return turns
}

/**
 * Whoever joins a club that asks for a tier or for other clubs has them then. Answers how often somebody joined one, and was refused
 * because they lack something.
 */
export function areRequirementsKept({
  world: { trace },
  naive,
  done,
}: Whole): Readonly<Record<'let into a club' | 'kept out of a club', number>> {
  let entered = 0
  for (const member of people) {
    const held = new Set<string>()
    let tier = 'bronze'
    for (const { at, fact, effect } of entriesOf(trace, member).bookings.flat()) {
      if (fact.kind === 'club-joined') {
        const { document } = naive.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!
        const requires = document.clubs?.find(({ id }) => id === fact.clubId)?.requires
        ok(requires?.tiers?.includes(tier) ?? true, `${member} is ${tier}, and joins ${fact.clubId}`)
        ok(requires?.clubs?.every((id) => held.has(id)) ?? true, `${member} joins ${fact.clubId}, and lacks another club`)
        entered += Number(requires !== undefined)
      }
      tier = effect.tier?.id ?? tier
      if (effect.club) held[effect.club.membership === null ? 'delete' : 'add'](effect.club.id)
    }
  }
  const refused = done.filter(({ answer }) => (answer.body as { code?: string }).code === 'club-requirement')
  return { 'let into a club': entered, 'kept out of a club': refused.length }
}

/** The turns of each club as they last: none that is over at the same instant. */
function byClub(turns: readonly NaiveTurn[]): ReadonlyMap<string, readonly string[]> {
  const clubs = new Map<string, NaiveTurn[]>()
  for (const turn of turns) {
    const own = clubs.get(turn.club) ?? []
    if (own.at(-1)?.at === turn.at) own.pop()
    if ((own.at(-1)?.isIn ?? false) !== turn.isIn) own.push(turn)
    clubs.set(turn.club, own)
  }
  const named = [...clubs].filter(([, own]) => own.length > 0).sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(
    named.map(([id, own]) => [id, own.map(({ at, isIn }) => `${isIn ? 'in' : 'out'} ${new Date(at).toISOString()}`)]),
  )
}
