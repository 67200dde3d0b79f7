import { afterEach, beforeEach, expect, test } from 'vitest'
import { submitClaimFor } from '../../functions/contract/claims.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { redeemReward } from '../../functions/contract/redemptions.ts'
import { lockVoucher, useVoucherLock } from '../../functions/contract/vouchers.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import type { VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { mostWrites, type Write } from '../../functions/store/store.ts'
import { demoDocument } from '../domain/programmes.ts'
import { PassingStore } from '../support/passing-store.ts'
import { call, enrol } from './calls.ts'
import { Shop } from './shop.ts'

/**
 * Every commit fits: a purchase that as much paid for, and was given, as one may, brought back after all of its points have expired. What
 * it takes for each is in `bounds.ts`, and their sum in its test; here the handlers do it.
 */
const dayMs = 86_400_000
const twenty = Array.from({ length: 20 }, (_, n) => n)
const ten = twenty.slice(0, 10)

const guarantee: Guarantee = {
  ...{ id: 'any', name: 'Or another', window: { days: 365 }, remedy: { voucher: { reward: 'tea' } }, goodsBack: false },
  ...{ automatic: { upTo: 10_000_000 }, reviewFrom: 1_000, goodwill: 7, limits: { perStore: 9_000_000, budget: 9_000_000 } },
  days: { decide: 3, settle: 7 },
}
const tea: VoucherSeries = {
  ...{ id: 'tea', codes: { generated: { length: 12 } }, value: { kind: 'money-off', amount: 100 } },
}
const rewards: readonly Reward[] = [
  { id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 } },
  { id: 'tea', kind: 'voucher', voucher: 'tea', price: { points: 1 } },
]
const windows = {
  perMember: [
    { window: 'day' as const, times: 50 },
    { window: 'year' as const, times: 50 },
  ],
}
/** Two counters each, for whoever buys stars. */
const limited = twenty.map(
  (n): Campaign => ({
    ...{ id: `star-${n}`, trigger: 'purchase', lines: { sku: ['star'] } },
    ...{ effect: { points: 1 }, limits: windows },
  }),
)
const friends: Campaign = {
  ...{ id: 'friends', trigger: 'referral', when: { spendAtLeast: { amount: 50_000 } } },
  ...{ effect: { points: 100 }, referrer: { effect: { points: 200 } } },
  limits: { budget: 90_000, perStore: 90_000, perMember: [...windows.perMember, { window: 'month', times: 50 }] },
}
const document: ProgrammeDocument = {
  ...demoDocument,
  // A bucket for each day on which something is bought.
  points: { ...demoDocument.points, expiry: { months: 2 } },
  tiers: { ...demoDocument.tiers, levels: [{ id: 'all', threshold: 0, multiplier: 10_000 }] },
  ...{ rewards, guarantees: [guarantee], vouchers: [tea], campaigns: [...limited, friends] },
}

/** Knows how much was written at once at the most. */
class Widest extends PassingStore {
  most = 0
  override commit(writes: readonly Write[]) {
    this.most = Math.max(this.most, writes.length)
    return super.commit(writes)
  }
}

let shop: Shop<Widest>

beforeEach(async () => {
  shop = await Shop.on(new Widest(new SqliteStore(':memory:')), document)
  expect(await enrol(shop.runtime, 'bea', {})).toMatchObject({ status: 201 })
  expect(await enrol(shop.runtime, 'ada', { referredBy: 'bea' })).toMatchObject({ status: 201 })
  for (let day = 48; day > 8; day -= 1) {
    await buy(`a-${day}`, 'ada', [1_000], { occurredAt: at(-day) })
    await buy(`b-${day}`, 'bea', [1_000], { occurredAt: at(-day) })
  }
  await buy('new', 'ada', [10_000])
})
afterEach(() => shop.close())

const at = (days: number) => new Date(shop.now + days * dayMs).toISOString()

async function done(operation: Operation, params: { [name: string]: string }, body: unknown, status = 201) {
  const answer = await call(shop.runtime, operation, { params, body })
  expect([answer.status, answer.body]).toEqual([status, answer.body])
  return answer.body
}

const saleOf = (member: string, amounts: readonly number[], more: object = {}, sku = 'plain') => ({
  ...{ member: { id: member }, storeId: 'leeds', currency: 'GBP', occurredAt: at(0) },
  lines: amounts.map((amount, n) => ({ lineId: `${n}`, sku, quantity: 1, amount })),
  ...more,
})
const buy = (id: string, member: string, amounts: readonly number[], more: object = {}, sku?: string) =>
  done(recordPurchase, { purchaseId: `leeds:${id}` }, saleOf(member, amounts, more, sku))
const redeem = (redemptionId: string, rewardId: string, more: object = {}) =>
  done(redeemReward, { redemptionId }, { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode: 'capture', ...more })

