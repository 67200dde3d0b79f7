import { describe, expect, test } from 'vitest'
import { readRedemption, reverseRedemptionAsStaff } from '../../functions/contract/redemptions.ts'
import { ok } from '../support/client.ts'
import { publishNext } from '../support/publish.ts'
import {
  basket,
  capture,
  openShop,
  openShopForEachTest,
  redeem,
  release,
  reverse,
  shop,
  shopDocument,
  spends,
} from './redemption-journey.ts'

/** Points worth something: what a reward costs, at once or held and then spent, and given back. */

openShopForEachTest()

describe('one step', () => {
  test('takes the price once, and says so again', async () => {
    const first = await redeem('r-1', 'fiver')
    expect(first.status).toBe(201)
    expect(ok(first)).toMatchObject({ state: 'captured', points: { price: 100, restored: 0 }, money: 500, ...spends(50) })
    const replay = await redeem('r-1', 'fiver')
    expect(replay).toMatchObject({ status: 200, replayed: true })
    expect(ok(replay)).toEqual({ ...ok(first), balance: ok(replay).balance })
    expect((await redeem('r-1', 'tenth')).problem?.code).toBe('id-reused')
    expect(await shop.standing('ada')).toMatchObject({ available: 50, reserved: 0 })
    expect((await shop.activity('ada'))[0]).toMatchObject({
      kind: 'redeemed',
      points: -100,
      redemptionId: 'r-1',
      rewardId: 'fiver',
    })
  })

  test('of a week ago is taken, and recognised however much later it is sent again', async () => {
    const first = await redeem('r-1', 'fiver', { occurredAt: '2026-11-14T17:00:00Z' })
    expect(first.status).toBe(201)
    shop.travel('2027-03-01T10:00:00Z')
    expect(await redeem('r-1', 'fiver', { occurredAt: '2026-11-14T17:00:00Z' })).toMatchObject({ status: 200, replayed: true })
  })

  test('a percentage of the basket, up to its ceiling, rounded down', async () => {
    expect(ok(await redeem('r-1', 'tenth', { basket: basket(1000, 999) }))).toMatchObject({ money: 199 })
    expect(ok(await redeem('r-2', 'tenth', { basket: basket(9000) }))).toMatchObject({ money: 300 })
    expect(ok(await redeem('r-3', 'tenth', { basket: basket(1000) }))).toMatchObject({ money: 100, ...spends(0) })
  })

  test('points as money: as many as the customer likes', async () => {
    expect(ok(await redeem('r-1', 'cash', { points: 101, basket: basket(50) }))).toMatchObject({ money: 50, ...spends(49) })
    expect((await redeem('r-2', 'cash', { points: 40, basket: basket(19) })).problem).toMatchObject({
      code: 'reward-exceeds-basket',
      errors: [{ pointer: '/points' }],
    })
  })
})

describe('two phases', () => {
  test('points are held, then spent', async () => {
    expect(ok(await redeem('r-1', 'candle', { mode: 'reserve' }))).toMatchObject({
      ...{ state: 'reserved', lapsesAt: '2026-11-21T17:10:00Z', ...spends(70, 80) },
    })
    expect(ok(await capture('r-1'))).toMatchObject({ state: 'captured', ...spends(70) })
    expect(await capture('r-1')).toMatchObject({ status: 200, replayed: true })
    // Two stores would hand it out.
    expect((await capture('r-1', { storeId: 'york' })).problem?.code).toBe('redemption-captured')
    expect((await release('r-1')).problem?.code).toBe('redemption-captured')
    // The first answer's outcome is told again; where it stands is told as of now.
    expect(ok(await redeem('r-1', 'candle', { mode: 'reserve' }))).toMatchObject({ state: 'captured', ...spends(70) })
  })

  test('or let go', async () => {
    ok(await redeem('r-1', 'candle', { mode: 'reserve' }))
    expect(ok(await release('r-1'))).toMatchObject({ state: 'released', ...spends(150) })
    expect(await release('r-1')).toMatchObject({ status: 200, replayed: true })
    expect((await capture('r-1')).problem?.code).toBe('redemption-released')
    expect((await reverse('r-1')).problem?.code).toBe('redemption-released')
    // Both its piece of the stock and its place in the day's limit are free again.
    ok(await redeem('r-2', 'candle'))
  })

  test.each(['nobody', 'the job', 'a sale'])('or lapse, booked by %s', async (by) => {
    ok(await redeem('r-1', 'candle', { mode: 'reserve' }))
    shop.travel('2026-11-21T17:09:59.999Z')
    expect(await shop.standing('ada')).toMatchObject({ available: 70, reserved: 80 })
    shop.travel('2026-11-21T17:10:00Z')
    if (by === 'the job') expect(await shop.laurel.settle('ada')).toMatchObject({ settled: 1 })
    if (by === 'a sale') ok(await shop.sell('leeds:2', { id: 'ada' }, [100]))
    expect(await shop.standing('ada')).toMatchObject({ available: by === 'a sale' ? 151 : 150, reserved: 0 })
    expect(ok(await shop.till.ask(readRedemption, { params: { redemptionId: 'r-1' } })).state).toBe('lapsed')
    for (const late of [capture, release, reverse]) expect((await late('r-1')).problem?.code).toBe('redemption-lapsed')
    expect((await shop.activity('ada')).filter(({ kind }) => kind === 'lapsed')).toMatchObject([{ points: 80 }])
    ok(await redeem('r-2', 'candle'))
  })
})

