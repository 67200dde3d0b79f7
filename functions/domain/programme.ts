import type { AdjustmentPolicy } from './adjustment-caps.ts'
import { type Calendar, calendarOf } from './calendar.ts'
import type { Campaign } from './campaign.ts'
import { type CampaignIndex, compileBonuses, compileCampaigns } from './campaign-index.ts'
import type { Club } from './club.ts'
import type { GiftPolicy } from './gift-policy.ts'
import type { Guarantee } from './guarantee.ts'
import type { LadderPolicy, Metric, Rung } from './ladder-policy.ts'
import type { RedemptionPolicy, Reward } from './reward.ts'
import type { ServicePolicy } from './service-policy.ts'
import type { Instant } from './units.ts'
import type { VoucherSeries } from './voucher-series.ts'

/** When points expire. `months` counts from the local day of the sale; `fixedDate` (`MM-DD`) comes every year. */
export type ExpiryPolicy =
  | { readonly months: number; readonly roundTo?: 'month' | undefined }
  | { readonly fixedDate: string }
  | { readonly inactivity: number }
  | 'none'

export interface PointsPolicy {
  /** `points` for every `per` minor units of eligible spend. */
  readonly earn: { readonly points: number; readonly per: number }
  readonly expiry: ExpiryPolicy
  /** Whole days that points stay pending after the day of the sale; 0: spendable at once. */
  readonly holdDays: number
  /** What becomes of a claw-back that no points are left for. */
  readonly negative: 'debt' | 'forgive'
  /** What `per` points are worth, in minor units: the liability that `laurel verify` states. */
  readonly pointValue?: { readonly amount: number; readonly per: number } | undefined
  /** Whether an unknown card becomes a member. */
  readonly autoEnrol: boolean
  /** Whole local days after the day of the sale in which a purchase without a member may be attached to one; 30 by default. */
  readonly attachDays?: number | undefined
  /** Whether and how members give points to members; without it they do not. */
  readonly gifts?: GiftPolicy | undefined
}

export interface Tier extends Rung {
  readonly name?: string | undefined
  /** Basis points: 10000 earns once, 12500 a quarter more. */
  readonly multiplier: number
  /** What else its members have, in words. */
  readonly perks?: readonly string[] | undefined
}

export interface TierPolicy extends LadderPolicy<Tier> {
  readonly metric: Exclude<Metric, 'items'>
  readonly keep?: Exclude<LadderPolicy['keep'], 'while-met'>
  /** How many local days before a tier lapses that is announced; never, where it is left out. */
  readonly lapseWarningDays?: number | undefined
}

export interface Store {
  readonly id: string
  readonly name?: string | undefined
  /** The groups that it belongs to: what campaigns name several stores by. */
  readonly groups?: readonly string[] | undefined
}

/** What marketing writes: one JSON document. The contract's schema of the same name checks it. */
export interface ProgrammeDocument {
  readonly name: string
  readonly currency: string
  readonly timezone: string
  /** The register of stores; without one every store id is taken. */
  readonly stores?: readonly Store[] | undefined
  readonly points: PointsPolicy
  readonly tiers: TierPolicy
  readonly clubs?: readonly Club[] | undefined
  readonly campaigns?: readonly Campaign[] | undefined
  /** What campaigns may grant, and what members may have for points. */
  readonly rewards?: readonly Reward[] | undefined
  /** How points are spent on them. */
  readonly redemptions?: RedemptionPolicy | undefined
  /** Vouchers that are given out, by kind. */
  readonly vouchers?: readonly VoucherSeries[] | undefined
  readonly guarantees?: readonly Guarantee[] | undefined
  /** How many points staff may adjust; without it there are no caps. */
  readonly adjustments?: AdjustmentPolicy | undefined
  /** Complaints and how satisfied members are; without it there are no such things. */
  readonly service?: ServicePolicy | undefined
}

/** A published, immutable version of the document, ready to be asked. */
export interface Revision {
  readonly number: number
  readonly inForceFrom: Instant
  readonly document: ProgrammeDocument
  readonly calendar: Calendar
  /** By ascending threshold; the first has threshold 0. */
  readonly tiers: readonly [Tier, ...Tier[]]
  /** Ids in the register of stores; undefined where the programme has none and takes all. */
  readonly storeIds: ReadonlySet<string> | undefined
  /** Those of purchases. Undefined where the revision has none that is judged by one. */
  readonly campaigns: CampaignIndex | undefined
  /** Whether any club multiplies what its members earn. */
  readonly clubsMultiply: boolean
  /** Campaigns that something else than a purchase sets off, by the name of their trigger. */
  readonly bonuses: ReadonlyMap<string, CampaignIndex>
}

export interface Programme {
  readonly id: string
  /** By ascending number and instant; the first is in force from the beginning of time. */
  readonly revisions: readonly [Revision, ...Revision[]]
}

/** Compiles a document that the contract has checked. Throws where it has no tier. */
export function compileRevision(number: number, inForceFrom: Instant, document: ProgrammeDocument): Revision {
  const [lowest, ...others] = [...document.tiers.levels].sort((a, b) => a.threshold - b.threshold)
  if (!lowest) throw new Error('a programme has at least one tier')
  const calendar = calendarOf(document.timezone)
  return {
    number,
    inForceFrom,
    document,
    calendar,
    tiers: [lowest, ...others],
    storeIds: document.stores && new Set(document.stores.map((store) => store.id)),
    campaigns: compileCampaigns(document.campaigns ?? [], document.stores ?? [], calendar),
    clubsMultiply: document.clubs?.some(({ multiplier }) => multiplier !== undefined) ?? false,
    bonuses: compileBonuses(document.campaigns ?? [], document.stores ?? [], calendar),
  }
}

/** The revision in force at an instant. */
export function revisionAt(programme: Programme, at: Instant): Revision {
  const { revisions } = programme
  for (let index = revisions.length - 1; index > 0; index -= 1) {
    const revision = revisions[index]
    if (revision && revision.inForceFrom <= at) return revision
  }
  return revisions[0]
}
