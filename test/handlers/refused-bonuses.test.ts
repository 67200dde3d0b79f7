import { afterEach, beforeEach, expect, test } from 'vitest'
import { serveAdmin } from '../../functions/admin.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { grantTier } from '../../functions/contract/tier-grants.ts'
import { mostBuckets } from '../../functions/domain/bounds.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { memberId } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { memberPartition, owedPrefix } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { loggedErrors } from '../laws/logged-errors.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { call, enrol, noon } from './calls.ts'
import { Shop } from './shop.ts'

/** A member whose points expire on as many days as there may be: there is no place for those of a bonus on another day. */
const document: ProgrammeDocument = {
  ...demoDocument,
  points: { ...demoDocument.points, expiry: { months: 24 } },
  campaigns: [
    { id: 'golden', trigger: { tierReached: 'gold' }, effect: { points: 100 } },
    { id: 'cake', trigger: 'birthday', effect: { points: 10 } },
  ],
}
const dayMs = 86_400_000
const logged = loggedErrors()
let shop: Shop<SqliteStore>

beforeEach(async () => {
  shop = await Shop.on(new SqliteStore(':memory:'), document)
  await enrol(shop.runtime, 'ada', { birthday: '1990-11-23' })
  for (let day = mostBuckets; day > 0; day -= 1) {
    const body = {
      ...{ member: { id: 'ada' }, storeId: 'leeds', currency: 'GBP', occurredAt: new Date(noon - day * dayMs).toISOString() },
      lines: [{ lineId: '1', sku: 's', quantity: 1, amount: 100 }],
    }
    expect((await call(shop.runtime, recordPurchase, { params: { purchaseId: `leeds:${day}` }, body })).status).toBe(201)
  }
})
afterEach(() => shop.close())

const refused = async () => {
  const { items } = await shop.store.query({
    pk: memberPartition('demo', memberId('ada')),
    range: { prefix: owedPrefix },
    consistent: true,
  })
  return items.map(({ tr, rf, due }) => [tr, rf, due])
}
const sweep = () => settleMembers(shop.runtime)

test('a bonus that is owed and that cannot be had is refused once, with its reason, and the sweep goes on', async () => {
  const body = { tier: 'gold', until: '2027-06-01', reason: 'a bad night' }
  const caller = { ...demoTill, scopes: 'laurel/admin.service', stores: '', role: '' }
  const params = { id: 'ada', grantId: 'g-1' }
  expect((await callAs(serveAdmin(shop.runtime), caller, grantTier, { params, body })).statusCode).toBe(201)
  expect(await sweep()).toEqual({ settled: 1, idle: 0, failed: 0 })
  expect(await refused()).toEqual([['tierReached gold', 'too-many-buckets', undefined]])
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ refused: 'too-many-buckets', programme: 'demo' }])
  expect(logged[0]).not.toContain('ada')
  expect(await sweep()).toEqual({ settled: 0, idle: 0, failed: 0 })
  expect(logged).toHaveLength(1)
})

test('so is a birthday’s, and the next one is due', async () => {
  shop.now += 3 * dayMs
  expect(await sweep()).toEqual({ settled: 1, idle: 0, failed: 0 })
  expect(await refused()).toEqual([['birthday', 'too-many-buckets', undefined]])
  expect(await sweep()).toEqual({ settled: 0, idle: 0, failed: 0 })
  // By then some of the points have expired.
  shop.now += 366 * dayMs
  expect(await sweep()).toMatchObject({ failed: 0 })
  const differences: string[] = []
  const { issued } = await verify(shop.runtime, 'demo', ({ what }) => differences.push(what))
  expect([differences, issued]).toEqual([[], mostBuckets + 10])
})
