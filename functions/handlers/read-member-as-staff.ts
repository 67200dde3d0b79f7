import { problem } from '../contract/problem.ts'
import { readMemberAsStaff } from '../contract/segments.ts'
import type { MemberId } from '../domain/units.ts'
import { implement } from './context.ts'
import { findMember } from './found-member.ts'

/** A member for staff. */
export const readMemberAsStaffImplementation = implement(readMemberAsStaff, async ({ params }, context) => {
  const found = await findMember(context, params.id as MemberId)
  if (!found) return problem('member-unknown')
  return { status: 200 as const, body: { ...found.view, segments: [...found.head.segments] } }
})
