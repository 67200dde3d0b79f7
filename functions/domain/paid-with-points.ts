import type { ReturnedLine, SaleLine } from './entry.ts'
import type { Reward } from './reward.ts'
import { multiplyDivide, type Points, points } from './units.ts'

/** Whether a reward pays for a basket: what comes back of the basket gives back points that were spent for it. */
export const paysForBasket = ({ kind }: Reward): boolean =>
  kind === 'money-off' || kind === 'percentage-off' || kind === 'points-as-money'

/**
 * How many points of those that a purchase was paid with are given back by now: floor(price × returned ÷ bought), in the amounts of all
 * lines or, where nothing was left to pay, in their quantities. What came back before is in `returned`, so that parts add up to the whole.
 */
export function pointsGivenBack(lines: readonly SaleLine[], returned: readonly ReturnedLine[], price: Points): Points {
  const by = lines.some(({ amount }) => amount > 0) ? 'amount' : 'quantity'
  const sumOf = (some: readonly (SaleLine | ReturnedLine)[]) => some.reduce((sum, line) => sum + line[by], 0)
  const bought = sumOf(lines)
  return points(bought === 0 ? 0 : multiplyDivide(price, Math.min(sumOf(returned), bought), bought))
}
