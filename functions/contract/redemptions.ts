import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { memberName } from './purchases.ts'
import { amount, answeredInstant, balance, id, instant, mostAmount, points, quantity, storeId, text, tier } from './values.ts'
import { voucherAnswer } from './voucher-values.ts'

const none = z.strictObject({})

/** What the ids begin with that stand for those which members give their redemptions. */
export const ownRedemptionPrefix = 'me:'

const params = z.strictObject({ redemptionId: id })

export const spentPoints = z.int().min(1).max(mostAmount)

const basket = canonicalObject({
  lines: z
    .array(canonicalObject({ sku: text(128), quantity, amount, categories: z.array(text(128)).max(32).optional() }))
    .min(1)
    .max(500),
}).meta({ id: 'RedemptionBasket', description: 'What the reward is taken off, before it is.' })

const occurredAt = instant.optional().meta({ description: 'When it was, at most 7 days ago; now, where it is left out.' })

const purchaseId = id.optional().meta({
  description: 'The purchase that it pays for, where that is there already; one that comes later names it in `redemptionIds`.',
})

const grantId = id.optional().meta({
  description: 'A reward that a campaign granted the member: it is had for nothing, once. The lists of these say the id.',
})

export const redemptionAnswer = lazily(() =>
  z
    .object({
      id: id.meta({ description: 'Unique in the programme: what tills and staff name it by.' }),
      ownId: id.optional().meta({ description: 'The id that the member gave it.' }),
      memberId: id,
      rewardId: id,
      state: z.enum(['reserved', 'captured', 'released', 'lapsed', 'reversed']),
      points: z.object({
        price: points(),
        restored: points().meta({ description: 'What came back of them after they were spent.' }),
      }),
      money: z.int().nullable().meta({
        description:
          'What it takes off the basket, minor units; null where that is no money, or hangs on a basket not known yet.',
      }),
      voucher: voucherAnswer().optional().meta({
        description: 'The one that it gave out. Tills of other stores than that which spent the points are not told it.',
      }),
      grantId,
      storeId: storeId.nullable(),
      purchaseId: id.nullable().meta({ description: 'That it pays for, where that is known.' }),
      madeAt: answeredInstant(),
      lapsesAt: answeredInstant()
        .nullable()
        .meta({ description: 'Until when its points are held; null: they were spent at once.' }),
    })
    .meta({ id: 'Redemption' }),
)

const withStanding = lazily(() => redemptionAnswer().extend({ balance: balance(), tier: tier() }))

/** What may be wrong when somebody asks for a reward. */
const spendingProblems = [
  'reward-unknown',
  'member-unknown',
  'member-closed',
  'reward-not-on-sale',
  'reward-locked',
  'price-differs',
  'points-missing',
  'too-few-points',
  'too-many-points',
  'insufficient-points',
  'reward-limit',
  'out-of-stock',
  'granted-reward-unknown',
  'granted-reward-used',
  'granted-reward-taken-back',
  'granted-reward-over',
  'too-many-reservations',
  'voucher-unknown',
  'voucher-over',
  'pool-empty',
  'id-reused',
] as const

const basketProblems = [
  'purchase-unknown',
  'too-many-redemptions',
  'reward-not-here',
  'basket-missing',
  'basket-below-minimum',
  'reward-exceeds-basket',
] as const

export const redeemReward = operation({
  name: 'redeemReward',
  summary: 'Spend a member’s points on a reward, or hold them for it',
  description:
    'It costs the lowest price that is the member’s. `reserve` holds the points until they are captured, released, or the time is ' +
    'over; `capture` spends them at once. Where the reward is points as money, `points` says how many. With `grantId` a granted reward ' +
    'is had for nothing.',
  audience: 'pos',
  office: 'rewards',
  method: 'PUT',
  path: '/pos/redemptions/{redemptionId}',
  scope: 'laurel/pos',
  params: z.strictObject({
    redemptionId: id.refine((name) => !name.startsWith(ownRedemptionPrefix), 'begins like those of members'),
  }),
  query: none,
  body: canonicalObject({
    member: memberName,
    rewardId: id,
    storeId,
    mode: z.enum(['reserve', 'capture']),
    occurredAt,
    points: spentPoints.optional(),
    basket: basket.optional(),
    purchaseId,
    code: text(64).optional().meta({ description: 'That the member shows, where the programme wants one.' }),
    grantId,
  }).meta({ id: 'Redeeming' }),
  answers: () => ({ 201: withStanding(), 200: withStanding() }),
  problems: [
    ...spendingProblems,
    ...basketProblems,
    'spend-code-missing',
    'spend-code-wrong',
    'spend-code-expired',
    'card-replaced',
    'store-forbidden',
    'store-unknown',
    'occurred-in-future',
    'occurred-long-ago',
    'limit-exceeded',
  ],
  example: {
    params: { redemptionId: 'leeds:till-3:r-1' },
    body: { member: { id: 'm-1001' }, rewardId: 'tea-for-two', storeId: 'leeds', mode: 'reserve' },
  },
})

