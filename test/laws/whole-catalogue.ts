import type { ProgrammeDocument } from '../../functions/domain/programme.ts'

/** What of the rarest reward there is, and how often a member may have it: the same in all revisions. */
export const rareStock = 3
export const rareTimes = 2

/** What the rewards are worth that take something off: the same in all revisions. */
export const moneyOff = 500
export const percentageOff = { percentage: 2_500, atMost: 700 }
/** A reward for large baskets, at one store, from a day on. */
export const bulk = { amount: 300, minimumBasket: 1_000, stores: ['leeds'] }

/** Those that hang on a tier or a club, a day, or a store and a basket. */
export const onTerms: readonly string[] = ['tour', 'trees', 'seat', 'bulk']
export const rewardIds = ['mug', 'rare', 'rare', 'cash', 'cash', 'off', 'part', 'ticket', 'leaflet', ...onTerms]

/** Rewards of every kind; what gold members pay for a mug is another in each revision. */
export const catalogue = (gold: number | undefined): NonNullable<ProgrammeDocument['rewards']> => [
  { id: 'tea' },
  { id: 'cup' },
  { id: 'mug', kind: 'product', price: { points: 25, ...(gold !== undefined && { tiers: [{ tier: 'gold', points: gold }] }) } },
  {
    ...{ id: 'rare', kind: 'product', price: { points: 4 }, holdMinutes: 24 * 60 },
    ...{ stock: rareStock, lowStock: 2, limits: [{ window: 'ever' as const, times: rareTimes }] },
  },
  { id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 } },
  { id: 'off', kind: 'money-off', price: { points: 10 }, amount: moneyOff },
  { id: 'part', kind: 'percentage-off', price: { points: 8 }, ...percentageOff },
  { id: 'ticket', kind: 'voucher', price: { points: 6 }, voucher: 'film' },
  { id: 'leaflet', kind: 'voucher', price: { points: 3 }, voucher: 'flyer' },
  { id: 'tour', kind: 'experience', price: { points: 9, clubs: [{ club: 'walkers', points: 4 }] } },
  { id: 'trees', kind: 'donation', price: { points: 5 }, requires: { tiers: ['silver', 'gold'] } },
  { id: 'seat', kind: 'club-perk', club: 'walkers', price: { points: 3 }, schedule: { until: '2026-09-01T00:00:00Z' } },
  { id: 'bulk', kind: 'money-off', price: { points: 5 }, ...bulk, schedule: { from: '2025-10-20T00:00:00Z' } },
]
