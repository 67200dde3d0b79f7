import type { NaiveAward } from './naive-bonuses.ts'
import type { NaiveTurn } from './naive-clubs.ts'
import type { NaiveDocument } from './naive-dates.ts'
import type { NaiveRooms } from './naive-sales.ts'

/** What the model is told, and what it makes of it. */

/** A line of a sale: what was paid for the whole of it, minor units. */
export interface NaiveLine {
  readonly lineId: string
  readonly quantity: number
  readonly amount: number
  readonly excluded?: boolean | undefined
  /** `sku-<lineId>` where nothing is said. */
  readonly sku?: string | undefined
  readonly categories?: readonly string[] | undefined
}

export type NaiveFact =
  | {
      readonly kind: 'purchase'
      readonly id: string
      readonly occurredAt: number
      readonly arrivedAt: number
      readonly lines: readonly NaiveLine[]
      readonly member?: string | undefined
      readonly storeId?: string | undefined
      readonly channel?: string | undefined
      readonly tenders?: readonly { readonly type: string; readonly amount: number }[] | undefined
      /** The member's, `YYYY-MM-DD`, as it was known. */
      readonly birthday?: string | undefined
      /** What limited campaigns gave; without, they are counted from this member's purchases alone. */
      readonly rooms?: NaiveRooms | undefined
      /** Spendings that the till says it was paid with. */
      readonly paidWith?: readonly string[] | undefined
    }
  | NaiveSpend
  /** What is held for a reward is let go. */
  | { readonly kind: 'let go'; readonly id: string; readonly arrivedAt: number }
  /** What was spent on a reward is given back, all that did not come back yet. */
  | { readonly kind: 'reversed'; readonly id: string; readonly arrivedAt: number }
  | {
      readonly kind: 'return'
      readonly purchaseId: string
      readonly id: string
      readonly occurredAt: number
      readonly arrivedAt: number
      readonly lines: readonly { readonly lineId: string; readonly quantity: number; readonly amount: number }[]
      /** Of a claim that counts as a return; where that is undone the lines are below 0. */
      readonly claimId?: string | undefined
    }
  /** Points make up for something; the second time for the same, they are taken back. */
  | { readonly kind: 'goodwill'; readonly id: string; readonly points: number; readonly arrivedAt: number }
  | NaiveGift
  /** The member comes to an event of a club, and earns so much by it. */
  | { readonly kind: 'attend'; readonly id: string; readonly points: number; readonly at: number; readonly arrivedAt: number }
  | { readonly kind: 'adjust'; readonly id: string; readonly points: number; readonly arrivedAt: number }
  | { readonly kind: 'grant'; readonly id: string; readonly tier: string; readonly until: number; readonly arrivedAt: number }
  | { readonly kind: 'end grant'; readonly id: string; readonly arrivedAt: number }
  /** The member joins a club, leaves it, or pays its fee: what time makes of that, and who qualifies, is worked out. */
  | {
      readonly kind: 'join' | 'leave' | 'fee'
      readonly club: string
      readonly at: number
      readonly arrivedAt: number
    }
  | { readonly kind: 'tags'; readonly tags: readonly string[]; readonly at: number; readonly arrivedAt: number }
  | NaiveBonus
  /** What some campaigns gave is taken back, or given again. */
  | {
      readonly kind: 'undone' | 'given again'
      readonly id: string
      readonly campaigns: readonly string[]
      readonly at: number
      readonly arrivedAt: number
    }

/** Points go for a reward, or are held for it; those that are held already are spent. */
export interface NaiveSpend {
  readonly kind: 'spend' | 'hold'
  readonly id: string
  readonly reward: string
  /** By when the reward is judged. */
  readonly at: number
  readonly arrivedAt: number
  /** As the customer said, where the reward has no price. */
  readonly points: number
  /** That it said it pays for. */
  readonly purchaseId?: string | undefined
}

/** One side of a gift, or of its being taken back. */
export interface NaiveGift {
  readonly kind: 'gift'
  /** Of the giver. */
  readonly id: string
  readonly way: 'given' | 'received' | 'given-undone' | 'received-undone'
  readonly other: string
  readonly points: number
  /** Of which expiries the giver had them: the receiver's side has to be told. */
  readonly parts?: readonly NaiveGiftPart[] | undefined
  readonly arrivedAt: number
}

