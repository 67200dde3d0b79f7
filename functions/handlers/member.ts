import { attachMyPurchaseImplementation } from './attach-purchase.ts'
import { changeMyPreferencesImplementation } from './change-my-preferences.ts'
import type { Implementation } from './context.ts'
import { enrolMeImplementation } from './enrol-me.ts'
import { explainPurchaseImplementation } from './explain-purchase.ts'
import { givePointsImplementation } from './give-points.ts'
import { joinMyClubImplementation } from './join-my-club.ts'
import { leaveMyClubImplementation } from './leave-my-club.ts'
import { readActivityImplementation } from './read-activity.ts'
import { readBalanceImplementation } from './read-balance.ts'
import { readMeImplementation } from './read-me.ts'
import { readMyClubsImplementation } from './read-my-clubs.ts'
import { readMyGiftsImplementation } from './read-my-gifts.ts'
import { acceptEventImplementation, declineEventImplementation } from './reply-to-event.ts'
import { undoGiftImplementation } from './undo-gift.ts'

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
  givePointsImplementation,
  undoGiftImplementation,
  readMyGiftsImplementation,
]
