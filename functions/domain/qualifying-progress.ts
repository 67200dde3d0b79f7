import { membershipIn } from './club.ts'
import type { Head } from './head.ts'
import { eraAt, windowTotal } from './ladder.ts'
import type { Metric } from './ladder-policy.ts'
import { lastOfWindow } from './periods.ts'
import { type Programme, revisionAt } from './programme.ts'
import { countedRule, countIn, qualifyingClubs } from './qualifying.ts'
import { nextChange } from './qualifying-membership.ts'
import type { Instant } from './units.ts'

/** How far a member is on the way into a club, or to staying in it, by what is counted in the window of now. */
interface QualifyingProgress {
  readonly metric: Metric
  readonly current: number
  /** What is missing in this window; 0: nothing. */
  readonly needed: number
  /** When this window ends; null: it never does. */
  readonly by: Instant | null
  /** When a member ceases to belong to it if nothing more happens; null: never, or they do not belong to it. */
  readonly until: Instant | null
}

/** Of a head that is settled to `asOf`; undefined for a club that counts nothing then. */
export function qualifyingProgress(
  programme: Programme,
  head: Head,
  clubId: string,
  asOf: Instant,
): QualifyingProgress | undefined {
  const rule = countedRule(revisionAt(programme, asOf), clubId)
  const club = qualifyingClubs(programme).find((each) => each.clubId === clubId)
  if (!rule || !club) return undefined
  const { enrolledAt } = head
  const isMember = membershipIn(head, clubId)?.isQualified === true
  const era = eraAt(club.ladder, asOf)
  const period = era.periods.of(asOf, enrolledAt)
  const current = windowTotal(era, { sums: countIn(head, clubId).sums, enrolledAt }, period)
  return {
    metric: rule.metric,
    current,
    needed: Math.max(0, rule.atLeast - current),
    by: era.periods.start(lastOfWindow(era.periods, period) + 1, enrolledAt),
    until: isMember ? nextChange(programme, club, head) : null,
  }
}
