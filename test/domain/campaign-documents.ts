import type { Campaign } from '../../functions/domain/campaign.ts'
import type { PointsPolicy, ProgrammeDocument } from '../../functions/domain/programme.ts'
import { documentWith } from './programmes.ts'
import { stores } from './random-campaigns.ts'

/** Programmes with campaigns for the laws: of every kind, and met by the histories' goods, stores and tenders. */

const campaign = (id: string, rest: Omit<Campaign, 'id' | 'trigger'>): Campaign => ({ id, trigger: 'purchase', ...rest })

/** What each gives hangs on its one sale alone. */
export const freeCampaigns: readonly Campaign[] = [
  campaign('candles', { lines: { category: ['candles'] }, effect: { multiplier: 20_000 } }),
  campaign('weekend', {
    when: { all: [{ weekdays: ['sat', 'sun'] }, { tier: ['silver', 'gold'] }] },
    effect: { multiplier: 13_000 },
    priority: 3,
  }),
  campaign('night', { when: { hours: { from: '22:30', until: '03:15' } }, effect: { points: 7 } }),
  campaign('early', { when: { hours: { from: '01:00', until: '02:00' } }, effect: { points: 5 } }),
  campaign('welcome', { when: { purchaseNumber: { is: 1 } }, effect: { points: 50 }, exclusive: 'visits' }),
  campaign('first-three', { when: { purchaseNumber: { atMost: 3 } }, effect: { points: 1, per: 200 }, exclusive: 'visits' }),
  campaign('every-fourth', { when: { purchaseNumber: { every: 4 } }, effect: { badge: 'regular' } }),
  campaign('come-back', { when: { daysSinceLastPurchase: { atLeast: 30 } }, effect: { points: 20 }, exclusive: 'visits' }),
  campaign('again-soon', { when: { daysSinceLastPurchase: { atMost: 2 } }, effect: { reward: 'tea' } }),
  campaign('birthday', { when: { birthdayMonth: true }, effect: { points: 29 } }),
  campaign('six-cups', { lines: { category: ['cups'] }, effect: { points: 4, everyItems: 6 }, limits: { perPurchase: 9 } }),
  campaign('credit', {
    lines: { any: [{ category: ['tea'] }, { sku: ['sku-3'] }] },
    when: { spendAtLeast: { amount: 3_000, of: 'matching' } },
    effect: { tierCredit: 9_000 },
  }),
  campaign('big-basket', {
    when: { any: [{ spendAtLeast: { amount: 20_000 } }, { distinctSkusAtLeast: { count: 3 } }] },
    effect: { points: 30 },
    exclusive: 'basket',
  }),
  campaign('many', { when: { quantityAtLeast: { quantity: 10 } }, effect: { points: 2, per: 1_000 }, exclusive: 'basket' }),
  campaign('no-tea', { when: { none: [{ category: ['tea'] }, { tender: ['gift-card'] }] }, effect: { points: 3 } }),
  campaign('north', {
    when: { all: [{ storeGroup: ['north'] }, { none: [{ channel: ['web'] }] }] },
    effect: { points: 1, per: 700 },
    holdOut: { percent: 20 },
  }),
  campaign('spring', {
    schedule: { from: '2024-03-01T00:00:00Z', until: '2024-09-01T00:00:00+02:00' },
    when: { dates: { from: '2024-03-10', until: '2024-08-15' } },
    effect: { points: 11 },
  }),
]

/** What each gives hangs on what it gave before. */
export const limitedCampaigns: readonly Campaign[] = [
  campaign('daily', {
    effect: { points: 1, per: 300 },
    limits: {
      perMember: [
        { window: 'day', times: 1 },
        { window: 'month', points: 90 },
        { window: 'month', times: 4 },
      ],
    },
  }),
  campaign('weekly', { effect: { points: 6 }, limits: { perMember: [{ window: 'week', points: 15 }] }, exclusive: 'limited' }),
  campaign('candle-fund', {
    lines: { category: ['candles'] },
    effect: { points: 1, per: 150 },
    limits: { budget: 260, perPurchase: 120 },
    exclusive: 'limited',
  }),
  campaign('tea-time', {
    lines: { category: ['tea', 'cups'] },
    effect: { points: 1, per: 100 },
    exclusive: 'limited',
  }),
  campaign('yearly', {
    when: { spendAtLeast: { amount: 2_000 } },
    effect: { points: 25 },
    limits: { perMember: [{ window: 'year', times: 2 }], perStore: 60 },
  }),
  campaign('once', { effect: { badge: 'founder' }, limits: { perMember: [{ window: 'campaign', times: 1 }] } }),
  campaign('pot', { effect: { points: 1, per: 90 }, limits: { budget: 400, perStore: 150 } }),
]

export const withCampaigns = (campaigns: readonly Campaign[], points: Partial<PointsPolicy> = {}): ProgrammeDocument => ({
  ...documentWith(points),
  stores,
  rewards: [{ id: 'tea' }],
  campaigns,
})

/** The same with other limits: less for some, more for others. */
export const otherLimits: readonly Campaign[] = limitedCampaigns.map((one): Campaign => {
  if (one.id === 'candle-fund') return { ...one, limits: { budget: 150 } }
  if (one.id === 'pot') return { ...one, limits: { budget: 900, perStore: 100 } }
  if (one.id === 'weekly') return { ...one, effect: { points: 9 }, limits: { perMember: [{ window: 'week', times: 3 }] } }
  return one
})

export const withAllCampaigns = withCampaigns([...freeCampaigns, ...limitedCampaigns])
export const zoned: ProgrammeDocument = { ...withCampaigns(freeCampaigns, { holdDays: 2 }), timezone: 'America/New_York' }
export const forgiving = withCampaigns([...limitedCampaigns, ...freeCampaigns], {
  negative: 'forgive',
  expiry: { inactivity: 3 },
})
