import type { Implementation } from './context.ts'
import { givePointsImplementation } from './give-points.ts'
import { readMyGiftsImplementation } from './read-my-gifts.ts'
import { undoGiftImplementation } from './undo-gift.ts'

/** What tills, members and staff may do about rewards and what points are given for. */
export const rewardImplementations: readonly Implementation[] = [
  givePointsImplementation,
  undoGiftImplementation,
  readMyGiftsImplementation,
]
