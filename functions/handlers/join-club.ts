import type { joinClubFor } from '../contract/clubs.ts'
import { problem, problemOf } from '../contract/problem.ts'
import { membershipIn } from '../domain/club.ts'
import { joinClub } from '../domain/club-membership.ts'
import { invitationStatus } from '../domain/invitation.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { MemberId } from '../domain/units.ts'
import { invitationOf, invitationWrite } from '../store/invitation-item.ts'
import type { Write } from '../store/store.ts'
import { bookingWrites, openAccount, peekAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { bookingOf, giveSetOff } from './bonuses.ts'
import type { Context, Handle } from './context.ts'
import { invitationKey } from './invitation-key.ts'
import { membershipView } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof joinClubFor>>>

/** Makes a member belong to a club; a code is used up in the same transaction. Who belongs to it already does so still. */
export async function join(context: Context, memberId: MemberId, clubId: string, code: string | undefined): Promise<Answer> {
  const { runtime, programme } = context
  const codeKey = code === undefined ? undefined : invitationKey(programme, clubId, code)
  return attempt<Answer>(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: codeKey ? [codeKey] : [] })
      if (!open) return problem('member-unknown')
      const held = membershipIn(open.account.head, clubId)
      if (held) {
        const body = { memberId, club: membershipView(ledger, held) }
        return uncertain ? { status: 201, body } : { status: 200, body, replayed: true }
      }
      const stored = others[0]
      const invitation = stored && invitationOf(stored)
      const good = invitation && invitationStatus(invitation, ledger.now) === 'good' ? invitation : undefined
      const joined = joinClub(programme, open.account, clubId, good?.invitationId, ledger.now)
      if (isRefusal(joined)) {
        // No snapshot: the code may be of after this very joining. What is done is recognised before anything is refused.
        const now = await peekAccount(context, memberId)
        return now.settled && membershipIn(now.settled.account.head, clubId) ? again : problemOf(joined)
      }
      const { fact } = joined.entry
      const given = await giveSetOff(ledger, bookingOf(open, joined.account, [joined.entry]), open.account)
      if (isRefusal(given)) return problemOf(given)
      const writes: Write[] = [...(await bookingWrites(ledger, given.open, given.account, given.entries)), ...given.writes]
      if (stored && good && 'invitationId' in fact) writes.push(invitationWrite(stored, { used: good.used + 1 }))
      if ((await runtime.store.commit(writes)).outcome !== 'committed') return again
      return { status: 201, body: { memberId, club: membershipView(ledger, membershipIn(joined.account.head, clubId)!) } }
    }),
  )
}
