import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideClaim, listClaims, undoClaim } from '../../functions/contract/claim-office.ts'
import { settleClaim, submitMyClaim } from '../../functions/contract/claims.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** Promises of different haste: what is decided soon is given late. And one of a mug, which people hand over. */
const promise = (id: string, sku: string, days: { decide: number; settle: number }) => ({
  ...{ id, name: id, covers: { skus: [sku] }, window: { days: 365 }, remedy: { refund: { rate: 10_000 } } },
  ...{ goodsBack: false, days },
})
const document = programmeDocument.parse({
  ...demoProgramme,
  rewards: [{ id: 'mug', kind: 'product', sku: 'mug', price: { points: 50 } }],
  guarantees: [
    promise('quick', 'sku-1', { decide: 1, settle: 9 }),
    promise('usual', 'sku-2', { decide: 3, settle: 5 }),
    promise('slow', 'sku-3', { decide: 12, settle: 2 }),
    { ...promise('mug', 'sku-4', { decide: 3, settle: 7 }), remedy: { voucher: { reward: 'mug' } } },
  ],
})

let shop: Journey

beforeEach(async () => {
  const laurel = await Laurel.start('2026-02-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  shop = await Journey.in(laurel, 'shop')
  for (const member of ['ada', 'bert']) {
    ok(await shop.enrol(member))
    ok(await shop.sell(`leeds:${member}`, { id: member }, [1_000, 2_000, 3_000, 4_000]))
  }
})
afterEach(() => shop.end('ada', 'bert'))

const claim = async (member: string, lineId: string) => {
  const body = { purchaseId: `leeds:${member}`, lines: [{ lineId, quantity: 1 }] }
  return ok(await (await shop.app(member)).ask(submitMyClaim, { params: { id: `of-${lineId}` }, body }))
}
const decide = async (id: string, decision: 'approve' | 'decline' = 'approve') =>
  ok(await shop.office.ask(decideClaim, { params: { id }, body: { decision, reason: 'We looked at it.' } }))

type Query = NonNullable<Asked<typeof listClaims>['query']>
const list = (query: Query) => shop.office.ask(listClaims, { query })
const nameOf = ({ memberId, guarantee }: { memberId: string; guarantee: { id: string } }) => `${guarantee.id} ${memberId}`
const page = async (query: Query) => {
  const { items, nextCursor } = ok(await list(query))
  return { names: items.map(nameOf), nextCursor }
}
/** The whole line, page by page. */
async function inLine(query: Query) {
  const names: string[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const next = await page({ ...query, ...(cursor !== undefined && { cursor }) })
    expect(next.names.length).toBeLessThanOrEqual(Number(query.limit))
    names.push(...next.names)
    cursor = next.nextCursor
  }
  return names
}

describe('the line of claims', () => {
  /** In the order in which they are made, which is that of no deadline. */
  const made = async () => {
    const slow = await claim('ada', '3')
    const usual = await claim('bert', '2')
    const quick = await claim('ada', '1')
    const slower = await claim('bert', '3')
    const also = await claim('bert', '1')
    return { slow, usual, quick, slower, also }
  }
  const urgentFirst = ['quick ada', 'quick bert', 'usual bert', 'slow ada', 'slow bert']

  test.each(['1', '2', '3', '5', '50'])('is that of their deadlines, by pages of %s', async (limit) => {
    await made()
    const names = await inLine({ limit })
    expect([...names.slice(0, 2).sort(), names[2], ...names.slice(3).sort()]).toEqual(urgentFirst)
    expect((await list({})).body?.items.map(({ dueAt }) => dueAt)).toEqual([
      ...['2026-02-12T00:00:00Z', '2026-02-12T00:00:00Z', '2026-02-14T00:00:00Z'],
      ...['2026-02-23T00:00:00Z', '2026-02-23T00:00:00Z'],
    ])
  })

  test('goes on where it was left, whatever was decided or came meanwhile', async () => {
    const { quick, also, usual } = await made()
    const first = await page({ limit: '2' })
    expect(first.names.toSorted()).toEqual(['quick ada', 'quick bert'])
    for (const { id } of [quick, also, usual]) await decide(id, 'decline')
    await claim('ada', '2')
    const second = await page({ limit: '2', cursor: first.nextCursor! })
    expect(second.names[0]).toBe('usual ada')
    expect(await page({ limit: '2', cursor: second.nextCursor! })).toMatchObject({ names: [expect.stringMatching(/^slow/)] })
  })

  test('of those that are overdue ends at now', async () => {
    await made()
    expect(await inLine({ overdue: 'true', limit: '1' })).toEqual([])
    shop.travel('2026-02-12T00:00:00Z')
    expect((await inLine({ overdue: 'true', limit: '1' })).toSorted()).toEqual(['quick ada', 'quick bert'])
    shop.travel('2026-02-14T00:00:00Z')
    expect((await inLine({ overdue: 'true', limit: '2' })).at(-1)).toBe('usual bert')
    expect(ok(await list({})).items.map(({ isOverdue }) => isOverdue)).toEqual([true, true, true, false, false])
    // What is not due yet is no place among what is overdue.
    const { nextCursor } = await page({ limit: '4' })
    expect((await list({ overdue: 'true', cursor: nextCursor! })).problem?.code).toBe('invalid-cursor')
  })

  test('of what was approved is that in which it is to be given', async () => {
    const { slow, usual, quick } = await made()
    for (const { id } of [quick, usual, slow]) await decide(id)
    expect(await inLine({ awaits: 'remedy', limit: '2' })).toEqual(['slow ada', 'usual bert', 'quick ada'])
    expect((await inLine({ limit: '1' })).toSorted()).toEqual(['quick bert', 'slow bert'])
  })

  test.each(['nonsense', Buffer.from('0').toString('base64url'), Buffer.from('9#leeds:1').toString('base64url')])(
    'has no place %s',
    async (cursor) => {
      await made()
      expect(await list({ cursor })).toMatchObject({ status: 400, problem: { code: 'invalid-cursor' } })
    },
  )
})

describe('a reward that is no voucher, as a remedy', () => {
  const settle = (id: string, amount: number) =>
    shop.till.ask(settleClaim, { params: { id }, body: { amount, currency: 'GBP', occurredAt: shop.now, storeId: 'leeds' } })

  test('waits to be handed over, and is settled with nothing paid', async () => {
    const { available } = await shop.standing('ada')
    const { id } = await claim('ada', '4')
    const remedy = { kind: 'voucher', amount: 0, currency: 'GBP', reward: 'mug' }
    expect(await decide(id)).toMatchObject({ state: 'approved', awaits: 'remedy', dueAt: '2026-02-18T00:00:00Z', remedy })
    expect(await page({ awaits: 'remedy' })).toMatchObject({ names: ['mug ada'] })
    // The goods count as returned; the mug costs no points.
    expect((await shop.standing('ada')).available).toBe(available - 40)
    expect(await settle(id, 4_000)).toMatchObject({
      ...{ status: 409, problem: { code: 'settlement-differs', errors: [{ pointer: '/amount' }] } },
    })
    expect(await settle(id, 0)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null, dueAt: null } })
    expect(await settle(id, 0)).toMatchObject({ status: 200, replayed: true })
    expect(await page({ awaits: 'remedy' })).toMatchObject({ names: [] })
    expect(ok(await (await shop.app('ada')).ask(readMyVouchers, {})).items).toEqual([])
    expect((await shop.standing('ada')).available).toBe(available - 40)
    const undo = { params: { id }, body: { reason: 'No.', notGiven: true } } as const
    expect(await shop.office.ask(undoClaim, undo)).toMatchObject({ status: 409, problem: { code: 'claim-settled' } })
  })

  test('is not handed over where the approval is undone before', async () => {
    const { available } = await shop.standing('ada')
    const { id } = await claim('ada', '4')
    await decide(id)
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'Wrong.', notGiven: true } }))
    expect(await page({ awaits: 'remedy' })).toMatchObject({ names: [] })
    expect((await shop.standing('ada')).available).toBe(available)
  })
})
