import { redemptionChangeImplementations } from './change-redemption.ts'
import type { Implementation } from './context.ts'
import { givePointsImplementation } from './give-points.ts'
import { readMyGiftsImplementation } from './read-my-gifts.ts'
import { readMyRedemptionsImplementation } from './read-my-redemptions.ts'
import { readMyRewardsImplementation } from './read-my-rewards.ts'
import { redeemMyRewardImplementation, redeemRewardImplementation } from './redeem-reward.ts'
import { makeSpendCodeImplementation } from './spend-codes.ts'
import { undoGiftImplementation } from './undo-gift.ts'

/** What tills, members and staff may do about rewards and what points are given for. */
export const rewardImplementations: readonly Implementation[] = [
  redeemRewardImplementation,
  redeemMyRewardImplementation,
  ...redemptionChangeImplementations,
  readMyRewardsImplementation,
  makeSpendCodeImplementation,
  readMyRedemptionsImplementation,
  givePointsImplementation,
  undoGiftImplementation,
  readMyGiftsImplementation,
]
