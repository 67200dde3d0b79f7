import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { redeemReward } from '../../functions/contract/redemptions.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import { issueVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { lockVoucher, useVoucherLock } from '../../functions/contract/vouchers.ts'
import { instant } from '../../functions/domain/units.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Key, ReadResult, Store } from '../../functions/store/store.ts'
import { headSort, voucherLockPrefix } from '../../functions/store/table.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { PassingStore } from '../support/passing-store.ts'
import { processOn } from '../support/process-on.ts'
import { buy, call, enrol, noon, sale } from './calls.ts'

/** A store that reads several items as DynamoDB may: one after another, and somebody else does something before or after the head. */
class TornStore extends PassingStore {
  headIs: 'later' | 'sooner' = 'later'
  /** The sort key of what is the head here. */
  head = headSort
  meanwhile: (() => Promise<unknown>) | undefined

  override async read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    const { meanwhile } = this
    if (!meanwhile || !keys.some(({ sk }) => sk === this.head)) return super.read(keys, options)
    this.meanwhile = undefined
    const before = await super.read(keys, options)
    await meanwhile()
    const after = await super.read(keys, options)
    return {
      ...before,
      items: keys.map(({ sk }, index) => ((sk === this.head) === (this.headIs === 'later') ? after : before).items[index]),
    }
  }
}

let store: SqliteStore
let clock: number
beforeEach(async () => {
  store = new SqliteStore(':memory:')
  clock = noon
  await createProgramme(store, 'demo', demoProgramme, instant(0))
})
afterEach(() => store.close())

const start = (on: Store): Runtime => processOn(on, () => clock)

async function asStaff(runtime: Runtime, operation: Operation, asked: { params: { [name: string]: string }; body?: unknown }) {
  const caller = { ...demoTill, scopes: 'laurel/admin.service', stores: '' }
  const { statusCode, body } = await callAs(servedBy[serverOf(operation)](runtime), caller, operation, asked)
  return { status: statusCode, body: JSON.parse(body ?? 'null') as unknown }
}

async function give(runtime: Runtime, points: number) {
  const asked = { params: { id: 'm-1', adjustmentId: 'a-1' }, body: { points, reason: 'goodwill' } }
  expect((await asStaff(runtime, adjustPoints, asked)).status).toBe(201)
}

const bringBack = (runtime: Runtime) =>
  call(runtime, recordReturn, {
    params: { purchaseId: 'leeds:1', returnId: 'r-1' },
    body: { occurredAt: new Date(clock).toISOString(), lines: [{ lineId: '1', quantity: 1, amount: 1000 }] },
  })

/** What the program's own check sums up, and what it finds wrong. */
async function verified(runtime: Runtime) {
  const wrong: string[] = []
  const sums = await verify(runtime, undefined, ({ member, what }) => wrong.push(`${member}: ${what}`))
  return { ...sums, wrong }
}

// Ten points of November 2026 are gone from December 2027 on.
const december = Date.parse('2027-12-01T12:00:00Z')

describe('a return of goods whose points have expired takes what expired, whatever another process books meanwhile', () => {
  let one: Runtime
  let other: Runtime
  let torn: TornStore
  beforeEach(async () => {
    torn = new TornStore(store)
    one = start(torn)
    other = start(store)
    await enrol(other, 'm-1', {})
    expect((await buy(other, '1', { id: 'm-1' })).status).toBe(201)
    clock = december
  })

  test('it books that they expired, with a point of goodwill', async () => {
    torn.meanwhile = () => give(other, 1)
    const { status, body } = await bringBack(one)
    expect(torn.meanwhile).toBeUndefined()
    expect(status).toBe(201)
    expect(body).toMatchObject({ points: { clawedBack: 10 }, balance: { available: 1, debt: 0 } })
    expect(await verified(one)).toMatchObject({
      wrong: [],
      issued: 10,
      adjusted: 1,
      available: 1,
      expired: 0,
      clawedBack: 10,
      debt: 0,
    })
  })

  test('it books a late purchase, whose points go where the others went', async () => {
    await give(other, 1)
    torn.meanwhile = async () => expect((await buy(other, '2', { id: 'm-1' })).status).toBe(201)
    const { status, body } = await bringBack(one)
    expect(torn.meanwhile).toBeUndefined()
    expect(status).toBe(201)
    expect(body).toMatchObject({ points: { clawedBack: 10 }, balance: { available: 1, debt: 0 } })
    expect(await verified(one)).toMatchObject({ wrong: [], issued: 20, available: 1, expired: 10, clawedBack: 10, debt: 0 })
  })
})

