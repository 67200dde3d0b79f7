import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { operation } from './operation.ts'
import { memberName, memberPurchaseAnswer } from './purchases.ts'
import { amount, day, id, text } from './values.ts'

/** A purchase that a till posted without a member comes to its member, once. */

const none = z.strictObject({})

export const attachMyPurchase = operation({
  name: 'attachMyPurchase',
  summary: 'Add a purchase that I made without my card',
  description:
    'By what the receipt says: its number, total and day. It earns what it would have earned at the sale. What is not so, is ' +
    'another’s or never was, is answered alike; after ten wrong tries of a day nothing more is answered until the next.',
  audience: 'member',
  method: 'PUT',
  path: '/me/purchases/{id}',
  scope: 'laurel/member',
  params: z.strictObject({ id }),
  query: none,
  body: canonicalObject({
    total: amount.meta({ description: 'What was paid for all lines, in the currency’s minor unit.', example: 1530 }),
    day: day.meta({ description: 'The day on the receipt, YYYY-MM-DD.', example: '2026-11-21' }),
  }).meta({ id: 'ReceiptProof' }),
  answers: () => ({ 201: memberPurchaseAnswer(), 200: memberPurchaseAnswer() }),
  problems: [
    'member-unknown',
    'purchase-unknown',
    'too-many-tries',
    'attach-window-over',
    'member-closed',
    'too-many-buckets',
    'limit-exceeded',
    'record-too-large',
  ],
  example: { params: { id: 'leeds:till-3:000123' }, body: { total: 1530, day: '2026-11-21' } },
})

export const attachPurchase = operation({
  name: 'attachPurchase',
  summary: 'Give a purchase that was made without a card to its member',
  description: 'Once. It earns what it would have earned at the sale, and returns made meanwhile are taken off.',
  audience: 'admin',
  method: 'PUT',
  path: '/admin/purchases/{purchaseId}/member',
  scope: 'laurel/admin.service',
  params: z.strictObject({ purchaseId: id }),
  query: none,
  body: canonicalObject({ member: memberName, reason: text(512).optional() }).meta({ id: 'Attachment' }),
  answers: () => ({ 201: memberPurchaseAnswer(), 200: memberPurchaseAnswer() }),
  problems: [
    'purchase-unknown',
    'member-unknown',
    'card-replaced',
    'purchase-attached',
    'attach-window-over',
    'member-closed',
    'too-many-buckets',
    'limit-exceeded',
    'record-too-large',
  ],
  example: { params: { purchaseId: 'leeds:till-3:000123' }, body: { member: { id: 'm-1001' }, reason: 'Receipt shown' } },
})
