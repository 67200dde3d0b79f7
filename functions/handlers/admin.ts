import { adjustPointsImplementation } from './adjust-points.ts'
import type { Implementation } from './context.ts'
import { programmeDraftImplementations } from './programme-draft.ts'
import { programmePartImplementations } from './programme-parts.ts'
import { publishDraftImplementation, rollBackImplementation } from './publish.ts'
import { readAuditImplementation } from './read-audit.ts'
import { readExplanationImplementation } from './read-explanation.ts'
import { listRevisionsImplementation, readRevisionImplementation } from './read-revisions.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  readExplanationImplementation,
  ...programmeDraftImplementations,
  ...programmePartImplementations,
  publishDraftImplementation,
  rollBackImplementation,
  listRevisionsImplementation,
  readRevisionImplementation,
  readAuditImplementation,
]
