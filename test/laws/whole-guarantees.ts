import fc from 'fast-check'
import type { Guarantee } from '../../functions/domain/guarantee.ts'

/** Promises of every kind: budgets, and what a store may give, are the same in all revisions. */
export const guaranteeBudget = 25_000
export const guaranteePerStore = 30_000

/** Of which they are; what is wanted for the sake of evidence is asked for by one of them. */
export const guaranteeIds = ['at-once', 'capped', 'thanks', 'share', 'swap', 'token'] as const
export const claimReasons = ['broken', 'late'] as const

export const wholeGuarantees = fc
  .record({
    goodwill: fc.constantFrom(undefined, 7, 40),
    upTo: fc.constantFrom(2_000, 20_000),
    bringBack: fc.constantFrom(1, 30),
    rate: fc.constantFrom(3_333, 8_000),
    window: fc.constantFrom({ days: 2 }, { days: 40 }),
    reward: fc.constantFrom('ticket', 'leaflet', 'leaflet', 'mug', 'cup'),
    isTokenBack: fc.boolean(),
    times: fc.constantFrom(1, 3),
  })
  .map(({ goodwill, upTo, bringBack, rate, window, reward, isTokenBack, times }): Guarantee[] => {
    const days = { decide: 2, settle: 3 }
    const common = { window: { months: 6 }, days, ...(goodwill !== undefined && { goodwill }) }
    const refund = { refund: { rate: 10_000 } }
    return [
      {
        ...{ ...common, id: 'at-once', name: 'At once', remedy: refund, goodsBack: false },
        automatic: { upTo, tiers: ['gold'] },
      },
      {
        ...{ ...common, id: 'capped', name: 'Goods back', remedy: refund, goodsBack: true },
        ...{ days: { ...days, bringBack }, limits: { budget: guaranteeBudget } },
      },
      { ...common, id: 'thanks', name: 'Thanks', remedy: { points: 1, per: 100 }, goodsBack: false },
      {
        ...{ ...common, id: 'share', name: 'A part of the price', remedy: { refund: { rate } }, goodsBack: false },
        evidence: { reasons: claimReasons, text: true as const, photos: 1 },
        limits: {
          perMember: [
            { window: 'month', times },
            { window: 'ever', amount: 20_000 },
          ],
        },
      },
      {
        ...{ ...common, id: 'swap', name: 'Other goods', remedy: { exchange: true as const }, goodsBack: true, window },
        longer: [
          { tiers: ['silver', 'gold'], window: { months: 3 } },
          { clubs: ['walkers'], window: { days: 60 } },
        ],
        ...{ days: { ...days, bringBack }, limits: { perStore: guaranteePerStore } },
      },
      {
        ...{ ...common, id: 'token', name: 'A token', remedy: { voucher: { reward } }, goodsBack: isTokenBack },
        ...{ covers: { categories: ['candles', 'tea'], skus: ['s-1', 's-2'] }, days: { ...days, bringBack } },
        automatic: { clubs: ['walkers'] },
      },
    ]
  })
