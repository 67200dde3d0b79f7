import { adjustPointsImplementation } from './adjust-points.ts'
import { announceEventImplementation, readEventImplementation } from './announce-event.ts'
import { attachPurchaseImplementation } from './attach-purchase.ts'
import { backtestImplementations } from './backtests.ts'
import type { Implementation } from './context.ts'
import { endTierGrantImplementation } from './end-tier-grant.ts'
import { experimentImplementations } from './experiments.ts'
import { grantTierImplementation } from './grant-tier.ts'
import { makeInvitationImplementation, voidInvitationImplementation } from './invitations.ts'
import { programmeDraftImplementations } from './programme-draft.ts'
import { programmePartImplementations } from './programme-parts.ts'
import { publishDraftImplementation, rollBackImplementation } from './publish.ts'
import { readAuditImplementation } from './read-audit.ts'
import { readExplanationImplementation } from './read-explanation.ts'
import { readMemberAsStaffImplementation } from './read-member-as-staff.ts'
import { listRevisionsImplementation, readRevisionImplementation } from './read-revisions.ts'
import { recordStaffEventImplementation } from './record-staff-event.ts'
import { setSegmentsImplementation } from './set-segments.ts'
import { simulatePurchaseImplementation } from './simulate-purchase.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  makeInvitationImplementation,
  voidInvitationImplementation,
  announceEventImplementation,
  readEventImplementation,
  recordStaffEventImplementation,
  attachPurchaseImplementation,
  readExplanationImplementation,
  readMemberAsStaffImplementation,
  setSegmentsImplementation,
  grantTierImplementation,
  endTierGrantImplementation,
  ...programmeDraftImplementations,
  ...programmePartImplementations,
  publishDraftImplementation,
  rollBackImplementation,
  listRevisionsImplementation,
  readRevisionImplementation,
  readAuditImplementation,
  simulatePurchaseImplementation,
  ...backtestImplementations,
  ...experimentImplementations,
]
