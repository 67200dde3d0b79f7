import { problem } from '../contract/problem.ts'
import { endTierGrant } from '../contract/tier-grants.ts'
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
      const { open, ledger, others } = await openAccount(context, memberId, { others: [key] })
      if (!open) return problem('member-unknown')
      if (!others[0]) return problem('grant-unknown')
      const booked = endGrant(programme, open.account, grantId, caller.subject, ledger.now)
      if (booked) {
        const target = `members/${memberId}/tier-grants/${grantId}`
        const before = { until: rfc3339(others[0].un as Instant) }
        const result = await runtime.store.commit([
          ...(await bookingWrites(ledger, open, booked.account, [booked.entry])),
          auditWrite(context, { action: endTierGrant.name, target, before, after: { until: rfc3339(ledger.now) } }),
        ])
        if (result.outcome !== 'committed') return again
      }
      const { head } = (booked ?? open).account
      return { status: 200 as const, body: { grantId, memberId, ...standing(ledger, head) } }
    }),
  )
})
