import { afterEach, beforeEach, expect, test } from 'vitest'
import { runBatch } from '../../functions/contract/batch.ts'
import { ok } from '../support/client.ts'
import { back, Journey } from './journey.ts'

/** A till without a line keeps a queue, and posts it when it is back. */

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-23T09:00:00Z')
})

afterEach(() => shop.end())

type Operation = Parameters<typeof post>[0][number]

async function post(operations: Parameters<typeof shop.till.ask<typeof runBatch>>[1]['body']['operations']) {
  return ok(await shop.till.ask(runBatch, { body: { operations } })).results as { status: number; body: Outcome }[]
}

interface Outcome {
  readonly code?: string
  readonly errors?: readonly { readonly pointer: string }[]
  readonly points?: { readonly earned?: number; readonly clawedBack?: number }
  readonly balance?: { readonly available: number }
}

const enrol = (id: string, body: object): Operation => ({ op: 'member', id, body })
const sell = (id: string, member: { id: string } | { card: string }, amount: number, occurredAt: string): Operation => ({
  ...{ op: 'purchase', id, body: shop.saleOf(id, member, [amount], { occurredAt }) },
})
const bring = (purchaseId: string, id: string, amount: number, occurredAt: string): Operation => ({
  ...{ op: 'return', purchaseId, id, body: { occurredAt, lines: [back('1', amount)] } },
})

const queue = (): Operation[] => [
  enrol('ada', { card: '6335550001' }),
  sell('leeds:1', { card: '6335550001' }, 1000, '2026-11-21T10:00:00Z'),
  sell('leeds:2', { id: 'ada' }, 2000, '2026-11-21T11:00:00Z'),
  bring('leeds:1', 'r-1', 500, '2026-11-21T12:00:00Z'),
  bring('leeds:9', 'r-1', 500, '2026-11-21T12:00:00Z'),
]

test('a queue of everything, in order, each as if it were posted alone', async () => {
  const results = await post(queue())
  expect(results.map(({ status }) => status)).toEqual([201, 201, 201, 201, 202])
  expect(results[1]?.body).toMatchObject({ points: { earned: 10 }, balance: { available: 10 } })
  expect(results[2]?.body).toMatchObject({ points: { earned: 20 }, balance: { available: 30 } })
  expect(results[3]?.body).toMatchObject({ status: 'booked', points: { clawedBack: 5 }, balance: { available: 25 } })
  expect(results[4]?.body).toEqual({ returnId: 'r-1', status: 'waiting' })
  const alone = [
    ok(await shop.sell('leeds:2', { id: 'ada' }, [2000], { occurredAt: '2026-11-21T11:00:00Z' })),
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 500)], '2026-11-21T12:00:00Z')),
  ]
  const [, , second, third] = await post(queue())
  expect([second?.body, third?.body]).toEqual(alone)
})

test('OCA/pos#185: a queue that is posted again, whole or in part, changes nothing', async () => {
  const first = await post(queue())
  const before = await shop.dump()
  const again = await post(queue())
  expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(again.map(({ body }) => body.points)).toEqual(first.map(({ body }) => body.points))
  await post(queue().slice(2))
  expect(await shop.dump()).toEqual(before)
  expect((await shop.standing('ada')).available).toBe(25)
})

test('what members did that is no purchase, in its place among the others', async () => {
  const training = (id: string, member: { id: string } | { card: string }, more: object = {}): Operation => ({
    ...{ op: 'event', id, body: { member, type: 'training', occurredAt: '2026-11-21T10:30:00Z', ...more } },
  })
  const queued = [
    training('t-1', { card: '6335550001' }),
    enrol('ada', { card: '6335550001' }),
    training('t-1', { card: '6335550001' }, { storeId: 'leeds' }),
    training('t-1', { id: 'ada' }, { storeId: 'leeds' }),
    training('t-2', { id: 'ada' }, { occurredAt: '2026-11-25T10:00:00Z' }),
    training('t-3', { id: 'ada' }, { type: 7 }),
    training('t 4', { id: 'ada' }),
    sell('leeds:1', { card: '6335550001' }, 1000, '2026-11-21T10:00:00Z'),
  ]
  const results = await post(queued)
  expect(results.map(({ status, body }) => [status, body.code, body.errors?.[0]?.pointer])).toEqual([
    [404, 'member-unknown', '/member/card'],
    [201, undefined, undefined],
    [201, undefined, undefined],
    [409, 'id-reused', undefined],
    [422, 'occurred-in-future', '/occurredAt'],
    [422, 'invalid-body', '/type'],
    [400, 'invalid-parameter', '/eventId'],
    [201, undefined, undefined],
  ])
  expect(results[2]?.body).toMatchObject({ eventId: 't-1', memberId: 'ada', type: 'training', points: { earned: 0 } })
  const before = await shop.dump()
  expect((await post(queued.slice(2, 3)))[0]).toMatchObject({ status: 200, body: { eventId: 't-1' } })
  expect(await shop.dump()).toEqual(before)
})

