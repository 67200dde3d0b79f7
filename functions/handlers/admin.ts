import { adjustPointsImplementation } from './adjust-points.ts'
import { announceEventImplementation, readEventImplementation } from './announce-event.ts'
import { attachPurchaseImplementation } from './attach-purchase.ts'
import type { Implementation } from './context.ts'
import { makeInvitationImplementation, voidInvitationImplementation } from './invitations.ts'
import { readExplanationImplementation } from './read-explanation.ts'
import { readMemberAsStaffImplementation } from './read-member-as-staff.ts'
import { setSegmentsImplementation } from './set-segments.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  makeInvitationImplementation,
  voidInvitationImplementation,
  announceEventImplementation,
  readEventImplementation,
  attachPurchaseImplementation,
  readExplanationImplementation,
  readMemberAsStaffImplementation,
  setSegmentsImplementation,
]
