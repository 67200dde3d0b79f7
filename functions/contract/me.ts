import * as z from 'zod'
import { lazily } from './lazily.ts'
import { memberAnswer, profileBody } from './members.ts'
import { operation } from './operation.ts'
import { explainedPurchase } from './purchases.ts'
import { answeredInstant, balance, id, listQuery, nextCursor, points } from './values.ts'

const none = z.strictObject({})

export const enrolMe = operation({
  name: 'enrolMe',
  summary: 'Enrol myself',
  description: 'A token whose verified e-mail address is a member’s is linked to that member.',
  audience: 'member',
  method: 'PUT',
  path: '/me',
  scope: 'laurel/member',
  params: none,
  query: none,
  body: profileBody,
  answers: () => ({ 201: memberAnswer(), 200: memberAnswer() }),
  problems: ['id-reused', 'card-taken', 'email-taken', 'phone-taken', 'member-closed', 'referrer-unknown', 'referral-too-late'],
  example: { params: {}, body: { name: 'Ada' } },
})

export const readMe = operation({
  name: 'readMe',
  summary: 'My profile, tier and its progress',
  audience: 'member',
  method: 'GET',
  path: '/me',
  scope: 'laurel/member',
  params: none,
  query: none,
  body: undefined,
  answers: () => ({ 200: memberAnswer() }),
  problems: ['member-unknown'],
  example: { params: {} },
})

export const readBalance = operation({
  name: 'readBalance',
  summary: 'My points',
  audience: 'member',
  method: 'GET',
  path: '/me/balance',
  scope: 'laurel/member',
  params: none,
  query: none,
  body: undefined,
  answers: () => ({ 200: balance() }),
  problems: ['member-unknown'],
  example: { params: {} },
})

const activityItem = lazily(() =>
  z
    .object({
      at: answeredInstant(),
      kind: z.enum([
        'enrolled',
        'closed',
        'reopened',
        'earned',
        'returned',
        'adjusted',
        'goodwill',
        'matured',
        'expired',
        'tier-changed',
        'referred',
        'bonus',
        'bonus-undone',
        'tier-lapsing',
        'tier-granted',
        'tier-grant-ended',
        'recounted',
        'club-joined',
        'club-renewed',
        'club-grace',
        'club-lapsed',
        'club-left',
        'attended',
        'claim-submitted',
        'claim-approved',
        'claim-goods-received',
        'claim-declined',
        'claim-undone',
        'claim-withdrawn',
        'claim-settled',
        'claim-overdue',
        'claim-lapsed',
        'gift-given',
        'gift-received',
        'gift-taken-back',
        'gift-undone',
      ]),
      points: points().meta({
        description: 'Signed change of what is available or pending, less debt. All of them sum up to it.',
      }),
      purchaseId: id.optional(),
      returnId: id.optional(),
      claimId: id.optional(),
      adjustmentId: id.optional(),
      reason: z.string().optional(),
      clubId: id.optional(),
      trigger: z.string().optional().meta({ description: 'What a bonus was for, such as birthday or event training.' }),
      eventId: id.optional(),
      giftId: id.optional().meta({ description: 'Of points that I gave.' }),
      sources: z.array(z.string()).optional().meta({ description: 'The campaigns that gave a bonus.' }),
      tier: z.string().optional().meta({ description: 'The tier held since, where this changed it.' }),
    })
    .meta({ id: 'Activity' }),
)

export const readActivity = operation({
  name: 'readActivity',
  summary: 'What happened to my points, newest booking first',
  audience: 'member',
  method: 'GET',
  path: '/me/activity',
  scope: 'laurel/member',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(activityItem()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})

export const explainPurchase = operation({
  name: 'explainPurchase',
  summary: 'One of my purchases, with the explanation of its points',
  audience: 'member',
  method: 'GET',
  path: '/me/purchases/{id}',
  scope: 'laurel/member',
  params: z.strictObject({ id }),
  query: none,
  body: undefined,
  answers: () => ({ 200: explainedPurchase() }),
  problems: ['purchase-unknown', 'member-unknown'],
  example: { params: { id: 'leeds:till-3:000123' } },
})
