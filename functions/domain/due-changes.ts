import type { Programme, Revision } from './programme.ts'
import type { Instant } from './units.ts'

const known = new WeakMap<Programme, readonly Revision[]>()

/**
 * The revisions in force by an instant that made members due otherwise than the one before: by other tiers, clubs for whoever
 * qualifies, or another time zone. Heads that were booked before they were published do not know.
 */
export function revisionsThatMakeDue(programme: Programme, by: Instant): readonly Revision[] {
  let changing = known.get(programme)
  if (!changing) {
    const rules = programme.revisions.map(dueRules)
    changing = programme.revisions.filter((_, index) => index > 0 && rules[index] !== rules[index - 1])
    known.set(programme, changing)
  }
  return changing.filter(({ inForceFrom }) => inForceFrom <= by)
}

/** All of a document by which time changes a head, but what the head itself holds: buckets and memberships have their instants. */
function dueRules({ document }: Revision): string {
  const { levels, metric, period, keep, downgrade, lapseWarningDays } = document.tiers
  const rungs = levels.map(({ id, threshold }) => [id, threshold])
  const clubs = (document.clubs ?? []).flatMap((club) => (club.kind === 'qualifying' ? [[club.id, club.qualifies]] : []))
  return JSON.stringify([document.timezone, rungs, metric, period, keep, downgrade, lapseWarningDays, clubs])
}
