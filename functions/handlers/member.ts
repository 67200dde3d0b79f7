import { attachMyPurchaseImplementation } from './attach-purchase.ts'
import { changeMyPreferencesImplementation } from './change-my-preferences.ts'
import type { Implementation } from './context.ts'
import { enrolMeImplementation } from './enrol-me.ts'
import { explainPurchaseImplementation } from './explain-purchase.ts'
import { joinMyClubImplementation } from './join-my-club.ts'
import { leaveMyClubImplementation } from './leave-my-club.ts'
import { readActivityImplementation } from './read-activity.ts'
import { readBalanceImplementation } from './read-balance.ts'
import { readMeImplementation } from './read-me.ts'
import { readMyClubsImplementation } from './read-my-clubs.ts'
import { acceptEventImplementation, declineEventImplementation } from './reply-to-event.ts'

/** What members may do with what is their own. */
export const memberImplementations: readonly Implementation[] = [
  enrolMeImplementation,
  readMeImplementation,
  readBalanceImplementation,
  readActivityImplementation,
  explainPurchaseImplementation,
  readMyClubsImplementation,
  joinMyClubImplementation,
  leaveMyClubImplementation,
  acceptEventImplementation,
  declineEventImplementation,
  changeMyPreferencesImplementation,
  attachMyPurchaseImplementation,
]
