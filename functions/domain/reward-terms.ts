import { type Lacking, lackingOf } from './club.ts'
import { compileSelector } from './conditions.ts'
import type { EarningLine } from './earning.ts'
import type { Head } from './head.ts'
import type { Revision } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import { isPriced, onSale, type PricedReward, type Reward } from './reward.ts'
import { tierOfId } from './tiers.ts'
import { type Instant, multiplyDivide, type Points, points } from './units.ts'

/** What a reward costs a member in points, the lowest price that is theirs; null where they say themselves how many. */
export function priceFor(revision: Revision, head: Head, reward: PricedReward): Points | null {
  if (reward.kind === 'points-as-money') return null
  const tier = tierOfId(revision, head.tier.id).id
  let lowest = reward.price.points
  for (const other of reward.price.tiers ?? []) if (other.tier === tier) lowest = Math.min(lowest, other.points)
  for (const other of reward.price.clubs ?? []) {
    if (head.clubs.some(({ clubId }) => clubId === other.club)) lowest = Math.min(lowest, other.points)
  }
  return points(lowest)
}

/** What a member lacks to have a reward; undefined: nothing. */
export function lackingForReward(revision: Revision, head: Head, reward: Reward): Lacking | undefined {
  const clubs = reward.kind === 'club-perk' ? [...(reward.requires?.clubs ?? []), reward.club] : reward.requires?.clubs
  return lackingOf(revision, head, { tiers: reward.requires?.tiers, clubs })
}

/** What is bought together with a reward: the basket that it is taken off. */
export type BasketLine = Pick<EarningLine, 'sku' | 'quantity' | 'amount'> & {
  readonly categories?: readonly string[] | undefined
}

/** What the lines of a basket come to that a reward is about, minor units. */
export function basketAmount({ lines }: Reward, basket: readonly BasketLine[]): number {
  const selects = lines && compileSelector(lines)
  let sum = 0
  for (const line of basket) if (!selects || selects({ ...line, lineId: '', excluded: false })) sum += line.amount
  return sum
}

/** Whether a reward cannot be handed out without a till: it hangs on a basket or a store. */
export const needsTill = (reward: Reward): boolean =>
  reward.minimumBasket !== undefined ||
  reward.lines !== undefined ||
  reward.stores !== undefined ||
  reward.kind === 'percentage-off' ||
  reward.kind === 'points-as-money'

/**
 * What is wrong with a basket, or with there being none, when a reward is handed out; undefined: nothing. Money off more than
 * the basket is no fault: the till gives nothing back for it. Points as money are, because they could be fewer.
 */
export function basketFault(reward: Reward, price: Points, basket: readonly BasketLine[] | undefined): Refusal | undefined {
  const isAboutBasket = reward.minimumBasket !== undefined || reward.lines !== undefined || reward.kind === 'percentage-off'
  if (!basket) return isAboutBasket ? refusal('basket-missing', '/basket') : undefined
  const amount = basketAmount(reward, basket)
  if (amount < (reward.minimumBasket ?? 0) || (reward.lines && amount === 0)) return refusal('basket-below-minimum', '/basket')
  if (reward.kind === 'points-as-money' && (moneyFor(reward, price, basket) ?? 0) > amount) {
    return refusal('reward-exceeds-basket', '/points')
  }
  return undefined
}

/**
 * What a reward takes off a basket, minor units; null where it takes off no money, or a percentage of a basket that is not
 * known yet. Rounded down.
 */
export function moneyFor(reward: Reward, price: Points, basket: readonly BasketLine[] | undefined): number | null {
  switch (reward.kind) {
    case 'money-off':
      return basket ? Math.min(reward.amount, basketAmount(reward, basket)) : reward.amount
    case 'percentage-off': {
      if (!basket) return null
      const part = multiplyDivide(basketAmount(reward, basket), reward.percentage, wholeBasisPoints)
      return Math.min(part, reward.atMost ?? part)
    }
    case 'points-as-money':
      return multiplyDivide(price, reward.rate.amount, reward.rate.points)
    default:
      return null
  }
}

const wholeBasisPoints = 10_000

/** How many points a reward costs, where the customer may say it themselves: refused where they may not, or not so many. */
export function wantedPoints(revision: Revision, head: Head, reward: PricedReward, asked: number | undefined): Points | Refusal {
  if (reward.kind !== 'points-as-money') {
    const price = priceFor(revision, head, reward)!
    return asked === undefined || asked === price ? price : refusal('price-differs', '/points')
  }
  if (asked === undefined) return refusal('points-missing', '/points')
  const isWorthNothing = multiplyDivide(asked, reward.rate.amount, reward.rate.points) === 0
  if (isWorthNothing || asked < (reward.least ?? 0)) return refusal('too-few-points', '/points')
  return asked > (reward.most ?? asked) ? refusal('too-many-points', '/points') : points(asked)
}

/** How somebody asks for a reward. */
export interface Request {
  readonly mode: 'reserve' | 'capture'
  readonly at: Instant
  readonly points?: number | undefined
  /** Of the till; undefined in the app. */
  readonly storeId?: string | undefined
  readonly basket?: readonly BasketLine[] | undefined
  /** It was granted: the member has it for nothing. */
  readonly isGranted?: boolean | undefined
}

/**
 * What a reward costs a member who asks for it. Refused, in this order: where it is not on sale, the member lacks what it requires,
 * the points are not those that it costs, and what hangs on store and basket. What is only reserved may be asked about a basket later.
 * Of a granted reward it is the campaign that said who has it, so that who was let down a tier since keeps what was promised.
 */
export function judgeRequest(revision: Revision, head: Head, reward: Reward, request: Request): Points | Refusal {
  if (onSale(reward, request.at) !== 'now') return refusal('reward-not-on-sale', '/rewardId')
  const price = request.isGranted ? priceOfGranted(request.points) : priceOfAsked(revision, head, reward, request.points)
  if (typeof price !== 'number') return price
  const { mode, storeId, basket } = request
  if (mode === 'reserve' && storeId === undefined) return price
  return handOutFault(reward, price, storeId, basket, mode) ?? price
}

const priceOfGranted = (asked: number | undefined) => (asked === undefined ? points(0) : refusal('price-differs', '/points'))

function priceOfAsked(revision: Revision, head: Head, reward: Reward, asked: number | undefined): Points | Refusal {
  if (!isPriced(reward)) return refusal('reward-unknown', '/rewardId')
  if (lackingForReward(revision, head, reward)) return refusal('reward-locked', '/rewardId')
  return wantedPoints(revision, head, reward, asked)
}

/** What is wrong with the store or the basket where a reward is handed out; undefined: nothing. */
export function handOutFault(
  reward: Reward,
  price: Points,
  storeId: string | undefined,
  basket: readonly BasketLine[] | undefined,
  mode: Request['mode'] = 'capture',
): Refusal | undefined {
  if (storeId === undefined) return needsTill(reward) ? refusal('reward-needs-till', '/rewardId') : undefined
  if (reward.stores && !reward.stores.includes(storeId)) return refusal('reward-not-here', '/storeId')
  return mode === 'capture' || basket ? basketFault(reward, price, basket) : undefined
}
