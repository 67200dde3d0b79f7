import { adjustPoints } from '../contract/adjustments.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { bookAdjustment } from '../domain/adjustment.ts'
import type { Head } from '../domain/head.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { type MemberId, points } from '../domain/units.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount, peekAccount } from './account.ts'
import { cappedAgent } from './agent-day.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { standing } from './views.ts'

/** Books a correction by staff, once for its id, with who made it and why. */
export const adjustPointsImplementation = implement(adjustPoints, async (request, context) => {
  const { runtime, programme, caller } = context
  const { adjustmentId } = request.params
  const memberId = request.params.id as MemberId
  const key = table.adjustment(programme.id, memberId, adjustmentId)
  const hash = bodyHash(request.body)
  const agent = cappedAgent(context)
  return attempt(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: [key, ...(agent ? [agent.key] : [])] })
      if (!open) return problem('member-unknown')
      const [done, day] = others
      if (done) {
        if (done.h !== hash) return problem('id-reused')
        // Several items read together are no snapshot: the head may be of before this adjustment.
        const known = await peekAccount(context, memberId)
        const { head } = (known.settled ?? open).account
        const body = answerBody(known.ledger, head, adjustmentId, String(done.ac), request.body)
        return uncertain ? { status: 201 as const, body } : { status: 200 as const, body, replayed: true }
      }
      const { reason } = request.body
      const actor = request.body.actor ?? caller.subject
      const booked = bookAdjustment(
        programme,
        open.account,
        { adjustmentId, points: points(request.body.points), reason, actor },
        ledger.now,
      )
      const counted = agent ? agent.count(day, { points: request.body.points }) : []
      if (isRefusal(booked) || isRefusal(counted)) {
        // No snapshot: the head may be of after this adjustment. What is done is recognised before anything is refused.
        const { items } = await runtime.store.read([key], { consistent: true })
        return items[0] ? again : problemOf(isRefusal(booked) ? booked : (counted as Refusal))
      }
      const result = await runtime.store.commit([
        { kind: 'put', item: { ...key, h: hash, ac: actor, by: caller.subject }, condition: { is: 'absent' } },
        ...(await bookingWrites(ledger, open, booked.account, [booked.entry])),
        ...counted,
        // The reason and who is named are of the member's entry: they may be personal, and can be erased with them.
        auditWrite(context, {
          ...{ action: adjustPoints.name, target: `members/${memberId}/adjustments/${adjustmentId}` },
          after: { points: request.body.points },
        }),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201 as const, body: answerBody(ledger, booked.account.head, adjustmentId, actor, request.body) }
    }),
  )
})

function answerBody(ledger: Ledger, head: Head, adjustmentId: string, actor: string, posted: { points: number; reason: string }) {
  return {
    adjustmentId,
    memberId: head.memberId,
    points: { adjusted: posted.points },
    reason: posted.reason,
    actor,
    ...standing(ledger, head),
  }
}
