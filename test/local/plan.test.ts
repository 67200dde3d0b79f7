import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BatchOperation } from '../../functions/contract/batch.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { importFile } from '../../functions/local/import-file.ts'
import { planChains } from '../../functions/local/plan.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { profileOf } from '../../functions/store/profile-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item } from '../../functions/store/store.ts'
import { seeded } from './data-file.ts'
import { at, dawdling, ndjsonFile, posting, postingOn } from './posting.ts'
import { purchase } from './processes.ts'

const now = '2026-11-22T12:00:00Z'
const sold = '2026-11-21T10:00:00Z'

const member = (id: string, body: unknown = {}): BatchOperation => ({ op: 'member', id, body })
const sale = (id: string, who: { id: string } | { card: string }, amount = 1000, occurredAt = sold): BatchOperation => ({
  op: 'purchase',
  id,
  body: purchase(who, amount, occurredAt),
})
const comeback = (purchaseId: string, id = 'r-1', amount = 100): BatchOperation => ({
  op: 'return',
  purchaseId,
  id,
  body: { occurredAt: sold, lines: [{ lineId: '1', quantity: 1, amount }] },
})

const event = (id: string, who: { id: string } | { card: string }, type = 'training', occurredAt = sold): BatchOperation => ({
  ...{ op: 'event', id, body: { member: who, type, occurredAt } },
})

/** Chains of operations, each named by its place in the file. */
async function chains(operations: readonly BatchOperation[], done: readonly BatchOperation[] = []): Promise<number[][]> {
  const { runtime, post } = await posting(now)
  for (const operation of done) expect((await post(operation)).status).toBeLessThan(300)
  const programme = (await runtime.programmes.get('demo'))!
  const planned = await planChains(runtime, programme, operations)
  return planned.map((chain) => chain.map((operation) => operations.indexOf(operation)))
}

describe('operations that could see each other stay in order', () => {
  const one = { id: 'm-1' }
  const card = { card: 'c-1' }
  test.each<[string, BatchOperation[], BatchOperation[]?]>([
    ['of one member', [sale('leeds:1', one), member('m-1'), sale('leeds:2', one)]],
    ['of one card', [sale('leeds:1', card), sale('leeds:2', card)]],
    ['of one purchase, whoever it names', [sale('leeds:1', one), sale('leeds:1', { id: 'm-2' }), sale('leeds:2', { id: 'm-2' })]],
    ['a sale and its returns', [comeback('leeds:1'), sale('leeds:1', card), comeback('leeds:1', 'r-2')]],
    ['a member enrolled with a card, named by either', [sale('leeds:1', card), member('m-1', card), sale('leeds:2', one)]],
    ['a member and their card', [sale('leeds:1', card), sale('leeds:2', one)], [member('m-1', card)]],
    ['a member and a purchase of theirs', [comeback('leeds:1'), sale('leeds:2', one)], [member('m-1'), sale('leeds:1', one)]],
    ['a card and a purchase by it', [comeback('leeds:1'), sale('leeds:2', card)], [sale('leeds:1', card)]],
    ['an e-mail address, however it is written', [member('m-1', { email: 'Ada@X.org' }), member('m-2', { email: 'ada@x.org' })]],
    ['a number, however it is written', [member('m-1', { phone: '+44 77' }), member('m-2', { phone: '0044-77' })]],
    [
      'an e-mail address that is a member’s, in two spellings',
      [member('m-2', { email: 'ADA@x.org' }), member('m-3', { email: 'ada@x.org' }), sale('leeds:1', one)],
      [member('m-1', { email: 'ada@x.org' })],
    ],
    ['a sale and what else is said of its member', [sale('leeds:1', one), event('e-1', one)]],
    ['of one event, whoever it names', [event('e-1', one), event('e-1', { id: 'm-2' }), sale('leeds:2', { id: 'm-2' })]],
    [
      'an event’s member and whom it names now',
      [event('e-1', { id: 'm-2' }), sale('leeds:1', one)],
      [member('m-1'), event('e-1', one)],
    ],
    ['what only a third brings together', [sale('leeds:1', one), sale('leeds:2', card), member('m-1', card)]],
  ])('%s', async (_, operations, done) => {
    expect(await chains(operations, done)).toEqual([operations.map((_, index) => index)])
  })
})

