import * as z from 'zod'
import { claimAnswer, voucherProblems } from './claim-values.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, id, listQuery, nextCursor, text } from './values.ts'

/** What staff see of claims, and decide about them. */

const none = z.strictObject({})

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

const office = { office: 'guarantees', audience: 'admin', params: z.strictObject({ id }), query: none } as const
const staff = { ...office, scope: 'laurel/admin.service' } as const

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
