import type { Awaited, Claim, ClaimActor, ClaimFact } from './claim.ts'
import { guaranteeOf } from './claiming.ts'
import type { Effect, Entry } from './entry.ts'
import { afterDays, type Guarantee } from './guarantee.ts'
import { type Programme, revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Instant } from './units.ts'

/**
 * The steps of a claim after its submission, each as the entry that books it, on a claim as it is now. What an approval does to points
 * is a return of the claimed lines, booked beside it.
 */

export function guaranteeOfClaim({ revisions }: Programme, { guaranteeId, revision }: Claim): Guarantee {
  const guarantee = revisions.flatMap((one) => (one.number === revision ? (guaranteeOf(one, guaranteeId) ?? []) : []))[0]
  if (!guarantee) throw new Error(`revision ${revision} has no guarantee ${guaranteeId}`)
  return guarantee
}

/** What staff say beside yes: the member reads why; points of goodwill, where it is not as many as the guarantee says. */
export interface Approving {
  readonly why: string
  readonly goodwill?: number | undefined
}

/** Approves a claim: from then on the goods are waited for, where they are wanted back; else what is given for them. */
export function approval(
  programme: Programme,
  claim: Claim,
  by: ClaimActor,
  { why, goodwill }: Approving,
  now: Instant,
): Entry | Refusal {
  if (claim.state !== 'submitted') return refusal('claim-not-open')
  const { goodsBack, instruction } = claim
  const fact: ClaimFact = {
    kind: 'claim-approved',
    claimId: claim.claimId,
    by,
    why,
    ...(!goodsBack && { instruction }),
    ...(goodwill !== undefined && { goodwill }),
  }
  return { at: now, fact, effect: awaiting(programme, claim, goodsBack ? 'goods' : 'remedy', now) }
}

/** The goods of an approved claim came in: now what was approved is to be given. The member reads why it is said, where it is. */
export function goodsReceived(programme: Programme, claim: Claim, by: ClaimActor, now: Instant, why?: string): Entry | Refusal {
  if (claim.state === 'lapsed') return refusal('claim-lapsed')
  if (claim.awaits !== 'goods') return refusal('claim-not-approved')
  const { claimId, instruction } = claim
  const fact: ClaimFact = { kind: 'claim-goods', claimId, by, ...(why !== undefined && { why }), instruction }
  return { at: now, fact, effect: awaiting(programme, claim, 'remedy', now) }
}

export function decline(claim: Claim, by: ClaimActor, why: string, now: Instant): Entry | Refusal {
  if (claim.state !== 'submitted') return refusal('claim-not-open')
  return over({ kind: 'claim-declined', claimId: claim.claimId, by, why }, now)
}

/** Whether somebody was told to give something for a claim. */
const isTold = ({ goodsBack, steps }: Claim): boolean => steps.some(({ step }) => step === (goodsBack ? 'goods' : 'approved'))

/** What staff say of an approval that they undo; `notGiven`: whoever was told to give something has not, and will not. */
export interface Undoing {
  readonly why: string
  readonly notGiven?: boolean | undefined
}

/**
 * Undoes an approval, as long as nothing was given for it, which staff have to know of whoever was told to. The claim is declined by it: it
 * is not approved a second time.
 */
export function undoApproval(claim: Claim, by: ClaimActor, { why, notGiven }: Undoing, now: Instant): Entry | Refusal {
  if (claim.state === 'settled') return refusal('claim-settled')
  if (claim.state !== 'approved') return refusal('claim-not-approved')
  if (isTold(claim) && !notGiven) return refusal('remedy-told', '/notGiven')
  return over({ kind: 'claim-undone', claimId: claim.claimId, by, why }, now)
}

/** Withdraws a claim that nobody has decided yet, or the goods of which are not brought back yet. */
export function withdrawal(claim: Claim, by: ClaimActor, now: Instant): Entry | Refusal {
  if (claim.awaits !== 'decision' && claim.awaits !== 'goods') return refusal('claim-not-open')
  return over({ kind: 'claim-withdrawn', claimId: claim.claimId, by }, now)
}

/** What was given for an approved claim, as whoever gave it says. */
export interface Given {
  readonly by: ClaimActor
  /** Minor units. */
  readonly amount: number
  readonly occurredAt: Instant
  readonly reference?: string | undefined
}

/** Whether an approval was undone of which somebody had been told: what they gave all the same is given. */
export const isRecalled = (claim: Claim): boolean => isTold(claim) && claim.steps.some(({ step }) => step === 'undone')

/** Says that what was approved was given: once, and so much as was approved; also where it should not have been any more. */
export function settlement(claim: Claim, { by, amount, occurredAt, reference }: Given, now: Instant): Entry | Refusal {
  if (claim.state === 'lapsed') return refusal('claim-lapsed')
  if (claim.state === 'settled') return refusal('claim-settled')
  if (claim.awaits === 'goods') return refusal('goods-missing')
  if (claim.awaits !== 'remedy' && !isRecalled(claim)) return refusal('claim-not-approved')
  if (amount !== claim.instruction.amount) return refusal('settlement-differs', '/amount')
  const { claimId } = claim
  const fact: ClaimFact = {
    kind: 'claim-settled',
    claimId,
    by,
    amount,
    occurredAt,
    ...(reference !== undefined && { reference }),
  }
  return over(fact, now)
}

const over = (fact: ClaimFact, now: Instant): Entry => ({ at: now, fact, effect: { claim: { id: fact.claimId, open: null } } })

function awaiting(programme: Programme, claim: Claim, awaits: Exclude<Awaited, 'decision'>, now: Instant): Effect {
  const { days } = guaranteeOfClaim(programme, claim)
  const dueAt = afterDays(revisionAt(programme, now).calendar, now, awaits === 'goods' ? (days.bringBack ?? 0) : days.settle)
  const { claimId, taken } = claim
  return { claim: { id: claimId, open: { claimId, awaits, dueAt, ...(taken && { taken }) } } }
}
