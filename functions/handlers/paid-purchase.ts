import { type Problem, problem } from '../contract/problem.ts'
import { mostPurchaseRedemptions } from '../domain/bounds.ts'
import { versionAttribute } from '../store/head-item.ts'
import { receiptItem, receiptOf, type SoldReceipt } from '../store/receipt-item.ts'
import type { Redemption } from '../store/redemption-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** The purchase that a redemption pays for, as far as one is known, and what is written so that a return of it finds the redemption. */
interface Paying {
  readonly receipt: SoldReceipt | undefined
  readonly writes: readonly Write[]
}

/**
 * The purchase that a redemption pays for: the one that it is known to already, or that is named now, which must be there, and the member's
 * own. One that comes later names the redemption itself.
 */
export async function payFor(
  { runtime, programme }: Ledger,
  { id, memberId, purchaseId: known }: Pick<Redemption, 'id' | 'memberId' | 'purchaseId'>,
  named: string | undefined,
): Promise<Paying | Problem> {
  const purchaseId = known ?? named
  if (purchaseId === undefined) return { receipt: undefined, writes: [] }
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (receipt?.state !== 'sold' || receipt.memberId !== memberId) return problem('purchase-unknown', '/purchaseId')
  if (known !== null) return { receipt, writes: [] }
  const ids = receipt.redemptionIds ?? []
  if (ids.length >= mostPurchaseRedemptions) return problem('too-many-redemptions', '/purchaseId')
  const after = { ...receipt, version: receipt.version + 1, redemptionIds: [...ids, id] }
  const condition = { is: 'equal', attribute: versionAttribute, value: receipt.version } as const
  return { receipt, writes: [{ kind: 'put', item: receiptItem(programme.id, after), condition, replaces: items[0] }] }
}
