import { afterEach, beforeEach, expect, test } from 'vitest'
import { submitClaimFor } from '../../functions/contract/claims.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { redeemReward, releaseRedemption } from '../../functions/contract/redemptions.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { demoDocument } from '../domain/programmes.ts'
import { call, enrol } from './calls.ts'
import { Shop } from './shop.ts'

/** One customer with as much of everything as one may have, of which all comes due, or back, at one instant: more than a commit holds. */
const most = 20
const numbers = Array.from({ length: most }, (_, n) => n)
const dayMs = 86_400_000
const minutesToMidnight = (days: number) => days * 24 * 60 + 12 * 60

const guarantees: readonly Guarantee[] = numbers.map((n) => ({
  ...{ id: `g-${n}`, name: `Promise ${n}`, window: { days: 365 }, remedy: { refund: { rate: 10_000 } }, goodsBack: true },
  ...{ automatic: { upTo: 1_000_000 }, reviewFrom: 1_000, limits: { perStore: 5_000, budget: 9_000 } },
  days: { decide: 3, bringBack: 24, settle: 7 },
}))
const rewards: readonly Reward[] = [
  ...numbers.map(
    (n): Reward => ({
      ...{ id: `mug-${n}`, kind: 'product', price: { points: 10 }, stock: 5, holdMinutes: minutesToMidnight(24) },
      limits: [
        { window: 'day', times: 9 },
        { window: 'month', times: 9 },
        { window: 'ever', times: 9 },
      ],
    }),
  ),
  { id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 } },
]
const document: ProgrammeDocument = {
  ...demoDocument,
  // A bucket for each day on which something is bought.
  points: { ...demoDocument.points, expiry: { months: 1 } },
  tiers: { ...demoDocument.tiers, levels: [{ id: 'all', threshold: 0, multiplier: 10_000 }] },
  ...{ rewards, guarantees },
}

let shop: Shop<SqliteStore>

beforeEach(async () => {
  shop = await Shop.on(new SqliteStore(':memory:'), document)
  await done(enrol(shop.runtime, 'ada', {}))
})
afterEach(() => shop.close())

async function done(answer: ReturnType<typeof call>) {
  const { status, body } = await answer
  expect([status, body]).toEqual([201, body])
  return body
}

/** A purchase so many days ago, of a line for each amount. */
const buy = (id: string, daysAgo: number, amounts: readonly number[], more: object = {}) =>
  done(
    call(shop.runtime, recordPurchase, {
      params: { purchaseId: `leeds:${id}` },
      body: {
        ...{ member: { id: 'ada' }, storeId: 'leeds', currency: 'GBP', ...more },
        occurredAt: new Date(shop.now - daysAgo * dayMs).toISOString(),
        lines: amounts.map((amount, line) => ({ lineId: `${line}`, sku: `sku-${line}`, quantity: 1, amount })),
      },
    }),
  )
const redeem = (id: string, rewardId: string, mode: string, more: object = {}) =>
  call(shop.runtime, redeemReward, {
    params: { redemptionId: id },
    body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode, ...more },
  })

async function settleAll() {
  expect(await settleMembers(shop.runtime)).toEqual({ settled: 1, idle: 0, failed: 0 })
  await isVerified()
}

async function isVerified() {
  expect(await shop.differences()).toEqual([])
}

/** One for each guarantee, of a line of one purchase, approved at once: the goods are waited for until one midnight. */
async function claimAll() {
  await buy('claimed', 0, Array(most).fill(100))
  for (const n of numbers) {
    const body = { memberId: 'ada', storeId: 'leeds', purchaseId: 'leeds:claimed', guaranteeId: `g-${n}` }
    const lines = [{ lineId: `${n}`, quantity: 1 }]
    const claim = await done(call(shop.runtime, submitClaimFor, { params: { id: `leeds:c-${n}` }, body: { ...body, lines } }))
    expect(claim).toMatchObject({ awaits: 'goods', dueAt: '2026-12-16T00:00:00Z' })
  }
}

test('claims lapse, each with budgets of its own, after points that expired one day after another', async () => {
  for (let day = 8; day <= 30; day += 1) await buy(`${day}`, day, [1_000])
  await claimAll()
  shop.now += 60 * dayMs
  await settleAll()
})

test('reservations lapse, each with a stock and counters of its own, with what they held expired, and claims with them', async () => {
  for (const n of numbers) await buy(`${n}`, 10 + n, [1_000])
  for (const n of numbers) await done(redeem(`r-${n}`, `mug-${n}`, 'reserve'))
  await claimAll()
  shop.now += 60 * dayMs
  await settleAll()
})

test('goods come back that were paid with redemptions, of points that have expired, after others that expired meanwhile', async () => {
  for (const n of numbers) await buy(`${n}`, 8 + n, [2_000])
  for (const n of numbers) await done(redeem(`r-${n}`, 'cash', 'capture', { points: 20 }))
  await buy('paid', 0, [10_000], { redemptionIds: numbers.map((n) => `r-${n}`) })
  for (let day = 8; day <= 30; day += 1) await buy(`later-${day}`, day, [1_000])
  shop.now += 60 * dayMs
  const params = { purchaseId: 'leeds:paid', returnId: 'b-1' }
  const body = { occurredAt: new Date(shop.now).toISOString(), lines: [{ lineId: '0', quantity: 1, amount: 10_000 }] }
  expect(await done(call(shop.runtime, recordReturn, { params, body }))).toMatchObject({
    points: { clawedBack: 100, restored: 400 },
  })
  await isVerified()
})

test('twenty redemptions pay for one purchase at most: those that it names and those that name it, but none that is over', async () => {
  await buy('points', 0, [100_000])
  const own = numbers.slice(0, 10).map((n) => `own-${n}`)
  for (const id of own) await done(redeem(id, 'cash', 'capture', { points: 10 }))
  await buy('paid', 0, [10_000], { redemptionIds: own })
  const pays = (id: string) => redeem(id, 'cash', 'reserve', { points: 10, purchaseId: 'leeds:paid' })
  const oneMore = { status: 409, body: { code: 'too-many-redemptions', errors: [{ pointer: '/purchaseId' }] } }
  for (let n = 0; n < 10; n += 1) await done(pays(`first-${n}`))
  expect(await pays('more')).toMatchObject(oneMore)
  expect(await call(shop.runtime, releaseRedemption, { params: { redemptionId: 'first-3' }, body: {} })).toMatchObject({
    status: 200,
  })
  await done(pays('more'))
  expect(await pays('one-more')).toMatchObject(oneMore)
  // They are held for a day.
  shop.now += dayMs
  for (let n = 0; n < 10; n += 1) await done(pays(`second-${n}`))
  expect(await pays('one-more')).toMatchObject(oneMore)
  const body = { occurredAt: new Date(shop.now).toISOString(), lines: [{ lineId: '0', quantity: 1, amount: 10_000 }] }
  const params = { purchaseId: 'leeds:paid', returnId: 'b-1' }
  expect(await done(call(shop.runtime, recordReturn, { params, body }))).toMatchObject({ points: { restored: 100 } })
  await isVerified()
})
