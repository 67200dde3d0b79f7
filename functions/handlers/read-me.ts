import { readMe } from '../contract/me.ts'
import { problem } from '../contract/problem.ts'
import { implement } from './context.ts'
import { readFound } from './found-member.ts'
import { ownMember } from './own-member.ts'

/** A member for themselves. */
export const readMeImplementation = implement(readMe, async (_request, context) => {
  const own = await ownMember(context)
  return own ? readFound(context, own) : problem('member-unknown')
})