export interface NaiveGiftPart {
  /** Null: they do not expire. */
  readonly expiresAt: number | null
  readonly points: number
}

/** Something for which campaigns were asked that is no purchase. */
export interface NaiveBonus {
  readonly kind: 'bonus'
  readonly id: string
  readonly trigger: string
  readonly at: number
  readonly arrivedAt: number
  readonly member: string
  readonly storeId?: string | undefined
  /** What limited campaigns left; of who recommended a friend, all that gave something. */
  readonly rooms: NaiveRooms
  /** Of a friend who was recommended: the purchase by which it is judged. */
  readonly purchaseId?: string | undefined
  readonly isReferrer?: boolean | undefined
}

/** A sale came without a member: of the returns that wait for it, those that do not fit are refused then. The sale itself follows. */
export interface NaiveUnnamedSale {
  readonly kind: 'unnamed'
  readonly id: string
  readonly arrivedAt: number
  readonly lines: readonly NaiveLine[]
}

/** Documents by ascending instant; the first is in force from the beginning of time. */
export type NaiveProgramme = readonly { readonly inForceFrom: number; readonly document: NaiveDocument }[]

export type NaiveSpendingState = 'reserved' | 'captured' | 'released' | 'lapsed' | 'reversed'

export interface NaiveSpent {
  readonly reward: { readonly id: string }
  readonly price: number
  readonly state: NaiveSpendingState
  /** What of it came back after it was spent. */
  readonly back: number
}

export interface NaivePurchase {
  readonly at: number
  readonly tier: string
  readonly earned: number
  /** What was still to mature when it was booked. */
  readonly pending: number
  /** What its points are now, after the returns so far. */
  readonly kept: number
  /** What each campaign gave at the sale, where it gave something, in points. */
  readonly campaigns: ReadonlyMap<string, number>
}

export interface NaiveReturn {
  readonly status: 'booked' | 'waiting' | 'refused'
  readonly clawedBack: number
  /** The design's code, where refused. */
  readonly code: string | null
}

/** When points come and go. */
export interface NaiveTimes {
  /** What is pending, by when it may be spent. */
  readonly maturing: readonly { readonly points: number; readonly spendableAt: number }[]
  /** All instants at which points came to be spendable, or will. */
  readonly spendable: ReadonlySet<number>
  /** All instants at which points expired, or will. */
  readonly expiry: ReadonlySet<number>
}

export interface NaiveState {
  readonly balance: {
    readonly available: number
    readonly pending: number
    readonly debt: number
    readonly expiring: readonly { readonly points: number; readonly expiresAt: number | null }[]
  }
  /** What is held for rewards. */
  readonly reserved: number
  readonly totals: {
    readonly issued: number
    readonly adjusted: number
    readonly redeemed: number
    readonly expired: number
    readonly clawedBack: number
  }
  /** What became of points for rewards. */
  readonly spendings: ReadonlyMap<string, NaiveSpent>
  /** Of which expiries gave points that the member gave away. */
  readonly givenAway: ReadonlyMap<string, readonly NaiveGiftPart[]>
  readonly tier: string
  /** When the member came to belong to a club, or ceased to, in the order in which it became known. */
  readonly clubs: readonly NaiveTurn[]
  /** What the window of the tiers counts, at what is now kept of it. */
  readonly counted: number
  /** What campaigns gave that is no points, by `badge <id>` or `reward <id>`. */
  readonly gifts: ReadonlyMap<string, number>
  /** What purchases hold of limited campaigns, in points: of each of which something is held. */
  readonly held: ReadonlyMap<string, number>
  readonly purchases: ReadonlyMap<string, NaivePurchase>
  /** By `<purchaseId>/<returnId>`. */
  readonly returns: ReadonlyMap<string, NaiveReturn>
  readonly adjustments: ReadonlyMap<string, 'booked' | 'refused'>
  /** What each bonus gave at first. */
  readonly bonuses: ReadonlyMap<string, readonly NaiveAward[]>
}
