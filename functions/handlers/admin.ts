import { adjustPointsImplementation } from './adjust-points.ts'
import { announceEventImplementation, readEventImplementation } from './announce-event.ts'
import type { Implementation } from './context.ts'
import { makeInvitationImplementation, voidInvitationImplementation } from './invitations.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  makeInvitationImplementation,
  voidInvitationImplementation,
  announceEventImplementation,
  readEventImplementation,
]
