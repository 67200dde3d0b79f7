import { adjustPointsImplementation } from './adjust-points.ts'
import { attachPurchaseImplementation } from './attach-purchase.ts'
import type { Implementation } from './context.ts'
import { endTierGrantImplementation } from './end-tier-grant.ts'
import { grantTierImplementation } from './grant-tier.ts'
import { readAuditImplementation } from './read-audit.ts'
import { readMemberAsStaffImplementation } from './read-member-as-staff.ts'
import { recordStaffEventImplementation } from './record-staff-event.ts'
import { setSegmentsImplementation } from './set-segments.ts'

/** What staff may do to members, and read. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  recordStaffEventImplementation,
  attachPurchaseImplementation,
  readMemberAsStaffImplementation,
  setSegmentsImplementation,
  grantTierImplementation,
  endTierGrantImplementation,
  readAuditImplementation,
]
