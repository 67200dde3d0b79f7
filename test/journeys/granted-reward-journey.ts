import { afterEach, beforeEach } from 'vitest'
import { readMyGrantedRewards } from '../../functions/contract/granted-rewards.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { redeemReward, reverseRedemption } from '../../functions/contract/redemptions.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/**
 * A house that gives, for the journeys of granted rewards: a mug for 30.00 or more, good for a week, of which there are two; a
 * film for whoever attends a training, out of a pool of codes; a hug for 100.00 or more, that people hand over; and a tea that is
 * for points too.
 */
const document = programmeDocument.parse({
  ...demoProgramme,
  vouchers: [{ id: 'film', codes: { pool: {} }, value: { kind: 'product', sku: 'cinema' } }],
  rewards: [
    { id: 'mug', name: 'A mug', kind: 'product', sku: 'mug', stock: 2, stores: ['leeds'], holdMinutes: 30 },
    { id: 'film-gift', kind: 'voucher', voucher: 'film' },
    { id: 'hug', name: 'A hug' },
    {
      ...{ id: 'tea', kind: 'product', price: { points: 40 }, requires: { tiers: ['gold'] } },
      limits: [{ window: 'day', times: 1 }],
    },
  ],
  campaigns: [
    {
      ...{ id: 'mugs', trigger: 'purchase', when: { spendAtLeast: { amount: 3000 } } },
      effect: { reward: 'mug', valid: { days: 7 } },
    },
    { id: 'hugs', trigger: 'purchase', when: { spendAtLeast: { amount: 10_000 } }, effect: { reward: 'hug' } },
    { id: 'teas', trigger: 'purchase', when: { sku: ['sku-tea'] }, effect: { reward: 'tea' } },
    {
      ...{
        id: 'cakes',
        trigger: 'purchase',
        lines: { sku: ['sku-1'] },
        when: { channel: ['web'] },
      },
      ...{ effect: { reward: 'hug' }, limits: { perMember: [{ window: 'year', times: 1 }] } },
    },
    {
      ...{ id: 'talks', trigger: { event: 'talk' }, effect: { reward: 'hug' } },
      limits: { perMember: [{ window: 'year', times: 1 }] },
    },
    { id: 'films', trigger: { event: 'training' }, effect: { reward: 'film-gift' } },
  ],
  guarantees: [
    {
      ...{ id: 'light', name: 'Your money back', covers: { skus: ['sku-1'] }, window: { days: 365 } },
      ...{ remedy: { refund: { rate: 10_000 } }, goodsBack: false, days: { decide: 3, settle: 7 } },
    },
  ],
})

/** The house of the test that runs. */
export let shop: Journey
/** The app of its member Ada. */
export let ada: Client

/** Opens the house before each test of a file, with its members Ada and Bert; after it the books must balance. */
export function openShopForEachTest(): void {
  beforeEach(async () => {
    const laurel = await Laurel.start('2026-03-10T10:00:00Z')
    await createProgramme(laurel.runtime.store, 'house', document, laurel.now)
    shop = await Journey.in(laurel, 'house')
    ok(await shop.enrol('ada'))
    ok(await shop.enrol('bert'))
    ada = await shop.app('ada')
  })
  afterEach(() => shop.end('ada', 'bert'))
}

/** What a till sends to redeem. */
export type Body = Asked<typeof redeemReward>['body']

/** Ada has what she was granted at a till in Leeds, at once, unless it is said otherwise. */
export const redeem = (redemptionId: string, rewardId: string, grantId: string, more: Partial<Body> = {}) =>
  shop.till.ask(redeemReward, {
    params: { redemptionId },
    body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode: 'capture', grantId, ...more },
  })
/** The till takes back what was handed over. */
export const reverse = (redemptionId: string) => shop.till.ask(reverseRedemption, { params: { redemptionId }, body: {} })
/** What Ada was granted, newest first. */
export const granted = async () => ok(await ada.ask(readMyGrantedRewards, {})).items
/** Which rewards those are, and where each stands. */
export const states = async () => (await granted()).map(({ rewardId, state }) => `${rewardId} ${state}`)
/** The id of the latest grant of a reward. */
export const grantOf = async (rewardId: string) => (await granted()).find((one) => one.rewardId === rewardId)!.id
