import { searchMembers } from '../contract/members.ts'
import { preferencesOf } from '../store/preferences-item.ts'
import { type LookupKind, table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { implement } from './context.ts'
import { clubsView, shownPreferences, standing } from './views.ts'

/** Finds a member by card, e-mail address or phone number. A replaced card finds nobody: who holds it may have found it. */
export const searchMembersImplementation = implement(searchMembers, async ({ body }, context) => {
  const { runtime, programme } = context
  const [[kind, value]] = Object.entries(body) as [[LookupKind, string]]
  const lookup = await runtime.lookups.find(programme.id, kind, value)
  const nobody = { status: 200 as const, body: { items: [] } }
  if (!lookup || lookup.replacedAt !== undefined) return nobody
  const wanted = [table.preferences(programme.id, lookup.memberId)]
  const { settled, ledger, others } = await peekAccount(context, lookup.memberId, wanted)
  if (!settled) return nobody
  const { head } = settled.account
  const found = {
    memberId: head.memberId,
    status: head.status,
    ...standing(ledger, head),
    clubs: clubsView(ledger, head),
    ...shownPreferences(preferencesOf(others[0])),
  }
  return { status: 200 as const, body: { items: [found] } }
})
