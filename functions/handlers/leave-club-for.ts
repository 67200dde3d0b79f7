import { leaveClubFor } from '../contract/clubs.ts'
import type { MemberId } from '../domain/units.ts'
import { implement } from './context.ts'
import { leave } from './leave-club.ts'

/** A till takes a member out of a club. */
export const leaveClubForImplementation = implement(leaveClubFor, ({ params }, context) =>
  leave(context, params.memberId as MemberId, params.clubId),
)
