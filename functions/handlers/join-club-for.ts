import { joinClubFor } from '../contract/clubs.ts'
import type { MemberId } from '../domain/units.ts'
import { implement } from './context.ts'
import { join } from './join-club.ts'

/** A till lets a member into a club. */
export const joinClubForImplementation = implement(joinClubFor, ({ params, body }, context) =>
  join(context, params.memberId as MemberId, params.clubId, body.code),
)
