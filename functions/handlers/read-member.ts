import { readMember } from '../contract/members.ts'
import type { MemberId } from '../domain/units.ts'
import { implement } from './context.ts'
import { readFound } from './found-member.ts'

/** A member for a till. */
export const readMemberImplementation = implement(readMember, ({ params }, context) =>
  readFound(context, params.memberId as MemberId),
)
