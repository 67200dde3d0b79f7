import * as z from 'zod'
import type { ProgrammeDocument } from '../domain/programme.ts'
import { adjustmentPolicy } from './adjustment-policy.ts'
import { campaign, mostCampaigns } from './campaign.ts'
import { club, mostClubs, mostQualifyingClubs } from './club.ts'
import { giftPolicy } from './gift-policy.ts'
import { guarantee, mostGuarantees } from './guarantee.ts'
import { mostRewards, redemptionPolicy, reward } from './reward.ts'
import { servicePolicy } from './service-policy.ts'
import { tierPolicy } from './tier-policy.ts'
import { currency, id, storeId, text } from './values.ts'
import { mostSeries, voucherSeries } from './voucher-series.ts'

const count = (most: number) => z.int().min(1).max(most)

const timezone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name)
    } catch {
      return false
    }
  }, 'must be an IANA time zone')

const expiry = z.union([
  z.strictObject({ months: count(1200), roundTo: z.literal('month').optional() }),
  z.strictObject({
    fixedDate: z.string().regex(/^(0[13578]-([0-2]\d|3[01])|1[02]-([0-2]\d|3[01])|(0[469]|11)-([0-2]\d|30)|02-[0-2]\d)$/),
  }),
  z.strictObject({ inactivity: count(1200) }),
  z.literal('none'),
])

const unique = <Part extends { id: string }>(parts: readonly Part[]) =>
  new Set(parts.map((part) => part.id)).size === parts.length

/** The programme document as marketing writes it, checked as a whole. */
export const programmeDocument = z
  .strictObject({
    name: text(256),
    currency,
    timezone,
    stores: z
      .array(z.strictObject({ id: storeId, name: text(256).optional(), groups: z.array(id).max(50).optional() }))
      .max(5000)
      .refine(unique, 'two stores have the same id')
      .optional(),
    points: z.strictObject({
      earn: z.strictObject({ points: count(1_000_000), per: count(1_000_000_000) }),
      expiry,
      holdDays: z.int().min(0).max(3650),
      negative: z.enum(['debt', 'forgive']),
      pointValue: z.strictObject({ amount: count(1_000_000_000), per: count(1_000_000_000) }).optional(),
      autoEnrol: z.boolean(),
      attachDays: z.int().min(0).max(3650).optional(),
      gifts: giftPolicy.optional(),
    }),
    tiers: tierPolicy,
    clubs: z
      .array(club)
      .max(mostClubs)
      .refine(unique, 'two clubs have the same id')
      .refine(
        (clubs) => clubs.filter(({ kind }) => kind === 'qualifying').length <= mostQualifyingClubs,
        `at most ${mostQualifyingClubs} clubs may be qualifying`,
      )
      .optional(),
    campaigns: z.array(campaign).max(mostCampaigns).refine(unique, 'two campaigns have the same id').optional(),
    rewards: z.array(reward).max(mostRewards).refine(unique, 'two rewards have the same id').optional(),
    redemptions: redemptionPolicy.optional(),
    vouchers: z.array(voucherSeries).max(mostSeries).refine(unique, 'two kinds of vouchers have the same id').optional(),
    guarantees: z.array(guarantee).max(mostGuarantees).refine(unique, 'two guarantees have the same id').optional(),
    adjustments: adjustmentPolicy.optional(),
    service: servicePolicy.optional(),
  })
  .meta({ id: 'Programme' }) satisfies z.ZodType<ProgrammeDocument>
