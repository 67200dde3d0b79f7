import { changeMyPreferences } from '../contract/my-preferences.ts'
import { problem } from '../contract/problem.ts'
import { keepPreferences } from './change-preferences.ts'
import { implement } from './context.ts'
import { ownMember } from './own-member.ts'

/** A member says what they like, and whether it may be kept. */
export const changeMyPreferencesImplementation = implement(changeMyPreferences, async ({ body }, context) => {
  const own = await ownMember(context)
  return own ? keepPreferences(context, own, body, null) : problem('member-unknown')
})
