import { enrolMember } from '../contract/members.ts'
import type { MemberId } from '../domain/units.ts'
import { attempt } from './attempt.ts'
import { implement } from './context.ts'
import { type EnrolmentAnswer, enrol } from './enrolment.ts'
import { bodyHash } from './hash.ts'
import { personalData } from './personal-data.ts'

/** Enrols a member at a till, or completes one that a card alone made. */
export const enrolMemberImplementation = implement(enrolMember, async ({ params, body }, context) => {
  const memberId = params.memberId as MemberId
  const referrer = body.referredBy as MemberId | undefined
  const enrolment = { memberId, data: personalData(body), hash: bodyHash(body), referrer }
  return attempt<EnrolmentAnswer>(context.runtime, (uncertain) =>
    context.runtime.turns.take(`${context.programme.id} ${memberId}`, () => enrol(context, enrolment, uncertain)),
  )
})
