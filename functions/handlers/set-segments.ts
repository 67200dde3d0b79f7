import { problem } from '../contract/problem.ts'
import { setSegments } from '../contract/segments.ts'
import { apply } from '../domain/apply.ts'
import { segmentsChange } from '../domain/segments.ts'
import type { MemberId } from '../domain/units.ts'
import { bookingWrites, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, implement } from './context.ts'

/** Gives a member the tags that are said, and no others. What is already so is success, and books nothing. */
export const setSegmentsImplementation = implement(setSegments, async ({ params, body }, context) => {
  const set = await giveSegments(context, params.id as MemberId, body.segments, body.reason)
  if (set === 'unknown') return problem('member-unknown')
  return { status: 200 as const, body: { memberId: params.id, segments: [...set.segments] } }
})

/** Books the tags of a member where they are others. Says which they are, and whether they changed. */
export async function giveSegments(
  context: Context,
  memberId: MemberId,
  segments: readonly string[],
  reason: string | undefined,
): Promise<{ readonly segments: readonly string[]; readonly changed: boolean } | 'unknown'> {
  const { runtime, programme, caller } = context
  return attempt(runtime, () =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger } = await openAccount(context, memberId)
      if (!open) return 'unknown' as const
      const { head } = open.account
      const entry = segmentsChange(head, segments, { actor: caller.subject, reason }, ledger.now)
      if (!entry) return { segments: head.segments, changed: false }
      const account = apply(open.account, entry)
      const { segments: before } = head
      const audited = { action: setSegments.name, target: `members/${memberId}/segments`, before, after: account.head.segments }
      const result = await runtime.store.commit([
        ...(await bookingWrites(ledger, open, account, [entry])),
        auditWrite(context, audited),
      ])
      return result.outcome === 'committed' ? { segments: account.head.segments, changed: true } : again
    }),
  )
}
