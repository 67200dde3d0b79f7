import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  answerComplaint,
  openComplaintFor,
  openMyComplaint,
  rateMyComplaint,
  reopenMyComplaint,
  resolveComplaint,
} from '../../functions/contract/complaints.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { rateMyPurchase, ratePurchase } from '../../functions/contract/satisfaction.ts'
import { memberId } from '../../functions/domain/units.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { restoreItems } from '../../functions/local/restore.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item } from '../../functions/store/store.ts'
import { call } from '../handlers/calls.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'

/** Everything that complaints and surveys store, put into another deployment, is the same there; and what is wrong is found. */

/** The example of an operation, in its own types. */
const exampleOf = <Kind extends Operation>({ example }: Kind) => example as unknown as Asked<Kind>

async function exported(runtime: Runtime): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of exportItems(runtime)) items.push(item)
  return items
}

let laurel: Laurel

/** A member with a complaint that was resolved and opened again, one that is open, one that a score opened, and two scores. */
beforeAll(async () => {
  laurel = await Laurel.start()
  const till = laurel.client(await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos']))
  const desk = laurel.client(await laurel.token({ subject: 'desk', programme: 'demo' }, ['laurel/admin.service']))
  const member = memberId('m-1001')
  const app = laurel.client(await laurel.token({ subject: 'ada', programme: 'demo', member }, ['laurel/member']))
  ok(await till.ask(enrolMember, exampleOf(enrolMember)))
  ok(await till.ask(recordPurchase, exampleOf(recordPurchase)))
  const another = { ...exampleOf(recordPurchase), params: { purchaseId: 'leeds:2' } }
  ok(await till.ask(recordPurchase, another))
  ok(await till.ask(openComplaintFor, exampleOf(openComplaintFor)))
  ok(await app.ask(openMyComplaint, exampleOf(openMyComplaint)))
  ok(await desk.ask(answerComplaint, exampleOf(answerComplaint)))
  ok(await desk.ask(resolveComplaint, exampleOf(resolveComplaint)))
  ok(await app.ask(rateMyComplaint, exampleOf(rateMyComplaint)))
  ok(await app.ask(reopenMyComplaint, exampleOf(reopenMyComplaint)))
  ok(await app.ask(rateMyPurchase, exampleOf(rateMyPurchase)))
  ok(await till.ask(ratePurchase, { params: { purchaseId: 'leeds:2' }, body: { storeId: 'leeds', score: 2 } }))
})

afterAll(() => laurel.close())

/** Another deployment with the exported items, as they are or as somebody changed them. */
async function restored(change: (item: Item) => Item | undefined = (item) => item) {
  const items = (await exported(laurel.runtime)).flatMap((item) => change(item) ?? [])
  const { runtime } = await deploymentOn(new SqliteStore(':memory:'), { now: () => laurel.now })
  await restoreItems(runtime, items, 4, { items: 0, known: 0, different: 0 })
  return runtime
}

test('an export has all of it, and restored it is known and goes on', async () => {
  const items = await exported(laurel.runtime)
  const kept = [...(await laurel.dump()).keys()]
  const missing = kept.filter((key) => !items.some(({ pk, sk }) => `${pk} ${sk}` === key))
  expect(missing.filter((key) => !/^(IDENTITY#|EMBEDDED |RING#|SWEEP |P#\w+#(CARD|EMAIL|PHONE)#)/.test(key))).toEqual([])
  const runtime = await restored()
  expect(await exported(runtime)).toEqual(items)
  expect(await verify(runtime, undefined, () => {})).toEqual(await verify(laurel.runtime, undefined, () => {}))
  const again = (operation: Operation, body = operation.example.body) =>
    call(runtime, operation, { ...(operation.example as { params: { [name: string]: string } }), body })
  expect(await again(openComplaintFor)).toMatchObject({ status: 200, body: { severity: 'high', status: 'open' } })
  const others = { ...(openComplaintFor.example.body as object), text: 'Other words' }
  expect(await again(openComplaintFor, others)).toMatchObject({ status: 409, body: { code: 'id-reused' } })
  expect(await again(ratePurchase)).toMatchObject({ status: 200, body: { score: 9 } })
  await runtime.store.close()
})

const sort = (prefix: string) => (item: Item) => item.sk.startsWith(prefix)
const only = (isMeant: (item: Item) => boolean, change: (item: Item) => Item | undefined) => (item: Item) =>
  isMeant(item) ? change(item) : item
const stores = sort('CO#leeds:c-1')

test.each<[what: string, change: (item: Item) => Item | undefined, named: RegExp]>([
  ['a complaint is gone', only(stores, () => undefined), /other complaints than|is listed as open/],
  ['a complaint is resolved', only(stores, (item) => ({ ...item, st: 'resolved' })), /open than there are/],
  ['a complaint is due later', only(stores, (item) => ({ ...item, d: Number(item.d) + 1 })), /open than there are/],
  ['a complaint is of another kind', only(stores, (item) => ({ ...item, c: 'rude' })), /not what the entries say/],
  [
    'a message is gone',
    only(stores, (item) => ({ ...item, m: (item.m as Item[]).slice(1) as never })),
    /not what the entries say/,
  ],
  [
    'a resolution gave more',
    only(stores, (item) => ({
      ...item,
      m: (item.m as { k: string }[]).map((each) => ({ ...each, ...(each.k === 'resolution' && { p: 51 }) })) as never,
    })),
    /not what the entries say/,
  ],
  [
    'its owner is another',
    only(
      ({ sk }) => sk === 'COMPLAINT',
      (item) => ({ ...item, m: 'demo-member' }),
    ),
    /not listed as what it is/,
  ],
  [
    'it is not in the queue',
    only(
      ({ pk }) => pk === 'P#demo#COMPLAINTS',
      () => undefined,
    ),
    /not listed as what it is/,
  ],
  [
    'it is in the queue elsewhere',
    only(
      ({ pk }) => pk === 'P#demo#COMPLAINTS',
      (item) => ({ ...item, sk: `0${item.sk.slice(1).replace('#', '').slice(0, 14)}#x` }),
    ),
    /is listed as open, and is not/,
  ],
  ['a score is another', only(sort('SA#'), (item) => ({ ...item, n: 1 })), /what was said of purchases/],
])('it is found out that %s', async (_what, change, named) => {
  const differences: string[] = []
  const runtime = await restored(change)
  const { ok: holds } = await verify(runtime, 'demo', ({ what }) => differences.push(what))
  expect(holds).toBe(false)
  expect(differences.join('\n')).toMatch(named)
  await runtime.store.close()
})
