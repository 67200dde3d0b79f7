import { problem } from '../contract/problem.ts'
import type { MemberId } from '../domain/units.ts'
import { preferencesOf } from '../store/preferences-item.ts'
import { profileOf } from '../store/profile-item.ts'
import { table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import type { Context } from './context.ts'
import { memberView, shownPreferences } from './views.ts'

/** A member with what they like: for a till, and for themselves. */
export async function readFound(context: Context, memberId: MemberId) {
  const found = await findMember(context, memberId)
  if (!found) return problem('member-unknown')
  return { status: 200 as const, body: { ...found.view, ...shownPreferences(found.preferences) } }
}

/** A member's head and profile as answers show them, in one read; undefined where there is no such member. */
export async function findMember(context: Context, memberId: MemberId) {
  const { programme } = context
  const wanted = [table.profile(programme.id, memberId), table.preferences(programme.id, memberId)]
  const { settled, ledger, others } = await peekAccount(context, memberId, wanted)
  if (!settled || !others[0]) return undefined
  const { head } = settled.account
  return { head, view: memberView(ledger, head, profileOf(others[0])), preferences: preferencesOf(others[1]) }
}
