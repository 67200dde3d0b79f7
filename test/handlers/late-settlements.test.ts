import { afterEach, beforeEach, expect, test } from 'vitest'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import { receiveClaimedGoods, settleClaim, submitClaimFor } from '../../functions/contract/claims.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { serverOf } from '../../functions/contract/operation.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { redeemReward } from '../../functions/contract/redemptions.ts'
import { mostBuckets } from '../../functions/domain/bounds.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { demoDocument } from '../domain/programmes.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { call, enrol } from './calls.ts'
import { Shop } from './shop.ts'

const dayMs = 86_400_000
const guarantee: Guarantee = {
  ...{ id: 'any', name: 'Your money back', window: { days: 900 }, remedy: { refund: { rate: 10_000 } }, goodsBack: true },
  days: { decide: 3, bringBack: 30, settle: 7 },
}
const document: ProgrammeDocument = {
  ...demoDocument,
  // A bucket for each day on which something is bought.
  points: { ...demoDocument.points, expiry: { months: 24 } },
  tiers: { ...demoDocument.tiers, levels: [{ id: 'all', threshold: 0, multiplier: 10_000 }] },
  ...{ guarantees: [guarantee], rewards: [{ id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 } }] },
}

let shop: Shop<SqliteStore>

beforeEach(async () => {
  shop = await Shop.on(new SqliteStore(':memory:'), document, 600 * dayMs)
  expect(await enrol(shop.runtime, 'ada', {})).toMatchObject({ status: 201 })
})
afterEach(() => shop.close())

const buy = (id: string, daysAgo: number, amount: number) =>
  call(shop.runtime, recordPurchase, {
    params: { purchaseId: `leeds:${id}` },
    body: {
      ...{ member: { id: 'ada' }, storeId: 'leeds', currency: 'GBP' },
      occurredAt: new Date(shop.now - daysAgo * dayMs).toISOString(),
      lines: [{ lineId: '1', sku: 'sku', quantity: 1, amount }],
    },
  })
const ask = (operation: Operation, id: string, body: unknown) => call(shop.runtime, operation, { params: { id }, body })
const byStaff = async (operation: Operation, body: unknown) => {
  const staff = { ...demoTill, scopes: adminScopes.join(' ') }
  const asked = { params: { id: 'leeds:c' }, body }
  expect(await callAs(servedBy[serverOf(operation)](shop.runtime), staff, operation, asked)).toMatchObject({ statusCode: 200 })
}

test('what was paid for though it was undone, and whose points have no place, is settled once they have', async () => {
  await buy('points', 599, 2_000)
  await buy('claimed', 0, 5_000)
  await buy('today', 0, 100)
  await buy('today', 0, 100)
  const claim = { memberId: 'ada', storeId: 'leeds', purchaseId: 'leeds:claimed', lines: [{ lineId: '1', quantity: 1 }] }
  expect(await ask(submitClaimFor, 'leeds:c', claim)).toMatchObject({ status: 201 })
  await byStaff(decideClaim, { decision: 'approve', reason: 'Yes.' })
  expect(await ask(receiveClaimedGoods, 'leeds:c', { storeId: 'leeds' })).toMatchObject({ status: 200 })
  await byStaff(undoClaim, { reason: 'No.', notGiven: true })
  // All of the oldest bucket pays for it, and as many others as one may have are there by then.
  const cash = { member: { id: 'ada' }, rewardId: 'cash', storeId: 'leeds', mode: 'capture', points: 20 }
  const paid = { params: { redemptionId: 'r-1' }, body: { ...cash, purchaseId: 'leeds:claimed' } }
  expect(await call(shop.runtime, redeemReward, paid)).toMatchObject({ status: 201 })
  for (let day = 1; day <= mostBuckets; day += 1) await buy(`p-${day}`, day, 100)
  const settled = { amount: 5_000, currency: 'GBP', occurredAt: new Date(shop.now).toISOString(), storeId: 'leeds' }
  const items = async () => (await shop.store.query({ pk: 'P#demo#PURCHASE#leeds:claimed', consistent: true })).items
  const before = await items()
  expect(await ask(settleClaim, 'leeds:c', settled)).toMatchObject({ status: 409, body: { code: 'too-many-buckets' } })
  expect(await items()).toEqual(before)
  // Two of the earliest are spent.
  const more = { params: { redemptionId: 'r-2' }, body: { ...cash, points: 2 } }
  expect(await call(shop.runtime, redeemReward, more)).toMatchObject({ status: 201 })
  expect(await ask(settleClaim, 'leeds:c', settled)).toMatchObject({ status: 201, body: { state: 'settled' } })
  expect(await items()).not.toEqual(before)
})
