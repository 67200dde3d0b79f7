import * as z from 'zod'

import { capWindows } from '../domain/campaign.ts'
import { under } from './candidate.ts'
import { canonicalObject } from './canonical.ts'
import { follows } from './follows.ts'
import { lazily } from './lazily.ts'
import { memberships } from './memberships.ts'
import { operation } from './operation.ts'
import { purchaseBody } from './purchases.ts'
import { amount, answeredInstant, awards, explanation, gifts, id, instant, points, storeId } from './values.ts'

const { member: _, ...basketFields } = purchaseBody.shape
/** A purchase without its member. */
const basket = canonicalObject(basketFields).meta({ id: 'Basket' })
export type Basket = z.output<typeof basket>

const names = z.array(id).max(100).optional()

/** What tiers and clubs that count it have counted before. */
const before = (most: number, what: string) =>
  z
    .int()
    .min(0)
    .max(most)
    .optional()
    .meta({ description: `${what}, in the time in which tiers and clubs that count them do.` })

const madeUp = canonicalObject({
  tier: id.optional(),
  clubs: names,
  segments: names,
  purchaseNumber: z.int().min(1).max(1_000_000).optional().meta({ description: 'The how-manieth purchase it is; 1.' }),
  daysSinceLastPurchase: z.int().min(0).max(36_500).optional(),
  birthdayMonth: z.boolean().optional(),
  spend: amount.optional().meta({
    description: 'Eligible spend before it, in the time in which tiers and clubs count it, minor units.',
  }),
  visits: before(36_500, 'Local days with a purchase, before the day of this one'),
  purchases: before(1_000_000, 'Purchases before it'),
  points: before(1_000_000_000, 'Points earned before it'),
  items: before(1_000_000_000, 'Pieces of what a club counts, bought before it'),
  referred: z.boolean().optional().meta({
    description: 'Another, as made up as they are, recommended them, and nobody was rewarded for it yet.',
  }),
})

const occasion = canonicalObject({
  trigger: z.union([
    z.enum(['enrolment', 'birthday', 'anniversary']),
    canonicalObject({ event: id }),
    canonicalObject({ tierReached: id }),
    canonicalObject({ clubJoined: id }),
  ]),
  storeId: storeId.optional().meta({ description: 'Where it was, of an event.' }),
}).meta({ id: 'Occasion', description: 'What befalls a member that is no purchase, for which campaigns may give a bonus.' })
export type OccasionBody = z.output<typeof occasion>

const limitsLeft = lazily(() =>
  z.array(
    z.object({
      campaign: z.string(),
      perMember: z.array(z.object({ window: z.enum(capWindows), times: z.int().optional(), points: points().optional() })),
      perStore: points().optional(),
      budget: points().optional(),
    }),
  ),
)

export const simulatePurchase = operation({
  name: 'simulatePurchase',
  summary: 'What a basket, or an occasion, would give under the draft or any revision',
  description:
    'Stores nothing. A basket is told with what follows from it: the clubs that take the member in, and what campaigns give for ' +
    'those, for a tier that is reached and for a referral, to both sides. In the place of a basket, `occasion` asks the campaigns ' +
    'of another trigger. For a real member, limits are as they stand now, and the rest as of `at`: in the past by what is known to ' +
    'have happened until then, in the future with all that time brings about. For a made-up member all limits are full, and ' +
    'there are no experiments.',
  audience: 'admin',
  office: 'care',
  method: 'POST',
  path: '/admin/programme/draft/simulate',
  scope: 'laurel/admin.read',
  params: z.strictObject({}),
  query: z.strictObject({}),
  asksOnly: true,
  body: canonicalObject({
    basket: basket.optional(),
    occasion: occasion.optional(),
    member: z.union([canonicalObject({ id }), canonicalObject({ madeUp })]),
    at: instant.optional().meta({ description: 'When it is posted; now, or at `occurredAt` where that is in the future.' }),
    under,
  })
    .refine((asked) => (asked.basket === undefined) !== (asked.occasion === undefined), {
      path: ['basket'],
      message: 'must be there or an occasion in its place, and not both',
    })
    .meta({ id: 'Simulation', description: 'Exactly one of `basket` and `occasion`.' }),
  answers: () => ({
    200: z.object({
      memberId: id.nullable(),
      at: answeredInstant(),
      judgedAt: answeredInstant(),
      revision: z.int().meta({ description: 'Of what is not published, the number that it would have.' }),
      points: z.object({
        earned: points(),
        pending: points(),
        spendableAt: answeredInstant().nullable().meta({ description: 'When pending points become spendable; null: at once.' }),
        expiresAt: answeredInstant().nullable().meta({ description: 'null: never.' }),
      }),
      tier: z.object({ before: z.string(), after: z.string() }),
      awards: awards(),
      gifts: gifts().optional(),
      explanation: explanation(),
      limits: limitsLeft().meta({ description: 'What it would leave of the limits of each campaign that it meets.' }),
      clubs: z
        .object({ before: memberships(), after: memberships() })
        .optional()
        .meta({ description: 'The clubs of the member just before it and after; left out where there are none.' }),
      follows: follows().optional().meta({ description: 'What follows from it; left out where that is nothing.' }),
    }),
  }),
  problems: [
    'revision-unknown',
    'member-unknown',
    'member-closed',
    'currency-mismatch',
    'store-unknown',
    'occurred-in-future',
    'amount-too-large',
    'duplicate-line',
    'too-many-buckets',
    'limit-exceeded',
  ],
  example: {
    params: {},
    body: {
      basket: {
        storeId: 'leeds',
        occurredAt: '2026-11-21T10:15:00Z',
        currency: 'GBP',
        lines: [{ lineId: '1', sku: '85123A', quantity: 6, amount: 1530, categories: ['candles'] }],
      },
      member: { madeUp: { tier: 'gold', purchaseNumber: 10 } },
      under: 'draft',
    },
  },
})
