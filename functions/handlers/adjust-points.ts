import { adjustPoints } from '../contract/adjustments.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { bookAdjustment } from '../domain/adjustment.ts'
import type { Head } from '../domain/head.ts'
import { isRefusal } from '../domain/refusal.ts'
import { type MemberId, points } from '../domain/units.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { type Context, implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { standing } from './views.ts'

/** Books a correction by staff, once for its id, with who made it and why. */
export const adjustPointsImplementation = implement(adjustPoints, async (request, context) => {
  const { runtime, programme, caller, now } = context
  const { adjustmentId } = request.params
  const memberId = request.params.id as MemberId
  const key = table.adjustment(programme.id, memberId, adjustmentId)
  const hash = bodyHash(request.received)
  return attempt(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, others } = await openAccount(context, memberId, { others: [key] })
      if (!open) return problem('member-unknown')
      const done = others[0]
      if (done) {
        if (done.h !== hash) return problem('id-reused')
        const body = answerBody(context, open.account.head, adjustmentId, String(done.ac), request.body)
        return uncertain ? { status: 201 as const, body } : { status: 200 as const, body, replayed: true }
      }
      const { reason } = request.body
      const actor = request.body.actor ?? caller.subject
      const booked = bookAdjustment(
        programme,
        open.account,
        { adjustmentId, points: points(request.body.points), reason, actor },
        now,
      )
      if (isRefusal(booked)) return problemOf(booked)
      const result = await runtime.store.commit([
        { kind: 'put', item: { ...key, h: hash, ac: actor, by: caller.subject }, condition: { is: 'absent' } },
        ...(await bookingWrites(context, open, booked.account, [booked.entry])),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201 as const, body: answerBody(context, booked.account.head, adjustmentId, actor, request.body) }
    }),
  )
})

function answerBody(
  context: Context,
  head: Head,
  adjustmentId: string,
  actor: string,
  posted: { points: number; reason: string },
) {
  return {
    adjustmentId,
    memberId: head.memberId,
    points: { adjusted: posted.points },
    reason: posted.reason,
    actor,
    ...standing(context, head),
  }
}
