import { readMe } from '../contract/me.ts'
import { readMember } from '../contract/members.ts'
import { problem } from '../contract/problem.ts'
import { readMemberAsStaff } from '../contract/segments.ts'
import type { MemberId } from '../domain/units.ts'
import { profileOf } from '../store/profile-item.ts'
import { table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { type Context, implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { memberView } from './views.ts'

/** A member for a till. */
export const readMemberImplementation = implement(readMember, ({ params }, context) => read(context, params.memberId as MemberId))

/** A member for themselves. */
export const readMeImplementation = implement(readMe, async (_request, context) => {
  const own = await ownMember(context)
  return own ? read(context, own) : problem('member-unknown')
})

/** A member for staff. */
export const readMemberAsStaffImplementation = implement(readMemberAsStaff, async ({ params }, context) => {
  const found = await find(context, params.id as MemberId)
  if (!found) return problem('member-unknown')
  return { status: 200 as const, body: { ...found.view, segments: [...found.head.segments] } }
})

async function read(context: Context, memberId: MemberId) {
  const found = await find(context, memberId)
  return found ? { status: 200 as const, body: found.view } : problem('member-unknown')
}

async function find(context: Context, memberId: MemberId) {
  const { settled, ledger, others } = await peekAccount(context, memberId, [table.profile(context.programme.id, memberId)])
  if (!settled || !others[0]) return undefined
  const { head } = settled.account
  return { head, view: memberView(ledger, head, profileOf(others[0])) }
}
