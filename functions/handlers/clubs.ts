import { announceEventImplementation } from './announce-event.ts'
import { callOffEventImplementation } from './call-off-event.ts'
import { changeMyPreferencesImplementation } from './change-my-preferences.ts'
import { changePreferencesForImplementation } from './change-preferences-for.ts'
import { checkInImplementation } from './check-in.ts'
import type { Implementation } from './context.ts'
import { makeInvitationImplementation, voidInvitationImplementation } from './invitations.ts'
import { joinClubForImplementation } from './join-club-for.ts'
import { joinMyClubImplementation } from './join-my-club.ts'
import { leaveClubForImplementation } from './leave-club-for.ts'
import { leaveMyClubImplementation } from './leave-my-club.ts'
import { payForClubImplementation } from './pay-for-club.ts'
import { readEventImplementation } from './read-event.ts'
import { readMyClubsImplementation } from './read-my-clubs.ts'
import { acceptEventImplementation, declineEventImplementation } from './reply-to-event.ts'
import { undoEventImplementation } from './undo-event.ts'

/** What tills, members and staff may do about clubs: memberships, invitations, events, and what a guest likes. */
export const clubImplementations: readonly Implementation[] = [
  joinClubForImplementation,
  leaveClubForImplementation,
  payForClubImplementation,
  checkInImplementation,
  changePreferencesForImplementation,
  readMyClubsImplementation,
  joinMyClubImplementation,
  leaveMyClubImplementation,
  acceptEventImplementation,
  declineEventImplementation,
  changeMyPreferencesImplementation,
  makeInvitationImplementation,
  voidInvitationImplementation,
  announceEventImplementation,
  readEventImplementation,
  callOffEventImplementation,
  undoEventImplementation,
]