test('a tier given by hand is ended or not known yet, and never said to be over while it is held', async () => {
  const torn = new TornStore(store)
  const one = start(torn)
  const other = start(store)
  await enrol(other, 'm-1', {})
  const params = { id: 'm-1', grantId: 'g-1' }
  const body = { tier: 'gold', until: '2027-12-01', reason: 'Gold with our partner' }
  torn.headIs = 'sooner'
  torn.meanwhile = async () => expect((await asStaff(other, grantTier, { params, body })).status).toBe(201)
  // The grant is asked for before it is given.
  expect(await asStaff(one, endTierGrant, { params })).toMatchObject({ status: 404, body: { code: 'grant-unknown' } })
  expect(torn.meanwhile).toBeUndefined()
  expect(await asStaff(one, endTierGrant, { params })).toMatchObject({ status: 200, body: { tier: { id: 'bronze' } } })
})

test('a reward that a member may have once is had once, whatever another process redeems meanwhile', async () => {
  const once = { id: 'once', kind: 'product', price: { points: 1 }, limits: [{ window: 'ever', times: 1 }] }
  await createProgramme(store, 'once', programmeDocument.parse({ ...demoProgramme, rewards: [once] }), instant(0))
  const torn = new TornStore(store)
  const one = start(torn)
  const other = start(store)
  await call(other, enrolMember, { params: { memberId: 'm-1' }, body: {} }, 'once')
  await call(other, recordPurchase, { params: { purchaseId: 'leeds:1' }, body: sale({ id: 'm-1' }) }, 'once')
  const redeem = (runtime: Runtime, redemptionId: string) => {
    const body = { member: { id: 'm-1' }, rewardId: 'once', storeId: 'leeds', mode: 'capture' }
    return call(runtime, redeemReward, { params: { redemptionId }, body }, 'once')
  }
  torn.meanwhile = async () => expect((await redeem(other, 'r-1')).status).toBe(201)
  expect(await redeem(one, 'r-2')).toMatchObject({ status: 409, body: { code: 'reward-limit' } })
  expect(torn.meanwhile).toBeUndefined()
})

test('a use of a voucher that another process has just told is told, and not refused', async () => {
  const flyer = { id: 'flyer', codes: { generated: { length: 10 } }, value: { kind: 'money-off', amount: 100 }, bearer: true }
  await createProgramme(store, 'flyers', programmeDocument.parse({ ...demoProgramme, vouchers: [flyer] }), instant(0))
  const torn = new TornStore(store)
  const one = start(torn)
  const other = start(store)
  const staff = { ...demoTill, programme: 'flyers', scopes: 'laurel/admin.service', stores: '' }
  const asked = { params: { id: 'flyer', issueId: 'i-1' }, body: { reason: 'a test' } }
  const issued = await callAs(servedBy[serverOf(issueVoucherAsStaff)](other), staff, issueVoucherAsStaff, asked)
  const { code } = JSON.parse(issued.body!) as { code: string }
  const body = { code, storeId: 'leeds', basket: { lines: [{ sku: 's', quantity: 1, amount: 1000 }] } }
  expect((await call(other, lockVoucher, { params: { lockId: 'l-1' }, body }, 'flyers')).status).toBe(201)
  const use = (runtime: Runtime) => {
    return call(runtime, useVoucherLock, { params: { lockId: 'l-1' }, body: { purchaseId: 'leeds:1' } }, 'flyers')
  }
  torn.head = `${voucherLockPrefix}l-1`
  torn.headIs = 'sooner'
  torn.meanwhile = async () => expect((await use(other)).status).toBe(200)
  expect(await use(one)).toMatchObject({ status: 200, body: { state: 'used', purchaseId: 'leeds:1' } })
  expect(torn.meanwhile).toBeUndefined()
})
