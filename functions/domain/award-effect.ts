import type { Credit } from './credit.ts'
import { type Award, awardedPoints } from './earning.ts'
import type { Effect } from './entry.ts'
import { giftChanges } from './gifts.ts'
import type { Head } from './head.ts'
import type { Ladder } from './ladder.ts'
import { changedKept, type Kept, nothingKept } from './tally.ts'
import type { Instant } from './units.ts'

/**
 * What awards do to a head, by a purchase as by a bonus: their points are issued, and went where `credited` says; what ladders
 * count of it, `kept`, dated `at`; and gifts.
 */
export function awardEffect(
  ladder: Ladder,
  head: Head,
  at: Instant,
  awards: readonly Award[],
  kept: Kept,
  credited: Credit['effect'],
): Effect {
  const earned = awardedPoints(awards)
  const sums = changedKept(ladder, head, at, nothingKept, kept)
  const gifts = giftChanges([], awards)
  return {
    ...credited,
    ...(earned > 0 && { totals: { issued: earned } }),
    ...(sums.length > 0 && { sums }),
    ...(gifts.length > 0 && { gifts }),
  }
}
