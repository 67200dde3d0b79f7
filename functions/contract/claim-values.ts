import * as z from 'zod'
import { lazily } from './lazily.ts'
import { answeredInstant, id, points } from './values.ts'

const by = lazily(() => z.enum(['member', 'store', 'payment-system', 'staff', 'rule']))

/** A claim as whoever asks about it is told. */
export const claimAnswer = lazily(() =>
  z
    .object({
      id: id.meta({ description: 'Of the claim, in the whole programme: tills and staff name it by this.' }),
      memberId: id,
      purchaseId: id,
      guarantee: z.object({ id, name: z.string() }),
      lines: z.array(z.object({ lineId: z.string(), quantity: z.int(), amount: z.int() })),
      value: z.int().meta({ description: 'What was paid for the goods, minor units.' }),
      reason: z.string().optional(),
      text: z.string().optional(),
      photos: z.array(z.string()).optional(),
      state: z.enum(['submitted', 'approved', 'declined', 'withdrawn', 'lapsed', 'settled']),
      awaits: z.enum(['decision', 'goods', 'remedy']).nullable(),
      dueAt: answeredInstant()
        .nullable()
        .meta({ description: 'By when what it waits for is promised, or the goods are wanted.' }),
      isOverdue: z.boolean(),
      remedy: z
        .object({
          kind: z.enum(['refund', 'exchange', 'points', 'voucher']),
          amount: z.int(),
          currency: z.string(),
          points: points().optional(),
          reward: z.string().optional(),
        })
        .meta({ description: 'What is given once it is approved: money, or other goods worth so much, minor units.' }),
      goodsBack: z.boolean(),
      steps: z.array(
        z.object({
          at: answeredInstant(),
          step: z.enum(['submitted', 'approved', 'goods', 'declined', 'undone', 'withdrawn', 'settled', 'overdue', 'lapsed']),
          by: by(),
          reason: z.string().optional(),
          storeId: z.string().optional(),
        }),
      ),
    })
    .meta({ id: 'Claim' }),
)

/** Where the remedy is a voucher, and none can be given. */
export const voucherProblems = ['voucher-unknown', 'voucher-over', 'pool-empty'] as const
