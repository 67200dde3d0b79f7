import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { follows } from './follows.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import {
  amount,
  answeredInstant,
  awards,
  balance,
  currency,
  explanation,
  gifts,
  id,
  instant,
  points,
  quantity,
  storeId,
  text,
  tier,
} from './values.ts'

const line = canonicalObject({
  lineId: id,
  sku: text(128),
  quantity,
  amount: amount.meta({ description: 'Paid for the whole line after discounts, minor units.' }),
  categories: z.array(text(128)).max(32).optional(),
  name: text(256).optional(),
  excluded: z.boolean().optional().meta({ description: 'The line earns nothing and does not count for tiers.' }),
})

export const cardNumber = z.string().regex(/^[A-Za-z0-9._:/+-]{1,64}$/)

/** Whom a purchase is said to be of. */
export const memberName = z.union([canonicalObject({ id }), canonicalObject({ card: cardNumber })])

export const purchaseBody = canonicalObject({
  member: memberName.optional().meta({
    description: 'Left out where the customer did not say who they are: the purchase may be attached to its member later.',
  }),
  storeId,
  terminalId: id.optional(),
  occurredAt: instant,
  currency,
  lines: z.array(line).max(500),
  channel: text(64).optional(),
  tenders: z
    .array(canonicalObject({ type: text(64), amount }))
    .max(20)
    .optional(),
  redemptionIds: z.array(id).max(20).optional(),
}).meta({ id: 'Purchase' })

export type PurchaseBody = z.output<typeof purchaseBody>

const earnedPoints = lazily(() =>
  z.object({
    earned: points().meta({ description: 'Gross: whether pending, paid to debt or past its expiry.' }),
    pending: points(),
  }),
)

/** What a purchase earned, and where it is asked for why. */
const earned = () => ({
  points: earnedPoints(),
  awards: awards(),
  gifts: gifts().optional(),
  explanation: explanation().optional(),
})

/** Of a purchase that has a member. */
export const memberPurchaseAnswer = lazily(() =>
  z.object({ purchaseId: id, memberId: id, ...earned(), balance: balance(), tier: tier() }).meta({ id: 'PurchaseAnswer' }),
)

const unattachedAnswer = lazily(() =>
  z
    .object({ purchaseId: id, memberId: z.null(), points: earnedPoints(), awards: awards() })
    .meta({ id: 'UnattachedPurchaseAnswer', description: 'Of a purchase without a member: it earned nothing yet.' }),
)

export const purchaseAnswer = lazily(() => z.union([memberPurchaseAnswer(), unattachedAnswer()]))

export const returnBody = canonicalObject({
  occurredAt: instant,
  storeId: storeId.optional(),
  lines: z
    .array(canonicalObject({ lineId: id, quantity, amount }))
    .min(1)
    .max(500),
}).meta({ id: 'Return' })

export type ReturnBody = z.output<typeof returnBody>

const returnedPoints = lazily(() =>
  z.object({
    clawedBack: points(),
    restored: points()
      .optional()
      .meta({ description: 'What came back of points that the purchase was paid with; left out where that is nothing.' }),
  }),
)

const bookedReturn = lazily(() =>
  z.object({
    returnId: id,
    status: z.literal('booked'),
    points: returnedPoints(),
    balance: balance().optional().meta({ description: 'Not there while the purchase has no member.' }),
    tier: tier().optional().meta({ description: 'Not there while the purchase has no member.' }),
  }),
)
const waitingReturn = lazily(() => z.object({ returnId: id, status: z.literal('waiting') }))
const refusedReturn = lazily(() => z.object({ returnId: id, status: z.literal('refused'), code: z.string() }))
const anyReturn = lazily(() => z.discriminatedUnion('status', [bookedReturn(), waitingReturn(), refusedReturn()]))

const returnSummary = lazily(() =>
  z.discriminatedUnion('status', [
    z.object({ returnId: id, status: z.literal('booked'), points: returnedPoints() }),
    waitingReturn(),
    refusedReturn(),
  ]),
)

/** A purchase with what came back of it and why it earned what it did. */
export const explainedPurchase = lazily(() =>
  z
    .object({
      purchaseId: id,
      memberId: id.nullable().meta({ description: 'Null: the purchase has no member, and earned nothing yet.' }),
      storeId,
      occurredAt: answeredInstant(),
      bookedAt: answeredInstant(),
      tier: z
        .string()
        .nullable()
        .meta({ description: 'The tier held just before the sale, which it earned with; null without a member.' }),
      points: z.object({
        earned: points(),
        kept: points().meta({ description: 'What is left of them after the returns.' }),
        expiresAt: answeredInstant().nullable().meta({ description: 'When they expire; null: never, or by inactivity.' }),
        spendableAt: answeredInstant().nullable().meta({ description: 'When pending points become spendable; null: at once.' }),
      }),
      awards: awards(),
      gifts: gifts().optional(),
      lines: z.array(
        z.object({
          lineId: id,
          sku: z.string(),
          name: z.string().optional(),
          quantity,
          amount,
          excluded: z.boolean(),
          returned: z.object({ quantity: z.int().min(0), amount }),
        }),
      ),
      returns: z.array(returnSummary()),
    })
    .meta({ id: 'ExplainedPurchase' }),
)

const purchaseParams = z.strictObject({ purchaseId: id })
const returnParams = z.strictObject({ purchaseId: id, returnId: id })
const none = z.strictObject({})
const explainQuery = z.strictObject({
  explain: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Say of every campaign of purchases why it gave what it did.' }),
})

