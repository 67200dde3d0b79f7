import { describe, expect, test } from 'vitest'
import { readMyRedemptions } from '../../functions/contract/my-rewards.ts'
import { ok } from '../support/client.ts'
import { basket, capture, openShopForEachTest, redeem, release, reverse, shop } from './redemption-journey.ts'

/** Goods that were paid with points come back: so do the points, in proportion and once, whatever came first. */

openShopForEachTest()

describe('goods come back that were paid with points', () => {
  const ada = { id: 'ada' }
  const lines = [
    { lineId: '1', sku: 'a', quantity: 1, amount: 1000 },
    { lineId: '2', sku: 'b', quantity: 3, amount: 2000 },
  ]
  const bring = async (id: string, lineId: string, amount: number, quantity = 1) =>
    ok(await shop.bring('leeds:2', id, [{ lineId, quantity, amount }]))

  test('points come back in proportion, and parts add up to the whole, once and only once', async () => {
    ok(await redeem('r-1', 'cash', { points: 100, basket: basket(3000) }))
    ok(await shop.sell('leeds:2', ada, lines, { redemptionIds: ['r-1'] }))
    expect(await shop.standing('ada')).toMatchObject({ available: 80 })
    // 100 × 1000 ÷ 3000, then of 1666, 2333 and all of it, rounded down each time.
    expect(await bring('b-1', '1', 1000)).toMatchObject({ points: { clawedBack: 10, restored: 33 }, balance: { available: 103 } })
    expect(await bring('b-1', '1', 1000)).toMatchObject({ points: { clawedBack: 10, restored: 33 }, balance: { available: 103 } })
    expect(await bring('b-2', '2', 666)).toMatchObject({ points: { restored: 22 } })
    expect(await bring('b-3', '2', 667)).toMatchObject({ points: { restored: 22 } })
    expect(await bring('b-4', '2', 667)).toMatchObject({ points: { restored: 23 }, balance: { available: 150, debt: 0 } })
    const { items } = ok(await (await shop.app('ada')).ask(readMyRedemptions, {}))
    expect(items).toMatchObject([{ state: 'captured', purchaseId: 'leeds:2', points: { price: 100, restored: 100 } }])
    const { returns } = await shop.explanation('ada', 'leeds:2')
    expect(returns.map((one) => ('points' in one ? one.points.restored : null))).toEqual([33, 22, 22, 23])
  })

  test('what came back is not reversed again, and what was reversed does not come back', async () => {
    ok(await redeem('r-1', 'cash', { points: 100 }))
    ok(await shop.sell('leeds:2', ada, lines, { redemptionIds: ['r-1'] }))
    await bring('b-1', '1', 1000)
    expect(ok(await reverse('r-1'))).toMatchObject({ points: { price: 100, restored: 100 }, balance: { available: 170 } })
    expect(await bring('b-2', '2', 2000, 3)).toMatchObject({ points: { clawedBack: 20 }, balance: { available: 150 } })
  })

  test('the redemption may name the purchase instead', async () => {
    ok(await shop.sell('leeds:2', ada, lines))
    expect((await redeem('r-0', 'cash', { points: 100, purchaseId: 'leeds:9' })).problem).toMatchObject({
      ...{ code: 'purchase-unknown', errors: [{ pointer: '/purchaseId' }] },
    })
    ok(await redeem('r-1', 'cash', { points: 60, purchaseId: 'leeds:2' }))
    ok(await redeem('r-2', 'fiver', { mode: 'reserve' }))
    ok(await capture('r-2', { purchaseId: 'leeds:2' }))
    expect(await bring('b-1', '2', 2000, 3)).toMatchObject({ points: { restored: 40 + 66 } })
  })

  test('a redemption pays for one purchase, of its own member, and only where it takes money off', async () => {
    ok(await redeem('r-1', 'cash', { points: 90 }))
    ok(await redeem('r-2', 'york-mug', { storeId: 'york' }))
    ok(await shop.enrol('bea'))
    ok(await shop.sell('leeds:3', { id: 'bea' }, [1000], { redemptionIds: ['r-1'] }))
    ok(await shop.sell('leeds:2', ada, lines, { redemptionIds: ['r-1', 'r-2', 'r-9'] }))
    ok(await shop.sell('leeds:4', ada, [1000], { redemptionIds: ['r-1'] }))
    expect(ok(await shop.bring('leeds:3', 'b', [{ lineId: '1', quantity: 1, amount: 1000 }]))).toMatchObject({
      points: { clawedBack: 10 },
    })
    expect(await bring('b-1', '1', 1000)).toMatchObject({ points: { restored: 30 } })
    const other = ok(await shop.bring('leeds:4', 'b', [{ lineId: '1', quantity: 1, amount: 1000 }]))
    expect('points' in other && other.points).toEqual({ clawedBack: 10 })
  })

  test('also where the return came first, or nothing was left to pay', async () => {
    ok(await redeem('r-1', 'cash', { points: 90 }))
    ok(await shop.bring('leeds:2', 'b-1', [{ lineId: '1', quantity: 1, amount: 1000 }]))
    ok(await shop.sell('leeds:2', ada, lines, { redemptionIds: ['r-1'] }))
    expect(await shop.standing('ada')).toMatchObject({ available: 150 - 90 + 20 + 30 })
    expect(ok(await shop.returned('leeds:2', 'b-1'))).toMatchObject({ points: { clawedBack: 10, restored: 30 } })
    ok(await redeem('r-2', 'cash', { points: 40 }))
    ok(await shop.sell('leeds:5', ada, [{ ...lines[1]!, amount: 0 }], { redemptionIds: ['r-2'] }))
    expect(ok(await shop.bring('leeds:5', 'b', [{ lineId: '2', quantity: 1, amount: 0 }]))).toMatchObject({
      points: { restored: 13 },
    })
  })
})

