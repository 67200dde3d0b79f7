import * as z from 'zod'
import { mostHoldMinutes, mostRewardLimits } from '../domain/bounds.ts'
import { type RedemptionPolicy, type Reward, rewardWindows } from '../domain/reward.ts'
import { lineSelector, schedule } from './campaign.ts'
import { amount, id, mostAmount, storeId, text } from './values.ts'

const count = (most: number) => z.int().min(1).max(most)
const points = count(mostAmount)
const holdMinutes = count(mostHoldMinutes).meta({ description: 'How long points are held that are reserved and not spent.' })

/** A language by its tag (BCP 47), such as `en` or `pt-BR`. */
const language = z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/, 'must be a language tag')

const different = <Part>(parts: readonly Part[], nameOf: (part: Part) => string) =>
  new Set(parts.map(nameOf)).size === parts.length

const price = z
  .strictObject({
    points,
    tiers: z
      .array(z.strictObject({ tier: id, points }))
      .max(50)
      .optional(),
    clubs: z
      .array(z.strictObject({ club: id, points }))
      .max(100)
      .optional(),
  })
  .meta({ id: 'RewardPrice', description: 'Points; of the prices for everybody, the member’s tier and their clubs the lowest.' })

const anyReward = {
  id,
  name: text(256).optional(),
  texts: z
    .array(z.strictObject({ language, name: text(256), description: text(4000).optional(), terms: text(8000).optional() }))
    .max(50)
    .refine((texts) => different(texts, (one) => one.language.toLowerCase()), 'two texts are in the same language')
    .optional(),
  images: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https$/ }).max(2048),
        alt: text(256).optional(),
        language: language.optional(),
      }),
    )
    .max(20)
    .optional(),
  categories: z.array(text(128)).max(32).optional().meta({ description: 'Where it stands in the catalogue.' }),
  schedule: schedule.optional(),
  stock: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'How many there are in all; left out: no end of them.' }),
  lowStock: count(1_000_000_000).optional().meta({ description: 'An event says when fewer than so many are left.' }),
  limits: z
    .array(z.strictObject({ window: z.enum(rewardWindows), times: count(1_000_000) }))
    .min(1)
    .max(mostRewardLimits)
    .optional()
    .meta({ description: 'How often a member may have it in a window.' }),
  requires: z
    .strictObject({ tiers: z.array(id).min(1).max(50).optional(), clubs: z.array(id).min(1).max(50).optional() })
    .optional()
    .meta({ description: 'Who may have it: whoever holds one of the tiers, and belongs to all of the clubs.' }),
  stores: z.array(storeId).min(1).max(500).optional(),
  lines: lineSelector.optional(),
  minimumBasket: amount.min(1).optional(),
  holdMinutes: holdMinutes.optional(),
}

const priced = {
  ...anyReward,
  price: price.optional().meta({ description: 'Left out: it is not had for points, only granted by campaigns.' }),
}

/** A reward of the programme document. What it names that is not there is found by validating. */
export const reward = z.union([
  z.discriminatedUnion('kind', [
    z.strictObject({ ...priced, kind: z.literal('money-off'), amount: amount.min(1) }),
    z.strictObject({
      ...priced,
      kind: z.literal('percentage-off'),
      percentage: count(10_000).meta({ description: 'Basis points of the basket: 1000 is a tenth.' }),
      atMost: amount.min(1).optional(),
    }),
    z.strictObject({ ...priced, kind: z.literal('product'), sku: text(128).optional() }),
    z.strictObject({
      ...priced,
      kind: z.literal('voucher'),
      voucher: id.meta({ description: 'One of these vouchers is given out.' }),
    }),
    z.strictObject({ ...priced, kind: z.enum(['experience', 'donation']) }),
    z.strictObject({ ...priced, kind: z.literal('club-perk'), club: id }),
    z
      .strictObject({
        ...anyReward,
        kind: z.literal('points-as-money'),
        rate: z.strictObject({ points: count(1_000_000), amount: count(1_000_000) }),
        least: points.optional(),
        most: points.optional(),
      })
      .refine(({ least, most }) => least === undefined || most === undefined || least <= most, {
        message: 'is below the least',
        path: ['most'],
      }),
  ]),
  z.strictObject({ id, name: text(256).optional() }),
]) satisfies z.ZodType<Reward>

export const mostRewards = 1000

export const redemptionPolicy = z
  .strictObject({
    holdMinutes: holdMinutes.optional(),
    spendCodes: z
      .strictObject({ above: points.optional(), minutes: count(60).optional() })
      .optional()
      .meta({
        description: 'Tills spend points only with a one-time code that the member shows: always, or above so many points.',
      }),
    expiredMeanwhile: z
      .union([z.literal('expire'), z.strictObject({ graceDays: count(3650) })])
      .optional()
      .meta({ description: 'What becomes of points that come back after they would have expired.' }),
  })
  .meta({ id: 'RedemptionPolicy' }) satisfies z.ZodType<RedemptionPolicy>
