import { leaveMyClub } from '../contract/my-clubs.ts'
import { problem } from '../contract/problem.ts'
import { implement } from './context.ts'
import { leave } from './leave-club.ts'
import { ownMember } from './own-member.ts'

/** A member leaves a club. */
export const leaveMyClubImplementation = implement(leaveMyClub, async ({ params }, context) => {
  const own = await ownMember(context)
  return own ? leave(context, own, params.clubId) : problem('member-unknown')
})
