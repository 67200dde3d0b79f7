import type { LineSelector } from './campaign.ts'
import { type Lacking, lackingOf } from './club.ts'
import { compileSelector } from './conditions.ts'
import type { EarningLine } from './earning.ts'
import type { Head } from './head.ts'
import type { ProgrammeDocument, Revision } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import { tierOfId } from './tiers.ts'
import { type Instant, multiplyDivide, type Points, points } from './units.ts'

/** A reward that only campaigns give: it has no price. */
export interface GivenReward {
  readonly id: string
  readonly name?: string | undefined
  readonly kind?: undefined
}

/** A price in points; the lowest of it and those of the member's tier and clubs counts. */
export interface RewardPrice {
  readonly points: number
  readonly tiers?: readonly { readonly tier: string; readonly points: number }[] | undefined
  readonly clubs?: readonly { readonly club: string; readonly points: number }[] | undefined
}

/** How a reward is called in a language (BCP 47). */
export interface RewardText {
  readonly language: string
  readonly name: string
  readonly description?: string | undefined
  readonly terms?: string | undefined
}

export interface RewardImage {
  readonly url: string
  /** What it shows, in words; and for which language, where it has words in it. */
  readonly alt?: string | undefined
  readonly language?: string | undefined
}

interface AnyReward {
  readonly id: string
  readonly name?: string | undefined
  readonly texts?: readonly RewardText[] | undefined
  readonly images?: readonly RewardImage[] | undefined
  /** Where it stands in the catalogue. */
  readonly categories?: readonly string[] | undefined
  /** On sale from an instant until, and without, another; RFC 3339. */
  readonly schedule?: { readonly from?: string | undefined; readonly until?: string | undefined } | undefined
  /** How many there are; as many as are wanted, where it is left out. */
  readonly stock?: number | undefined
  /** An event says when fewer than so many are left. */
  readonly lowStock?: number | undefined
  /** How often a member may have it in a window. */
  readonly limits?: readonly { readonly window: RewardWindow; readonly times: number }[] | undefined
  /** Who may have it: whoever holds one of the tiers, and belongs to all of the clubs. */
  readonly requires?:
    | { readonly tiers?: readonly string[] | undefined; readonly clubs?: readonly string[] | undefined }
    | undefined
  /** Where it is had; at all stores, where it is left out. */
  readonly stores?: readonly string[] | undefined
  /** Which lines of a basket it is about; all, where it is left out. */
  readonly lines?: LineSelector | undefined
  /** What those lines must come to, minor units. */
  readonly minimumBasket?: number | undefined
  /** How long points are held for it; as the programme says, where it is left out. */
  readonly holdMinutes?: number | undefined
}

export const rewardWindows = ['day', 'week', 'month', 'year', 'ever'] as const
/** Local days, weeks from Monday, months, years, or all time. */
export type RewardWindow = (typeof rewardWindows)[number]

interface Priced {
  readonly price: RewardPrice
}

/** What a reward is, as a till has to know. */
export type RewardKind =
  | ({ readonly kind: 'money-off'; readonly amount: number } & Priced)
  /** Basis points of the basket, up to a ceiling in minor units. */
  | ({ readonly kind: 'percentage-off'; readonly percentage: number; readonly atMost?: number | undefined } & Priced)
  | ({ readonly kind: 'product'; readonly sku?: string | undefined } & Priced)
  | ({ readonly kind: 'voucher' | 'experience' | 'donation' } & Priced)
  | ({ readonly kind: 'club-perk'; readonly club: string } & Priced)
  /** As many points as the customer likes, of which `points` are worth `amount` minor units. */
  | {
      readonly kind: 'points-as-money'
      readonly rate: { readonly points: number; readonly amount: number }
      readonly least?: number | undefined
      readonly most?: number | undefined
    }

/** A reward that members have for points. */
export type Reward = AnyReward & RewardKind

/** How points are spent, for all rewards of a programme. */
export interface RedemptionPolicy {
  /** How long points are held that are reserved and not spent; a day, where it is left out. */
  readonly holdMinutes?: number | undefined
  /** What becomes of points that come back after they would have expired: they expire, or live so many local days more. */
  readonly expiredMeanwhile?: 'expire' | { readonly graceDays: number } | undefined
}

export const rewardKinds = [
  'money-off',
  'percentage-off',
  'product',
  'voucher',
  'experience',
  'donation',
  'club-perk',
  'points-as-money',
] as const satisfies readonly Reward['kind'][]

/** A reward that members may have for points, by its id. */
export function rewardOf({ document }: { readonly document: ProgrammeDocument }, id: string): Reward | undefined {
  const found = document.rewards?.find((reward) => reward.id === id)
  return found?.kind === undefined ? undefined : found
}

/** All rewards that members may have for points, in the order of the document. */
export const catalogue = ({ document }: { readonly document: ProgrammeDocument }): Reward[] =>
  (document.rewards ?? []).flatMap((reward) => (reward.kind === undefined ? [] : [reward]))

/** Where an instant is in a reward's schedule. */
export function onSale({ schedule }: Reward, at: Instant): 'not-yet' | 'now' | 'over' {
  if (schedule?.from !== undefined && at < Date.parse(schedule.from)) return 'not-yet'
  return schedule?.until !== undefined && at >= Date.parse(schedule.until) ? 'over' : 'now'
}

/** What a reward costs a member in points, the lowest price that is theirs; null where they say themselves how many. */
export function priceFor(revision: Revision, head: Head, reward: Reward): Points | null {
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
export function wantedPoints(revision: Revision, head: Head, reward: Reward, asked: number | undefined): Points | Refusal {
  if (reward.kind !== 'points-as-money') {
    const price = priceFor(revision, head, reward)!
    return asked === undefined || asked === price ? price : refusal('price-differs', '/points')
  }
  if (asked === undefined) return refusal('points-missing', '/points')
  const isWorthNothing = multiplyDivide(asked, reward.rate.amount, reward.rate.points) === 0
  if (isWorthNothing || asked < (reward.least ?? 0)) return refusal('too-few-points', '/points')
  return asked > (reward.most ?? asked) ? refusal('too-many-points', '/points') : points(asked)
}
