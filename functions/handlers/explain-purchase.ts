import { explainPurchase } from '../contract/me.ts'
import { problem } from '../contract/problem.ts'
import { implement } from './context.ts'
import { explain } from './explained-purchase.ts'
import { ownMember } from './own-member.ts'

/** One of the member's own purchases; another's is as unknown as one that never was. */
export const explainPurchaseImplementation = implement(explainPurchase, async ({ params }, context) => {
  const own = await ownMember(context)
  const body = own && (await explain(context, params.id, own))
  return body ? { status: 200 as const, body } : problem(own ? 'purchase-unknown' : 'member-unknown')
})
