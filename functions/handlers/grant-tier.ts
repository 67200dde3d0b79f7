import { problem, problemOf } from '../contract/problem.ts'
import { grantTier } from '../contract/tier-grants.ts'
import { startOfWrittenDay } from '../domain/calendar.ts'
import type { Head } from '../domain/head.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import { followed } from '../domain/settle.ts'
import { bookGrant } from '../domain/tier-grants.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount, peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { instantOf, rfc3339, standing } from './views.ts'

/** Gives a member a tier until an instant, once for its id, with who gave it and why. */
export const grantTierImplementation = implement(grantTier, async ({ params, body }, context) => {
  const { runtime, programme, caller } = context
  const { grantId } = params
  const memberId = params.id as MemberId
  const key = table.tierGrant(programme.id, memberId, grantId)
  const hash = bodyHash(body)
  const answer = (ledger: Ledger, head: Head, { ac, un }: Item) => ({
    grantId,
    memberId,
    granted: { tier: body.tier, until: rfc3339(un as Instant) },
    reason: body.reason,
    actor: String(ac),
    ...standing(ledger, head),
  })
  return attempt(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: [key] })
      if (!open) return problem('member-unknown')
      const done = others[0]
      if (done) {
        if (done.h !== hash) return problem('id-reused')
        // Several items read together are no snapshot: the head may be of before this grant.
        const known = await peekAccount(context, memberId)
        const replay = answer(known.ledger, (known.settled ?? open).account.head, done)
        return uncertain ? { status: 201 as const, body: replay } : { status: 200 as const, body: replay, replayed: true }
      }
      const until = endOf(ledger, body.until)
      const actor = body.actor ?? caller.subject
      const grant = { grantId, tier: body.tier, until, reason: body.reason, actor }
      const booked = bookGrant(programme, open.account, grant, ledger.now)
      if (isRefusal(booked)) {
        // No snapshot: the head may be of after this grant. What is done is recognised before anything is refused.
        const { items } = await runtime.store.read([key], { consistent: true })
        return items[0] ? again : problemOf(booked)
      }
      const { entries, account } = followed(programme, booked, ledger.now)
      const item = { ...key, h: hash, ac: actor, by: caller.subject, un: until }
      const result = await runtime.store.commit([
        { kind: 'put', item, condition: { is: 'absent' } },
        ...(await bookingWrites(ledger, open, account, entries)),
        auditWrite(context, {
          ...{ action: grantTier.name, target: `members/${memberId}/tier-grants/${grantId}` },
          after: { tier: body.tier, until: rfc3339(until) },
        }),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201 as const, body: answer(ledger, account.head, item) }
    }),
  )
})

/** A day ends a grant as it begins. */
function endOf({ programme, now }: Ledger, written: string): Instant {
  return written.includes('T') ? instantOf(written) : startOfWrittenDay(revisionAt(programme, now).calendar, written)
}
