import { problem } from '../contract/problem.ts'
import { readPurchase } from '../contract/purchases.ts'
import { implement } from './context.ts'
import { explain } from './explained-purchase.ts'

/** A purchase for a till: any store of the programme may need it, to take goods back. */
export const readPurchaseImplementation = implement(readPurchase, async ({ params }, context) => {
  const body = await explain(context, params.purchaseId)
  return body ? { status: 200 as const, body } : problem('purchase-unknown')
})
