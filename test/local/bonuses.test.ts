import { expect, test } from 'vitest'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Implementation } from '../../functions/handlers/context.ts'
import { perform } from '../../functions/handlers/perform.ts'
import { recordEventImplementation } from '../../functions/handlers/record-event.ts'
import { undoEventImplementation } from '../../functions/handlers/undo-event.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { restoreItems } from '../../functions/local/restore.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { Item } from '../../functions/store/store.ts'
import { at, type Posting, posting } from './posting.ts'
import { purchase } from './processes.ts'

const campaigns: readonly Campaign[] = [
  { id: 'cake', trigger: 'birthday', effect: { points: 100 } },
  { id: 'course', trigger: { event: 'training' }, effect: { points: 40 }, limits: { budget: 500, perStore: 300 } },
  { id: 'friends', trigger: 'referral', effect: { points: 30 }, referrer: { effect: { points: 70 } }, limits: { budget: 400 } },
]
const now = '2026-03-10T10:00:00Z'

async function ask({ runtime, clock }: Posting, implementation: Implementation, eventId: string, body?: unknown) {
  const programme = (await runtime.programmes.get('bonus'))!
  const caller = { programme: 'bonus', scopes: ['laurel/pos'], stores: '*', issuer: 'urn:laurel:test', subject: 'test' } as const
  return perform(implementation, { params: { eventId }, query: {}, body }, { runtime, programme, caller, now: clock.now })
}

/** A birthday that is booked and one that is due, events of which one was undone, a referral and one that was brought back. */
async function fill(): Promise<Posting> {
  const filled = await posting(now)
  const { runtime, post, clock } = filled
  await createProgramme(runtime.store, 'bonus', { ...demoProgramme, campaigns }, clock.now)
  const posted = async (...operation: Parameters<typeof post>) => expect((await post(...operation)).status).toBe(201)
  await posted({ op: 'member', id: 'ada', body: { birthday: '1990-03-15' } }, 'bonus')
  for (const id of ['bea', 'cleo']) {
    await posted({ op: 'member', id, body: { referredBy: 'ada', birthday: '1990-04-20' } }, 'bonus')
    await posted({ op: 'purchase', id: `leeds:${id}`, body: purchase({ id }, 1000, now) }, 'bonus')
  }
  const back = { occurredAt: now, lines: [{ lineId: '1', quantity: 1, amount: 1000 }] }
  await posted({ op: 'return', purchaseId: 'leeds:cleo', id: 'r-1', body: back }, 'bonus')
  for (const eventId of ['e-1', 'e-2', 'e-3']) {
    const body = { member: { id: 'bea' }, type: 'training', storeId: 'leeds', occurredAt: now }
    expect(await ask(filled, recordEventImplementation, eventId, body)).toMatchObject({ status: 201 })
  }
  expect(await ask(filled, undoEventImplementation, 'e-2')).toMatchObject({ status: 200 })
  clock.now = at('2026-03-16T10:00:00Z')
  expect(await settleMembers(runtime)).toMatchObject({ settled: 1, failed: 0 })
  return filled
}

async function differencesIn(runtime: Runtime): Promise<string[]> {
  const differences: string[] = []
  await verify(runtime, 'bonus', ({ member, what }) => differences.push(`${member}: ${what}`))
  return differences
}

async function exported(runtime: Runtime): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of exportItems(runtime, 'bonus')) items.push(item)
  return items
}

test('an export has all of bonuses, and what is due goes on being so where it is put', async () => {
  const from = await fill()
  expect(await differencesIn(from.runtime)).toEqual([])
  const items = await exported(from.runtime)
  const to = await posting('2026-04-25T10:00:00Z')
  const tally = { items: 0, known: 0, different: 0 }
  await restoreItems(to.runtime, items, 4, tally)
  expect(tally).toEqual({ items: items.length, known: 0, different: 0 })
  expect(await differencesIn(to.runtime)).toEqual([])
  expect(await exported(to.runtime)).toEqual(items)
  const body = { member: { id: 'bea' }, type: 'training', storeId: 'leeds', occurredAt: now }
  expect(await ask(to, recordEventImplementation, 'e-1', body)).toMatchObject({ status: 200, replayed: true })
  expect(await settleMembers(to.runtime)).toMatchObject({ failed: 0 })
  expect((await verify(to.runtime, 'bonus', () => {})).issued).toBe((await verify(from.runtime, 'bonus', () => {})).issued + 200)
})

const member = (id: string) => `P#bonus#M#${id}`

test.each<[string, (key: string) => boolean, Partial<Item> | undefined, string]>([
  [
    'a record is gone',
    (key) => key === `${member('ada')} AUTO#birthday#2026`,
    undefined,
    'ada: bonus AUTO#birthday#ada#2026 has no record that names it',
  ],
  ['an event is gone', (key) => key === 'P#bonus#EVENT#e-1 EVENT', undefined, 'bea: bonus e-1 has no record that names it'],
  [
    'an event is another’s',
    (key) => key === 'P#bonus#EVENT#e-1 EVENT',
    { m: 'ada' },
    'bea: bonus e-1 has no record that names it',
  ],
  [
    'one taken back is not said to be',
    (key) => key === 'P#bonus#EVENT#e-2 EVENT',
    { u: [] },
    'bea: the record of bonus e-2 says otherwise what was taken back',
  ],
  [
    'a budget has more left',
    (key) => key === 'P#bonus#BUDGET#course BUDGET',
    { l: 500 },
    '*: the budget of course is not what was given of it',
  ],
  [
    'a store has more left',
    (key) => key === 'P#bonus#BUDGET#course STORE#leeds',
    { l: 300 },
    '*: what leeds may give of course is not what is left',
  ],
])('verify finds that %s', async (_, isIt, change, expected) => {
  const { runtime } = await fill()
  const { store } = runtime
  const item = (await exported(runtime)).find(({ pk, sk }) => isIt(`${pk} ${sk}`))!
  await store.commit([
    change ? { kind: 'put', item: { ...item, ...change } } : { kind: 'delete', key: { pk: item.pk, sk: item.sk } },
  ])
  expect(await differencesIn(runtime)).toContain(expected)
})

test('verify finds a record of no bonus', async () => {
  const { runtime } = await fill()
  await runtime.store.commit([
    { kind: 'put', item: { pk: member('ada'), sk: 'AUTO#birthday#2025', v: 1, e: [1, 1], b: 'never' } },
  ])
  expect(await differencesIn(runtime)).toEqual(['ada: the record AUTO#birthday#2025 names no bonus'])
})
