import { revisionAt } from '../domain/programme.ts'
import { type Refusal, refusal } from '../domain/refusal.ts'
import type { BookedReturn } from '../domain/returns.ts'
import { followed } from '../domain/settle.ts'
import type { Ledger } from './account.ts'
import type { Booking } from './bonuses.ts'
import { openGivenBack, openTakenAgain } from './limits.ts'
import { undoReferral } from './referrals.ts'

/**
 * Goods that count as returned, by a return or by a claim: what time makes of it at once, what limited campaigns get back, and a
 * referral that rests on the sale no longer. To be committed together with the sale's receipt.
 */
export async function countReturned(ledger: Ledger, booking: Booking, booked: BookedReturn): Promise<Booking> {
  const { kept, uses } = booked
  const { entries, account } = followed(ledger.programme, booked, ledger.now)
  const limits = await openGivenBack(ledger, saleOf(ledger, booking, booked), uses)
  const next = { ...booking, account, entries: [...booking.entries, ...entries] }
  const undone = await undoReferral(ledger, next, kept.sale, kept.returned, booked.entry.at)
  return { ...undone, writes: [...undone.writes, ...limits.writes(uses)] }
}

/**
 * Goods that count as returned no longer: what limited campaigns gave for them is taken of their limits once more. Refuses where others
 * have had it since.
 */
export async function countKeptAgain(ledger: Ledger, booking: Booking, booked: BookedReturn): Promise<Booking | Refusal> {
  const { uses } = booked
  const limits = await openTakenAgain(ledger, saleOf(ledger, booking, booked), uses)
  if (!limits) return refusal('campaign-spent')
  const { entries, account } = followed(ledger.programme, booked, ledger.now)
  return {
    ...booking,
    account,
    entries: [...booking.entries, ...entries],
    writes: [...booking.writes, ...limits.writes(uses)],
  }
}

function saleOf({ programme }: Ledger, { account }: Booking, { kept: { sale } }: BookedReturn) {
  const { memberId } = account.head
  return { memberId, at: sale.at, revision: revisionAt(programme, sale.at), storeId: sale.fact.details.storeId }
}
