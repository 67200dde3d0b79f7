import { checkIn } from '../contract/clubs.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { bookAttendance } from '../domain/club-event.ts'
import type { Head } from '../domain/head.ts'
import { isRefusal } from '../domain/refusal.ts'
import { settle } from '../domain/settle.ts'
import type { MemberId } from '../domain/units.ts'
import { clubEventOf, guestsWrite } from '../store/club-event-item.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount, peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { type Handle, implement, mayPostFor } from './context.ts'
import { bodyHash } from './hash.ts'
import { checkOccurredAt } from './sale.ts'
import { instantOf, standing } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof checkIn>>>

/** Lets a member in to an event of their club, once, and books what coming earns in the same transaction. */
export const checkInImplementation = implement(checkIn, async ({ params, body }, context) => {
  const { runtime, programme, now } = context
  const { clubId, eventId } = params
  const memberId = params.memberId as MemberId
  const { storeId } = body
  if (storeId !== undefined && !mayPostFor(context.caller, storeId)) return problem('store-forbidden', '/storeId')
  const attendance = { occurredAt: instantOf(body.occurredAt), storeId }
  const ahead = checkOccurredAt(attendance.occurredAt, now)
  if (ahead) return ahead
  const key = table.checkIn(programme.id, memberId, clubId, eventId)
  const eventKey = table.clubEvent(programme.id, clubId, eventId)
  const hash = bodyHash(body)
  const answer = (ledger: Ledger, head: Head, earned: number) => {
    return { clubId, eventId, memberId, points: { earned }, ...standing(ledger, head) }
  }
  // Who comes in by one process does so one after another: all of them change the one event.
  return attempt<Answer>(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} event ${clubId} ${eventId}`, () =>
      runtime.turns.take(`${programme.id} ${memberId}`, async () => {
        const { open, ledger, others } = await openAccount(context, memberId, { others: [key, eventKey] })
        const [done, stored] = others
        if (!stored) return problem('event-unknown')
        if (!open) return problem('member-unknown')
        const known = clubEventOf(stored)
        if (done) {
          if (done.h !== hash) return problem('id-reused')
          // Several items read together are no snapshot: the head may be of before this check-in.
          const latest = await peekAccount(context, memberId)
          const replay = answer(latest.ledger, (latest.settled ?? open).account.head, known.event.points)
          return uncertain ? { status: 201, body: replay } : { status: 200, body: replay, replayed: true }
        }
        const booked = bookAttendance(programme, open.account, known.event, known.guests, attendance, ledger.now)
        if (isRefusal(booked)) {
          // No snapshot: the others may be of after this check-in. What is done is recognised before anything is refused.
          const { items } = await runtime.store.read([key], { consistent: true })
          return items[0] ? again : problemOf(booked)
        }
        const { account, entries } = settle(programme, booked.account, ledger.now)
        const result = await runtime.store.commit([
          { kind: 'put', item: { ...key, h: hash }, condition: { is: 'absent' } },
          guestsWrite(programme.id, known, booked.guests, stored),
          ...(await bookingWrites(ledger, open, account, [booked.entry, ...entries])),
        ])
        if (result.outcome !== 'committed') return again
        return { status: 201, body: answer(ledger, account.head, known.event.points) }
      }),
    ),
  )
})