describe('reversing', () => {
  test('gives the very points back, once', async () => {
    ok(await redeem('r-1', 'candle'))
    expect(ok(await reverse('r-1', 'Broken'))).toMatchObject({
      state: 'reversed',
      points: { price: 80, restored: 80 },
      ...spends(150),
    })
    expect(await reverse('r-1')).toMatchObject({ status: 200, replayed: true })
    expect((await capture('r-1')).problem?.code).toBe('redemption-reversed')
    expect((await shop.standing('ada')).expiring).toEqual([{ points: 150, expiresAt: '2027-12-01T00:00:00Z' }])
    ok(await redeem('r-2', 'candle'))
  })

  test('what is only held is released, not reversed', async () => {
    ok(await redeem('r-1', 'candle', { mode: 'reserve' }))
    expect((await reverse('r-1')).problem?.code).toBe('redemption-not-captured')
  })

  test('by staff, with a reason', async () => {
    ok(await redeem('r-1', 'fiver'))
    const asked = { params: { redemptionId: 'r-1' }, body: { reason: 'The till froze' } }
    expect(ok(await shop.office.ask(reverseRedemptionAsStaff, asked))).toMatchObject({ state: 'reversed', ...spends(150) })
  })

  test('what expired meanwhile expires again', async () => {
    ok(await redeem('r-1', 'fiver'))
    shop.travel('2027-12-01T00:00:00Z')
    expect(ok(await reverse('r-1'))).toMatchObject({ state: 'reversed', ...spends(0) })
    expect((await shop.activity('ada')).slice(0, 2)).toMatchObject([
      { kind: 'expired', points: -100 },
      { kind: 'restored', points: 100 },
    ])
  })

  test('or lives on for days of grace, as the programme says', async () => {
    const redemptions = { expiredMeanwhile: { graceDays: 14 } }
    await publishNext(shop.laurel.runtime.store, 'shop', { ...shopDocument, redemptions }, '2026-11-22T00:00:00Z')
    ok(await redeem('r-1', 'fiver'))
    shop.travel('2027-12-01T10:00:00Z')
    const expiring = [{ points: 100, expiresAt: '2027-12-16T00:00:00Z' }]
    expect(ok(await reverse('r-1'))).toMatchObject({ balance: { available: 100, expiring } })
  })

  test('or lives as long as what is left of its bucket, which activity kept alive', async () => {
    const kept = { ...shopDocument.points, expiry: { inactivity: 6 } }
    await openShop({ ...shopDocument, points: kept, redemptions: { expiredMeanwhile: { graceDays: 14 } } })
    ok(await shop.enrol('ada'))
    ok(await shop.sell('leeds:1', { id: 'ada' }, [15_000]))
    ok(await redeem('r-1', 'fiver'))
    shop.travel('2027-05-01T10:00:00Z')
    ok(await shop.sell('leeds:2', { id: 'ada' }, [1000]))
    shop.travel('2027-06-01T10:00:00Z')
    const expiring = [{ points: 160, expiresAt: '2027-11-02T00:00:00Z' }]
    expect(ok(await reverse('r-1'))).toMatchObject({ balance: { available: 160, expiring } })
  })

  test('from however many buckets it was taken', async () => {
    await openShop({ ...shopDocument, points: { ...shopDocument.points, expiry: { months: 12 } } })
    ok(await shop.enrol('ada'))
    const days = 70
    for (let day = 1; day <= days; day += 1) {
      shop.travel(new Date(Date.parse('2027-01-01T10:00:00Z') + day * 86_400_000).toISOString())
      ok(await shop.sell(`leeds:${day}`, { id: 'ada' }, [200]))
    }
    ok(await redeem('r-1', 'cash', { points: days * 2, basket: basket(10_000) }))
    shop.travel('2029-06-01T10:00:00Z')
    expect(ok(await reverse('r-1'))).toMatchObject({ state: 'reversed', balance: { available: 0 } })
  })

  test('debt is paid first', async () => {
    ok(await redeem('r-1', 'fiver'))
    ok(await shop.bring('leeds:1', 'b-1', [{ lineId: '1', quantity: 1, amount: 15_000 }]))
    expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 100 })
    expect(ok(await reverse('r-1'))).toMatchObject({ balance: { available: 0, debt: 0 } })
  })
})
