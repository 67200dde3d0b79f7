import { payForClub } from '../contract/clubs.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { membershipIn } from '../domain/club.ts'
import { payForClub as bookPayment } from '../domain/club-membership.ts'
import type { Head } from '../domain/head.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import { settle } from '../domain/settle.ts'
import { earlier, type MemberId } from '../domain/units.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount, peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { bookingOf, giveSetOff } from './bonuses.ts'
import { type Handle, implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { checkOccurredAt } from './sale.ts'
import { instantOf, membershipView } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof payForClub>>>

/** Books a fee for a club, once for its id: it starts the membership or renews it. */
export const payForClubImplementation = implement(payForClub, async ({ params, body }, context) => {
  const { runtime, programme, now } = context
  const { clubId, paymentId } = params
  const memberId = params.memberId as MemberId
  const payment = { paymentId, occurredAt: instantOf(body.occurredAt), amount: body.amount }
  const ahead = checkOccurredAt(payment.occurredAt, now)
  if (ahead) return ahead
  const key = table.clubPayment(programme.id, memberId, clubId, paymentId)
  const hash = bodyHash(body)
  const answer = (ledger: Ledger, head: Head) => {
    const held = membershipIn(head, clubId)
    return { paymentId, memberId, club: held ? membershipView(ledger, held) : null }
  }
  return attempt<Answer>(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: [key] })
      if (!open) return problem('member-unknown')
      const done = others[0]
      if (done) {
        if (done.h !== hash) return problem('id-reused')
        // Several items read together are no snapshot: the head may be of before this payment.
        const known = await peekAccount(context, memberId)
        const replay = answer(known.ledger, (known.settled ?? open).account.head)
        return uncertain ? { status: 201, body: replay } : { status: 200, body: replay, replayed: true }
      }
      const { currency } = revisionAt(programme, earlier(payment.occurredAt, ledger.now)).document
      const booked =
        body.currency === currency ? bookPayment(programme, open.account, clubId, payment, ledger.now) : 'another currency'
      if (booked === 'another currency' || isRefusal(booked)) {
        // No snapshot: the head may be of after this payment. What is done is recognised before anything is refused.
        const { items } = await runtime.store.read([key], { consistent: true })
        if (items[0]) return again
        return booked === 'another currency' ? problem('currency-mismatch', '/currency') : problemOf(booked)
      }
      const { account, entries } = settle(programme, booked.account, ledger.now)
      const given = await giveSetOff(ledger, bookingOf(open, account, [booked.entry, ...entries]), open.account)
      if (isRefusal(given)) return problemOf(given)
      const result = await runtime.store.commit([
        { kind: 'put', item: { ...key, h: hash }, condition: { is: 'absent' } },
        ...(await bookingWrites(ledger, given.open, given.account, given.entries)),
        ...given.writes,
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201, body: answer(ledger, given.account.head) }
    }),
  )
})
