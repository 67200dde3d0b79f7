import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { operation } from './operation.ts'
import { balance, id, mostAmount, points, text, tier } from './values.ts'

export const adjustPoints = operation({
  name: 'adjustPoints',
  summary: 'Correct a member’s points, with a reason',
  description:
    'A credit pays debt first and expires like points earned now; a debit takes spendable points, earliest expiry first. ' +
    'The actor is the token’s subject where the body names none.',
  audience: 'admin',
  method: 'PUT',
  path: '/admin/members/{id}/adjustments/{adjustmentId}',
  scope: 'laurel/admin.service',
  params: z.strictObject({ id, adjustmentId: id }),
  query: z.strictObject({}),
  body: canonicalObject({
    points: z
      .int()
      .min(-mostAmount)
      .max(mostAmount)
      .refine((value) => value !== 0, 'must not be 0')
      .meta({ description: 'Signed, not 0.', example: 50 }),
    reason: text(512),
    actor: text(128).optional(),
  }).meta({ id: 'Adjustment' }),
  answers: () => ({
    201: z.object({
      adjustmentId: id,
      memberId: id,
      points: z.object({ adjusted: points() }),
      reason: z.string(),
      actor: z.string(),
      balance: balance(),
      tier: tier(),
    }),
    200: z.object({
      adjustmentId: id,
      memberId: id,
      points: z.object({ adjusted: points() }),
      reason: z.string(),
      actor: z.string(),
      balance: balance(),
      tier: tier(),
    }),
  }),
  problems: [
    'member-unknown',
    'member-closed',
    'insufficient-points',
    'adjustment-cap',
    'id-reused',
    'too-many-buckets',
    'limit-exceeded',
  ],
  example: { params: { id: 'm-1001', adjustmentId: 'a-1' }, body: { points: 50, reason: 'Points missing from the opening day' } },
})
