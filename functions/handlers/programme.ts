import { backtestImplementations } from './backtests.ts'
import type { Implementation } from './context.ts'
import { experimentImplementations } from './experiments.ts'
import { guaranteeReportImplementations } from './guarantee-reports.ts'
import { programmeDraftImplementations } from './programme-draft.ts'
import { programmePartImplementations } from './programme-parts.ts'
import { publishDraftImplementation, rollBackImplementation } from './publish.ts'
import { readExplanationImplementation } from './read-explanation.ts'
import { listRevisionsImplementation, readRevisionImplementation } from './read-revisions.ts'
import { satisfactionReportImplementations } from './satisfaction-reports.ts'

/** What staff may do about the programme itself: draft and publish it, and find out what it would do or has done. */
export const programmeImplementations: readonly Implementation[] = [
  ...programmeDraftImplementations,
  ...programmePartImplementations,
  publishDraftImplementation,
  rollBackImplementation,
  listRevisionsImplementation,
  readRevisionImplementation,
  readExplanationImplementation,
  ...backtestImplementations,
  ...experimentImplementations,
  ...guaranteeReportImplementations,
  ...satisfactionReportImplementations,
]
