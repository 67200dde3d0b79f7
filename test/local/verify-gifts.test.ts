import { afterEach, beforeEach, expect, test } from 'vitest'
import { givePoints, undoGift } from '../../functions/contract/my-gifts.ts'
import { memberId } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Item, Key, Write } from '../../functions/store/store.ts'
import { listedGiftPrefix, memberPartition, table } from '../../functions/store/table.ts'
import { Journey } from '../journeys/journey.ts'
import { ok } from '../support/client.ts'

/** Ada gave Bert points twice, and took the second gift back. */
let shop: Journey
const [ada, bert] = ['ada', 'bert'].map(memberId) as [ReturnType<typeof memberId>, ReturnType<typeof memberId>]

beforeEach(async () => {
  shop = await Journey.start('2026-03-10T12:00:00Z')
  for (const member of ['ada', 'bert']) ok(await shop.enrol(member))
  ok(await shop.adjust('ada', 'a-1', 100))
  const app = await shop.app('ada')
  for (const giftId of ['g-1', 'g-2'])
    ok(await app.ask(givePoints, { params: { giftId }, body: { to: { id: 'bert' }, points: 10 } }))
  ok(await app.ask(undoGift, { params: { giftId: 'g-2' } }))
})
afterEach(() => shop.laurel.close())

async function differences(): Promise<string[]> {
  const found: string[] = []
  await verify(shop.laurel.runtime, 'demo', ({ member, what }) => found.push(`${member}: ${what}`))
  return found.sort()
}
const commit = (write: Write) => shop.laurel.runtime.store.commit([write])
const read = async (key: Key): Promise<Item> => (await shop.laurel.runtime.store.read([key], { consistent: true })).items[0]!
const gift = (giftId: string) => read(table.gift('demo', ada, giftId))
const listedWith = async (member: typeof ada) => {
  const query = { pk: memberPartition('demo', member), range: { prefix: listedGiftPrefix } }
  return (await shop.laurel.runtime.store.query(query)).items
}

test('gifts that are booked, recorded and listed alike are as they should be', async () => {
  expect(await differences()).toEqual([])
})

const wrong = 'is not recorded as it is booked'
test.each([
  ['of another amount', async () => void (await commit({ kind: 'put', item: { ...(await gift('g-1')), p: 11 } })), 'g-1'],
  ['to somebody else', async () => void (await commit({ kind: 'put', item: { ...(await gift('g-1')), m: 'cleo' } })), 'g-1'],
  [
    'taken back, where it was not',
    async () => void (await commit({ kind: 'put', item: { ...(await gift('g-1')), ud: 1 } })),
    'g-1',
  ],
  [
    'not taken back, where it was',
    async () => {
      const { ud: _, ...item } = await gift('g-2')
      await commit({ kind: 'put', item: item as Item })
    },
    'g-2',
  ],
])('a record %s is found with both', async (_what, change, giftId) => {
  await change()
  expect(await differences()).toEqual([`ada: the gift ${giftId} ${wrong}`, `bert: the gift ${giftId} ${wrong}`])
})

test('a record that is missing, or is of no gift, is found', async () => {
  const item = await gift('g-1')
  await commit({ kind: 'delete', key: table.gift('demo', ada, 'g-1') })
  await commit({ kind: 'put', item: { ...item, ...table.gift('demo', bert, 'g-9') } })
  expect(await differences()).toEqual([
    `ada: the gift g-1 ${wrong}`,
    'ada: there are records of gifts that were not booked',
    `bert: the gift g-1 ${wrong}`,
    'bert: there are records of gifts that were not booked',
  ])
})

test('a gift that is not listed with its receiver is found', async () => {
  const [listed] = await listedWith(bert)
  await commit({ kind: 'delete', key: { pk: listed!.pk, sk: listed!.sk } })
  expect(await differences()).toEqual(['bert: the gifts listed are not those booked'])
})
