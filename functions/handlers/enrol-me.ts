import { enrolMe } from '../contract/me.ts'
import { type MemberId, memberId } from '../domain/units.ts'
import { identityItem } from '../store/identity-item.ts'
import { lookupKey, lookupOf } from '../store/lookups.ts'
import type { Write } from '../store/store.ts'
import { again, attempt } from './attempt.ts'
import { type Context, implement } from './context.ts'
import { type EnrolmentAnswer, enrol } from './enrolment.ts'
import { bodyHash } from './hash.ts'
import { ownMember } from './own-member.ts'
import { personalData } from './personal-data.ts'

/**
 * Enrols whoever the token belongs to and links them. A subject whose verified e-mail address is a member's is linked to
 * that member; an address that is only claimed links nobody.
 */
export const enrolMeImplementation = implement(enrolMe, async ({ body, received }, context) => {
  const { runtime, caller } = context
  const hash = bodyHash(received)
  const data = personalData(body)
  const turn = `${caller.issuer} ${caller.subject}`
  return attempt<EnrolmentAnswer>(runtime, (uncertain) =>
    runtime.turns.take(turn, async () => {
      const linked = await ownMember(context)
      if (linked) return enrol(context, { memberId: linked, data, hash }, uncertain)
      const vouched = await memberByVerifiedEmail(context)
      const own = vouched ?? memberId(runtime.newId())
      const alongside = [linkWrite(context, own)]
      if (!vouched) return enrol(context, { memberId: own, data, hash, alongside }, uncertain)
      const result = await runtime.store.commit(alongside)
      return result.outcome === 'committed' ? enrol(context, { memberId: own, data, hash }, uncertain) : again
    }),
  )
})

function linkWrite({ caller }: Context, member: MemberId): Write {
  const { issuer, subject, programme } = caller
  return { kind: 'put', item: identityItem({ issuer, subject, programme, member }), condition: { is: 'absent' } }
}

async function memberByVerifiedEmail({ runtime, programme, caller }: Context): Promise<MemberId | undefined> {
  if (caller.verifiedEmail === undefined) return undefined
  const key = lookupKey(runtime.lookupSecret, programme.id, 'email', caller.verifiedEmail)
  const { items } = await runtime.store.read([key], { consistent: true })
  return items[0] && lookupOf(items[0]).memberId
}
