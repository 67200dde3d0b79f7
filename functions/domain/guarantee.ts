import { addDays, addMonths } from 'temporal-polyfill/fns/PlainDate'
import type { Calendar } from './calendar.ts'
import type { SaleLine } from './entry.ts'
import type { Head } from './head.ts'
import type { Instant } from './units.ts'

/** Satisfaction guarantees as marketing writes them into the programme document. The contract's schema of the same name checks them. */

/** Whole local days, or months to the day, after the day of the sale. */
export type GuaranteeWindow = { readonly days: number } | { readonly months: number }

/** What a guarantee gives for goods that did not satisfy. */
export type Remedy =
  /** What was paid, or so many basis points of it: 10000 is all. */
  | { readonly refund: { readonly rate: number } }
  /** Other goods, worth what was paid. */
  | { readonly exchange: true }
  /** `points` for every `per` minor units paid. */
  | { readonly points: number; readonly per: number }
  /** A voucher for a reward of the programme. */
  | { readonly voucher: { readonly reward: string } }

export type Remedied = 'refund' | 'exchange' | 'points' | 'voucher'

/** Whom a longer window or an automatic approval is for: whoever holds one of the tiers, or belongs to one of the clubs. */
export interface Standing {
  readonly tiers?: readonly string[] | undefined
  readonly clubs?: readonly string[] | undefined
}

export const claimWindows = ['day', 'week', 'month', 'year', 'ever'] as const

/** What one member may claim in a window: so often, or goods for so much (minor units). */
export interface ClaimCap {
  readonly window: (typeof claimWindows)[number]
  readonly times?: number | undefined
  readonly amount?: number | undefined
}

export interface Guarantee {
  readonly id: string
  readonly name: string
  readonly description?: string | undefined
  /** Lines of one of these articles or categories; without it everything. */
  readonly covers?:
    | { readonly skus?: readonly string[] | undefined; readonly categories?: readonly string[] | undefined }
    | undefined
  readonly window: GuaranteeWindow
  /** Of those that are for a member the longest counts. */
  readonly longer?: readonly (Standing & { readonly window: GuaranteeWindow })[] | undefined
  readonly remedy: Remedy
  /** Whether the goods are wanted back before anything is given. */
  readonly goodsBack: boolean
  readonly evidence?:
    | {
        /** One of these codes. */
        readonly reasons?: readonly string[] | undefined
        readonly text?: true | undefined
        /** So many at least. */
        readonly photos?: number | undefined
      }
    | undefined
  /** Claims that are approved at once, if any of it holds; all others by staff. */
  readonly automatic?: (Standing & { readonly upTo?: number | undefined }) | undefined
  /** The score from which staff look at a claim in any case; 50 by default. */
  readonly reviewFrom?: number | undefined
  /** Points given beside the remedy. */
  readonly goodwill?: number | undefined
  readonly limits?:
    | {
        readonly perMember?: readonly ClaimCap[] | undefined
        /** Minor units, of goods sold at one store; and in all. */
        readonly perStore?: number | undefined
        readonly budget?: number | undefined
      }
    | undefined
  /** Whole local days for staff to decide, to bring the goods back, and for what was approved to be given. */
  readonly days: { readonly decide: number; readonly bringBack?: number | undefined; readonly settle: number }
}

export function remedied(remedy: Remedy): Remedied {
  if ('refund' in remedy) return 'refund'
  if ('exchange' in remedy) return 'exchange'
  return 'points' in remedy ? 'points' : 'voucher'
}

/** Whether a guarantee is about a line. */
export function isCovered({ covers }: Guarantee, { sku, categories }: Pick<SaleLine, 'sku' | 'categories'>): boolean {
  if (!covers) return true
  return (covers.skus?.includes(sku) ?? false) || (categories?.some((one) => covers.categories?.includes(one)) ?? false)
}

/** The tiers that count for a member, and their clubs. */
export interface Holder {
  readonly tiers: readonly string[]
  readonly clubs: readonly string[]
}

/** Who claims for a sale: a promise that the tier at the sale made is kept, whatever tier follows; clubs are those of then that they still belong to. */
export function holderOf(
  { tier, clubs }: Pick<Head, 'tier' | 'clubs'>,
  sale: { readonly at: Instant; readonly fact: { readonly tier: string } },
): Holder {
  return {
    tiers: [sale.fact.tier, tier.id],
    clubs: clubs.flatMap(({ clubId, since }) => (since <= sale.at ? [clubId] : [])),
  }
}

export function hasStanding({ tiers, clubs }: Standing, holder: Holder): boolean {
  return (
    (tiers?.some((one) => holder.tiers.includes(one)) ?? false) || (clubs?.some((one) => holder.clubs.includes(one)) ?? false)
  )
}

/** The first instant at which a sale is no longer under a guarantee: the local midnight after the last day of its window. */
export function guaranteedUntil(calendar: Calendar, guarantee: Guarantee, saleAt: Instant, holder: Holder): Instant {
  const longer = (guarantee.longer ?? []).filter((one) => hasStanding(one, holder))
  const ends = [guarantee, ...longer].map(({ window }) => endOf(calendar, window, saleAt))
  return Math.max(...ends) as Instant
}

function endOf(calendar: Calendar, window: GuaranteeWindow, saleAt: Instant): Instant {
  const { date } = calendar.dayOf(saleAt)
  const last = 'days' in window ? addDays(date, window.days) : addMonths(date, window.months)
  return calendar.startOfDay(addDays(last, 1))
}

/** The local midnight after so many whole days from the day of an instant. */
export function afterDays(calendar: Calendar, at: Instant, days: number): Instant {
  return endOf(calendar, { days }, at)
}
