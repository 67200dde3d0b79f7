import { problem } from '../contract/problem.ts'
import { readExplanation } from '../contract/purchases.ts'
import { implement } from './context.ts'
import { explainByCampaign } from './explained-purchase.ts'

/** Why a purchase earned what it did, for staff. */
export const readExplanationImplementation = implement(readExplanation, async ({ params }, context) => {
  const body = await explainByCampaign(context, params.purchaseId)
  return body ? { status: 200 as const, body } : problem('purchase-unknown')
})
