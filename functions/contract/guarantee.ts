import * as z from 'zod'
import { claimWindows, type Guarantee } from '../domain/guarantee.ts'
import { id, mostAmount, text } from './values.ts'

const window = z.union([
  z.strictObject({ days: z.int().min(0).max(36_500) }),
  z.strictObject({ months: z.int().min(1).max(1200) }),
])
const standing = { tiers: z.array(id).min(1).max(50).optional(), clubs: z.array(id).min(1).max(50).optional() }
const most = z.int().min(1).max(mostAmount)
const days = z.int().min(0).max(3650)

/** A satisfaction guarantee of the programme document. What it names that is not there is found by validating. */
export const guarantee = z
  .strictObject({
    id,
    name: text(256),
    description: text(4000).optional(),
    covers: z
      .strictObject({
        skus: z.array(text(128)).min(1).max(1000).optional(),
        categories: z.array(text(128)).min(1).max(100).optional(),
      })
      .optional()
      .meta({ description: 'Lines of one of these articles or categories; without it everything.' }),
    window: window.meta({ description: 'Whole local days, or months to the day, after the day of the sale.' }),
    longer: z
      .array(z.strictObject({ ...standing, window }))
      .max(20)
      .optional()
      .meta({
        description:
          'For who holds one of the tiers, now or at the sale, or has belonged to one of the clubs since: the longest counts.',
      }),
    remedy: z.union([
      z.strictObject({
        refund: z.strictObject({
          rate: z.int().min(1).max(10_000).meta({ description: 'Basis points of what was paid: 10000 is all of it.' }),
        }),
      }),
      z.strictObject({ exchange: z.literal(true) }),
      z.strictObject({ points: z.int().min(1).max(1_000_000), per: z.int().min(1).max(1_000_000_000) }),
      z.strictObject({ voucher: z.strictObject({ reward: id }) }),
    ]),
    goodsBack: z.boolean(),
    evidence: z
      .strictObject({
        reasons: z.array(id).min(1).max(100).optional(),
        text: z.literal(true).optional(),
        photos: z.int().min(1).max(10).optional(),
      })
      .optional()
      .meta({ description: 'What a claim has to say: one of the reasons, a text, so many photos at least.' }),
    automatic: z
      .strictObject({ ...standing, upTo: most.optional() })
      .optional()
      .meta({
        description: 'Approved at once where the goods are worth no more, or the member has the standing; else by staff.',
      }),
    reviewFrom: z.int().min(1).max(1000).optional().meta({
      description: 'The score of a claim from which staff look at it in any case; 50 where it is left out.',
    }),
    goodwill: z.int().min(1).max(1_000_000).optional().meta({ description: 'Points given beside the remedy.' }),
    limits: z
      .strictObject({
        perMember: z
          .array(z.strictObject({ window: z.enum(claimWindows), times: most.optional(), amount: most.optional() }))
          .min(1)
          .max(10)
          .optional(),
        perStore: most.optional(),
        budget: most.optional(),
      })
      .optional()
      .meta({ description: 'In minor units of what the goods are worth.' }),
    days: z
      .strictObject({ decide: days, bringBack: days.optional(), settle: days })
      .meta({ description: 'For staff to decide, to bring the goods back, and for what was approved to be given.' }),
  })
  .refine(({ goodsBack, days }) => goodsBack === (days.bringBack !== undefined), {
    message: 'days to bring goods back are for a guarantee that wants them',
    path: ['days', 'bringBack'],
  }) satisfies z.ZodType<Guarantee>

export const mostGuarantees = 100