const examplePurchase = {
  member: { card: '6335550001' },
  storeId: 'leeds',
  terminalId: 'till-3',
  occurredAt: '2026-11-21T10:15:00Z',
  currency: 'GBP',
  lines: [{ lineId: '1', sku: '85123A', quantity: 6, amount: 1530, categories: ['candles'] }],
}
const exampleReturn = { occurredAt: '2026-11-21T16:00:00Z', lines: [{ lineId: '1', quantity: 2, amount: 510 }] }

const saleProblems = [
  'member-unknown',
  'member-closed',
  'card-replaced',
  'currency-mismatch',
  'store-unknown',
  'store-forbidden',
  'occurred-in-future',
  'amount-too-large',
  'duplicate-line',
  'too-many-buckets',
  'limit-exceeded',
] as const

export const quotePurchase = operation({
  name: 'quotePurchase',
  summary: 'What a purchase would earn',
  description:
    'Stores nothing. Balance and tier are as they are now. An unknown card is quoted as a new member, where cards enrol; so is ' +
    'a purchase without a member: what it would earn them.',
  audience: 'pos',
  method: 'POST',
  path: '/pos/quotes',
  scope: 'laurel/pos',
  params: none,
  query: explainQuery,
  body: purchaseBody,
  answers: () => ({
    200: z.object({
      memberId: id.nullable(),
      ...earned(),
      enrolment: z
        .object({ points: z.object({ earned: points() }), awards: awards(), gifts: gifts().optional() })
        .optional()
        .meta({
          description: 'What enrolling the card gives besides, with the purchase that does it; left out where that is nothing.',
        }),
      balance: balance(),
      tier: tier(),
    }),
  }),
  problems: saleProblems,
  example: { params: {}, body: examplePurchase },
})

export const recordPurchase = operation({
  name: 'recordPurchase',
  summary: 'Post a purchase',
  description:
    'The purchase’s id is the receipt’s: it counts once, for ever. Late posts and any order are fine. Without a member it is kept ' +
    'until it is attached to one; who posts it again then is told what it earned.',
  audience: 'pos',
  method: 'PUT',
  path: '/pos/purchases/{purchaseId}',
  scope: 'laurel/pos',
  params: purchaseParams,
  query: explainQuery,
  body: purchaseBody,
  answers: () => ({ 201: purchaseAnswer(), 200: purchaseAnswer() }),
  problems: [...saleProblems, 'id-reused', 'store-mismatch', 'member-missing', 'record-too-large'],
  example: { params: { purchaseId: 'leeds:till-3:000123' }, body: examplePurchase },
})

export const readPurchase = operation({
  name: 'readPurchase',
  summary: 'Read a purchase',
  audience: 'pos',
  office: 'care',
  method: 'GET',
  path: '/pos/purchases/{purchaseId}',
  scope: 'laurel/pos',
  params: purchaseParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: explainedPurchase() }),
  problems: ['purchase-unknown'],
  example: { params: { purchaseId: 'leeds:till-3:000123' } },
})

export const recordReturn = operation({
  name: 'recordReturn',
  summary: 'Post goods brought back',
  description:
    'A return that arrives before its sale waits for it (202). One of a purchase without a member takes nobody’s points; once it is ' +
    'attached, the return is as it was booked then.',
  audience: 'pos',
  method: 'PUT',
  path: '/pos/purchases/{purchaseId}/returns/{returnId}',
  scope: 'laurel/pos',
  params: returnParams,
  query: none,
  body: returnBody,
  answers: () => ({ 201: bookedReturn(), 202: waitingReturn(), 200: anyReturn() }),
  problems: [
    'too-many-buckets',
    'id-reused',
    'line-unknown',
    'return-exceeds-purchase',
    'duplicate-line',
    'store-forbidden',
    'occurred-in-future',
    'too-many-returns',
    'too-many-waiting-returns',
    'limit-exceeded',
    'record-too-large',
  ],
  example: { params: { purchaseId: 'leeds:till-3:000123', returnId: 'r-1' }, body: exampleReturn },
})

export const readReturn = operation({
  name: 'readReturn',
  summary: 'Read a return: booked, waiting or refused',
  audience: 'pos',
  method: 'GET',
  path: '/pos/purchases/{purchaseId}/returns/{returnId}',
  scope: 'laurel/pos',
  params: returnParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: anyReturn() }),
  problems: ['return-unknown'],
  example: { params: { purchaseId: 'leeds:till-3:000123', returnId: 'r-1' } },
})

export const readExplanation = operation({
  name: 'readExplanation',
  summary: 'Why a purchase earned what it did, campaign by campaign',
  description:
    'As it was booked, whatever came back since. Beside the campaigns of purchases it tells those that reward a referral, where ' +
    'another recommended the member, and the bonuses that the purchase led to by a tier that was reached or a club joined. The ' +
    'till’s `?explain=true` does not tell these: tills wait for nothing that is not theirs.',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/purchases/{purchaseId}/explanation',
  scope: 'laurel/admin.read',
  params: purchaseParams,
  query: none,
  body: undefined,
  answers: () => ({
    200: z.object({
      purchaseId: id,
      memberId: id,
      judgedAt: answeredInstant(),
      revision: z.int(),
      tier: z.string(),
      points: z.object({ earned: points() }),
      awards: awards(),
      gifts: gifts().optional(),
      explanation: explanation(),
      clubsJoined: z.array(z.string()).optional().meta({ description: 'The clubs that took the member in with it, if any.' }),
      follows: follows().optional().meta({ description: 'What followed from it; left out where that is nothing.' }),
    }),
  }),
  problems: ['purchase-unknown'],
  example: { params: { purchaseId: 'leeds:till-3:000123' } },
})
