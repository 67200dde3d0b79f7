import { readMe } from '../contract/me.ts'
import { readMember } from '../contract/members.ts'
import { problem } from '../contract/problem.ts'
import type { MemberId } from '../domain/units.ts'
import { preferencesOf } from '../store/preferences-item.ts'
import { profileOf } from '../store/profile-item.ts'
import { table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { type Context, implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { memberView, shownPreferences } from './views.ts'

/** A member for a till. */
export const readMemberImplementation = implement(readMember, ({ params }, context) => read(context, params.memberId as MemberId))

/** A member for themselves. */
export const readMeImplementation = implement(readMe, async (_request, context) => {
  const own = await ownMember(context)
  return own ? read(context, own) : problem('member-unknown')
})

async function read(context: Context, memberId: MemberId) {
  const { programme } = context
  const wanted = [table.profile(programme.id, memberId), table.preferences(programme.id, memberId)]
  const { settled, ledger, others } = await peekAccount(context, memberId, wanted)
  if (!settled || !others[0]) return problem('member-unknown')
  const member = memberView(ledger, settled.account.head, profileOf(others[0]))
  return { status: 200 as const, body: { ...member, ...shownPreferences(preferencesOf(others[1])) } }
}