describe('the others go side by side', () => {
  test('other members, cards and purchases', async () => {
    const operations = [
      sale('leeds:1', { id: 'm-1' }),
      sale('leeds:2', { card: 'm-1' }),
      sale('leeds:3', { card: 'c-1' }),
      comeback('leeds:4'),
      member('m-2', { card: 'c-2', email: 'ada@x.org', phone: '+441' }),
      member('m-3', { card: 'ada@x.org' }),
      event('leeds:1', { id: 'm-4' }),
      event('leeds:2', { card: 'c-9' }),
    ]
    expect(await chains(operations)).toEqual(operations.map((_, index) => [index]))
  })

  test.each([[null], [[]], ['text'], [7], [{ member: 'm-1', card: 9 }], [{ member: { id: 5 }, email: {} }]])(
    'a body that is nonsense names nothing: %j',
    async (body) => {
      const operations: BatchOperation[] = [
        { op: 'purchase', id: 'leeds:1', body },
        { op: 'member', id: 'm-1', body },
        { op: 'return', purchaseId: 'leeds:2', id: 'r-1', body },
        { op: 'event', id: 'e-1', body },
      ]
      expect(await chains(operations)).toEqual([[0], [1], [2], [3]])
    },
  )
})

/** Few names for many operations, so that they meet. */
const operation: fc.Arbitrary<BatchOperation> = (() => {
  const memberIds = fc.constantFrom('m-1', 'm-2', 'm-3', 'm-4')
  const cards = fc.constantFrom('c-1', 'c-2', 'c-3', 'c-4')
  const purchases = fc.constantFrom(...Array.from({ length: 12 }, (_, n) => `leeds:${n}`))
  const profiles = fc.record(
    {
      card: cards,
      email: fc.constantFrom('ada@x.org', 'Ada@X.ORG', 'bob@x.org'),
      phone: fc.constantFrom('+44 1234 5', '0044 12345', '01234 5'),
    },
    { requiredKeys: [] },
  )
  const who = fc.oneof(
    memberIds.map((id) => ({ id })),
    cards.map((card) => ({ card })),
  )
  const amounts = fc.constantFrom(0, 199, 30_000, 60_000)
  const days = fc.constantFrom('2026-11-19T09:00:00Z', '2026-11-20T09:00:00Z', '2025-12-31T23:30:00Z', '2025-06-01T09:00:00Z')
  return fc.oneof(
    fc.tuple(memberIds, profiles).map(([id, body]) => member(id, body)),
    fc.tuple(purchases, who, amounts, days).map(([id, named, amount, day]) => sale(id, named, amount, day)),
    fc
      .tuple(purchases, fc.constantFrom('r-1', 'r-2'), fc.constantFrom(100, 20_000))
      .map(([id, returned, amount]) => comeback(id, returned, amount)),
    fc
      .tuple(fc.constantFrom('e-1', 'e-2', 'e-3'), who, fc.constantFrom('training', 'survey'), days)
      .map(([id, named, type, day]) => event(id, named, type, day)),
  )
})()

/** Everything that is stored, with ids that Laurel made itself in the words of the card that they were made for. */
async function state(runtime: Runtime): Promise<string[]> {
  const items: Item[] = []
  for await (const item of exportItems(runtime)) items.push(item)
  const made = items
    .filter(({ sk }) => sk === 'PROFILE')
    .map(profileOf)
    .filter(({ memberId }) => !/^(m-\d|demo-member)$/.test(memberId))
    .map(({ memberId, data }) => [memberId, `of-${data.card}`] as const)
  return items
    .map(({ due: _, ...item }) => made.reduce((text, [id, name]) => text.replaceAll(id, name), JSON.stringify(item)))
    .map((text) => text.replace(/#ROSTER#\d+/, '#ROSTER'))
    .sort()
}

/** A store of the demo programme, in which one of the two kinds of events is worth points. */
async function rewardingTraining(): Promise<SqliteStore> {
  const store = new SqliteStore(':memory:')
  const document = { ...demoProgramme, campaigns: [{ id: 'trained', trigger: { event: 'training' }, effect: { points: 7 } }] }
  await createProgramme(store, 'demo', document, at(now))
  return store
}

test('an import has the outcome of posting one after another, in file order', async () => {
  const file = fc.array(operation, { minLength: 2, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(file, file, fc.integer(), async (first, second, chance) => {
      const [store, other] = [await rewardingTraining(), await rewardingTraining()]
      const imported = await postingOn(dawdling(store, seeded(chance)), now)
      const posted = await postingOn(other, now)
      for (const operations of [first, second]) {
        const outcomes: { [outcome: string]: number } = {}
        for (const each of operations) {
          const { status, body } = await posted.post(each)
          const outcome = status < 400 ? String(status) : (body as { code: string }).code
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
        }
        expect((await importFile(imported.runtime, 'demo', ndjsonFile(operations))).outcomes).toEqual(outcomes)
      }
      expect(await state(imported.runtime)).toEqual(await state(posted.runtime))
      const differences: unknown[] = []
      expect((await verify(imported.runtime, undefined, (difference) => differences.push(difference))).ok).toBe(true)
      expect(differences).toEqual([])
      await Promise.all([store.close(), other.close()])
    }),
    { numRuns: 150 },
  )
}, 120_000)
