import { joinMyClub } from '../contract/my-clubs.ts'
import { problem } from '../contract/problem.ts'
import { implement } from './context.ts'
import { join } from './join-club.ts'
import { ownMember } from './own-member.ts'

/** A member joins a club. */
export const joinMyClubImplementation = implement(joinMyClub, async ({ params, body }, context) => {
  const own = await ownMember(context)
  return own ? join(context, own, params.clubId, body.code) : problem('member-unknown')
})
