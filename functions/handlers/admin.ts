import { adjustPointsImplementation } from './adjust-points.ts'
import type { Implementation } from './context.ts'
import { programmeDraftImplementations } from './programme-draft.ts'
import { programmePartImplementations } from './programme-parts.ts'
import { publishDraftImplementation, rollBackImplementation } from './publish.ts'
import { readAuditImplementation } from './read-audit.ts'
import { listRevisionsImplementation, readRevisionImplementation } from './read-revisions.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  ...programmeDraftImplementations,
  ...programmePartImplementations,
  publishDraftImplementation,
  rollBackImplementation,
  listRevisionsImplementation,
  readRevisionImplementation,
  readAuditImplementation,
]
