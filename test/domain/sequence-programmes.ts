import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { PointsPolicy, Programme, TierPolicy } from '../../functions/domain/programme.ts'
import type { PricedReward, RedemptionPolicy } from '../../functions/domain/reward.ts'
import { at, documentWith, programmeOf } from './programmes.ts'
import { film, rare, ticket } from './sequence-shelf.ts'
import { cash } from './spender.ts'

/** Programmes in which all that bears on points is on: campaigns, tiers, rewards, guarantees, and points that soon expire. */

const tiers: TierPolicy = {
  metric: 'spend',
  period: 'calendar-year',
  levels: [
    { id: 'bronze', threshold: 0, multiplier: 10_000 },
    { id: 'silver', threshold: 15_000, multiplier: 12_500 },
    { id: 'gold', threshold: 40_000, multiplier: 15_000 },
  ],
}

/** Points for every so many minor units of tea; and of everything, so many points a month at most. */
export const tea = { per: 200 } as const
export const monthly = { per: 300, most: 60 } as const
/** And so many at all, of whatever is bought. */
export const scarce = { per: 250, budget: 80 } as const

const campaigns: readonly Campaign[] = [
  { id: 'tea', trigger: 'purchase', lines: { category: ['tea'] }, effect: { points: 1, per: tea.per } },
  {
    id: 'monthly',
    trigger: 'purchase',
    effect: { points: 1, per: monthly.per },
    limits: { perMember: [{ window: 'month', points: monthly.most }] },
  },
  { id: 'scarce', trigger: 'purchase', effect: { points: 1, per: scarce.per }, limits: { budget: scarce.budget } },
]

const holdMinutes = 3 * 24 * 60
/** Of several kinds; some pay for a basket, others do not. */
export const rewards: readonly PricedReward[] = [
  cash,
  { id: 'five-off', kind: 'money-off', amount: 500, holdMinutes, price: { points: 40, tiers: [{ tier: 'gold', points: 25 }] } },
  { id: 'tenth-off', kind: 'percentage-off', percentage: 1_000, holdMinutes: 10 * 24 * 60, price: { points: 70 } },
  { id: 'mug', kind: 'product', holdMinutes: 60, price: { points: 15 } },
  { id: 'trees', kind: 'donation', holdMinutes, price: { points: 5 } },
  rare,
  ticket,
]

const promise = { window: { days: 90 }, goodsBack: false, days: { decide: 2, bringBack: 3, settle: 4 } } as const
/** Money or points, with the goods back or without, with goodwill, and at once up to an amount. */
export const guarantees: readonly Guarantee[] = [
  { ...promise, id: 'refund', name: 'Refund', remedy: { refund: { rate: 10_000 } }, goodwill: 7 },
  { ...promise, id: 'goods', name: 'Goods back', remedy: { refund: { rate: 8_000 } }, goodsBack: true },
  { ...promise, id: 'points', name: 'Points', remedy: { points: 1, per: 50 }, automatic: { upTo: 2_000 } },
]

const documentOf = (points: Partial<PointsPolicy>, redemptions: RedemptionPolicy, others: { readonly tiers: TierPolicy }) => ({
  ...documentWith(points, others),
  campaigns,
  rewards,
  redemptions,
  guarantees,
  vouchers: [film],
})
const grace: RedemptionPolicy = { expiredMeanwhile: { graceDays: 7 } }
const rolling: TierPolicy = { ...tiers, period: { rollingMonths: 2 }, downgrade: 'one-step' }

export const sequenceProgrammes: readonly Programme[] = [
  programmeOf(documentOf({ expiry: { months: 1 } }, {}, { tiers })),
  programmeOf(documentOf({ expiry: { months: 1 }, holdDays: 2 }, grace, { tiers })),
  programmeOf(documentOf({ expiry: { months: 1 }, negative: 'forgive', holdDays: 45 }, {}, { tiers })),
  programmeOf(documentOf({ expiry: { inactivity: 1 } }, {}, { tiers })),
  programmeOf(documentOf({ expiry: { inactivity: 2 }, negative: 'forgive', holdDays: 5 }, grace, { tiers })),
  programmeOf(documentOf({ expiry: { months: 2, roundTo: 'month' } }, grace, { tiers: rolling })),
  programmeOf(documentOf({ expiry: { fixedDate: '01-31' }, earn: { points: 3, per: 70 } }, {}, { tiers })),
  programmeOf(documentOf({ expiry: 'none', holdDays: 1 }, {}, { tiers: rolling })),
  programmeOf(documentOf({ expiry: { months: 2 } }, {}, { tiers }), [
    at('2026-01-20T12:00:00Z'),
    documentOf({ expiry: { months: 1 }, negative: 'forgive', earn: { points: 2, per: 90 } }, grace, { tiers: rolling }),
  ]),
]