describe('goods that came back before the points were spent for them', () => {
  const ada = { id: 'ada' }
  const bring = async (purchaseId: string, id: string, quantity: number) =>
    ok(await shop.bring(purchaseId, id, [{ lineId: '1', quantity, amount: 500 * quantity }]))
  /** Sells four pieces for 5.00 each, which a reservation of 90 points is to pay for. */
  const sellHeld = async (redemptionIds?: readonly string[]) => {
    ok(await redeem('r-1', 'cash', { points: 90, mode: 'reserve' }))
    const more = redemptionIds ? { redemptionIds: [...redemptionIds] } : {}
    ok(await shop.sell('leeds:2', ada, [{ lineId: '1', sku: 'a', quantity: 4, amount: 2000 }], more))
  }
  const restored = (reply: Awaited<ReturnType<typeof capture | typeof redeem | typeof reverse>>) => {
    if (reply.body === undefined) throw new Error(reply.problem?.code)
    return reply.body.points.restored
  }

  test.each([
    // Pieces that come back before the capture and after it, and what came back of the points after each step.
    ['one piece before', [1], 22, []],
    ['three, one by one', [1, 1, 1], 67, []],
    ['all of it before', [4], 90, []],
    ['some before and the rest after', [2], 45, [22, 23]],
    ['nothing before', [], 0, [22, 23, 22, 23]],
  ] as const)('come back with the capture, once and only once: %s', async (_, before, atCapture, after) => {
    await sellHeld(['r-1'])
    for (const [n, pieces] of before.entries()) {
      const { points } = (await bring('leeds:2', `b-${n}`, pieces)) as { points: object }
      expect(points).not.toHaveProperty('restored')
    }
    for (let n = 0; n < 2; n += 1) expect(restored(await capture('r-1'))).toBe(atCapture)
    for (const [n, points] of after.entries()) {
      for (let again = 0; again < 2; again += 1) {
        expect(await bring('leeds:2', `a-${n}`, 1)).toMatchObject({ points: { restored: points } })
      }
    }
    const back = atCapture + after.reduce<number>((sum, points) => sum + points, 0)
    const kept = 20 - 5 * (before.reduce<number>((sum, pieces) => sum + pieces, 0) + after.length)
    expect(await shop.standing('ada')).toMatchObject({ available: 150 + kept - 90 + back, reserved: 0 })
    expect(restored(await reverse('r-1'))).toBe(90)
    expect(await shop.standing('ada')).toMatchObject({ available: 150 + kept })
    // Of the reversal, too, though it gave nothing back that was not back already.
    const entries = (await shop.activity('ada')).filter(({ kind }) => kind === 'restored')
    expect(entries.length).toBe((atCapture > 0 ? 1 : 0) + after.length + 1)
  })

  test('also where the redemption names the purchase when it is captured, or made', async () => {
    await sellHeld()
    await bring('leeds:2', 'b-1', 4)
    ok(await redeem('r-2', 'cash', { points: 20, purchaseId: 'leeds:2', mode: 'reserve' }))
    expect(restored(await capture('r-1', { purchaseId: 'leeds:2' }))).toBe(90)
    expect(restored(await capture('r-2'))).toBe(20)
    const atOnce = { points: 40, purchaseId: 'leeds:2' }
    for (let n = 0; n < 2; n += 1) expect(restored(await redeem('r-3', 'cash', atOnce))).toBe(40)
    expect(await shop.standing('ada')).toMatchObject({ available: 150, reserved: 0 })
  })

  test('nothing more than was held where it is let go, or lapses', async () => {
    await sellHeld(['r-1'])
    await bring('leeds:2', 'b-1', 2)
    ok(await release('r-1'))
    expect((await capture('r-1')).problem?.code).toBe('redemption-released')
    expect(await shop.standing('ada')).toMatchObject({ available: 160, reserved: 0 })
    ok(await redeem('r-2', 'cash', { points: 90, mode: 'reserve', purchaseId: 'leeds:2' }))
    await bring('leeds:2', 'b-2', 1)
    shop.travel('2026-11-22T17:00:00Z')
    expect((await capture('r-2')).problem?.code).toBe('redemption-lapsed')
    await bring('leeds:2', 'b-3', 1)
    expect(await shop.standing('ada')).toMatchObject({ available: 150, reserved: 0 })
  })

  test('a redemption pays for the first purchase of which goods came back, though it was only held then', async () => {
    await sellHeld(['r-1'])
    ok(await shop.sell('leeds:3', ada, [{ lineId: '1', sku: 'a', quantity: 2, amount: 1000 }], { redemptionIds: ['r-1'] }))
    await bring('leeds:3', 'b-1', 1)
    await bring('leeds:2', 'b-1', 4)
    expect(ok(await capture('r-1'))).toMatchObject({ purchaseId: 'leeds:3', points: { restored: 45 } })
    expect(await bring('leeds:3', 'b-2', 1)).toMatchObject({ points: { restored: 45 } })
  })

  test('the sale may come last of all', async () => {
    ok(await redeem('r-1', 'cash', { points: 90, mode: 'reserve' }))
    expect(await shop.bring('leeds:2', 'b-1', [{ lineId: '1', quantity: 1, amount: 500 }])).toMatchObject({ status: 202 })
    ok(await shop.sell('leeds:2', ada, [{ lineId: '1', sku: 'a', quantity: 4, amount: 2000 }], { redemptionIds: ['r-1'] }))
    expect(restored(await capture('r-1'))).toBe(22)
  })

  test('what pays for no basket, or for another member’s, comes back for no goods', async () => {
    ok(await redeem('r-1', 'york-mug', { mode: 'reserve', storeId: 'york' }))
    ok(await redeem('r-2', 'cash', { points: 50, mode: 'reserve' }))
    ok(await shop.enrol('bea'))
    ok(await shop.sell('leeds:2', ada, [1000], { redemptionIds: ['r-1'] }))
    ok(await shop.sell('leeds:3', { id: 'bea' }, [1000], { redemptionIds: ['r-2'] }))
    for (const id of ['leeds:2', 'leeds:3']) ok(await shop.bring(id, 'b', [{ lineId: '1', quantity: 1, amount: 1000 }]))
    expect(restored(await capture('r-1', { storeId: 'york' }))).toBe(0)
    expect(restored(await capture('r-2'))).toBe(0)
  })
})
