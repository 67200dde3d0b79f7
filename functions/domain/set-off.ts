import { triggerName } from './campaign.ts'
import type { Account, Entry } from './entry.ts'
import { type Programme, revisionAt } from './programme.ts'
import type { Instant } from './units.ts'

/** A tier that a member reached, or a club that they joined, for which campaigns give something. */
export interface SetOff {
  /** By the name of it. */
  readonly trigger: string
  /** By when it is judged and dated. */
  readonly at: Instant
  /** What besides the trigger it is given once for: the year in which a tier was reached. Of a club it is given once for ever. */
  readonly of?: string | undefined
}

/** Whether any revision asks for more than purchases: where none does, nothing is ever set off. */
export const asksForBonuses = ({ revisions }: Programme): boolean => revisions.some(({ bonuses }) => bonuses.size > 0)

/** What some entries of settling set off, each by the revision in force when it became true. */
export function setOffByTime(programme: Programme, entries: readonly Entry[]): SetOff[] {
  return entries.flatMap(({ at, fact, effect }) => {
    if (fact.kind === 'club-joined') return clubJoined(programme, fact.clubId, at)
    return effect.moved?.direction === 'up' && effect.tier ? reached(programme, effect.tier.id, at) : []
  })
}

/** What a booking on a settled account sets off, all that it brought taken together. Who is new has reached no tier. */
export function setOffByBooking(programme: Programme, before: Account, after: Account, now: Instant): SetOff[] {
  const { tiers } = revisionAt(programme, now)
  const [from, to] = [before, after].map(({ head }) => tiers.findIndex(({ id }) => id === head.tier.id))
  const known = new Set(before.head.clubs.map(({ clubId }) => clubId))
  return [
    ...(from! >= 0 && to! > from! ? reached(programme, after.head.tier.id, now) : []),
    ...after.head.clubs.flatMap(({ clubId }) => (known.has(clubId) ? [] : clubJoined(programme, clubId, now))),
  ]
}

function reached(programme: Programme, tier: string, at: Instant): SetOff[] {
  const { calendar } = revisionAt(programme, at)
  return asked(programme, { trigger: triggerName({ tierReached: tier }), at, of: String(calendar.yearOf(at)) })
}

const clubJoined = (programme: Programme, clubId: string, at: Instant): SetOff[] =>
  asked(programme, { trigger: triggerName({ clubJoined: clubId }), at })

const asked = (programme: Programme, setOff: SetOff): SetOff[] =>
  revisionAt(programme, setOff.at).bonuses.has(setOff.trigger) ? [setOff] : []
