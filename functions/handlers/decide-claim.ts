import { decideClaim, decideClaims, undoClaim } from '../contract/claim-office.ts'
import { isProblem, type Problem, problem, problemDocument, problemOf } from '../contract/problem.ts'
import type { Claim } from '../domain/claim.ts'
import { approval, decline, undoApproval } from '../domain/claim-steps.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import { mostWorth, seriesOf } from '../domain/voucher-series.ts'
import type { Ledger } from './account.ts'
import { cappedAgent } from './agent-day.ts'
import { auditWrite } from './audit.ts'
import { orProblem, takeEffect, undoEffect, voucherOf } from './claim-effect.ts'
import { bookingOfClaim, type ChangedClaim, type ClaimStepped, changeClaim, withEntry } from './claim-record.ts'
import { type Context, implement } from './context.ts'
import { perform } from './perform.ts'
import { reviewedView } from './views-of-claims.ts'

interface Decision {
  readonly decision: 'approve' | 'decline'
  readonly reason: string
  readonly goodwill?: number | undefined
}

/** Approves or declines a claim, once; who did it is audited with it. */
export const decideClaimImplementation = implement(decideClaim, async ({ params, body }, context) => {
  const changed = await decide(context, params.id, body)
  return isProblem(changed) ? changed : { status: 200 as const, body: reviewedView(context.programme, changed.stored) }
})

function decide(context: Context, id: string, { decision, reason, goodwill }: Decision): Promise<ChangedClaim | Problem> {
  const by = { actor: context.caller.subject }
  const agent = decision === 'approve' ? cappedAgent(context) : undefined
  return changeClaim(
    context,
    id,
    async (opened) => {
      const { claim, ledger } = opened
      const made = claim.steps.find(({ step }) => step === 'approved' || step === 'declined')
      const isUndone = claim.steps.some(({ step }) => step === 'undone')
      if (made && !isUndone && made.step === `${decision}d` && 'actor' in made.by) return 'done'
      const step =
        decision === 'approve'
          ? approval(ledger.programme, claim, by, { why: reason, goodwill }, ledger.now)
          : decline(claim, by, reason, ledger.now)
      if (isRefusal(step)) return problemOf(step)
      const counted = agent ? agent.count(opened.others[0], { points: goodwill, voucherWorth: worthOf(ledger, claim) }) : []
      if (isRefusal(counted)) return problem(counted.refused, counted.refused === 'voucher-cap' ? undefined : '/goodwill')
      const booking = bookingOfClaim(opened)
      const stepped: ClaimStepped | Problem =
        decision === 'approve'
          ? orProblem(await takeEffect(opened, booking, claim, step))
          : { booking: withEntry(ledger, booking, step), held: null }
      return isProblem(stepped) ? stepped : audited(context, decideClaim.name, id, stepped, counted, { decision, goodwill })
    },
    agent ? [agent.key] : [],
  )
}

/**
 * What the voucher takes off at the most that an approval promises: it is the agent's of this day, whenever the goods come in and it is
 * given out. Undefined where the remedy is another.
 */
function worthOf({ programme, now }: Ledger, claim: Claim): number | undefined {
  const seriesId = voucherOf({ programme, now }, claim)
  if (seriesId === undefined) return undefined
  const series = seriesOf(revisionAt(programme, now), seriesId)
  return series ? mostWorth(series) : 0
}

/** Decides many, each as if it had been decided alone. */
export const decideClaimsImplementation = implement(decideClaims, async ({ body }, context) => {
  const results: { id: string; status: number; state?: string; code?: string }[] = []
  for (const { id, ...decision } of body.decisions) {
    const outcome = await perform(decideClaimImplementation, { params: { id }, query: {}, body: decision }, context)
    if (isProblem(outcome)) {
      const { status, code } = problemDocument(outcome)
      results.push({ id, status, code })
    } else results.push({ id, status: outcome.status, state: (outcome.body as { state: string }).state })
  }
  return { status: 200 as const, body: { results } }
})

/** Undoes an approval that nothing was given for. */
export const undoClaimImplementation = implement(undoClaim, async ({ params, body }, context) => {
  const changed = await changeClaim(context, params.id, async (opened) => {
    const { claim, ledger } = opened
    if (claim.awaits === null && claim.state !== 'settled') return 'done'
    const undoing = { why: body.reason, notGiven: body.notGiven }
    const step = undoApproval(claim, { actor: context.caller.subject }, undoing, ledger.now)
    if (isRefusal(step)) return problemOf(step)
    const stepped = orProblem(await undoEffect(opened, step))
    return isProblem(stepped) ? stepped : audited(context, undoClaim.name, params.id, stepped, [], { decision: 'undone' })
  })
  return isProblem(changed) ? changed : { status: 200 as const, body: reviewedView(context.programme, changed.stored) }
})

/** A step with the record of who of the staff did it. The reason is of the member's entry: it may be personal. */
function audited(
  context: Context,
  action: string,
  claimId: string,
  stepped: ClaimStepped,
  beside: ClaimStepped['booking']['writes'],
  after: { readonly decision: string; readonly goodwill?: number | undefined },
): ClaimStepped {
  const { booking } = stepped
  const write = auditWrite(context, { action, target: `claims/${claimId}`, after })
  return { ...stepped, booking: { ...booking, writes: [...booking.writes, ...beside, write] } }
}
