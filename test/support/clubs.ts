import { examples } from '../../functions/contract/programme-draft.ts'
import type { Club } from '../../functions/domain/club.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import type { VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { exampleService } from './service.ts'

/** The clubs that the examples of the contract name. */
export const exampleClubs: readonly Club[] = [
  { id: 'candle-friends', name: 'Candle friends', kind: 'open', perks: ['A candle for your birthday'] },
  { id: 'first-to-know', name: 'First to know', kind: 'open', term: { months: 6 } },
  { id: 'tasting-table', name: 'Tasting table', kind: 'invitation', perks: ['A seat at the table'] },
  {
    id: 'night-opening',
    name: 'Night opening',
    kind: 'paid',
    term: { months: 12 },
    paid: { fee: { amount: 2500 }, graceDays: 14, refund: 'pro-rata' },
  },
]

/** The guarantee by which the examples of the contract claim. */
export const exampleGuarantees: readonly Guarantee[] = [
  {
    id: 'year-of-light',
    name: 'A year of light, or your money back',
    window: { days: 365 },
    remedy: { refund: { rate: 10_000 } },
    goodsBack: true,
    days: { decide: 3, bringBack: 14, settle: 7 },
  },
]

/** The reward that the examples of the contract are about. */
export const exampleRewards: readonly Reward[] = [
  { id: 'tea-for-two', name: 'Tea for two', kind: 'product', price: { points: 2 } },
]

/** Of the example of a gift. */
const exampleGifts = {
  perDay: { points: 1000, times: 5 },
  receivedPerDay: { points: 2000, times: 10 },
  undoHours: 24,
}

/** Of the examples of vouchers. */
const exampleVouchers: readonly VoucherSeries[] = [examples.voucher]

/**
 * The demo programme with the clubs, the reward and the vouchers of the examples, their complaints, and members who may give
 * points to each other.
 */
export const demoWithClubs = {
  ...demoProgramme,
  points: { ...demoProgramme.points, gifts: exampleGifts },
  clubs: exampleClubs,
  guarantees: exampleGuarantees,
  vouchers: exampleVouchers,
  service: exampleService,
  rewards: exampleRewards,
}
