import { redemptionChangeImplementations } from './change-redemption.ts'
import type { Implementation } from './context.ts'
import { givePointsImplementation } from './give-points.ts'
import { issueVoucherAsStaffImplementation } from './issue-voucher.ts'
import { lockVoucherImplementation, validateVoucherImplementation } from './lock-voucher.ts'
import { grantedRewardImplementations } from './read-granted-rewards.ts'
import { readMyGiftsImplementation } from './read-my-gifts.ts'
import { readMyRedemptionsImplementation } from './read-my-redemptions.ts'
import { readMyRewardsImplementation } from './read-my-rewards.ts'
import { readMyVouchersImplementation } from './read-my-vouchers.ts'
import { redeemMyRewardImplementation, redeemRewardImplementation } from './redeem-reward.ts'
import { makeSpendCodeImplementation } from './spend-codes.ts'
import { undoGiftImplementation } from './undo-gift.ts'
import { readPoolImplementation, uploadCodesImplementation } from './upload-codes.ts'
import { voidVoucherAsStaffImplementation } from './void-voucher.ts'
import {
  giveBackVoucherUseImplementation,
  releaseVoucherLockImplementation,
  useVoucherLockImplementation,
} from './voucher-locks.ts'

/** What tills, members and staff may do about rewards and what points are given for. */
export const rewardImplementations: readonly Implementation[] = [
  redeemRewardImplementation,
  redeemMyRewardImplementation,
  ...redemptionChangeImplementations,
  readMyRewardsImplementation,
  makeSpendCodeImplementation,
  readMyRedemptionsImplementation,
  ...grantedRewardImplementations,
  givePointsImplementation,
  undoGiftImplementation,
  readMyGiftsImplementation,
  validateVoucherImplementation,
  lockVoucherImplementation,
  useVoucherLockImplementation,
  releaseVoucherLockImplementation,
  giveBackVoucherUseImplementation,
  readMyVouchersImplementation,
  issueVoucherAsStaffImplementation,
  voidVoucherAsStaffImplementation,
  uploadCodesImplementation,
  readPoolImplementation,
]
