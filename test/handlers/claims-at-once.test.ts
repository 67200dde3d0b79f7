import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import { receiveClaimedGoods, submitClaimFor } from '../../functions/contract/claims.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import { instant } from '../../functions/domain/units.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Key, ReadResult } from '../../functions/store/store.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { PassingStore } from '../support/passing-store.ts'
import { processOn } from '../support/process-on.ts'
import { publishNext } from '../support/publish.ts'
import { buy, call, enrol, noon } from './calls.ts'

/** A store in front of which somebody else does something between a process's reading of a claim and that of its receipt. */
class BusyStore extends PassingStore {
  meanwhile: (() => Promise<unknown>) | undefined

  override async read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    const { meanwhile } = this
    if (meanwhile && keys.some(({ sk }) => sk === 'RECEIPT')) {
      this.meanwhile = undefined
      await meanwhile()
    }
    return super.read(keys, options)
  }
}

const guarantee = { window: { days: 365 }, remedy: { refund: { rate: 10_000 } } } as const
const guarantees: readonly Guarantee[] = [
  { ...guarantee, id: 'kept', name: 'Keep it', goodsBack: false, days: { decide: 3, settle: 7 } },
  { ...guarantee, id: 'back', name: 'Bring it back', goodsBack: true, days: { decide: 3, bringBack: 7, settle: 7 } },
]

let store: SqliteStore
let busy: BusyStore
let one: Runtime
let other: Runtime

beforeEach(async () => {
  store = new SqliteStore(':memory:')
  busy = new BusyStore(store)
  await createProgramme(store, 'demo', { ...demoProgramme, guarantees }, instant(0))
  one = processOn(busy, () => noon)
  other = processOn(store, () => noon)
  await enrol(other, 'm-1', {})
  expect((await buy(other, '1', { id: 'm-1' })).status).toBe(201)
})
afterEach(() => store.close())

async function asStaff(runtime: Runtime, operation: Operation, body: unknown) {
  const caller = { ...demoTill, scopes: 'laurel/admin.service', stores: '', role: '' }
  const answer = await callAs(servedBy[serverOf(operation)](runtime), caller, operation, { params: { id: 'leeds:c-1' }, body })
  return { status: answer.statusCode, body: JSON.parse(answer.body ?? 'null') as unknown }
}

const claim = (guaranteeId: string, id = 'leeds:c-1') =>
  call(other, submitClaimFor, {
    params: { id },
    body: {
      ...{ memberId: 'm-1', storeId: 'leeds', purchaseId: 'leeds:1', guaranteeId },
      lines: [{ lineId: '1', quantity: 1 }],
    },
  })
const approve = (runtime: Runtime) => asStaff(runtime, decideClaim, { decision: 'approve', reason: 'So it is.' })
const receive = (runtime: Runtime) =>
  call(runtime, receiveClaimedGoods, { params: { id: 'leeds:c-1' }, body: { storeId: 'leeds' } })
const undo = (runtime: Runtime) => asStaff(runtime, undoClaim, { reason: 'A mistake.', notGiven: true })

/** The same is done by another process once this one has read the claim: both are told that it is done. */
async function twice(act: (runtime: Runtime) => Promise<{ status: number | undefined; body: unknown }>) {
  let first: unknown
  busy.meanwhile = async () => {
    first = await act(other)
  }
  const second = await act(one)
  expect(first).toMatchObject({ status: 200 })
  expect(busy.meanwhile).toBeUndefined()
  return second
}

describe('what two processes do to a claim at once is done once, and told to both', () => {
  test('an approval', async () => {
    expect((await claim('kept')).status).toBe(201)
    expect(await twice(approve)).toMatchObject({ status: 200, body: { state: 'approved' } })
  })

  test('that the goods came in', async () => {
    expect((await claim('back')).status).toBe(201)
    expect(await approve(other)).toMatchObject({ status: 200 })
    expect(await twice(receive)).toMatchObject({ status: 200, body: { state: 'approved', awaits: 'remedy' } })
  })

  test('the undoing of an approval', async () => {
    expect((await claim('kept')).status).toBe(201)
    expect(await approve(other)).toMatchObject({ status: 200 })
    expect(await twice(undo)).toMatchObject({ status: 200, body: { state: 'declined' } })
  })
})

test('a claim of a store is known again once the programme has the store no more', async () => {
  const first = await claim('kept')
  expect(first.status).toBe(201)
  await publishNext(store, 'demo', { ...demoProgramme, guarantees, stores: [{ id: 'york' }] }, '2026-11-21T00:00:00Z')
  other = processOn(store, () => noon)
  expect(await claim('kept')).toEqual({ ...first, status: 200 })
  expect(await claim('kept', 'leeds:c-2')).toMatchObject({ status: 422, body: { code: 'store-unknown' } })
})
