import { mostLimitRecords, mostRestoredExpired, recordsOfRedemption } from '../domain/bounds.ts'
import type { Account, EarnFact, Entry, ReturnedLine } from '../domain/entry.ts'
import { paysForBasket, pointsGivenBack } from '../domain/paid-with-points.ts'
import { type BookedRedemption, restore } from '../domain/redemption.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { reservationOf } from '../domain/reservation.ts'
import { followed, settle } from '../domain/settle.ts'
import { type Points, points } from '../domain/units.ts'
import { entryOf } from '../store/entry-item.ts'
import type { SoldReceipt } from '../store/receipt-item.ts'
import { type Redemption, redemptionOf, redemptionWrite } from '../store/redemption-item.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import type { Booking } from './bonuses.ts'
import { rewardOfRedemption } from './redeemed.ts'

/** A purchase of which goods came back. */
export interface PaidPurchase {
  readonly fact: EarnFact
  /** Redemptions that named it after it was there; it names others itself. */
  readonly redemptionIds?: readonly string[] | undefined
}

export interface PointsBack {
  readonly booking: Booking
  /** What came back of all redemptions that paid for the purchase. */
  readonly restored: Points
}

/**
 * Gives points back that a purchase was paid with, in proportion to the goods returned by now, less what came back before; to be
 * committed together with the return. A redemption pays for the first purchase that it names or of which goods come back; one that
 * only holds its points by then is told so, and gives back what is due when it is captured. Where the purchase was paid with no points,
 * nothing is read. `limitRecords` is how many of limited campaigns change in the same commit. Refuses a bucket more than a head may hold.
 */
export async function givePointsBack(
  ledger: Ledger,
  booking: Booking,
  purchase: PaidPurchase,
  returned: readonly ReturnedLine[],
  limitRecords: number,
): Promise<PointsBack | Refusal> {
  const { programme, now } = ledger
  const { purchaseId, lines } = purchase.fact
  let given: PointsBack = { booking, restored: 0 as Points }
  const redemptions = await redemptionsOf(ledger, purchase)
  if (redemptions.length === 0) return given
  const left = mostLimitRecords - limitRecords - recordsOfRedemption * redemptions.length
  const mostExpired = Math.min(mostRestoredExpired, Math.max(1, Math.floor(left / 2)))
  for (const { item, redemption } of redemptions) {
    if (!mayPayFor(ledger, given.booking, redemption, purchaseId)) continue
    const { account, entries, writes } = given.booking
    const back = dueBack(redemption, lines, returned)
    const isHeld = redemption.state === 'reserved'
    if (isHeld ? redemption.purchaseId !== null : back === 0) continue
    const restored = isHeld ? undefined : restorePart(ledger, account, redemption, back, purchaseId, mostExpired)
    if (restored && isRefusal(restored)) return restored
    const came = isHeld ? 0 : back
    const after = { ...redemption, restored: points(redemption.restored + came), purchaseId }
    given = {
      booking: {
        ...given.booking,
        ...(restored && { account: restored.account, entries: [...entries, restored.entry] }),
        writes: [...writes, redemptionWrite(programme.id, after, item)],
      },
      restored: points(given.restored + came),
    }
  }
  // What came back expired expires at once: once for all of them.
  const { account, entries } = settle(programme, given.booking.account, now)
  return { ...given, booking: { ...given.booking, account, entries: [...given.booking.entries, ...entries] } }
}

/** Whether a redemption pays for a purchase, or can still come to. */
function mayPayFor(ledger: Ledger, { open, account }: Booking, redemption: Redemption, purchaseId: string): boolean {
  const { id, state, memberId } = redemption
  const isOpen = state === 'captured' || (state === 'reserved' && reservationOf(account.head, id) !== undefined)
  const isFree = redemption.purchaseId === null || redemption.purchaseId === purchaseId
  return isOpen && isFree && memberId === open.memberId && paysForBasket(rewardOfRedemption(ledger, redemption))
}

/**
 * Points that are spent now for a purchase of which goods have come back already: the capture, and what of them comes back at once. The
 * receipt must have been read after the head that the capture hangs on, which every return changes.
 */
export async function bookCapture(
  ledger: Ledger,
  { entry, account }: BookedRedemption,
  redemption: Pick<Redemption, 'id' | 'rewardId' | 'memberId' | 'at' | 'price' | 'taken'>,
  receipt: SoldReceipt | undefined,
): Promise<{ readonly account: Account; readonly entries: readonly Entry[]; readonly restored: Points }> {
  const captured = followed(ledger.programme, { entry, account }, ledger.now)
  const spent = { ...redemption, restored: 0 as Points }
  const isDue = receipt && receipt.returned.length > 0 && paysForBasket(rewardOfRedemption(ledger, redemption))
  const back = isDue ? dueBack(spent, await linesOf(ledger, receipt), receipt.returned) : 0
  if (!receipt || back === 0) return { ...captured, restored: points(0) }
  const restored = restorePart(ledger, captured.account, spent, points(back), receipt.purchaseId)
  if (isRefusal(restored)) throw new Error(`what was just taken has no place where it was: ${restored.refused}`)
  const after = followed(ledger.programme, restored, ledger.now)
  return { account: after.account, entries: [...captured.entries, ...after.entries], restored: points(back) }
}

async function linesOf({ runtime, programme }: Ledger, { memberId, entry }: SoldReceipt): Promise<EarnFact['lines']> {
  const key = table.entry(programme.id, memberId, entry.version, entry.n)
  const { items } = await runtime.store.read([key], { consistent: true })
  return (entryOf(items[0]!).fact as EarnFact).lines
}

/** What of a redemption is to come back by now, beside what came back before. */
function dueBack(
  { price, restored }: Pick<Redemption, 'price' | 'restored'>,
  lines: EarnFact['lines'],
  returned: readonly ReturnedLine[],
): Points {
  return points(Math.max(0, pointsGivenBack(lines, returned, price) - restored))
}

function restorePart(
  { programme, now }: Ledger,
  account: Account,
  { id: redemptionId, rewardId, taken, restored }: Pick<Redemption, 'id' | 'rewardId' | 'taken' | 'restored'>,
  back: Points,
  purchaseId: string,
  mostExpired = mostRestoredExpired,
): { readonly account: Account; readonly entry: Entry } | Refusal {
  return restore(programme, account, { redemptionId, rewardId, taken, restored }, back, { purchaseId }, now, mostExpired)
}

/** Whether more came back of the points that a purchase was paid with than goods did. What was reversed pays for nothing. */
export async function isPaidBack(ledger: Ledger, purchase: PaidPurchase, returned: readonly ReturnedLine[]): Promise<boolean> {
  const { purchaseId, lines } = purchase.fact
  return (await redemptionsOf(ledger, purchase)).some(
    ({ redemption: { state, price, restored, ...redemption } }) =>
      state === 'captured' && redemption.purchaseId === purchaseId && restored > pointsGivenBack(lines, returned, price),
  )
}

/** The redemptions that name a purchase or that it names, as far as they are there. */
async function redemptionsOf({ runtime, programme }: Ledger, { fact, redemptionIds = [] }: PaidPurchase) {
  const ids = [...new Set([...(fact.details.redemptionIds ?? []), ...redemptionIds])]
  if (ids.length === 0) return []
  const keys = ids.map((id) => table.redemption(programme.id, id))
  const { items } = await runtime.store.read(keys, { consistent: true })
  return items.flatMap((item) => (item ? [{ item, redemption: redemptionOf(item) }] : []))
}
