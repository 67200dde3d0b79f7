import { revisionAt } from '../domain/programme.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { BookedReturn } from '../domain/returns.ts'
import { followed } from '../domain/settle.ts'
import type { SoldReceipt } from '../store/receipt-item.ts'
import type { Ledger } from './account.ts'
import type { Booking } from './bonuses.ts'
import { usesOfUnused } from './granted-rewards.ts'
import { openGivenBack, openTakenAgain } from './limits.ts'
import { givePointsBack, isPaidBack, type PointsBack } from './points-back.ts'
import { undoReferral } from './referrals.ts'
import { restoreReferral } from './restore-referral.ts'
import { voucherUsesBack, voucherUsesTakenAgain } from './vouchers-back.ts'

/**
 * Goods that count as returned, by a return or by a claim: what time makes of it at once, what limited campaigns get back, a referral
 * that rests on the sale no longer, and points and vouchers that it was paid with. To be committed together with the sale's receipt. Refuses where the points do not fit in.
 */
export async function countReturned(
  ledger: Ledger,
  booking: Booking,
  booked: BookedReturn,
  { redemptionIds, voucherLocks }: SoldReceipt,
): Promise<PointsBack | Refusal> {
  const { kept } = booked
  const uses = await changedUses(ledger, booking, booked)
  const { entries, account } = followed(ledger.programme, booked, ledger.now)
  const limited = (await openGivenBack(ledger, saleOf(ledger, booking, booked), uses)).writes(uses)
  const next = { ...booking, account, entries: [...booking.entries, ...entries] }
  const back = await givePointsBack(ledger, next, { fact: kept.sale.fact, redemptionIds }, kept.returned, limited.length)
  if (isRefusal(back)) return back
  const undone = await undoReferral(ledger, back.booking, kept.sale, kept.returned, booked.entry.at)
  const vouchers = await voucherUsesBack(ledger, voucherLocks, kept.sale.fact.lines, kept.returned)
  return { booking: { ...undone, writes: [...undone.writes, ...limited, ...vouchers] }, restored: back.restored }
}

/**
 * Goods that count as returned no longer: what limited campaigns gave for them is taken of their limits once more, and a referral that
 * rests on the sale again is given again. Refuses where others have had it since, and where the member has had points back that the goods were paid with: those may be spent by now.
 */
export async function countKeptAgain(
  ledger: Ledger,
  booking: Booking,
  booked: BookedReturn,
  { redemptionIds, voucherLocks, returned }: SoldReceipt,
): Promise<Booking | Refusal> {
  const { kept } = booked
  const uses = await changedUses(ledger, booking, booked)
  if (await isPaidBack(ledger, { fact: kept.sale.fact, redemptionIds }, kept.returned)) return refusal('points-restored')
  const limits = await openTakenAgain(ledger, saleOf(ledger, booking, booked), uses)
  if (!limits) return refusal('campaign-spent')
  const { entries, account } = followed(ledger.programme, booked, ledger.now)
  const next = { ...booking, account, entries: [...booking.entries, ...entries] }
  const given = await restoreReferral(ledger, next, kept.sale, kept.returned)
  if (isRefusal(given)) return given
  const vouchers = await voucherUsesTakenAgain(ledger, voucherLocks, kept.sale.fact.lines, returned)
  return isRefusal(vouchers) ? vouchers : { ...given, writes: [...given.writes, ...limits.writes(uses), ...vouchers] }
}

/** A used reward keeps its place in the limits, whatever of its sale is kept. */
function changedUses(ledger: Ledger, { account }: Booking, { kept: { sale }, uses }: BookedReturn) {
  const source = { kind: 'purchase', id: sale.fact.purchaseId, at: sale.at } as const
  return usesOfUnused(ledger, account.head.memberId, source, sale.fact.awards, uses)
}

function saleOf({ programme }: Ledger, { account }: Booking, { kept: { sale } }: BookedReturn) {
  const { memberId } = account.head
  return { memberId, at: sale.at, revision: revisionAt(programme, sale.at), storeId: sale.fact.details.storeId }
}
