import * as z from 'zod'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, id, listQuery, nextCursor } from './values.ts'

/** Rewards that campaigns granted: each is had for nothing, once. */

const none = z.strictObject({})

const grantedReward = lazily(() =>
  z
    .object({
      id: z.string().meta({ description: 'What a redemption names as `grantId`.' }),
      rewardId: z.string(),
      name: z.string().optional(),
      campaignId: z.string(),
      purchaseId: z.string().optional().meta({ description: 'That it was granted for, where it was one.' }),
      state: z.enum(['open', 'reserved', 'used', 'taken-back', 'lapsed']).meta({
        description: '`taken-back`: what it was granted for came back before it was used. `lapsed`: its time is over.',
      }),
      grantedAt: answeredInstant(),
      expiresAt: answeredInstant().nullable(),
      redemptionId: z.string().optional().meta({ description: 'That holds it or used it.' }),
    })
    .meta({ id: 'GrantedReward' }),
)

const list = {
  office: 'rewards',
  method: 'GET',
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(grantedReward()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
} as const

const description = 'By when they were granted, newest first. A page ends with all that one purchase granted.'

export const readMyGrantedRewards = operation({
  ...list,
  name: 'readMyGrantedRewards',
  summary: 'Rewards that I was granted and have for nothing',
  description,
  audience: 'member',
  path: '/me/granted-rewards',
  scope: 'laurel/member',
  params: none,
  example: { params: {} },
})

export const readGrantedRewards = operation({
  ...list,
  name: 'readGrantedRewards',
  summary: 'Rewards that a member was granted and has for nothing',
  description,
  audience: 'pos',
  path: '/pos/members/{memberId}/granted-rewards',
  scope: 'laurel/pos',
  params: z.strictObject({ memberId: id }),
  example: { params: { memberId: 'm-1001' } },
})
