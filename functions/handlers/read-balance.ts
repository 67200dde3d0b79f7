import { readBalance } from '../contract/me.ts'
import { problem } from '../contract/problem.ts'
import { peekAccount } from './account.ts'
import { implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { balanceView } from './views.ts'

/** A member's points: one read, however long the history. */
export const readBalanceImplementation = implement(readBalance, async (_request, context) => {
  const own = await ownMember(context)
  const settled = own && (await peekAccount(context, own)).settled
  return settled ? { status: 200 as const, body: balanceView(settled.account.head, context.now) } : problem('member-unknown')
})
