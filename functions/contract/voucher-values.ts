import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { amount, answeredInstant, id, quantity, text } from './values.ts'

/** What the operations on vouchers have in common. */

/** A code as a person writes it: blanks, dashes and small letters do not matter. */
export const voucherCode = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'The code. In bodies alone: never in a path, query or log.', example: 'TEA-0000-0001' })

export const voucherBasket = canonicalObject({
  lines: z
    .array(canonicalObject({ sku: text(128), quantity, amount, categories: z.array(text(128)).max(32).optional() }))
    .min(1)
    .max(500),
})

export const voucherValue = lazily(() =>
  z
    .object({
      kind: z.enum(['money-off', 'percentage-off', 'product']),
      amount: z.int().optional(),
      percentage: z.int().optional().meta({ description: 'Basis points.' }),
      atMost: z.int().optional(),
      sku: z.string().optional(),
    })
    .meta({ id: 'VoucherValue' }),
)

export const voucherAnswer = lazily(() =>
  z
    .object({
      voucherId: id.meta({ description: 'The kind of vouchers that it is one of.' }),
      name: z.string().optional(),
      code: z.string(),
      value: voucherValue(),
      status: z.enum(['good', 'used-up', 'expired', 'void']),
      uses: z.int(),
      used: z.int(),
      issuedAt: answeredInstant(),
      expiresAt: answeredInstant().nullable(),
    })
    .meta({ id: 'Voucher' }),
)
