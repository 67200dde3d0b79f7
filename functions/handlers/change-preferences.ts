import type { changePreferencesFor } from '../contract/preferences.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { changePreferences, type PreferencesChange } from '../domain/preferences.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { MemberId } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import { preferencesItem, preferencesOf } from '../store/preferences-item.ts'
import { table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import type { Context, Handle } from './context.ts'
import { notesView } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof changePreferencesFor>>>

/** Personal data like a profile, and no part of the ledger: no entry tells of it. What is already so is success. */
export async function keepPreferences(
  context: Context,
  memberId: MemberId,
  changes: PreferencesChange,
  storeId: string | null,
): Promise<Answer> {
  const { runtime, programme, now } = context
  return attempt<Answer>(runtime, async () => {
    const { settled, others } = await peekAccount(context, memberId, [table.preferences(programme.id, memberId)])
    if (!settled) return problem('member-unknown')
    const [stored] = others
    const known = preferencesOf(stored)
    const changed = changePreferences(known, changes, storeId, now)
    if (isRefusal(changed)) return problemOf(changed)
    if (changed !== known) {
      const item = preferencesItem(programme.id, memberId, { ...changed, version: known.version + 1 })
      const condition = stored
        ? ({ is: 'equal', attribute: versionAttribute, value: known.version } as const)
        : ({ is: 'absent' } as const)
      const result = await runtime.store.commit([{ kind: 'put', item, condition, replaces: stored }])
      if (result.outcome !== 'committed') return again
    }
    return { status: 200, body: { memberId, consent: changed.consent, notes: notesView(changed) } }
  })
}
