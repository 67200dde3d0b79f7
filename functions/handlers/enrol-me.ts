import { enrolMe } from '../contract/me.ts'
import { problem } from '../contract/problem.ts'
import { type MemberId, memberId } from '../domain/units.ts'
import { type Identity, identityItem, isStill } from '../store/identity-item.ts'
import { normalise } from '../store/lookups.ts'
import { profileOf } from '../store/profile-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { attempt } from './attempt.ts'
import { type Caller, type Context, implement } from './context.ts'
import { type EnrolmentAnswer, enrol, enrolled } from './enrolment.ts'
import { bodyHash } from './hash.ts'
import { ownIdentity } from './own-member.ts'
import { personalData } from './personal-data.ts'

/**
 * Enrols whoever the token belongs to and links them, both in one transaction. A subject whose verified e-mail address is a
 * member's is linked to that member, and what they say of themselves completes it; an address that is only claimed links nobody.
 */
export const enrolMeImplementation = implement(enrolMe, async ({ body }, context) => {
  const { runtime, caller } = context
  const hash = bodyHash(body)
  const data = personalData(body)
  const referrer = body.referredBy as MemberId | undefined
  const turn = `${caller.issuer} ${caller.subject}`
  return attempt<EnrolmentAnswer>(runtime, (uncertain) =>
    runtime.turns.take(turn, async () => {
      const own = await ownIdentity(context)
      const emailClaimed = data.email !== undefined && !isVouchedFor(data.email, caller)
      if (own?.member !== undefined) {
        if (own.hash === undefined) return enrol(context, { memberId: own.member, data, hash, emailClaimed, referrer }, uncertain)
        return own.hash === hash ? enrolled(context, own.member, uncertain) : problem('id-reused')
      }
      const member = (await memberByVerifiedEmail(context)) ?? memberId(runtime.newId())
      return enrol(
        context,
        { memberId: member, data, hash, emailClaimed, referrer, link: linkWrite(context, own, member, hash) },
        uncertain,
      )
    }),
  )
})

/** A subject must still be what they were when they are linked: unknown, or known for something else; staff may be members, too. */
function linkWrite({ caller }: Context, own: Identity | undefined, member: MemberId, hash: string): Write {
  const { issuer, subject, programme } = caller
  const item = identityItem({ ...own, issuer, subject, programme, member, hash, version: (own?.version ?? 0) + 1 })
  return { kind: 'put', item, ...isStill(own) }
}

const isVouchedFor = (email: string, { verifiedEmail }: Caller) =>
  verifiedEmail !== undefined && normalise('email', email) === normalise('email', verifiedEmail)

async function memberByVerifiedEmail({ runtime, programme, caller }: Context): Promise<MemberId | undefined> {
  if (caller.verifiedEmail === undefined) return undefined
  const found = await runtime.lookups.find(programme.id, 'email', caller.verifiedEmail)
  if (!found) return undefined
  const { items } = await runtime.store.read([table.profile(programme.id, found.memberId)], { consistent: true })
  return items[0] && !profileOf(items[0]).emailClaimed ? found.memberId : undefined
}
