import * as z from 'zod'
import { rewardKinds } from '../domain/reward.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { redemptionAnswer } from './redemptions.ts'
import { answeredInstant, listQuery, nextCursor, points } from './values.ts'

const none = z.strictObject({})

const offeredReward = lazily(() =>
  z
    .object({
      id: z.string(),
      name: z.string().optional(),
      kind: z.enum(rewardKinds),
      texts: z.array(
        z.object({ language: z.string(), name: z.string(), description: z.string().optional(), terms: z.string().optional() }),
      ),
      images: z.array(z.object({ url: z.string(), alt: z.string().optional(), language: z.string().optional() })),
      categories: z.array(z.string()),
      price: points().nullable().meta({ description: 'What it costs me; null: I say how many points.' }),
      regularPrice: points().optional().meta({ description: 'What it costs others, where I pay less.' }),
      rate: z
        .object({ points: z.int(), amount: z.int() })
        .optional()
        .meta({ description: 'Of points as money: so many points are worth so much, minor units.' }),
      status: z.enum(['affordable', 'near', 'far', 'locked']).meta({
        description: '`near`: I have three quarters of the points or more. `locked`: `because` says why.',
      }),
      missing: points().meta({ description: 'Points that I lack; 0: none.' }),
      because: z.array(z.enum(['tier', 'club', 'not-yet', 'limit', 'out-of-stock', 'closed'])),
      lacking: z.object({ tiers: z.array(z.string()).optional(), clubs: z.array(z.string()).optional() }).optional(),
      from: answeredInstant().nullable().meta({ description: 'Since when, or from when on, it is on sale; null: always.' }),
      until: answeredInstant().nullable(),
      left: z.int().nullable().meta({
        description:
          'How many are left; null: there is no end of them, or nobody counts. 0 also where no voucher is left, or their time is over.',
      }),
      atTillOnly: z.boolean().meta({ description: 'It hangs on a basket or a store: I can reserve it here.' }),
      minimumBasket: z.int().optional(),
      stores: z.array(z.string()).optional(),
    })
    .meta({ id: 'OfferedReward' }),
)

export const readMyRewards = operation({
  name: 'readMyRewards',
  summary: 'Rewards as they stand for me: affordable, near, or locked and why',
  description: 'Those that are on sale now or later, in the order of the programme.',
  audience: 'member',
  office: 'rewards',
  method: 'GET',
  path: '/me/rewards',
  scope: 'laurel/member',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(offeredReward()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})

export const readMyRedemptions = operation({
  name: 'readMyRedemptions',
  summary: 'What I have spent points on, the newest first',
  description: 'A page may have fewer than asked for, or none, though there are more.',
  audience: 'member',
  office: 'rewards',
  method: 'GET',
  path: '/me/redemptions',
  scope: 'laurel/member',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(redemptionAnswer()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})
