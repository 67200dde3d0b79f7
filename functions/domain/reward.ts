import type { LineSelector } from './campaign.ts'
import type { ProgrammeDocument } from './programme.ts'
import type { Instant } from './units.ts'

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
  /** Without one nobody has it for points: only campaigns grant it. */
  readonly price?: RewardPrice | undefined
}

/** What a reward is, as a till has to know. */
export type RewardKind =
  | ({ readonly kind: 'money-off'; readonly amount: number } & Priced)
  /** Basis points of the basket, up to a ceiling in minor units. */
  | ({ readonly kind: 'percentage-off'; readonly percentage: number; readonly atMost?: number | undefined } & Priced)
  | ({ readonly kind: 'product'; readonly sku?: string | undefined } & Priced)
  /** One of the vouchers of that id is given out. */
  | ({ readonly kind: 'voucher'; readonly voucher: string } & Priced)
  | ({ readonly kind: 'experience' | 'donation' } & Priced)
  | ({ readonly kind: 'club-perk'; readonly club: string } & Priced)
  /** As many points as the customer likes, of which `points` are worth `amount` minor units. */
  | {
      readonly kind: 'points-as-money'
      readonly rate: { readonly points: number; readonly amount: number }
      readonly least?: number | undefined
      readonly most?: number | undefined
    }
  /** No more than a name: it is granted, and handed over by people. */
  | { readonly kind?: undefined; readonly price?: undefined }

/** A reward of the programme: for points, granted by campaigns, or both. */
export type Reward = AnyReward & RewardKind

/** One that members have for points. */
export type PricedReward = AnyReward &
  (PointsAsMoney | (Exclude<RewardKind, PointsAsMoney | { kind?: undefined }> & { readonly price: RewardPrice }))
type PointsAsMoney = Extract<RewardKind, { kind: 'points-as-money' }>

/** Whether members have it for points. */
export const isPriced = (reward: Reward): reward is PricedReward =>
  reward.kind === 'points-as-money' || reward.price !== undefined

/** Whether campaigns may grant it: how many points as money nobody would have said. */
export const isGrantable = ({ kind }: Reward): boolean => kind !== 'points-as-money'

/** How points are spent, for all rewards of a programme. */
export interface RedemptionPolicy {
  /** How long points are held that are reserved and not spent; a day, where it is left out. */
  readonly holdMinutes?: number | undefined
  /**
   * By this a till may spend points only with a code that the member shows: where more than `above` are spent, always where it is
   * left out. A code is good for so many minutes, 5 where it is left out.
   */
  readonly spendCodes?: { readonly above?: number | undefined; readonly minutes?: number | undefined } | undefined
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
] as const satisfies readonly PricedReward['kind'][]

/** A reward by its id. */
export const rewardOf = ({ document }: { readonly document: ProgrammeDocument }, id: string): Reward | undefined =>
  document.rewards?.find((reward) => reward.id === id)

/** All rewards that members may have for points, in the order of the document. */
export const catalogue = ({ document }: { readonly document: ProgrammeDocument }): PricedReward[] =>
  (document.rewards ?? []).filter(isPriced)

/** Where an instant is in a reward's schedule. */
export function onSale({ schedule }: Reward, at: Instant): 'not-yet' | 'now' | 'over' {
  if (schedule?.from !== undefined && at < Date.parse(schedule.from)) return 'not-yet'
  return schedule?.until !== undefined && at >= Date.parse(schedule.until) ? 'over' : 'now'
}
