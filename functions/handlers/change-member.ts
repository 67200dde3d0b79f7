import { isDeepStrictEqual } from 'node:util'
import { changeMember } from '../contract/members.ts'
import { isProblem, problem } from '../contract/problem.ts'
import { apply } from '../domain/apply.ts'
import { statusChange } from '../domain/membership.ts'
import type { MemberId } from '../domain/units.ts'
import { type Profile, profileOf } from '../store/profile-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { implement } from './context.ts'
import { profileWrites } from './enrolment.ts'
import { replacedCards } from './member-record.ts'
import { bookOccasion, isOccasionDue } from './occasions.ts'
import { personalData } from './personal-data.ts'
import { memberView } from './views.ts'

/** Changes personal data, replaces a card, closes a member or opens them again. What is already so is success. */
export const changeMemberImplementation = implement(changeMember, async ({ params, body }, context) => {
  const { runtime, programme } = context
  const memberId = params.memberId as MemberId
  return attempt(runtime, () =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: [table.profile(programme.id, memberId)] })
      if (!open) return problem('member-unknown')
      // Several items read together are no snapshot: the profile may be of before the enrolment that the head is of.
      if (!others[0]) return again
      const before = profileOf(others[0])
      const data = personalData(body, before.data)
      if (data.birthday !== before.data.birthday && isOccasionDue(before, ledger.now)) {
        await bookOccasion(context, memberId)
        return again
      }
      // A till that is told an address takes it for the member's.
      const confirms = body.email !== undefined && before.emailClaimed === true
      const after: Profile = {
        ...before,
        version: before.version + 1,
        data,
        ...(confirms && { emailClaimed: false }),
        replacedCards: replacedCards(context, before, data),
      }
      const writes: Write[] = []
      if (confirms || !isDeepStrictEqual(data, before.data)) {
        const changed = await profileWrites(context, before, after)
        if (isProblem(changed)) return changed
        writes.push(...changed)
      }
      let { account } = open
      if (body.status !== undefined && body.status !== account.head.status) {
        const entry = statusChange(body.status, ledger.now)
        account = apply(account, entry)
        writes.push(...(await bookingWrites(ledger, open, account, [entry])))
      }
      if (writes.length > 0 && (await runtime.lookups.commit(writes)).outcome !== 'committed') return again
      return { status: 200 as const, body: memberView(ledger, account.head, after) }
    }),
  )
})
