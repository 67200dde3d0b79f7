/** Campaigns as marketing writes them into the programme document. The contract's schema of the same name checks them. */

/** Which lines of a basket a campaign is about: by article, by category, or by several of these. Without one: all that earn. */
export type LineSelector =
  | { readonly sku: readonly string[] }
  | { readonly category: readonly string[] }
  | { readonly all: readonly LineSelector[] }
  | { readonly any: readonly LineSelector[] }
  | { readonly none: readonly LineSelector[] }

/** What a threshold looks at: the lines that the campaign is about, or all of the basket that earns. */
export type Scope = 'matching' | 'basket'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/**
 * What must hold of a purchase and its member. Days and hours are the programme's; `until` of dates is the last day, `until` of
 * hours is exclusive, and hours may run across midnight.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly none: readonly Condition[] }
  /** The basket holds a line of one of these articles, or categories. */
  | { readonly sku: readonly string[] }
  | { readonly category: readonly string[] }
  | { readonly store: readonly string[] }
  | { readonly storeGroup: readonly string[] }
  | { readonly channel: readonly string[] }
  /** Minor units, of what is kept. */
  | { readonly spendAtLeast: { readonly amount: number; readonly of?: Scope | undefined } }
  | { readonly quantityAtLeast: { readonly quantity: number; readonly of?: Scope | undefined } }
  | { readonly distinctSkusAtLeast: { readonly count: number; readonly of?: Scope | undefined } }
  | { readonly dates: { readonly from?: string | undefined; readonly until?: string | undefined } }
  | { readonly weekdays: readonly Weekday[] }
  | { readonly hours: { readonly from: string; readonly until: string } }
  | { readonly tier: readonly string[] }
  | { readonly club: readonly string[] }
  | { readonly segment: readonly string[] }
  /** Which of the member's purchases this is, by business time: the n-th, one of the first n, every n-th. */
  | { readonly purchaseNumber: { readonly is: number } | { readonly atMost: number } | { readonly every: number } }
  /** Local days since the purchase before; a first purchase has none and fails. */
  | { readonly daysSinceLastPurchase: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined } }
  | { readonly birthdayMonth: true }
  /** Some of it was paid with one of these. */
  | { readonly tender: readonly string[] }

/** What a campaign gives in points. */
export type PointsEffect =
  /** So many points. */
  | { readonly points: number }
  /** `points` for every `per` minor units of the matching lines. */
  | { readonly points: number; readonly per: number }
  /** `points` for every so many items of the matching lines: buy n, earn m. */
  | { readonly points: number; readonly everyItems: number }
  /** What the matching lines earn by the base rule, tier included, times so much, basis points; 20000 doubles it. */
  | { readonly multiplier: number }

/** What a campaign gives that is no points. */
export type Gift =
  /** A reward of the programme, to be had once for nothing: within so many whole local days, where they are said. */
  | { readonly reward: string; readonly valid?: { readonly days: number } | undefined }
  /** Credit for tiers without points, in the tiers' metric. */
  | { readonly tierCredit: number }
  | { readonly badge: string }

export type CampaignEffect = PointsEffect | Gift

/** What a campaign gives where there is no basket to look at. */
export type BonusEffect = { readonly points: number } | Gift

export const occasionNames = ['enrolment', 'birthday', 'anniversary', 'referral'] as const

/** What sets a campaign off. `tierReached` names a tier, `event` a type of event. */
export type Trigger =
  | 'purchase'
  | (typeof occasionNames)[number]
  | { readonly event: string }
  | { readonly tierReached: string }
  | { readonly clubJoined: string }

/** A trigger as one word or two: what campaigns of one trigger are found by. */
export function triggerName(trigger: Trigger): string {
  if (typeof trigger === 'string') return trigger
  if ('event' in trigger) return `event ${trigger.event}`
  return 'tierReached' in trigger ? `tierReached ${trigger.tierReached}` : `clubJoined ${trigger.clubJoined}`
}

/** Whether it is a purchase by which a campaign is judged: its own, or that of a friend who was recommended. */
export const isJudgedByPurchase = ({ trigger }: Pick<Campaign, 'trigger'>): boolean =>
  trigger === 'purchase' || trigger === 'referral'

export const isGift = (effect: CampaignEffect): effect is Gift =>
  'reward' in effect || 'tierCredit' in effect || 'badge' in effect

/** Whether a campaign gives points at all, so that limits in points mean something. */
export const givesPoints = ({ effect, referrer }: Pick<Campaign, 'effect' | 'referrer'>): boolean =>
  !isGift(effect) || (referrer !== undefined && !isGift(referrer.effect))

export const capWindows = ['day', 'week', 'month', 'year', 'campaign'] as const
/** Local days, weeks from Monday, months, years, or all of the campaign. */
export type CapWindow = (typeof capWindows)[number]

/** How often a member may have it, and how many points of it, in a window. */
export interface MemberCap {
  readonly window: CapWindow
  readonly times?: number | undefined
  readonly points?: number | undefined
}

export interface CampaignLimits {
  /** Points of one purchase. */
  readonly perPurchase?: number | undefined
  readonly perMember?: readonly MemberCap[] | undefined
  /** Points at any one store, over the whole campaign. */
  readonly perStore?: number | undefined
  /** Points over the whole campaign. Never more, under any concurrency. */
  readonly budget?: number | undefined
}

export interface Campaign {
  readonly id: string
  readonly name?: string | undefined
  readonly trigger: Trigger
  /** In force from an instant until, and without, another; RFC 3339. */
  readonly schedule?: { readonly from?: string | undefined; readonly until?: string | undefined } | undefined
  readonly lines?: LineSelector | undefined
  readonly when?: Condition | undefined
  readonly effect: CampaignEffect
  /** Of a referral, whose `effect` is the friend's: what the member has who recommended them. */
  readonly referrer?: { readonly effect: BonusEffect } | undefined
  readonly limits?: CampaignLimits | undefined
  /** Of the campaigns of one group only the best for the member applies. */
  readonly exclusive?: string | undefined
  /** Higher ones are evaluated first; of equal ones the earlier in the document. 0 where nothing is said. */
  readonly priority?: number | undefined
  /** An experiment: so many of a hundred members, always the same ones, do not have it, so that both groups can be compared. */
  readonly holdOut?: { readonly percent: number } | undefined
}

/** The limit that cut what a campaign gives. */
export type LimitName = (typeof limitNames)[number]
export const limitNames = ['per-purchase', 'per-member', 'per-store', 'budget', 'too-many-limited'] as const
