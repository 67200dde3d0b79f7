import { afterEach, beforeEach, expect, test } from 'vitest'
import { undoClaim } from '../../functions/contract/claim-office.ts'
import { submitClaimFor } from '../../functions/contract/claims.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { demoDocument } from '../domain/programmes.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { call, enrol, noon } from './calls.ts'
import { Shop } from './shop.ts'

/** A receipt of as many lines as there may be, with long ids, claimed piece by piece: what it keeps of claims is bounded. */
const common = { window: { days: 365 }, remedy: { refund: { rate: 10_000 } }, reviewFrom: 1_000 } as const
const guarantees: readonly Guarantee[] = [
  { ...common, id: 'looked-at', name: 'We look at it', goodsBack: false, days: { decide: 3, settle: 7 } },
  { ...common, id: 'at-once', name: 'At once', goodsBack: false, automatic: { upTo: 1e9 }, days: { decide: 3, settle: 7 } },
  {
    ...{ ...common, id: 'back', name: 'Bring it', goodsBack: true, automatic: { upTo: 1e9 } },
    days: { decide: 3, bringBack: 5, settle: 7 },
  },
]
const lineIds = Array.from({ length: 500 }, (_, n) => `${String(n).padStart(3, '0')}-${'long'.repeat(14)}`)
const dayMs = 86_400_000
let shop: Shop<SqliteStore>

beforeEach(async () => {
  shop = await Shop.on(new SqliteStore(':memory:'), { ...demoDocument, guarantees })
  await enrol(shop.runtime, 'ada', {})
  const lines = lineIds.map((lineId) => ({ lineId, sku: 's', quantity: 40, amount: 400 }))
  const occurredAt = new Date(noon).toISOString()
  const body = { member: { id: 'ada' }, storeId: 'leeds', currency: 'GBP', occurredAt, lines }
  expect((await call(shop.runtime, recordPurchase, { params: { purchaseId: 'leeds:1' }, body })).status).toBe(201)
})
afterEach(() => shop.close())

/** Of one piece of each line. */
const claim = (id: string, guaranteeId: string, ids: readonly string[] = lineIds) => {
  const lines = ids.map((lineId) => ({ lineId, quantity: 1 }))
  const body = { memberId: 'ada', storeId: 'leeds', purchaseId: 'leeds:1', guaranteeId, lines }
  return call(shop.runtime, submitClaimFor, { params: { id: `leeds:${id}` }, body })
}
async function isVerified() {
  expect(await shop.differences()).toEqual([])
}

test('of claims that were approved the receipt keeps no lines, and one is undone all the same', async () => {
  for (let n = 0; n < 14; n += 1) expect((await claim(`c-${n}`, 'at-once')).status).toBe(201)
  const caller = { ...demoTill, scopes: 'laurel/admin.service', stores: '', role: '' }
  const undoing = { params: { id: 'leeds:c-3' }, body: { reason: 'a mistake', notGiven: true } }
  expect((await callAs(servedBy.guarantees(shop.runtime), caller, undoClaim, undoing)).statusCode).toBe(200)
  await isVerified()
  // 13 of 40 came back.
  const body = { occurredAt: new Date(noon).toISOString(), lines: [{ lineId: lineIds[0]!, quantity: 28, amount: 270 }] }
  const params = { purchaseId: 'leeds:1', returnId: 'b-1' }
  expect((await call(shop.runtime, recordReturn, { params, body })).status).toBe(409)
})

test('open claims hold a thousand lines of it at once, and those that lapsed none', async () => {
  expect((await claim('c-1', 'looked-at')).status).toBe(201)
  expect((await claim('c-2', 'back')).status).toBe(201)
  const refused = { status: 409, body: { code: 'too-many-claims', errors: [{ pointer: '/lines' }] } }
  expect(await claim('c-3', 'back', lineIds.slice(0, 1))).toMatchObject(refused)
  shop.now += 10 * dayMs
  expect((await claim('c-4', 'back')).status).toBe(201)
  expect(await claim('c-5', 'back', lineIds.slice(0, 1))).toMatchObject(refused)
  await isVerified()
})
