import { redemptionChangeImplementations } from './change-redemption.ts'
import type { Implementation } from './context.ts'
import { readMyRedemptionsImplementation } from './read-my-redemptions.ts'
import { readMyRewardsImplementation } from './read-my-rewards.ts'
import { redeemMyRewardImplementation, redeemRewardImplementation } from './redeem-reward.ts'

/** What tills, members and staff may do about rewards: what there is for points, and spending them. */
export const rewardImplementations: readonly Implementation[] = [
  redeemRewardImplementation,
  redeemMyRewardImplementation,
  ...redemptionChangeImplementations,
  readMyRewardsImplementation,
  readMyRedemptionsImplementation,
]
