import { problemOf } from '../contract/problem.ts'
import { type Claim, type ClaimActor, claimGoodwillId, claimReturnId } from '../domain/claim.ts'
import { guaranteeOfClaim, settlement } from '../domain/claim-steps.ts'
import type { Entry, ReturnedLine } from '../domain/entry.ts'
import { bookGoodwill, takeGoodwillBack } from '../domain/goodwill.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { addReturned, bookReturn, type KeptSale, undoReturn } from '../domain/returns.ts'
import { rewardOf } from '../domain/reward.ts'
import { points } from '../domain/units.ts'
import { returnedClaim } from '../store/receipt-item.ts'
import type { Ledger } from './account.ts'
import type { Booking } from './bonuses.ts'
import { type ClaimStepped, claimAfter, keptOf, type OpenedClaim, type OpenedSale, withEntry } from './claim-record.ts'
import { countKeptAgain, countReturned } from './goods-back.ts'
import { issueVoucher } from './vouchers.ts'

/**
 * The approval of a claim, or the coming in of its goods, with what follows from it: where no goods are waited for, the lines count as
 * returned, goodwill is credited, and a remedy in points is given at once. All is one booking.
 */
export async function takeEffect(
  opened: OpenedSale,
  booking: Booking,
  before: Claim,
  step: Entry,
): Promise<ClaimStepped | Refusal> {
  const { ledger } = opened
  const { claimId, memberId, lines } = before
  const stepped = withEntry(ledger, booking, step)
  const claim = claimAfter(before, memberId, claimId, { ...stepped, entries: [step] })
  const kept = keptOf(opened, claimId)
  if (claim.awaits === 'goods') {
    // Nobody is asked for goods that count as returned by now, as where another claim was paid for late.
    const fits = addReturned(kept, lines)
    return isRefusal(fits)
      ? refusal('line-returned')
      : { booking: stepped, held: { claimId, lines, isReturned: false, until: claim.dueAt } }
  }
  const booked = bookReturn(ledger.programme, stepped.account, kept, returnOf(ledger, claim), ledger.now)
  if (isRefusal(booked)) return refusal('line-returned')
  const counted = await countReturned(ledger, stepped, booked, opened.receipt)
  if (isRefusal(counted)) return counted
  const given = await giveBeside(ledger, counted.booking, claim)
  if (isRefusal(given)) return given
  return { booking: given, kept: booked.kept, held: returnedClaim(claimId) }
}

/** Credits goodwill and, where the remedy is points or a voucher, gives those: then nothing is left to be given. */
async function giveBeside(ledger: Ledger, booking: Booking, claim: Claim): Promise<Booking | Refusal> {
  const { programme, now } = ledger
  const { remedy, points: owed = 0 } = claim.instruction
  const isClosed = booking.account.head.status === 'closed'
  const beside = isClosed ? 0 : (claim.goodwill ?? guaranteeOfClaim(programme, claim).goodwill ?? 0)
  const why = claim.steps.findLast(({ step }) => step === 'approved')?.why ?? ''
  let next = booking
  if (beside + owed > 0) {
    const named = { id: claimGoodwillId(claim.claimId), reason: why, points: points(beside + owed) }
    const booked = bookGoodwill(programme, booking.account, named, now)
    if (isRefusal(booked)) return booked
    next = withEntry(ledger, booking, booked.entry)
  }
  const seriesId = voucherOf(ledger, claim)
  if (seriesId !== undefined) {
    const order = { seriesId, memberId: claim.memberId, source: `claim:${claim.claimId}`, at: now }
    const voucher = await issueVoucher(ledger, order)
    if (isRefusal(voucher)) return voucher
    next = { ...next, writes: [...next.writes, ...voucher.writes] }
  }
  if (remedy !== 'points' && seriesId === undefined) return next
  const by: ClaimActor = { rule: true }
  const settled = settlement(claim, { by, amount: 0, occurredAt: now }, now)
  return isRefusal(settled) ? settled : withEntry(ledger, next, settled)
}

/**
 * Of which vouchers one is given by the approval of a claim, where the remedy is one; other rewards are handed over by people, who
 * say so.
 */
export function voucherOf({ programme, now }: Pick<Ledger, 'programme' | 'now'>, { instruction }: Claim): string | undefined {
  const { remedy, reward: rewardId } = instruction
  if (remedy !== 'voucher' || rewardId === undefined) return undefined
  const reward = rewardOf(revisionAt(programme, now), rewardId)
  return reward?.kind === 'voucher' ? reward.voucher : undefined
}

/** What an undone approval gives back: the lines, their points as the larger basket earns them, and the goodwill. */
export async function undoEffect(opened: OpenedClaim, step: Entry): Promise<ClaimStepped | Refusal> {
  const { ledger, claim, open } = opened
  const { claimId, effect } = claim
  let booking = withEntry(ledger, { open, account: open.account, entries: [], writes: [] }, step)
  if (!effect) return { booking, held: null }
  const kept = keptOf(opened, claimId)
  const booked = undoReturn(ledger.programme, booking.account, kept, returnOf(ledger, claim), effect.forgiven, ledger.now)
  if (isRefusal(booked)) return booked
  const counted = await countKeptAgain(ledger, booking, booked, opened.receipt)
  if (isRefusal(counted)) return counted
  booking = counted
  if (effect.goodwill > 0) {
    const why = 'why' in step.fact ? step.fact.why : ''
    const named = { id: claimGoodwillId(claimId), reason: why, points: points(effect.goodwill) }
    booking = withEntry(ledger, booking, takeGoodwillBack(ledger.programme, booking.account, named, ledger.now).entry)
  }
  return { booking, kept: booked.kept satisfies KeptSale, held: null }
}

/**
 * A claim was settled after its approval had been undone: the goods were paid for, so their lines count as returned once more, also where
 * another claim holds them by now, which nobody can approve then. What of them has come back since was not to be paid for, and that it
 * was is only told. The budgets keep what they had back.
 */
export async function countAgain(opened: OpenedClaim, booking: Booking): Promise<ClaimStepped | Refusal> {
  const { ledger, claim, receipt } = opened
  const { claimId } = claim
  const kept = { ...keptOf(opened, claimId), claimed: [] }
  const lines = claim.lines.map((line) => leftOf(kept, line)).filter(({ quantity }) => quantity > 0)
  if (lines.length === 0) return { booking }
  const booked = bookReturn(ledger.programme, booking.account, kept, { ...returnOf(ledger, claim), lines }, ledger.now)
  if (isRefusal(booked)) return booked
  const counted = await countReturned(ledger, booking, booked, receipt)
  if (isRefusal(counted)) return counted
  return { booking: counted.booking, kept: booked.kept, held: returnedClaim(claimId) }
}

/** What of a claimed line has not come back. */
function leftOf({ sale, returned }: KeptSale, { lineId, quantity, amount }: ReturnedLine): ReturnedLine {
  const sold = sale.fact.lines.find((line) => line.lineId === lineId)!
  const back = returned.find((line) => line.lineId === lineId) ?? { quantity: 0, amount: 0 }
  return {
    lineId,
    quantity: Math.min(quantity, sold.quantity - back.quantity),
    amount: Math.min(amount, sold.amount - back.amount),
  }
}

const returnOf = ({ now }: Ledger, { claimId, lines }: Claim) => ({
  returnId: claimReturnId(claimId),
  claimId,
  occurredAt: now,
  lines,
})

/** A step, or the problem that its refusal is. */
export const orProblem = (stepped: ClaimStepped | Refusal) => (isRefusal(stepped) ? problemOf(stepped) : stepped)
