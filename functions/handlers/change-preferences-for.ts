import { changePreferencesFor } from '../contract/preferences.ts'
import { problem } from '../contract/problem.ts'
import { revisionAt } from '../domain/programme.ts'
import type { MemberId } from '../domain/units.ts'
import { keepPreferences } from './change-preferences.ts'
import { implement, mayPostFor } from './context.ts'

/** Staff at an outlet note what a guest likes. */
export const changePreferencesForImplementation = implement(changePreferencesFor, async ({ params, body }, context) => {
  const { storeId, notes } = body
  if (!mayPostFor(context.caller, storeId)) return problem('store-forbidden', '/storeId')
  const { storeIds } = revisionAt(context.programme, context.now)
  if (storeIds && !storeIds.has(storeId)) return problem('store-unknown', '/storeId')
  return keepPreferences(context, params.memberId as MemberId, { notes }, storeId)
})