export const captureRedemption = operation({
  name: 'captureRedemption',
  summary: 'Spend the points that a redemption holds',
  description:
    'Where it is captured already, that is success, told by `Idempotency-Replayed`: a till that did not ask before hands nothing out. ' +
    'Where another store captured it, that is `redemption-captured`.',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/redemptions/{redemptionId}/capture',
  scope: 'laurel/pos',
  params,
  query: none,
  body: canonicalObject({ storeId, basket: basket.optional(), purchaseId }).meta({ id: 'Capturing' }),
  answers: () => ({ 200: withStanding() }),
  problems: [
    'redemption-unknown',
    'redemption-captured',
    'redemption-released',
    'redemption-lapsed',
    'redemption-reversed',
    'granted-reward-taken-back',
    'member-closed',
    ...basketProblems,
    'voucher-unknown',
    'voucher-over',
    'pool-empty',
    'store-forbidden',
    'store-unknown',
  ],
  example: { params: { redemptionId: 'leeds:till-3:r-1' }, body: { storeId: 'leeds' } },
})

export const releaseRedemption = operation({
  name: 'releaseRedemption',
  summary: 'Let the points go that a redemption holds',
  description:
    'They go back to the buckets that they were taken from. Any store may in its own name; who names none acts for the redemption’s ' +
    'own. Where it is released already, that is success.',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/redemptions/{redemptionId}/release',
  scope: 'laurel/pos',
  params,
  query: none,
  body: canonicalObject({ storeId: storeId.optional() }).meta({ id: 'Releasing' }),
  answers: () => ({ 200: withStanding() }),
  problems: ['redemption-unknown', 'redemption-captured', 'redemption-lapsed', 'redemption-reversed', 'store-forbidden'],
  example: { params: { redemptionId: 'me:53UDo6rLeaqa2VQhfxGnHzds3n_iITRX22QZHRpZMkQ' }, body: {} },
})

const reversing = [
  'redemption-unknown',
  'redemption-not-captured',
  'redemption-released',
  'redemption-lapsed',
  'too-many-buckets',
  'voucher-used',
  'voucher-locked',
] as const

export const reverseRedemption = operation({
  name: 'reverseRedemption',
  summary: 'Give the points of a captured redemption back',
  description:
    'They go back to the buckets that they were taken from, with their expiry; debt is paid first. What would have expired meanwhile ' +
    'expires, or gets days of grace, as the programme says. Any store may in its own name, as any may take goods back; who names none ' +
    'acts for the redemption’s own. Where it is reversed already, that is success.',
  audience: 'pos',
  office: 'rewards',
  method: 'POST',
  path: '/pos/redemptions/{redemptionId}/reverse',
  scope: 'laurel/pos',
  params,
  query: none,
  body: canonicalObject({ storeId: storeId.optional(), reason: text(512).optional() }).meta({ id: 'Reversing' }),
  answers: () => ({ 200: withStanding() }),
  problems: [...reversing, 'store-forbidden'],
  example: { params: { redemptionId: 'leeds:till-3:r-1' }, body: { storeId: 'leeds', reason: 'Wrong reward' } },
})

export const reverseRedemptionAsStaff = operation({
  name: 'reverseRedemptionAsStaff',
  summary: 'Give the points of a captured redemption back, with a reason',
  description: 'As at a till, and audited.',
  audience: 'admin',
  office: 'rewards',
  method: 'POST',
  path: '/admin/redemptions/{redemptionId}/reverse',
  scope: 'laurel/admin.service',
  params,
  query: none,
  body: canonicalObject({ reason: text(512) }).meta({ id: 'ReversingAsStaff' }),
  answers: () => ({ 200: withStanding() }),
  problems: reversing,
  example: { params: { redemptionId: 'leeds:till-3:r-1' }, body: { reason: 'The voucher was torn' } },
})

export const readRedemption = operation({
  name: 'readRedemption',
  summary: 'A redemption as it stands now',
  audience: 'pos',
  office: 'rewards',
  method: 'GET',
  path: '/pos/redemptions/{redemptionId}',
  scope: 'laurel/pos',
  params,
  query: none,
  body: undefined,
  answers: () => ({ 200: withStanding() }),
  problems: ['redemption-unknown'],
  example: { params: { redemptionId: 'leeds:till-3:r-1' } },
})

export const redeemMyReward = operation({
  name: 'redeemMyReward',
  summary: 'Spend my points on a reward, or hold them for it',
  description: 'What hangs on a basket or a store is reserved here and captured at a till, by the `id` of the answer.',
  audience: 'member',
  office: 'rewards',
  method: 'PUT',
  path: '/me/redemptions/{redemptionId}',
  scope: 'laurel/member',
  params,
  query: none,
  body: canonicalObject({
    rewardId: id,
    mode: z.enum(['reserve', 'capture']),
    points: spentPoints.optional(),
    grantId,
  }).meta({ id: 'RedeemingMine' }),
  answers: () => ({ 201: withStanding(), 200: withStanding() }),
  problems: [...spendingProblems, 'reward-needs-till', 'limit-exceeded'],
  example: { params: { redemptionId: 'r-1' }, body: { rewardId: 'tea-for-two', mode: 'reserve' } },
})

export const releaseMyRedemption = operation({
  name: 'releaseMyRedemption',
  summary: 'Let the points go that I hold for a reward',
  description: 'As at a till, of what I reserved myself, by the id that I gave it.',
  audience: 'member',
  office: 'rewards',
  method: 'DELETE',
  path: '/me/redemptions/{redemptionId}',
  scope: 'laurel/member',
  params,
  query: none,
  body: undefined,
  answers: () => ({ 200: withStanding() }),
  problems: [
    'member-unknown',
    'redemption-unknown',
    'redemption-captured',
    'redemption-lapsed',
    'redemption-reversed',
    'limit-exceeded',
  ],
  example: { params: { redemptionId: 'r-1' } },
})
