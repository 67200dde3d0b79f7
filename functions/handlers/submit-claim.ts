import type * as z from 'zod'
import { submitClaimFor, submitMyClaim } from '../contract/claims.ts'
import { type Problem, problem, problemOf } from '../contract/problem.ts'
import { mostClaimedLines, mostReturns } from '../domain/bounds.ts'
import { claimAt } from '../domain/claim.ts'
import { approval } from '../domain/claim-steps.ts'
import { type AskedClaim, judgeClaim, submission } from '../domain/claiming.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { MemberId } from '../domain/units.ts'
import type { StoredClaim } from '../store/claim-item.ts'
import { claimsNow } from '../store/receipt-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { peekAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { takeOfBudgets } from './claim-budgets.ts'
import { takeEffect } from './claim-effect.ts'
import {
  bookingOfClaim,
  type ClaimStepped,
  claimAfter,
  claimIdOf,
  claimWrites,
  keptOf,
  type OpenedSale,
  openSale,
  readClaim,
  withEntry,
} from './claim-record.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { bodyHash } from './hash.ts'
import { ownMember } from './own-member.ts'
import { readEntries } from './read-entries.ts'
import { repeatedLine } from './sale.ts'
import { claimView } from './views-of-claims.ts'

type Answer = Awaited<ReturnType<Handle<typeof submitMyClaim>>>
type Body = z.output<typeof submitMyClaim.body>

/** A claim as it was posted, and for whom. */
interface Posted {
  readonly context: Context
  readonly asked: AskedClaim
  readonly purchaseId: string
  readonly memberId: MemberId
  readonly hash: string
}

export const submitMyClaimImplementation = implement(submitMyClaim, async ({ params, body }, context) => {
  const memberId = await ownMember(context)
  if (!memberId) return problem('member-unknown')
  const asked = { ...body, claimId: claimIdOf(memberId, params.id), by: { member: true } as const }
  return submit({ context, asked, purchaseId: body.purchaseId, memberId, hash: bodyHash(body) }, body)
})

export const submitClaimForImplementation = implement(submitClaimFor, async ({ params, body }, context) => {
  const { memberId, storeId, ...claim } = body
  if (!mayPostFor(context.caller, storeId)) return problem('store-forbidden', '/storeId')
  if (!params.id.startsWith(`${storeId}:`)) return problem('store-mismatch', '/storeId')
  const asked = { ...claim, claimId: params.id, by: { storeId } }
  const posted = { context, asked, purchaseId: body.purchaseId, memberId: memberId as MemberId, hash: bodyHash(body) }
  const { storeIds } = revisionAt(context.programme, context.now)
  return submit(posted, body, storeIds && !storeIds.has(storeId) ? problem('store-unknown', '/storeId') : undefined)
})

/**
 * Makes a claim, once for its id; one that needs nobody's decision is approved in the same booking. `stale` is what is wrong with it by
 * the revision in force: a claim that was made before that was is recognised all the same.
 */
async function submit(posted: Posted, { lines }: Pick<Body, 'lines'>, stale?: Problem): Promise<Answer> {
  const { context, purchaseId, memberId } = posted
  const { runtime, programme } = context
  const repeated = repeatedLine(lines)
  if (repeated) return repeated
  return attempt<Answer>(runtime, async (uncertain) => {
    const known = await readClaim(context, posted.asked.claimId)
    if (known) return replayOf(posted, known, uncertain)
    if (stale) return refuse(posted, stale)
    return runtime.turns.take(table.receipt(programme.id, purchaseId).pk, () =>
      runtime.turns.take(`${programme.id} ${memberId}`, () => trySubmitting(posted)),
    )
  })
}

async function trySubmitting(posted: Posted): Promise<Answer | Again> {
  const { context, asked, purchaseId, memberId, hash } = posted
  const { runtime, programme } = context
  const opened = await openSale(context, purchaseId)
  // Whose a purchase is instead is not told.
  if (opened?.receipt.memberId !== memberId) return refuse(posted, problem('purchase-unknown', '/purchaseId'))
  const decided = await decide(posted, opened)
  if ('problem' in decided) return refuse(posted, decided)
  const claim = claimAfter(undefined, memberId, asked.claimId, decided.booking)
  const { text, photos } = asked
  const stored: StoredClaim = { claim, evidence: { text, photos }, version: 0, hash }
  const listing: Write = { kind: 'put', item: { ...table.memberClaim(programme.id, memberId, asked.claimId) } }
  const result = await runtime.store.commit([...(await claimWrites(opened, undefined, stored, decided)), listing])
  return result.outcome === 'committed' ? { status: 201, body: claimView(programme, stored) } : again
}

async function decide({ asked }: Posted, opened: OpenedSale): Promise<ClaimStepped | Problem> {
  const { ledger, open, receipt } = opened
  const { programme, now } = ledger
  if (receipt.returns.length + receipt.claims.length >= mostReturns) return problem('too-many-returns')
  const linesHeld = claimsNow(receipt, now).reduce((sum, claim) => sum + claim.lines.length, 0)
  if (linesHeld + asked.lines.length > mostClaimedLines) return problem('too-many-claims', '/lines')
  const { head } = open.account
  const history = [...(await readEntries(ledger, head.memberId, head.version)), ...open.settling]
  const judged = judgeClaim(programme, open.account, keptOf(opened, asked.claimId), asked, history, now)
  if (isRefusal(judged)) return problemOf(judged)
  const { claimId } = asked
  const { guarantee, taken, terms } = judged
  const pots = taken ? await takeOfBudgets(ledger, guarantee, terms.revision, taken) : []
  if (isRefusal(pots)) return problemOf(pots)
  const opening = { ...bookingOfClaim(opened), writes: pots }
  const booking = withEntry(ledger, opening, submission(asked, judged, now))
  const claim = claimAfter(undefined, head.memberId, claimId, booking)
  const held = { claimId, lines: claim.lines, isReturned: false, until: null }
  if (!judged.isAutomatic) return { booking, held }
  const why = guarantee.name
  const step = approval(programme, claim, { rule: true }, { why }, now)
  if (isRefusal(step)) return problemOf(step)
  const effective = await takeEffect(opened, booking, claim, step)
  // What cannot be given now, as where a pool of vouchers is dry, is for staff to see to: the time of the guarantee runs.
  return isRefusal(effective) ? { booking, held } : effective
}

/** What is done is recognised before anything is refused: this request may have been answered meanwhile. */
async function refuse({ context, asked }: Posted, refused: Problem): Promise<Problem | Again> {
  return (await readClaim(context, asked.claimId)) ? again : refused
}

async function replayOf({ context, hash }: Posted, stored: StoredClaim, mayBeOwn: boolean): Promise<Answer> {
  if (stored.hash !== hash) return problem('id-reused')
  const { ledger } = await peekAccount(context, stored.claim.memberId)
  const body = claimView(context.programme, { ...stored, claim: claimAt(stored.claim, ledger.now) })
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}
