import type { Problem } from '../contract/problem.ts'
import type { Reward } from '../domain/reward.ts'
import type { MemberId } from '../domain/units.ts'
import type { Write } from '../store/store.ts'
import type { Ledger } from './account.ts'

/** A reward for which a member's points are being spent, or come back. */
export interface Handed {
  readonly redemptionId: string
  readonly memberId: MemberId
  readonly reward: Reward
}

/**
 * What is written in the very commit that spends the points of a redemption, so that the member has what the reward is; or why
 * it cannot be had, before any point is taken. What the shop itself hands over, such as a product or money off, writes nothing.
 */
export type HandOut = (ledger: Ledger, handed: Handed) => Promise<readonly Write[] | Problem>

export const handOut: HandOut = async () => []

/** What is written in the commit that gives the points of a captured redemption back: what was handed out is no longer good. */
export const takeBack: HandOut = async () => []
