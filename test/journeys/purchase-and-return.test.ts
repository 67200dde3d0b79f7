import { afterEach, beforeEach, expect, test } from 'vitest'
import { ok } from '../support/client.ts'
import { back, Journey, line } from './journey.ts'

/** A customer buys, brings goods back bit by bit, and looks at the points in the app. */

let shop: Journey
const ada = { id: 'ada' }

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ok(await shop.enrol('ada', { card: '6335550001' }))
})

afterEach(() => shop.end('ada'))

/** 6 candles of 2.55, a jar of 9.99, and a voucher that earns nothing: 25 points of 25.29. */
const basket = [line('1', 1530, 6), line('2', 999), { ...line('3', 500), excluded: true }]

test('a purchase, to the letter', async () => {
  const posted = await shop.sell('leeds:till-3:1', { card: '6335550001' }, basket, { occurredAt: '2026-11-21T10:15:00Z' })
  expect(posted).toEqual({
    status: 201,
    replayed: false,
    problem: undefined,
    body: {
      purchaseId: 'leeds:till-3:1',
      memberId: 'ada',
      points: { earned: 25, pending: 0 },
      // 15.12 and 9.88 points: the larger remainder takes the point that is left.
      awards: [
        {
          source: 'base',
          revision: 1,
          points: 25,
          lines: [
            { lineId: '1', points: 15 },
            { lineId: '2', points: 10 },
          ],
        },
      ],
      balance: {
        ...{ available: 25, pending: 0, reserved: 0, debt: 0 },
        expiring: [{ points: 25, expiresAt: '2027-12-01T00:00:00Z' }],
        asOf: '2026-11-21T17:00:00Z',
      },
      tier: { id: 'bronze', progress: { metric: 'spend', current: 2529, next: 'silver', needed: 47471 } },
    },
  })
})

test('a replay, whatever has changed since, has the first outcome and the balance of now', async () => {
  const first = await shop.sell('leeds:1', ada, basket, { occurredAt: '2026-11-21T10:15:00Z' })
  ok(await shop.sell('leeds:2', ada, [100_000]))
  ok(await shop.bring('leeds:1', 'r-1', [back('2', 999)]))
  ok(await shop.change('ada', { card: '6335550002', status: 'closed' }))
  shop.travel('2026-12-24T12:00:00Z')
  const before = await shop.dump()
  const again = await shop.sell('leeds:1', ada, basket, { occurredAt: '2026-11-21T10:15:00Z' })
  expect(again).toMatchObject({
    ...{ status: 200, replayed: true },
    body: { points: ok(first).points, awards: ok(first).awards, purchaseId: 'leeds:1', memberId: 'ada' },
  })
  expect(ok(again).balance).toMatchObject({ available: 25 + 1000 - 10, asOf: '2026-12-24T12:00:00Z' })
  expect(ok(again).tier.id).toBe('silver')
  expect(await shop.dump()).toEqual(before)
})

test('many partial returns claw back what one whole return does', async () => {
  ok(await shop.sell('leeds:1', ada, basket))
  ok(await shop.sell('leeds:2', ada, basket))
  const whole = await shop.bring('leeds:2', 'all', [back('1', 1530, 6), back('2', 999), back('3', 500)])
  expect(whole).toMatchObject({ status: 201, body: { returnId: 'all', status: 'booked', points: { clawedBack: 25 } } })

  // Kept: 20.19, then 9.99, then still that, then nothing.
  const parts = [[back('1', 510, 2)], [back('1', 1020, 4)], [back('3', 500)], [back('2', 999)]]
  const clawedBack: number[] = []
  for (const [index, goods] of parts.entries()) {
    const booked = ok(await shop.bring('leeds:1', `part-${index}`, goods))
    if (booked.status === 'booked') clawedBack.push(booked.points.clawedBack)
  }
  expect(clawedBack).toEqual([5, 11, 0, 9])
  expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 0, expiring: [], tier: 'bronze' })
})

