import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { writtenText } from './complaints.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, id, storeId } from './values.ts'

/** How satisfied members are with their purchases. */

const none = z.strictObject({})

const said = {
  score: z.int().min(0).max(10).meta({ description: '0: not at all, 10: nothing could be better.', example: 9 }),
  text: writtenText.optional(),
}

const satisfaction = lazily(() =>
  z
    .object({
      purchaseId: id,
      memberId: id,
      score: z.int(),
      answeredAt: answeredInstant(),
      complaintId: id.nullable().meta({ description: 'The complaint that the score opened.' }),
    })
    .meta({ id: 'Satisfaction' }),
)

export const rateMyPurchase = operation({
  name: 'rateMyPurchase',
  summary: 'Say how satisfied I am with a purchase',
  description:
    'Once for a purchase, whether I was asked or not. A low score opens a complaint, by the programme’s rule; where I have as many ' +
    'that are not resolved as one may have, it does not.',
  audience: 'member',
  office: 'care',
  method: 'PUT',
  path: '/me/purchases/{id}/satisfaction',
  scope: 'laurel/member',
  params: z.strictObject({ id }),
  query: none,
  body: canonicalObject(said).meta({ id: 'MySatisfaction' }),
  answers: () => ({ 201: satisfaction(), 200: satisfaction() }),
  problems: ['member-unknown', 'member-closed', 'purchase-unknown', 'survey-unknown', 'id-reused'],
  example: { params: { id: 'leeds:till-3:000123' }, body: { score: 9, text: 'Lovely candles.' } },
})

export const ratePurchase = operation({
  name: 'ratePurchase',
  summary: 'Post how satisfied a member is with a purchase',
  description:
    'By a till that may post for the store of the purchase, too, as the member would: the same from both is one answer, and what came ' +
    'first stands.',
  audience: 'pos',
  office: 'care',
  method: 'PUT',
  path: '/pos/purchases/{purchaseId}/satisfaction',
  scope: 'laurel/pos',
  params: z.strictObject({ purchaseId: id }),
  query: none,
  body: canonicalObject({ ...said, storeId }).meta({ id: 'PostedSatisfaction' }),
  answers: () => ({ 201: satisfaction(), 200: satisfaction() }),
  problems: ['store-forbidden', 'member-closed', 'purchase-unknown', 'survey-unknown', 'id-reused'],
  example: { params: { purchaseId: 'leeds:till-3:000123' }, body: { storeId: 'leeds', score: 9, text: 'Lovely candles.' } },
})
