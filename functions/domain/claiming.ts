import { mostOpenClaims } from './bounds.ts'
import type { Calendar } from './calendar.ts'
import { type Claim, type ClaimActor, type ClaimTerms, claimsOf, type Instruction, type TakenOfBudget } from './claim.ts'
import { scoreOf, signalsOf, usualReviewFrom } from './claim-score.ts'
import type { Account, Entry, ReturnedLine } from './entry.ts'
import {
  afterDays,
  type ClaimCap,
  type Guarantee,
  guaranteedUntil,
  type Holder,
  hasStanding,
  holderOf,
  isCovered,
  remedied,
} from './guarantee.ts'
import { windowOf } from './limits.ts'
import { type Programme, type Revision, revisionAt } from './programme.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import type { KeptSale } from './returns.ts'
import { type Instant, type MemberId, multiplyDivide } from './units.ts'

/** A claim as it is made. */
export interface AskedClaim {
  readonly claimId: string
  readonly by: ClaimActor
  /** Where it is left out, the first that covers the lines. */
  readonly guaranteeId?: string | undefined
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[]
  readonly reason?: string | undefined
  readonly text?: string | undefined
  readonly photos?: readonly string[] | undefined
}

/** A claim that may be made, and what it comes to. */
export interface JudgedClaim {
  readonly guarantee: Guarantee
  readonly terms: ClaimTerms
  readonly taken: TakenOfBudget | undefined
  /** Whether it needs nobody to decide it. */
  readonly isAutomatic: boolean
  readonly decideBy: Instant
}

/**
 * Judges a claim on a sale of the member, on a settled account: the promise is that of the revision in force at the sale, the limits
 * are those in force now. The history is all of the member's entries. Refuses what the guarantee does not cover, what is not
 * left of the lines, and what is beyond the limits of the member.
 */
export function judgeClaim(
  programme: Programme,
  account: Account,
  kept: KeptSale,
  asked: AskedClaim,
  history: readonly Entry[],
  now: Instant,
): JudgedClaim | Refusal {
  const { head } = account
  if (head.status === 'closed') return refusal('member-closed')
  if (head.claims.length >= mostOpenClaims) return refusal('too-many-claims')
  const lines = claimedLines(kept, asked.lines)
  if ('refused' in lines) return lines
  const revision = revisionAt(programme, kept.sale.at)
  const holder = holderOf(head, kept.sale)
  const found = chosenGuarantee(revision, kept, asked, holder, now)
  if (isRefusal(found)) return found
  const { guarantee, until } = found
  const missing = missingEvidence(guarantee, asked)
  if (missing) return missing
  const value = lines.lines.reduce((sum, { amount }) => sum + amount, 0)
  const { calendar } = revisionAt(programme, now)
  const limits = limitsNow(programme, guarantee, now)
  const standing = standingClaims(head.memberId, history, guarantee.id)
  if (limits?.perMember?.some((cap) => isBeyond(cap, calendar, standing, value, now))) return refusal('claim-limit')
  const skus = lines.lines.map(({ lineId }) => kept.sale.fact.lines.find((line) => line.lineId === lineId)!.sku)
  const { purchaseId } = kept.sale.fact
  const lineIds = lines.lines.map(({ lineId }) => lineId)
  const attempted = { now, purchaseId, lineIds, skus, value, saleAt: kept.sale.at, until }
  const signals = signalsOf(calendar, head.memberId, history, attempted)
  // What is split is worth what the whole of it is.
  const ofSale = standing.filter((claim) => claim.purchaseId === purchaseId)
  const claimedBefore = ofSale.reduce((sum, claim) => sum + claim.value, 0)
  const { storeId } = kept.sale.fact.details
  const of = [
    ...(limits?.budget === undefined ? [] : (['budget'] as const)),
    ...(limits?.perStore === undefined ? [] : (['store'] as const)),
  ]
  return {
    guarantee,
    terms: {
      guaranteeId: guarantee.id,
      revision: revision.number,
      purchaseId,
      storeId,
      lines: lines.lines,
      value,
      instruction: instructionFor(guarantee, revision, value),
      goodsBack: guarantee.goodsBack,
      ...(asked.reason !== undefined && { reason: asked.reason }),
      signals,
    },
    taken: of.length > 0 && value > 0 ? { guaranteeId: guarantee.id, storeId, amount: value, of } : undefined,
    isAutomatic:
      isAutomatic(guarantee, holder, value + claimedBefore) && scoreOf(signals) < (guarantee.reviewFrom ?? usualReviewFrom),
    decideBy: afterDays(calendar, now, guarantee.days.decide),
  }
}

/** The limits of a guarantee in force now; those of the sale where the programme has it no longer. */
function limitsNow(programme: Programme, guarantee: Guarantee, now: Instant): Guarantee['limits'] {
  const current = guaranteeOf(revisionAt(programme, now), guarantee.id)
  return (current ?? guarantee).limits
}

export const guaranteeOf = ({ document }: Revision, id: string): Guarantee | undefined =>
  document.guarantees?.find((one) => one.id === id)

