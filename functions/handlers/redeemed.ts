import { revisionAt } from '../domain/programme.ts'
import { type Reward, rewardOf } from '../domain/reward.ts'
import type { Redemption } from '../store/redemption-item.ts'
import type { Ledger } from './account.ts'

/** The reward of a redemption, as it was when it was judged. */
export const rewardOfRedemption = (
  { programme }: Pick<Ledger, 'programme'>,
  { at, rewardId }: Pick<Redemption, 'at' | 'rewardId'>,
): Reward => {
  const reward = rewardOf(revisionAt(programme, at), rewardId)
  if (!reward) throw new Error(`there was no reward ${rewardId} when it was redeemed`)
  return reward
}
