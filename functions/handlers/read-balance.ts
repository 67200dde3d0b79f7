import { readBalance } from '../contract/me.ts'
import { problem } from '../contract/problem.ts'
import { peekAccount } from './account.ts'
import { implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { balanceView } from './views.ts'

/** A member's points: one read, however long the history. */
export const readBalanceImplementation = implement(readBalance, async (_request, context) => {
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const { settled, ledger } = await peekAccount(context, own)
  if (!settled) return problem('member-unknown')
  return { status: 200 as const, body: balanceView(settled.account.head, ledger.now) }
})
