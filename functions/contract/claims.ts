import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import {
  amount,
  answeredInstant,
  currency,
  id,
  instant,
  listQuery,
  nextCursor,
  points,
  quantity,
  storeId,
  text,
} from './values.ts'

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

const by = lazily(() => z.enum(['member', 'store', 'payment-system', 'staff', 'rule']))

const claimAnswer = lazily(() =>
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

const reviewedClaim = lazily(() =>
  claimAnswer()
    .extend({
      score: z.object({
        total: z.int(),
        reviewFrom: z.int(),
        signals: z.array(z.object({ code: z.string(), weight: z.int(), detail: z.string() })),
      }),
      actors: z
        .array(z.object({ at: answeredInstant(), actor: z.string() }))
        .meta({ description: 'Who of the staff, or which payment system, did what, when.' }),
    })
    .meta({ id: 'ReviewedClaim', description: 'A claim as staff see it, with why it deserves a look.' }),
)

/** Where the remedy is a voucher, and none can be given. */
const voucherProblems = ['voucher-unknown', 'voucher-over', 'pool-empty'] as const

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
const staff = { ...office, audience: 'admin', scope: 'laurel/admin.service', params: z.strictObject({ id }) } as const
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

export const listClaims = operation({
  ...staff,
  name: 'listClaims',
  summary: 'Claims that wait for a decision of staff, or for what was approved to be given; the most urgent first',
  method: 'GET',
  path: '/admin/claims',
  scope: 'laurel/admin.read',
  params: none,
  query: listQuery.extend({
    awaits: z.enum(['decision', 'remedy']).optional().meta({ description: 'A decision, where nothing is said.' }),
    overdue: z.literal('true').optional().meta({ description: 'Those alone whose deadline has passed.' }),
  }),
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(reviewedClaim()), nextCursor: nextCursor() }) }),
  problems: ['invalid-cursor'],
  example: { params: {} },
})

export const readClaim = operation({
  ...staff,
  name: 'readClaim',
  summary: 'A claim with the explanation of its score',
  method: 'GET',
  path: '/admin/claims/{id}',
  scope: 'laurel/admin.read',
  body: undefined,
  answers: () => ({ 200: reviewedClaim() }),
  problems: ['claim-unknown'],
  example: { params: { id: 'leeds:c-1' } },
})

const decisionFields = {
  decision: z.enum(['approve', 'decline']),
  reason: text(512).meta({ description: 'The member reads it.' }),
  goodwill: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .meta({ description: 'Points beside the remedy, where it is approved; those of the guarantee where nothing is said.' }),
}

const decisionProblems = [
  ...voucherProblems,
  'claim-unknown',
  'claim-not-open',
  'line-returned',
  'member-closed',
  'adjustment-cap',
  'voucher-cap',
  'too-many-buckets',
  'limit-exceeded',
] as const

export const decideClaim = operation({
  ...staff,
  name: 'decideClaim',
  summary: 'Approve or decline a claim',
  description: 'A claim that was decided so answers the same again.',
  method: 'PUT',
  path: '/admin/claims/{id}/decision',
  body: z.strictObject(decisionFields).meta({ id: 'ClaimDecision' }),
  answers: () => ({ 200: reviewedClaim() }),
  problems: decisionProblems,
  example: { params: { id: 'leeds:c-1' }, body: { decision: 'approve', reason: 'We are sorry that it tunnelled.' } },
})

export const decideClaims = operation({
  ...staff,
  name: 'decideClaims',
  summary: 'Decide up to 100 claims, each for itself',
  method: 'POST',
  path: '/admin/claims/decisions',
  params: none,
  body: z
    .strictObject({
      decisions: z
        .array(z.strictObject({ id, ...decisionFields }))
        .min(1)
        .max(100),
    })
    .meta({ id: 'ClaimDecisions' }),
  answers: () => ({
    200: z.object({
      results: z.array(
        z.object({
          id,
          status: z.int(),
          state: z.string().optional().meta({ description: 'Of the claim, where it was decided.' }),
          code: z.string().optional().meta({ description: 'Of the problem, where it was not.' }),
        }),
      ),
    }),
  }),
  problems: [],
  example: {
    params: {},
    body: { decisions: [{ id: 'leeds:c-1', decision: 'approve', reason: 'We are sorry that it tunnelled.' }] },
  },
})

export const undoClaim = operation({
  ...staff,
  name: 'undoClaim',
  summary: 'Undo the approval of a claim that is not settled',
  description:
    'The claim is declined by it, its lines are free again, and their points come back, as do budgets of the guarantee. Goodwill is ' +
    'taken back. A claim that is over, and for which nothing was given, is answered as it is. Where somebody was told to give something, ' +
    'ask them first: `notGiven` says that they have not, and will not.',
  method: 'POST',
  path: '/admin/claims/{id}/undo',
  body: z
    .strictObject({
      reason: text(512),
      notGiven: z.literal(true).optional().meta({ description: 'Whoever was told to give something has not, and will not.' }),
    })
    .meta({ id: 'ClaimUndo' }),
  answers: () => ({ 200: reviewedClaim() }),
  problems: [
    'claim-unknown',
    'claim-settled',
    'claim-not-approved',
    'remedy-told',
    'campaign-spent',
    'points-restored',
    'voucher-void',
    'voucher-used-up',
    'voucher-locked',
    'too-many-buckets',
    'limit-exceeded',
  ],
  // The one that the member made above, by its id in the programme.
  example: { params: { id: 'c-34e7084421405510b2f4fc05c19d55ac' }, body: { reason: 'Approved by mistake.', notGiven: true } },
})

export const claimOperations = [
  submitMyClaim,
  submitClaimFor,
  listMyClaims,
  readMyClaim,
  readClaimAtStore,
  listClaims,
  readClaim,
  decideClaim,
  decideClaims,
  receiveClaimedGoods,
  settleClaim,
  withdrawMyClaim,
  undoClaim,
] as const
