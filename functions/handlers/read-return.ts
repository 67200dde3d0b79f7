import { problem } from '../contract/problem.ts'
import { readReturn } from '../contract/purchases.ts'
import { receiptOf } from '../store/receipt-item.ts'
import { table } from '../store/table.ts'
import { implement } from './context.ts'
import { returnView } from './record-return.ts'

/** A return as it stands now. */
export const readReturnImplementation = implement(readReturn, async ({ params }, context) => {
  const { runtime, programme } = context
  const { items } = await runtime.store.read([table.receipt(programme.id, params.purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  const record = receipt?.returns.find(({ returnId }) => returnId === params.returnId)
  if (!record) return problem('return-unknown')
  return { status: 200 as const, body: await returnView(context, receipt, record) }
})
