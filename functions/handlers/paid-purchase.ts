import { type Problem, problem } from '../contract/problem.ts'
import { mostPurchaseRedemptions } from '../domain/bounds.ts'
import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import { receiptItem, receiptOf } from '../store/receipt-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'

/**
 * What is written where a redemption says which purchase it pays for, so that a return finds it: the purchase must be there, and the
 * member's own. One that comes later names the redemption itself.
 */
export async function payFor(
  { runtime, programme }: Ledger,
  memberId: MemberId,
  redemptionId: string,
  purchaseId: string | undefined,
): Promise<readonly Write[] | Problem> {
  if (purchaseId === undefined) return []
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (receipt?.state !== 'sold' || receipt.memberId !== memberId) return problem('purchase-unknown', '/purchaseId')
  const known = receipt.redemptionIds ?? []
  if (known.length >= mostPurchaseRedemptions) return problem('too-many-redemptions', '/purchaseId')
  const after = { ...receipt, version: receipt.version + 1, redemptionIds: [...known, redemptionId] }
  const condition = { is: 'equal', attribute: versionAttribute, value: receipt.version } as const
  return [{ kind: 'put', item: receiptItem(programme.id, after), condition, replaces: items[0] }]
}
