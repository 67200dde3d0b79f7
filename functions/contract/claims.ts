import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { claimAnswer, voucherProblems } from './claim-values.ts'
import { operation } from './operation.ts'
import { amount, currency, id, instant, listQuery, nextCursor, quantity, storeId, text } from './values.ts'

/** What members and tills say of claims; what staff decide about them is in claim-office.ts. */

const none = z.strictObject({})

const claimFields = {
  purchaseId: id,
  guaranteeId: id.optional().meta({ description: 'Where it is left out, the first guarantee that covers the lines.' }),
  lines: z
    .array(canonicalObject({ lineId: id, quantity }))
    .min(1)
    .max(500),
  reason: id.optional().meta({ description: 'A code of the guarantee’s.', example: 'burns-unevenly' }),
  text: text(4000).optional(),
  photos: z.array(text(512)).max(10).optional().meta({ description: 'References, as whoever keeps the photos makes them.' }),
}

const submitProblems = [
  'id-reused',
  'purchase-unknown',
  'member-closed',
  'duplicate-line',
  'line-unknown',
  'line-returned',
  'line-claimed',
  'claim-exceeds-purchase',
  'guarantee-unknown',
  'not-covered',
  'guarantee-over',
  'evidence-missing',
  'claim-limit',
  'guarantee-spent',
  'too-many-claims',
  'too-many-returns',
  'limit-exceeded',
] as const

const exampleClaim = { purchaseId: 'leeds:till-3:000123', lines: [{ lineId: '1', quantity: 1 }] }
const office = { office: 'guarantees', query: none } as const
const mine = { ...office, audience: 'member', scope: 'laurel/member', params: z.strictObject({ id }) } as const
const tills = { ...office, audience: 'pos', scope: 'laurel/pos', params: z.strictObject({ id }) } as const
const change = () => ({ 200: claimAnswer() })

export const submitMyClaim = operation({
  ...mine,
  name: 'submitMyClaim',
  summary: 'Claim a satisfaction guarantee for goods I bought',
  description: 'The id is mine alone; the answer gives the one by which tills and staff name the claim.',
  method: 'PUT',
  path: '/me/claims/{id}',
  body: canonicalObject(claimFields).meta({ id: 'MyClaimRequest' }),
  answers: () => ({ 201: claimAnswer(), 200: claimAnswer() }),
  problems: ['member-unknown', ...submitProblems],
  example: { params: { id: 'first' }, body: exampleClaim },
})

export const listMyClaims = operation({
  ...mine,
  name: 'listMyClaims',
  summary: 'My claims, in the order of their ids',
  method: 'GET',
  path: '/me/claims',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(claimAnswer()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})

export const readMyClaim = operation({
  ...mine,
  name: 'readMyClaim',
  summary: 'A claim of mine, by my id or by the programme’s',
  method: 'GET',
  path: '/me/claims/{id}',
  body: undefined,
  answers: change,
  problems: ['member-unknown', 'claim-unknown'],
  example: { params: { id: 'first' } },
})

export const withdrawMyClaim = operation({
  ...mine,
  name: 'withdrawMyClaim',
  summary: 'Withdraw a claim of mine that is not decided, or whose goods are not brought back',
  method: 'DELETE',
  path: '/me/claims/{id}',
  body: undefined,
  answers: change,
  problems: ['member-unknown', 'claim-unknown', 'claim-not-open'],
  example: { params: { id: 'first' } },
})

export const submitClaimFor = operation({
  ...tills,
  name: 'submitClaimFor',
  summary: 'Claim a guarantee for a member at a store',
  description: 'The id begins with the store’s id and a colon.',
  method: 'PUT',
  path: '/pos/claims/{id}',
  body: canonicalObject({ ...claimFields, memberId: id, storeId }).meta({ id: 'ClaimRequest' }),
  answers: () => ({ 201: claimAnswer(), 200: claimAnswer() }),
  problems: ['store-forbidden', 'store-mismatch', 'store-unknown', ...submitProblems],
  example: { params: { id: 'leeds:c-1' }, body: { ...exampleClaim, memberId: 'm-1001', storeId: 'leeds' } },
})

export const readClaimAtStore = operation({
  ...tills,
  name: 'readClaimAtStore',
  summary: 'A claim',
  description:
    'For any store, because any may take the goods in. `text`, `photos` and the reasons of its steps are told to stores alone that it ' +
    'concerns: that of the sale, and those that did something about it.',
  method: 'GET',
  path: '/pos/claims/{id}',
  body: undefined,
  answers: change,
  problems: ['claim-unknown'],
  example: { params: { id: 'leeds:c-1' } },
})

export const receiveClaimedGoods = operation({
  ...tills,
  name: 'receiveClaimedGoods',
  summary: 'Say that the goods of an approved claim came in',
  description:
    'From then on the lines count as returned, and what was approved is to be given. A claim whose goods are in answers the same.',
  method: 'POST',
  path: '/pos/claims/{id}/goods',
  body: canonicalObject({
    storeId,
    reason: text(500).optional().meta({ description: 'What the member reads of it.' }),
  }).meta({ id: 'ClaimedGoods' }),
  answers: change,
  problems: [
    'store-forbidden',
    'claim-unknown',
    'claim-not-approved',
    'claim-lapsed',
    'line-returned',
    ...voucherProblems,
    'member-closed',
    'too-many-buckets',
    'limit-exceeded',
  ],
  example: { params: { id: 'leeds:c-1' }, body: { storeId: 'leeds' } },
})

export const settleClaim = operation({
  ...tills,
  name: 'settleClaim',
  summary: 'Say that what was approved was given: once',
  description:
    'By the till or the payment system that was told to: in the name of a store, or, where it names none, of one that the claim ' +
    'concerns. The amount must be the one approved; where no money is due it is 0. What was given though the approval had been ' +
    'undone is told all the same: then the lines count as returned again, unless they have come back since.',
  method: 'PUT',
  path: '/pos/claims/{id}/settlement',
  body: canonicalObject({
    amount,
    currency,
    occurredAt: instant,
    storeId: storeId.optional(),
    reference: text(128).optional().meta({ description: 'Of the payment, or of the receipt of the other goods.' }),
  }).meta({ id: 'ClaimSettlement' }),
  answers: () => ({ 201: claimAnswer(), 200: claimAnswer() }),
  problems: [
    'store-forbidden',
    'claim-unknown',
    'claim-not-approved',
    'claim-lapsed',
    'claim-settled',
    'goods-missing',
    'settlement-differs',
    'too-many-buckets',
    'currency-mismatch',
    'occurred-in-future',
    'id-reused',
  ],
  example: {
    params: { id: 'leeds:c-1' },
    body: { amount: 255, currency: 'GBP', occurredAt: '2026-11-21T12:00:00Z', reference: 'card refund 17' },
  },
})