/** What a claim comes to, line by line, at the price paid: parts of a line add up to the whole of it. */
function claimedLines(
  { sale, returned, claimed = [] }: KeptSale,
  asked: AskedClaim['lines'],
): { lines: ReturnedLine[] } | Refusal {
  const lines: ReturnedLine[] = []
  for (const [index, { lineId, quantity }] of asked.entries()) {
    const sold = sale.fact.lines.find((line) => line.lineId === lineId)
    if (!sold) return refusal('line-unknown', `/lines/${index}/lineId`)
    const back = returned.find((line) => line.lineId === lineId) ?? nothing
    const held = claimed.find((line) => line.lineId === lineId) ?? nothing
    const left = { quantity: sold.quantity - back.quantity, amount: sold.amount - back.amount }
    const pointer = `/lines/${index}/quantity`
    if (left.quantity === 0) return refusal('line-returned', pointer)
    if (quantity > left.quantity) return refusal('claim-exceeds-purchase', pointer)
    if (quantity > left.quantity - held.quantity) return refusal('line-claimed', pointer)
    const free = { quantity: left.quantity - held.quantity, amount: left.amount - held.amount }
    lines.push({ lineId, quantity, amount: multiplyDivide(free.amount, quantity, free.quantity) })
  }
  return { lines }
}

const nothing = { quantity: 0, amount: 0 }

/** The guarantee that a claim names, or the first that would take it; and when its time is over. */
function chosenGuarantee(
  revision: Revision,
  kept: KeptSale,
  { guaranteeId, lines }: AskedClaim,
  holder: Holder,
  now: Instant,
): { readonly guarantee: Guarantee; readonly until: Instant } | Refusal {
  const named = (revision.document.guarantees ?? []).filter(({ id }) => guaranteeId === undefined || id === guaranteeId)
  if (guaranteeId !== undefined && named.length === 0) return refusal('guarantee-unknown', '/guaranteeId')
  let refused: Refusal | undefined
  let farthest = 0
  for (const guarantee of named) {
    const uncovered = lines.findIndex(
      ({ lineId }) => !isCovered(guarantee, kept.sale.fact.lines.find((line) => line.lineId === lineId)!),
    )
    if (uncovered !== -1) {
      farthest = Math.max(farthest, uncovered)
      continue
    }
    const until = guaranteedUntil(revision.calendar, guarantee, kept.sale.at, holder)
    if (now < until) return { guarantee, until }
    refused = refusal('guarantee-over', '/purchaseId')
  }
  return refused ?? refusal('not-covered', `/lines/${farthest}/lineId`)
}

function missingEvidence({ evidence }: Guarantee, { reason, text, photos = [] }: AskedClaim): Refusal | undefined {
  if (evidence?.reasons && (reason === undefined || !evidence.reasons.includes(reason)))
    return refusal('evidence-missing', '/reason')
  if (evidence?.text && text === undefined) return refusal('evidence-missing', '/text')
  if (photos.length < (evidence?.photos ?? 0)) return refusal('evidence-missing', '/photos')
  return undefined
}

/** What is given for a claim that is approved. A part of the price is rounded once, down. */
function instructionFor({ remedy }: Guarantee, { document: { currency } }: Revision, value: number): Instruction {
  const name = { remedy: remedied(remedy), currency }
  if ('refund' in remedy) return { ...name, amount: multiplyDivide(value, remedy.refund.rate, 10_000) }
  if ('exchange' in remedy) return { ...name, amount: value }
  if ('points' in remedy) return { ...name, amount: 0, points: multiplyDivide(value, remedy.points, remedy.per) }
  return { ...name, amount: 0, reward: remedy.voucher.reward }
}

function isAutomatic({ automatic }: Guarantee, holder: Holder, worth: number): boolean {
  if (!automatic) return false
  return (automatic.upTo !== undefined && worth <= automatic.upTo) || hasStanding(automatic, holder)
}

/** A member's claims of a guarantee but those withdrawn and declined: they do not count. */
const standingClaims = (memberId: MemberId, history: readonly Entry[], guaranteeId: string): Claim[] =>
  [...claimsOf(memberId, history).values()].filter(
    (claim) => claim.guaranteeId === guaranteeId && claim.state !== 'withdrawn' && claim.state !== 'declined',
  )

/** Whether one more claim of so much is beyond what a member may have in a window. */
function isBeyond(
  { window, times, amount }: ClaimCap,
  calendar: Calendar,
  standing: readonly Claim[],
  worth: number,
  now: Instant,
) {
  const nameOf = (at: Instant) => windowOf(calendar, window === 'ever' ? 'campaign' : window, at)
  const counted = standing.filter(({ steps }) => nameOf(steps[0]!.at) === nameOf(now))
  const value = counted.reduce((sum, claim) => sum + claim.value, worth)
  return (times !== undefined && counted.length >= times) || (amount !== undefined && value > amount)
}

/** The entry that says a claim was made. */
export function submission({ claimId, by }: AskedClaim, { terms, taken, decideBy }: JudgedClaim, now: Instant): Entry {
  const open = { claimId, awaits: 'decision', dueAt: decideBy, ...(taken && { taken }) } as const
  return { at: now, fact: { kind: 'claim-submitted', claimId, by, ...terms }, effect: { claim: { id: claimId, open } } }
}
