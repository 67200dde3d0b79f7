import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, balance, day, id, instant, text, tier } from './values.ts'

const params = z.strictObject({ id, grantId: id })

const grantAnswer = lazily(() =>
  z.object({
    grantId: id,
    memberId: id,
    granted: z.object({ tier: id, until: answeredInstant() }),
    reason: z.string(),
    actor: z.string(),
    balance: balance(),
    tier: tier(),
  }),
)

export const grantTier = operation({
  name: 'grantTier',
  summary: 'Give a member a tier by hand, with a reason and an end',
  description:
    'From now on the member holds at least that tier; of several grants at once the best counts. A day ends it at its local ' +
    'midnight. The actor is the token’s subject where the body names none.',
  audience: 'admin',
  method: 'PUT',
  path: '/admin/members/{id}/tier-grants/{grantId}',
  scope: 'laurel/admin.service',
  params,
  query: z.strictObject({}),
  body: canonicalObject({
    tier: id,
    until: z
      .union([instant, day])
      .meta({ description: 'It is over from then on: an instant, or a day’s local midnight.', example: '2027-12-01' }),
    reason: text(512),
    actor: text(128).optional(),
  }).meta({ id: 'TierGrant' }),
  answers: () => ({ 201: grantAnswer(), 200: grantAnswer() }),
  problems: ['member-unknown', 'member-closed', 'tier-unknown', 'grant-over', 'too-many-grants', 'id-reused'],
  example: {
    params: { id: 'm-1001', grantId: 'g-1' },
    body: { tier: 'silver', until: '2027-12-01', reason: 'Gold with our partner' },
  },
})

export const endTierGrant = operation({
  name: 'endTierGrant',
  summary: 'End a tier given by hand',
  description: 'One that is over already is left as it is.',
  audience: 'admin',
  method: 'DELETE',
  path: '/admin/members/{id}/tier-grants/{grantId}',
  scope: 'laurel/admin.service',
  params,
  query: z.strictObject({}),
  body: undefined,
  answers: () => ({ 200: z.object({ grantId: id, memberId: id, balance: balance(), tier: tier() }) }),
  problems: ['member-unknown', 'grant-unknown'],
  example: { params: { id: 'm-1001', grantId: 'g-1' } },
})