test('a return that is replayed claws back once', async () => {
  ok(await shop.sell('leeds:1', ada, basket))
  const first = await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)])
  const before = await shop.dump()
  shop.travel('2026-11-30T12:00:00Z')
  const again = await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)], '2026-11-21T17:00:00Z')
  expect(again).toMatchObject({ status: 200, replayed: true, body: { returnId: 'r-1', points: { clawedBack: 5 } } })
  expect(ok(first)).toMatchObject({ balance: { available: 20 } })
  expect(ok(again)).toMatchObject({ balance: { available: 20, asOf: '2026-11-30T12:00:00Z' } })
  expect(ok(await shop.returned('leeds:1', 'r-1'))).toEqual(ok(again))
  expect(await shop.dump()).toEqual(before)
})

test('a purchase explains itself, returns included', async () => {
  ok(await shop.sell('leeds:1', ada, basket, { occurredAt: '2026-11-21T10:15:00Z' }))
  ok(await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)]))
  ok(await shop.bring('leeds:1', 'r-2', [back('1', 255, 1), back('3', 500)]))
  expect(await shop.explanation('ada', 'leeds:1')).toEqual({
    ...{ purchaseId: 'leeds:1', memberId: 'ada', storeId: 'leeds', tier: 'bronze' },
    ...{ occurredAt: '2026-11-21T10:15:00Z', bookedAt: '2026-11-21T17:00:00Z' },
    points: { earned: 25, kept: 17, expiresAt: '2027-12-01T00:00:00Z', spendableAt: null },
    awards: [
      {
        ...{ source: 'base', revision: 1, points: 25 },
        lines: [
          { lineId: '1', points: 15 },
          { lineId: '2', points: 10 },
        ],
      },
    ],
    lines: [
      { ...line('1', 1530, 6), excluded: false, returned: { quantity: 3, amount: 765 } },
      { ...line('2', 999), excluded: false, returned: { quantity: 0, amount: 0 } },
      { ...line('3', 500), excluded: true, returned: { quantity: 1, amount: 500 } },
    ],
    returns: [
      { returnId: 'r-1', status: 'booked', points: { clawedBack: 5 } },
      { returnId: 'r-2', status: 'booked', points: { clawedBack: 3 } },
    ],
  })
})

test('the activity tells it newest first, page by page', async () => {
  ok(await shop.sell('leeds:1', ada, basket))
  ok(await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)]))
  ok(await shop.adjust('ada', 'a-1', 50, 'Opening day'))
  ok(await shop.sell('leeds:2', ada, [60_000]))
  const at = '2026-11-21T17:00:00Z'
  const told = [
    { at, kind: 'earned', points: 600, purchaseId: 'leeds:2', tier: 'silver' },
    { at, kind: 'adjusted', points: 50, adjustmentId: 'a-1', reason: 'Opening day' },
    { at, kind: 'returned', points: -5, purchaseId: 'leeds:1', returnId: 'r-1' },
    { at, kind: 'earned', points: 25, purchaseId: 'leeds:1' },
    { at, kind: 'enrolled', points: 0, tier: 'bronze' },
  ]
  for (const limit of [1, 2, 5, 999]) expect(await shop.activity('ada', limit)).toEqual(told)
})

test('points that are spent when the goods come back become debt, which later points pay first', async () => {
  ok(await shop.sell('leeds:1', ada, [5000]))
  ok(await shop.adjust('ada', 'spent', -40))
  expect(ok(await shop.bring('leeds:1', 'r-1', [back('1', 5000)]))).toMatchObject({
    points: { clawedBack: 50 },
    balance: { available: 0, debt: 40 },
  })
  expect(ok(await shop.sell('leeds:2', ada, [3000]))).toMatchObject({
    points: { earned: 30, pending: 0 },
    balance: { available: 0, debt: 10, expiring: [] },
  })
  expect(ok(await shop.sell('leeds:3', ada, [3000]))).toMatchObject({ balance: { available: 20, debt: 0 } })
  // What paid the debt is not there to be taken again.
  expect(ok(await shop.bring('leeds:2', 'r-2', [back('1', 3000)]))).toMatchObject({ balance: { available: 0, debt: 10 } })
})
