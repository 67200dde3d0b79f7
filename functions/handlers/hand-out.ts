import { type Problem, problemOf } from '../contract/problem.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { Reward } from '../domain/reward.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Write } from '../store/store.ts'
import type { Ledger } from './account.ts'
import { type IssuedVoucher, issueVoucher, voidVoucher } from './vouchers.ts'

/** A reward for which a member's points are being spent. */
export interface Handing {
  readonly redemptionId: string
  readonly memberId: MemberId
  readonly reward: Reward
  /** By when the reward is judged. */
  readonly at: Instant
}

/** What is written in the very commit that spends the points of a redemption, so that the member has what the reward is. */
export interface HandedOut {
  readonly writes: readonly Write[]
  readonly voucher?: IssuedVoucher
}

/**
 * Hands a reward out; or says why it cannot be had, before any point is taken. What the shop itself hands over, such as a product
 * or money off, writes nothing.
 */
export async function handOut(ledger: Ledger, { redemptionId, memberId, reward, at }: Handing): Promise<HandedOut | Problem> {
  if (reward.kind !== 'voucher') return { writes: [] }
  const order = { seriesId: reward.voucher, memberId, source: `redemption:${redemptionId}`, at }
  const voucher = await issueVoucher(ledger, order)
  return isRefusal(voucher) ? problemOf({ ...voucher, pointer: '/rewardId' }) : { writes: voucher.writes, voucher }
}

/**
 * What is written in the commit that gives the points of a captured redemption back: what was handed out is no longer good. Or why
 * they cannot come back: a voucher was used, or is about to be.
 */
export async function takeBack(ledger: Ledger, voucher: string | null): Promise<readonly Write[] | Problem> {
  if (voucher === null) return []
  const voided = await voidVoucher(ledger, voucher)
  return isRefusal(voided) ? problemOf(voided) : voided
}
