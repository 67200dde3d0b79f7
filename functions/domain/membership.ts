import type { Entry } from './entry.ts'
import { type Programme, revisionAt } from './programme.ts'
import { enrolmentForClubs } from './qualifying.ts'
import { enrolmentCount } from './tally.ts'
import { tierLadder } from './tiers.ts'
import type { Instant } from './units.ts'

/** The first entry of every member: they hold the lowest tier. */
export function enrolment(programme: Programme, at: Instant): Entry {
  const revision = revisionAt(programme, at)
  return {
    at,
    fact: { kind: 'enrol' },
    effect: {
      tier: { id: revision.tiers[0].id, year: revision.calendar.yearOf(at), revision: revision.number },
      ...enrolmentCount(tierLadder(programme), at),
      ...enrolmentForClubs(programme, at),
    },
  }
}

/** Closing a member, or opening them again. A closed member earns nothing; their points keep expiring. */
export function statusChange(status: 'active' | 'closed', at: Instant): Entry {
  return { at, fact: { kind: status === 'closed' ? 'close' : 'reopen' }, effect: { status } }
}
