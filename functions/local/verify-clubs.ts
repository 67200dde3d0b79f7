import { membershipIn } from '../domain/club.ts'
import type { Entry } from '../domain/entry.ts'
import type { Head } from '../domain/head.ts'
import { eraAt } from '../domain/ladder.ts'
import type { Programme } from '../domain/programme.ts'
import { qualifyingClubs } from '../domain/qualifying.ts'
import { qualifies } from '../domain/qualifying-membership.ts'
import { countedSums, enrolledAtOf } from '../domain/tally.ts'
import type { Instant } from '../domain/units.ts'

/**
 * Clubs that take in whoever qualifies, of which a head that is settled to `now` says otherwise than all purchases counted anew
 * (promise 8). Who left one, or joined it when it was another kind of club, is asked nothing.
 */
export function misjudgedClubs(programme: Programme, head: Head, entries: readonly Entry[], now: Instant): string[] {
  const enrolledAt = enrolledAtOf(entries)
  return qualifyingClubs(programme).flatMap((club) => {
    const { clubId, ladder } = club
    const membership = membershipIn(head, clubId)
    if (head.declinedClubs.includes(clubId) || (membership && !membership.isQualified)) return []
    const { run } = eraAt(ladder, now)
    const clubCounts = [{ clubId, run, sums: countedSums(ladder, run, entries) }]
    const ought = qualifies(programme, club, { clubCounts, enrolledAt, tier: head.tier }, now)
    return ought === (membership !== undefined) ? [] : [clubId]
  })
}
