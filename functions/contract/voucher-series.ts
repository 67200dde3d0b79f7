import * as z from 'zod'
import type { VoucherSeries } from '../domain/voucher-series.ts'
import { codeCharacter } from '../domain/written-code.ts'
import { lineSelector } from './campaign.ts'
import { amount, id, instant, storeId, text } from './values.ts'

const count = (most: number) => z.int().min(1).max(most)

export const mostSeries = 200

const codes = z.union([
  z.strictObject({
    generated: z.strictObject({
      length: z.int().min(10).max(15).meta({ description: 'Characters by chance; ten are 45 bits, fifteen 67.' }),
      prefix: z
        .string()
        .regex(new RegExp(`^${codeCharacter}{1,6}$`), 'must be of the alphabet of codes')
        .optional(),
    }),
  }),
  z.strictObject({
    pool: z.strictObject({
      lowMark: count(1000).optional().meta({ description: 'An event says when fewer than so many codes are left.' }),
    }),
  }),
])

const value = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('money-off'), amount: amount.min(1) }),
  z.strictObject({ kind: z.literal('percentage-off'), percentage: count(10_000), atMost: amount.min(1).optional() }),
  z.strictObject({ kind: z.literal('product'), sku: text(128) }),
])

/** Vouchers of one kind. */
export const voucherSeries = z
  .strictObject({
    id,
    name: text(256).optional(),
    codes,
    value,
    uses: count(100).optional(),
    bearer: z.boolean().optional(),
    valid: z.union([z.strictObject({ days: count(36_500) }), z.strictObject({ until: instant })]).optional(),
    stores: z.array(storeId).min(1).max(500).optional(),
    lines: lineSelector.optional(),
    minimumBasket: amount.min(1).optional(),
    lockMinutes: count(1440).optional(),
  })
  .meta({ id: 'VoucherSeries' }) satisfies z.ZodType<VoucherSeries>
