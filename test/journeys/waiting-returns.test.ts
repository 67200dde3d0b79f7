import { afterEach, beforeEach, expect, test } from 'vitest'
import { ok } from '../support/client.ts'
import { back, Journey } from './journey.ts'

/** Goods come back before the till that sold them has posted the sale. */

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ok(await shop.enrol('ada'))
})

afterEach(() => shop.end('ada'))

const ada = { id: 'ada' }
const morning = { occurredAt: '2026-11-21T10:00:00Z' }
const noon = '2026-11-21T12:00:00Z'

test('a return waits, is seen waiting, and is booked when the sale comes', async () => {
  const waiting = { returnId: 'r-1', status: 'waiting' }
  expect(await shop.bring('leeds:1', 'r-1', [back('1', 500)], noon)).toMatchObject({
    status: 202,
    replayed: false,
    body: waiting,
  })
  expect(ok(await shop.returned('leeds:1', 'r-1'))).toEqual(waiting)
  expect(await shop.bring('leeds:1', 'r-1', [back('1', 500)], noon)).toMatchObject({ status: 200, replayed: true, body: waiting })

  const sold = ok(await shop.sell('leeds:1', ada, [{ lineId: '1', sku: 'a', quantity: 2, amount: 1000 }], morning))
  expect(sold).toMatchObject({
    points: { earned: 10, pending: 0 },
    balance: { available: 5 },
    tier: { progress: { current: 500 } },
  })
  const booked = { returnId: 'r-1', status: 'booked', points: { clawedBack: 5 } }
  expect(ok(await shop.returned('leeds:1', 'r-1'))).toMatchObject({ ...booked, balance: { available: 5 } })
  expect(await shop.bring('leeds:1', 'r-1', [back('1', 500)], noon)).toMatchObject({ status: 200, replayed: true, body: booked })
  expect((await shop.explanation('ada', 'leeds:1')).returns).toEqual([booked])
  expect((await shop.activity('ada')).map(({ kind, points }) => [kind, points])).toEqual([
    ['returned', -5],
    ['earned', 10],
    ['enrolled', 0],
  ])
})

test('it goes on like any other once the sale is there', async () => {
  ok(await shop.bring('leeds:1', 'r-1', [back('1', 500)], noon))
  ok(await shop.sell('leeds:1', ada, [{ lineId: '1', sku: 'a', quantity: 2, amount: 1000 }], morning))
  expect(await shop.bring('leeds:1', 'r-2', [back('1', 600)])).toMatchObject({
    status: 409,
    problem: { code: 'return-exceeds-purchase' },
  })
  expect(await shop.bring('leeds:1', 'r-3', [back('1', 500)])).toMatchObject({ status: 201, body: { points: { clawedBack: 5 } } })
  expect(await shop.sell('leeds:1', ada, [{ lineId: '1', sku: 'a', quantity: 2, amount: 1000 }], morning)).toMatchObject({
    ...{ status: 200, replayed: true, body: { points: { earned: 10 }, balance: { available: 0 } } },
  })
})

test('several are applied by when they happened, then by id, whatever the order of posting', async () => {
  // 3 of 5 pieces each time: whichever is first is booked, and the others no longer fit.
  const goods = [back('1', 600, 3)]
  ok(await shop.bring('leeds:1', 'r-b', goods, '2026-11-21T13:00:00Z'))
  ok(await shop.bring('leeds:1', 'r-c', goods, noon))
  ok(await shop.bring('leeds:1', 'r-a', goods, '2026-11-21T14:00:00+01:00'))
  ok(await shop.bring('leeds:1', 'r-d', goods, noon))
  const sold = ok(await shop.sell('leeds:1', ada, [{ lineId: '1', sku: 'a', quantity: 5, amount: 1000 }], morning))
  expect(sold).toMatchObject({ points: { earned: 10 }, balance: { available: 4 } })
  const refused = { status: 'refused', code: 'return-exceeds-purchase' }
  expect((await shop.explanation('ada', 'leeds:1')).returns).toEqual([
    { returnId: 'r-c', status: 'booked', points: { clawedBack: 6 } },
    { returnId: 'r-d', ...refused },
    { returnId: 'r-a', ...refused },
    { returnId: 'r-b', ...refused },
  ])
  expect(ok(await shop.returned('leeds:1', 'r-d'))).toEqual({ returnId: 'r-d', ...refused })
  expect(await shop.bring('leeds:1', 'r-d', goods, noon)).toMatchObject({ status: 200, replayed: true, body: refused })
})

test('one for a line that was never sold is kept as refused, and spoils no other', async () => {
  ok(await shop.bring('leeds:1', 'r-1', [back('9', 100)], noon))
  ok(await shop.bring('leeds:1', 'r-2', [back('1', 1000)], noon))
  expect(ok(await shop.sell('leeds:1', ada, [1000, 2000], morning))).toMatchObject({
    points: { earned: 30 },
    balance: { available: 20 },
  })
  expect(ok(await shop.returned('leeds:1', 'r-1'))).toEqual({ returnId: 'r-1', status: 'refused', code: 'line-unknown' })
  expect(ok(await shop.returned('leeds:1', 'r-2'))).toMatchObject({ status: 'booked', points: { clawedBack: 10 } })
})

test('a sale that comes with everything returned leaves nothing, and no tier', async () => {
  ok(await shop.bring('leeds:1', 'r-1', [back('1', 60_000)], noon))
  expect(ok(await shop.sell('leeds:1', ada, [60_000], morning))).toMatchObject({
    ...{ points: { earned: 600 }, balance: { available: 0, debt: 0, expiring: [] } },
    tier: { id: 'bronze', progress: { current: 0 } },
  })
})

test('a sale that cannot be taken leaves its returns waiting', async () => {
  ok(await shop.bring('leeds:1', 'r-1', [back('1', 1000)], noon))
  const before = await shop.dump()
  expect(await shop.sell('leeds:1', { id: 'nobody' }, [1000], morning)).toMatchObject({ status: 404 })
  expect(await shop.sell('leeds:1', ada, [1000], { ...morning, currency: 'EUR' })).toMatchObject({ status: 422 })
  expect(await shop.dump()).toEqual(before)
  expect(await shop.sell('leeds:1', { card: 'new' }, [1000], morning)).toMatchObject({
    ...{ status: 201, body: { points: { earned: 10 }, balance: { available: 0 } } },
  })
  expect(ok(await shop.returned('leeds:1', 'r-1'))).toMatchObject({ status: 'booked', points: { clawedBack: 10 } })
})

test('no more than 20 wait for one sale', async () => {
  for (let n = 1; n <= 20; n += 1) {
    const id = `r-${String(n).padStart(2, '0')}`
    expect(await shop.bring('leeds:1', id, [back('1', 100)], noon)).toMatchObject({ status: 202 })
  }
  const before = await shop.dump()
  expect(await shop.bring('leeds:1', 'r-21', [back('1', 100)], noon)).toMatchObject({
    ...{ status: 409, problem: { code: 'too-many-waiting-returns' } },
  })
  expect(await shop.dump()).toEqual(before)
  expect(await shop.bring('leeds:1', 'r-20', [back('1', 100)], noon)).toMatchObject({ status: 200, replayed: true })
  const sold = await shop.sell('leeds:1', ada, [{ lineId: '1', sku: 'a', quantity: 25, amount: 2500 }], morning)
  expect(ok(sold)).toMatchObject({ points: { earned: 25 }, balance: { available: 5 } })
  expect(await shop.bring('leeds:1', 'r-21', [back('1', 100)], noon)).toMatchObject({
    status: 201,
    body: { points: { clawedBack: 1 } },
  })
})
