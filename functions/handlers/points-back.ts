import { mostRestoredExpired } from '../domain/bounds.ts'
import type { EarnFact, ReturnedLine } from '../domain/entry.ts'
import { paysForBasket, pointsGivenBack } from '../domain/paid-with-points.ts'
import { restore } from '../domain/redemption.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { settle } from '../domain/settle.ts'
import { type Points, points } from '../domain/units.ts'
import { redemptionOf, redemptionWrite } from '../store/redemption-item.ts'
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
 * committed together with the return. A redemption pays for the first purchase that it names or of which goods come back. Where the
 * purchase was paid with no points, nothing is read. Refuses a bucket more than a head may hold.
 */
export async function givePointsBack(
  ledger: Ledger,
  booking: Booking,
  { fact, redemptionIds = [] }: PaidPurchase,
  returned: readonly ReturnedLine[],
): Promise<PointsBack | Refusal> {
  const ids = [...new Set([...(fact.details.redemptionIds ?? []), ...redemptionIds])]
  let given: PointsBack = { booking, restored: 0 as Points }
  if (ids.length === 0) return given
  const { runtime, programme, now } = ledger
  const { purchaseId } = fact
  const { memberId } = booking.open
  const keys = ids.map((id) => table.redemption(programme.id, id))
  const { items } = await runtime.store.read(keys, { consistent: true })
  const mostExpired = Math.max(1, Math.floor(mostRestoredExpired / ids.length))
  for (const item of items) {
    const redemption = item && redemptionOf(item)
    if (!redemption || redemption.memberId !== memberId || redemption.state !== 'captured') continue
    if (redemption.purchaseId !== null && redemption.purchaseId !== purchaseId) continue
    if (!paysForBasket(rewardOfRedemption(ledger, redemption))) continue
    const { id: redemptionId, rewardId, taken, restored, price } = redemption
    const back = points(Math.max(0, pointsGivenBack(fact.lines, returned, price) - restored))
    if (back === 0) continue
    const { account, entries, writes } = given.booking
    const spent = { redemptionId, rewardId, taken, restored }
    const booked = restore(programme, account, spent, back, { purchaseId }, now, mostExpired)
    if (isRefusal(booked)) return booked
    const after = { ...redemption, restored: points(restored + back), purchaseId }
    given = {
      booking: {
        ...{ open: given.booking.open, account: booked.account, entries: [...entries, booked.entry] },
        writes: [...writes, redemptionWrite(programme.id, after, item)],
      },
      restored: points(given.restored + back),
    }
  }
  // What came back expired expires at once: once for all of them.
  const { account, entries } = settle(programme, given.booking.account, now)
  return { ...given, booking: { ...given.booking, account, entries: [...given.booking.entries, ...entries] } }
}

/** Whether more came back of the points that a purchase was paid with than goods did. */
export async function isPaidBack(
  { runtime, programme }: Ledger,
  { fact, redemptionIds = [] }: PaidPurchase,
  returned: readonly ReturnedLine[],
): Promise<boolean> {
  const ids = [...new Set([...(fact.details.redemptionIds ?? []), ...redemptionIds])]
  if (ids.length === 0) return false
  const keys = ids.map((id) => table.redemption(programme.id, id))
  const { items } = await runtime.store.read(keys, { consistent: true })
  return items.some((item) => {
    const redemption = item && redemptionOf(item)
    if (redemption?.purchaseId !== fact.purchaseId) return false
    return redemption.restored > pointsGivenBack(fact.lines, returned, redemption.price)
  })
}
