import { hash } from 'node:crypto'
import { type Problem, problem } from '../contract/problem.ts'
import { makeSpendCode } from '../contract/spend-codes.ts'
import { invitationCode, readInvitationCode } from '../domain/invitation.ts'
import { revisionAt } from '../domain/programme.ts'
import { type Instant, instant, type MemberId, type Points } from '../domain/units.ts'
import { type SpendCode, spendCodeOf, spendCodeWrite } from '../store/spend-code-item.ts'
import type { Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Ledger, peekAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { implement } from './context.ts'
import { chance } from './hash.ts'
import { ownMember } from './own-member.ts'
import { rfc3339 } from './views.ts'

/** Wrong codes after which the right one is no longer good. */
const mostWrongCodes = 5
const someMinutes = 5
const minuteMs = 60_000

const policyOf = ({ programme, now }: Pick<Ledger, 'programme' | 'now'>) =>
  revisionAt(programme, now).document.redemptions?.spendCodes

/** Makes a code for the caller, in the place of the one before. */
export const makeSpendCodeImplementation = implement(makeSpendCode, async (_request, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const policy = policyOf(context)
  if (!policy) return problem('spend-codes-off')
  const key = table.spendCode(programme.id, own)
  return attempt(runtime, async () => {
    const { settled, ledger, others } = await peekAccount(context, own, [key])
    if (!settled) return problem('member-unknown')
    if (settled.account.head.status === 'closed') return problem('member-closed')
    const code = invitationCode(chance(runtime.newId()))
    const expiresAt = instant(ledger.now + (policy.minutes ?? someMinutes) * minuteMs)
    const made: SpendCode = { hash: hashOf(own, code), expiresAt, tries: 0 }
    const result = await runtime.store.commit([spendCodeWrite(programme.id, own, made, others[0])])
    if (result.outcome !== 'committed') return again
    return { status: 201 as const, body: { code, expiresAt: rfc3339(expiresAt) } }
  })
})

/** With 67 bits of chance nobody finds the code that a hash is of. The member is in it, so that it is nobody else's. */
const hashOf = (member: MemberId, code: string) => hash('sha256', `${member}#${readInvitationCode(code) ?? ''}`, 'base64url')

/** Whether tills may have to show codes; then the member's is read together with their head. */
export const wantsCodes = (ledger: Pick<Ledger, 'programme' | 'now'>): boolean => policyOf(ledger) !== undefined

/**
 * What using a member's code writes, where so many points are spent by a till; or why it may not spend them. A wrong code is
 * counted before it is refused. The write holds only while no other try was counted, so that many at once are no more than as
 * many one after another.
 */
export async function useCode(
  ledger: Ledger,
  member: MemberId,
  price: Points,
  shown: string | undefined,
  stored: Item | undefined,
): Promise<readonly Write[] | Problem | Again> {
  const policy = policyOf(ledger)
  if (!policy || price <= (policy.above ?? 0)) return []
  if (shown === undefined) return problem('spend-code-missing', '/code')
  const known = stored && spendCodeOf(stored)
  if (!known?.hash || known.tries >= mostWrongCodes) return problem('spend-code-wrong', '/code')
  const { programme, runtime, now } = ledger
  if (known.hash !== hashOf(member, shown)) {
    const counted = spendCodeWrite(programme.id, member, { ...known, tries: known.tries + 1 }, stored)
    return (await runtime.store.commit([counted])).outcome === 'committed' ? problem('spend-code-wrong', '/code') : again
  }
  if (isOver(known, now)) return problem('spend-code-expired', '/code')
  return [spendCodeWrite(programme.id, member, { ...known, hash: undefined }, stored)]
}

const isOver = ({ expiresAt }: SpendCode, now: Instant) => expiresAt <= now
