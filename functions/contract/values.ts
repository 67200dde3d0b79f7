import * as z from 'zod'
import { limitNames } from '../domain/campaign.ts'
import { lazily } from './lazily.ts'

/** The values that bodies, paths and answers are made of. */

/** Ids that clients choose: 1–128 of `A-Z a-z 0-9 . _ : -`. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/)
  .meta({ description: 'An id that the client chooses.', example: 'm-1001' })
/** A store's id has no colon: a purchase's id begins with it and one. */
export const storeId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/)
  .meta({ description: 'A store’s id: no colon, because a purchase’s id begins with it and one.', example: 'leeds' })

const earliestMs = 0
const latestMs = Date.UTC(9999, 0, 1)

/** RFC 3339 with a zone. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((text) => {
    const at = Date.parse(text)
    return at >= earliestMs && at < latestMs
  }, 'must be between 1970 and 9998')
  .meta({ description: 'An instant, RFC 3339 with a zone.', example: '2026-11-21T10:15:00Z' })

/** A calendar day that exists. */
export const day = z.iso.date().meta({ description: 'A day, YYYY-MM-DD.', example: '1990-02-28' })

/** The largest amount of a line or a basket: every product that earning forms of it is exact. */
export const mostAmount = 1_000_000_000_000

/** Minor units of the programme's currency. */
export const amount = z
  .int()
  .min(0)
  .max(mostAmount)
  .meta({ description: 'An amount in the currency’s minor unit.', example: 1530 })
export const quantity = z.int().min(1).max(1_000_000_000).meta({ example: 6 })
export const points = lazily(() => z.int().meta({ description: 'Points.', example: 15 }))
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ description: 'ISO 4217 code.', example: 'GBP' })

/** Short human text. */
export const text = (most: number) => z.string().min(1).max(most)

/** An answer's instant: UTC. */
export const answeredInstant = lazily(() => z.iso.datetime().meta({ example: '2027-12-01T00:00:00Z' }))

export const balance = lazily(() =>
  z
    .object({
      available: points(),
      pending: points(),
      reserved: points(),
      debt: points(),
      expiring: z.array(z.object({ points: points(), expiresAt: answeredInstant().nullable() })).meta({
        description: 'All available points, a row for each expiry instant, ascending; null last, for what never expires.',
      }),
      asOf: answeredInstant(),
    })
    .meta({ id: 'Balance' }),
)

export const tier = lazily(() =>
  z
    .object({
      id: z.string(),
      perks: z
        .array(z.string())
        .optional()
        .meta({ description: 'What else the tier gives, in words; left out where that is nothing.' }),
      progress: z.object({
        metric: z.enum(['spend', 'points', 'visits', 'purchases']),
        current: z.int().meta({ description: 'What this window counts so far; spend in minor units.' }),
        next: z.string().nullable().meta({ description: 'The next higher tier; null at the top.' }),
        needed: z.int().meta({ description: 'What is missing to it; 0 at the top.' }),
      }),
      keeping: z
        .object({
          until: answeredInstant()
            .nullable()
            .meta({ description: 'When a lower tier follows if nothing more happens; null: never.' }),
          needed: z.int().meta({ description: 'What is missing in this window to keep the tier beyond that.' }),
          by: answeredInstant().nullable().meta({ description: 'When this window ends, where something is missing.' }),
        })
        .optional()
        .meta({ description: 'What keeps the tier, where it is above the lowest.' }),
    })
    .meta({ id: 'Tier' }),
)

const awardLines = lazily(() => z.array(z.object({ lineId: z.string(), points: points() })))
const cut = lazily(() =>
  z
    .object({ limit: z.enum(limitNames), wanted: points() })
    .meta({ description: 'The limit that cut it, and what it would have given.' }),
)
const giftFields = () => ({
  reward: z.string().optional(),
  badge: z.string().optional(),
  tierCredit: z.int().optional().meta({ description: 'Credit for tiers without points.' }),
})

export const awards = lazily(() =>
  z
    .array(
      z.object({
        source: z.string(),
        revision: z.int(),
        points: points(),
        lines: awardLines(),
        cut: cut().optional(),
      }),
    )
    .meta({ id: 'Awards', description: 'What gave points, by which revision, and for which lines. Nothing of 0 points.' }),
)

export const gifts = lazily(() =>
  z
    .array(z.object({ source: z.string(), revision: z.int(), ...giftFields() }))
    .meta({ id: 'Gifts', description: 'What campaigns gave that is no points.' }),
)

export const heldGifts = lazily(() =>
  z
    .array(z.object({ badge: z.string().optional(), reward: z.string().optional(), count: z.int() }))
    .meta({ id: 'HeldGifts', description: 'Badges and rewards that campaigns gave and nothing took back.' }),
)

const because = ['lines', 'condition', 'held-out', 'too-little', 'exclusive', 'limit', 'given-before', 'closed'] as const

export const explanation = lazily(() =>
  z
    .array(
      z.object({
        campaign: z.string(),
        revision: z.int(),
        applied: z.boolean(),
        points: points().optional(),
        lines: awardLines().optional(),
        gift: z.object(giftFields()).optional(),
        cut: cut().optional(),
        because: z.enum(because).optional().meta({ description: 'Why it gave nothing.' }),
        failed: z
          .string()
          .optional()
          .meta({ description: 'JSON pointer into the campaign: the first of its conditions that did not hold.' }),
        than: z.string().optional().meta({ description: 'The campaign of its group that was better.' }),
        limit: z.enum(limitNames).optional(),
      }),
    )
    .meta({ id: 'Explanation', description: 'All campaigns that were on at the sale, in the order of evaluation.' }),
)

/** Continues a list. */
export const cursor = z.string().min(1).max(512)
export const listQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .optional()
    .meta({ description: 'Items a page, at most 999; 50 where nothing is said.' }),
})
export const nextCursor = lazily(() =>
  z.string().nullable().meta({ description: 'Pass it as ?cursor= for the next page; null at the end.' }),
)