test('an event of a store that the till may not post for is refused alone', async () => {
  const { laurel } = shop
  const york = laurel.client(await laurel.token({ subject: 'york', programme: 'demo', stores: ['york'] }, ['laurel/pos']))
  const body = { member: { id: 'ada' }, type: 'training', occurredAt: '2026-11-21T10:30:00Z', storeId: 'leeds' }
  const { results } = ok(await york.ask(runBatch, { body: { operations: [enrol('ada', {}), { op: 'event', id: 't-1', body }] } }))
  expect(results).toMatchObject([{ status: 201 }, { status: 403, body: { code: 'store-forbidden' } }])
})

test('bad ones in the middle are told, and spoil no other', async () => {
  const at = '2026-11-21T10:00:00Z'
  const results = await post([
    enrol('ada', { card: '6335550001' }),
    sell('leeds:1', { id: 'ada' }, -1, at),
    { op: 'purchase', id: 'leeds:2', body: null },
    { op: 'purchase', id: 'leeds:3', body: { ...(sell('leeds:3', { id: 'ada' }, 100, at).body as object), tip: 1 } },
    sell('york:1', { id: 'nobody' }, 100, at),
    enrol('bert', { card: '6335550001' }),
    { op: 'return', purchaseId: 'leeds:4', id: 'r-1', body: 'broken' },
    sell('leeds:5', { id: 'ada' }, 500, '2026-11-25T10:00:00Z'),
    sell('leeds:4', { id: 'ada' }, 1000, at),
    bring('leeds:4', 'r-2', 1001, at),
    sell('leeds:4', { id: 'ada' }, 1001, at),
    enrol('carl', {}),
  ])
  expect(results.map(({ status, body }) => [status, body.code, body.errors?.[0]?.pointer])).toEqual([
    [201, undefined, undefined],
    [422, 'invalid-body', '/lines/0/amount'],
    [422, 'invalid-body', ''],
    [422, 'invalid-body', '/tip'],
    [404, 'member-unknown', '/member/id'],
    [409, 'card-taken', '/card'],
    [422, 'invalid-body', ''],
    [422, 'occurred-in-future', '/occurredAt'],
    [201, undefined, undefined],
    [409, 'return-exceeds-purchase', '/lines/0/amount'],
    [409, 'id-reused', undefined],
    [201, undefined, undefined],
  ])
  expect((await shop.standing('ada')).available).toBe(10)
  await shop.member('carl')
})

test('a queue with a shape that is none is refused whole', async () => {
  const before = await shop.dump()
  const good = enrol('ada', {})
  const shapes: unknown[] = [
    { op: 'steal', id: 'a', body: {} },
    { op: 'member', id: 'a' },
    { id: 'a', body: {} },
    null,
    { ...good, at: 1 },
  ]
  for (const bad of shapes) {
    const refused = await shop.till.ask(runBatch, { body: { operations: [good, bad as Operation] } })
    expect(refused).toMatchObject({ status: 422, problem: { code: 'invalid-body' } })
    expect(refused.problem?.errors?.[0]?.pointer).toMatch(/^\/operations\/1/)
  }
  const tooMany = await shop.till.ask(runBatch, { body: { operations: Array.from({ length: 101 }, () => good) } })
  expect(tooMany).toMatchObject({ status: 422, problem: { code: 'invalid-body', errors: [{ pointer: '/operations' }] } })
  expect(await shop.dump()).toEqual(before)
})

test('an id that is none spoils its own operation alone', async () => {
  const bad = ['a b', '', 'a'.repeat(129), '../ada'].map((id) => enrol(id, {}))
  const results = await post([...bad, enrol('ada', {}), { ...bring('no such id', 'r-1', 1, shop.now) }])
  expect(results.map(({ status, body }) => [status, body.code])).toEqual([
    ...bad.map(() => [400, 'invalid-parameter']),
    [201, undefined],
    [400, 'invalid-parameter'],
  ])
})

test('frappe/erpnext#14885: late, in the wrong order and mixed with another till’s, it comes to the same points', async () => {
  const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T10:00:00Z`
  const sales = Array.from({ length: 12 }, (_, n) => sell(`leeds:${n}`, { id: 'ada' }, 177 * (n + 1), day(n + 1)))
  const returns = Array.from({ length: 6 }, (_, n) => bring(`leeds:${n}`, 'r-1', 99, day(20)))
  ok(await shop.enrol('ada'))
  await post([...returns.slice(0, 3), ...sales.toReversed()])
  await post([...returns, ...sales])
  // Each basket is floored by itself, on what is kept of it. All of them together stay below the next tier.
  const kept = Array.from({ length: 12 }, (_, n) => Math.floor((177 * (n + 1) - (n < 6 ? 99 : 0)) / 100))
  expect((await shop.standing('ada')).available).toBe(kept.reduce((sum, points) => sum + points, 0))
})