/** Points of two buckets each, all of them others. */
async function pay(count: number): Promise<string[]> {
  const ids = twenty.slice(0, count).map((n) => `r-${n}`)
  for (const id of ids) await redeem(id, 'cash', { points: 20 })
  return ids
}

/** Ten vouchers, each used for the purchase. */
async function useVouchers(purchaseId: string) {
  for (const n of ten) {
    const { voucher } = (await redeem(`v-${n}`, 'tea')) as { voucher?: { code: string } }
    const basket = { lines: [{ sku: 'plain', quantity: 1, amount: 5_000 }] }
    const wanted = { code: voucher!.code, storeId: 'leeds', member: { id: 'ada' }, basket }
    await done(lockVoucher, { lockId: `leeds:l-${n}` }, wanted)
    await done(useVoucherLock, { lockId: `leeds:l-${n}` }, { purchaseId }, 200)
  }
}

const bring = (returnId: string, lineIds: readonly number[], amount: number, status?: number) => {
  const lines = lineIds.map((n) => ({ lineId: `${n}`, quantity: 1, amount }))
  return done(recordReturn, { purchaseId: 'leeds:paid', returnId }, { occurredAt: at(0), lines }, status)
}

async function isVerified() {
  expect(await shop.differences()).toEqual([])
  expect(shop.store.most).toBeLessThanOrEqual(mostWrites)
}

test('a return of all that twenty redemptions and ten vouchers paid for, and that a referral rested on', async () => {
  const redemptionIds = await pay(20)
  await buy('paid', 'ada', [100_000], { redemptionIds })
  await useVouchers('leeds:paid')
  shop.now += 90 * dayMs
  expect(await bring('b-1', [0], 100_000)).toMatchObject({ points: { clawedBack: 1_000, restored: 400 } })
  await isVerified()
})

test('an approval by itself of a claim of all of that', async () => {
  const redemptionIds = await pay(20)
  await buy('paid', 'ada', [100_000], { redemptionIds })
  await useVouchers('leeds:paid')
  shop.now += 90 * dayMs
  const body = { memberId: 'ada', storeId: 'leeds', purchaseId: 'leeds:paid', lines: [{ lineId: '0', quantity: 1 }] }
  expect(await done(submitClaimFor, { id: 'leeds:c-1' }, body)).toMatchObject({ state: 'settled' })
  await isVerified()
})

test('a sale that comes after twenty returns of it', async () => {
  const redemptionIds = await pay(20)
  await useVouchers('leeds:paid')
  const sale = saleOf('ada', Array(20).fill(5_000), { redemptionIds })
  for (const n of twenty) await bring(`b-${n}`, [n], 5_000, 202)
  shop.now += 90 * dayMs
  await done(recordPurchase, { purchaseId: 'leeds:paid' }, sale)
  await isVerified()
})

test('limited campaigns of which a purchase has as many as what paid for it leaves room', async () => {
  const redemptionIds = await pay(10)
  const sold = await buy('paid', 'ada', [100_000], { redemptionIds }, 'star')
  // Of forty counters, twenty, two for each campaign.
  expect(sold).toMatchObject({ points: { earned: 1_010 } })
  await useVouchers('leeds:paid')
  shop.now += 90 * dayMs
  expect(await bring('b-1', [0], 100_000)).toMatchObject({ points: { clawedBack: 1_010, restored: 200 } })
  await isVerified()
})

test('redemptions that name a purchase later, as far as what it was given of limited campaigns leaves room', async () => {
  await buy('paid', 'ada', [100_000], {}, 'star')
  const body = {
    member: { id: 'ada' },
    rewardId: 'cash',
    storeId: 'leeds',
    mode: 'capture',
    points: 20,
    purchaseId: 'leeds:paid',
  }
  expect(await call(shop.runtime, redeemReward, { params: { redemptionId: 'r-1' }, body })).toMatchObject({
    status: 409,
    body: { code: 'too-many-redemptions' },
  })
  await useVouchers('leeds:paid')
  shop.now += 90 * dayMs
  expect(await bring('b-1', [0], 100_000)).toMatchObject({ points: { clawedBack: 1_020 } })
  await isVerified()
})

test('redemptions of rewards that pay for no basket take no place of those that do', async () => {
  await buy('paid', 'ada', [100_000])
  for (const n of twenty) await redeem(`v-${n}`, 'tea', { purchaseId: 'leeds:paid' })
  await redeem('r-1', 'cash', { points: 20, purchaseId: 'leeds:paid' })
  const body = { member: { id: 'ada' }, rewardId: 'tea', storeId: 'leeds', mode: 'capture', purchaseId: 'leeds:none' }
  expect(await call(shop.runtime, redeemReward, { params: { redemptionId: 'v-x' }, body })).toMatchObject({ status: 404 })
  expect(await bring('b-1', [0], 100_000)).toMatchObject({ points: { restored: 20 } })
  await isVerified()
})
