import { compileRevision, type Programme, type ProgrammeDocument, type Revision } from './programme.ts'
import { type Instant, instant } from './units.ts'

/** A document that was not published, as the revision that it would become. Throws where it has no tier. */
export function candidateOf(programme: Programme, document: ProgrammeDocument): Revision {
  return compileRevision(latestOf(programme).number + 1, instant(0), document)
}

/** A revision without experiments: who is made up belongs to neither group, and has every campaign. */
export function withoutHoldOuts(revision: Revision): Revision {
  const { number, inForceFrom, document } = revision
  if (!document.campaigns?.some(({ holdOut }) => holdOut)) return revision
  const campaigns = document.campaigns.map(({ holdOut: _, ...campaign }) => campaign)
  return compileRevision(number, inForceFrom, { ...document, campaigns })
}

/** A programme that has never had another revision. */
export function alwaysUnder({ id }: Programme, revision: Revision): Programme {
  return { id, revisions: [{ ...revision, inForceFrom: instant(0) }] }
}

/** A programme as it would have been, had a revision been published in the place of all that were from an instant on. */
export function underFrom(programme: Programme, candidate: Revision, from: Instant): Programme {
  const { number } = latestOf(programme)
  const replacing = { ...candidate, number: Math.max(candidate.number, number + 1), inForceFrom: from }
  const [first, ...others] = programme.revisions.filter(({ inForceFrom }) => inForceFrom < from)
  return first ? { id: programme.id, revisions: [first, ...others, replacing] } : alwaysUnder(programme, replacing)
}

/** A programme without the revisions that came into force at an instant or later; the first stays. */
export function asItWasUntil({ id, revisions }: Programme, until: Instant): Programme {
  const [first, ...others] = revisions
  return { id, revisions: [first, ...others.filter(({ inForceFrom }) => inForceFrom < until)] }
}

const latestOf = ({ revisions }: Programme): Revision => revisions.at(-1) ?? revisions[0]
