import { problem } from '../contract/problem.ts'
import { endTierGrant } from '../contract/tier-grants.ts'
import { followed } from '../domain/settle.ts'
import { endGrant } from '../domain/tier-grants.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { rfc3339, standing } from './views.ts'

/** Ends a tier given by hand. What is over already is success. */
export const endTierGrantImplementation = implement(endTierGrant, async ({ params }, context) => {
  const { runtime, programme, caller } = context
  const { grantId } = params
  const memberId = params.id as MemberId
  const key = table.tierGrant(programme.id, memberId, grantId)
  return attempt(runtime, () =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      // Before the head, and not with it: several items read together are no snapshot, and a grant that the head does not have
      // yet would be taken for one that is over.
      const [given] = (await runtime.store.read([key], { consistent: true })).items
      const { open, ledger } = await openAccount(context, memberId)
      if (!open) return problem('member-unknown')
      if (!given) return problem('grant-unknown')
      const booked = endGrant(programme, open.account, grantId, caller.subject, ledger.now)
      const ended = booked && followed(programme, booked, ledger.now)
      if (ended) {
        const target = `members/${memberId}/tier-grants/${grantId}`
        const before = { until: rfc3339(given.un as Instant) }
        const result = await runtime.store.commit([
          ...(await bookingWrites(ledger, open, ended.account, ended.entries)),
          auditWrite(context, { action: endTierGrant.name, target, before, after: { until: rfc3339(ledger.now) } }),
        ])
        if (result.outcome !== 'committed') return again
      }
      const { head } = (ended ?? open).account
      return { status: 200 as const, body: { grantId, memberId, ...standing(ledger, head) } }
    }),
  )
})
