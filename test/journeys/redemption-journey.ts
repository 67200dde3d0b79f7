import { afterEach, beforeEach } from 'vitest'
import { captureRedemption, redeemReward, releaseRedemption, reverseRedemption } from '../../functions/contract/redemptions.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** A shop where points are worth something: shared by the journeys of redemptions, of their returns and of the app. */

/** What points buy there: a bit of everything. */
export const rewards: readonly Reward[] = [
  { id: 'fiver', kind: 'money-off', amount: 500, price: { points: 100 } },
  { id: 'tenth', kind: 'percentage-off', percentage: 1000, atMost: 300, price: { points: 50 }, minimumBasket: 1000 },
  {
    ...{ id: 'candle', kind: 'product', sku: '85123A', price: { points: 80, tiers: [{ tier: 'silver', points: 60 }] } },
    ...{ stock: 2, lowStock: 2, limits: [{ window: 'day', times: 1 }], holdMinutes: 10 },
    texts: [
      { language: 'en', name: 'A candle' },
      { language: 'de', name: 'Eine Kerze', description: 'Duftet.' },
    ],
    images: [{ url: 'https://img.example/candle.jpg', alt: 'A candle' }],
  },
  { id: 'tasting', kind: 'experience', price: { points: 10 }, requires: { tiers: ['gold'] } },
  { id: 'tree', kind: 'donation', price: { points: 20 }, schedule: { from: '2026-12-01T00:00:00Z' } },
  { id: 'summer', kind: 'donation', price: { points: 20 }, schedule: { until: '2026-09-01T00:00:00Z' } },
  { id: 'cash', kind: 'points-as-money', rate: { points: 2, amount: 1 }, least: 20, most: 200 },
  { id: 'york-mug', kind: 'product', price: { points: 10 }, stores: ['york'] },
]
export const shopDocument: ProgrammeDocument = { ...(demoProgramme as ProgrammeDocument), rewards }

/** The shop of the test that runs. */
export let shop: Journey

/** Opens a shop under a document, or another one: from then on it is that of the test. */
export async function openShop(document: ProgrammeDocument = shopDocument): Promise<void> {
  const laurel = await Laurel.start('2026-11-21T17:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  shop = await Journey.in(laurel, 'shop')
}

/** Opens a shop before each test of a file, where Ada has 150 points; after it the books must balance. */
export function openShopForEachTest(): void {
  beforeEach(async () => {
    await openShop()
    ok(await shop.enrol('ada'))
    ok(await shop.sell('leeds:1', { id: 'ada' }, [15_000]))
  })

  afterEach(() => shop.end('ada'))
}

/** What a till sends to redeem. */
export type Body = Asked<typeof redeemReward>['body']

/** Ada spends points on a reward at a till in Leeds, at once, unless it is said otherwise. */
export const redeem = (redemptionId: string, rewardId: string, more: Partial<Body> = {}) =>
  shop.till.ask(redeemReward, {
    params: { redemptionId },
    body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode: 'capture', ...more },
  })
/** The till takes what was reserved. */
export const capture = (redemptionId: string, more: Partial<Asked<typeof captureRedemption>['body']> = {}) =>
  shop.till.ask(captureRedemption, { params: { redemptionId }, body: { storeId: 'leeds', ...more } })
/** The till lets go of what was reserved. */
export const release = (redemptionId: string) => shop.till.ask(releaseRedemption, { params: { redemptionId }, body: {} })
/** The till gives back what was captured. */
export const reverse = (redemptionId: string, reason?: string) =>
  shop.till.ask(reverseRedemption, { params: { redemptionId }, body: reason === undefined ? {} : { reason } })
/** A basket of a piece for each amount, in minor units. */
export const basket = (...amounts: number[]) => ({
  lines: amounts.map((amount, index) => ({ sku: `s-${index}`, quantity: 1, amount })),
})
/** What an answer says of the points that are left, and of those that are held. */
export const spends = (available: number, reserved = 0) => ({ balance: { available, reserved } })
