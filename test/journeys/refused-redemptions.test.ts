import { describe, expect, test } from 'vitest'
import { ok } from '../support/client.ts'
import { type Body, basket, capture, openShopForEachTest, redeem, release, reverse, shop } from './redemption-journey.ts'

/** What cannot be had for points, or not now, not there or not by this member: nothing is stored of it. */

openShopForEachTest()

describe('refused, and nothing is stored', () => {
  const cases: readonly [what: string, id: string, rewardId: string, more: Partial<Body>, code: string, pointer?: string][] = [
    ['a reward that is not there', 'r-1', 'nothing', {}, 'reward-unknown', '/rewardId'],
    ['not on sale yet', 'r-1', 'tree', {}, 'reward-not-on-sale', '/rewardId'],
    ['no longer on sale', 'r-1', 'summer', {}, 'reward-not-on-sale', '/rewardId'],
    ['locked for the tier', 'r-1', 'tasting', {}, 'reward-locked', '/rewardId'],
    ['at the wrong store', 'r-1', 'york-mug', {}, 'reward-not-here', '/storeId'],
    ['without the basket that it hangs on', 'r-1', 'tenth', {}, 'basket-missing', '/basket'],
    ['below the minimum', 'r-1', 'tenth', { basket: basket(999) }, 'basket-below-minimum', '/basket'],
    ['points as money, and nobody says how many', 'r-1', 'cash', {}, 'points-missing', '/points'],
    ['fewer points than are taken', 'r-1', 'cash', { points: 19 }, 'too-few-points', '/points'],
    ['more points than are taken', 'r-1', 'cash', { points: 201 }, 'too-many-points', '/points'],
    ['more points than there are', 'r-1', 'cash', { points: 151 }, 'insufficient-points', '/points'],
    ['another price than it has', 'r-1', 'fiver', { points: 99 }, 'price-differs', '/points'],
    ['a member who is not there', 'r-1', 'fiver', { member: { id: 'bea' } }, 'member-unknown'],
    ['a card that is nobody’s', 'r-1', 'fiver', { member: { card: 'x' } }, 'member-unknown', '/member/card'],
    ['more than a day ahead', 'r-1', 'fiver', { occurredAt: '2026-11-22T17:00:01Z' }, 'occurred-in-future', '/occurredAt'],
    ['more than a week ago', 'r-1', 'fiver', { occurredAt: '2026-11-14T16:59:59Z' }, 'occurred-long-ago', '/occurredAt'],
    // By then it was on sale, and no longer is.
    ['an offer of long ago', 'r-1', 'summer', { occurredAt: '2026-08-01T12:00:00Z' }, 'occurred-long-ago', '/occurredAt'],
  ]
  test.each(cases)('%s', async (_what, id, rewardId, more, code, pointer) => {
    const before = await shop.dump()
    const { problem } = await redeem(id, rewardId, more)
    expect([problem?.code, problem?.errors?.[0]?.pointer]).toEqual([code, pointer])
    expect(await shop.dump()).toEqual(before)
  })

  test('too few points, too often, and none left', async () => {
    ok(await redeem('r-1', 'candle'))
    expect((await redeem('r-2', 'candle')).problem?.code).toBe('insufficient-points')
    ok(await shop.sell('leeds:2', { id: 'ada' }, [20_000]))
    expect((await redeem('r-2', 'candle')).problem?.code).toBe('reward-limit')
    ok(await shop.enrol('bea'))
    ok(await shop.sell('leeds:3', { id: 'bea' }, [20_000]))
    ok(await redeem('r-3', 'candle', { member: { id: 'bea' } }))
    shop.travel('2026-11-22T17:00:00Z')
    expect((await redeem('r-4', 'candle')).problem).toMatchObject({ code: 'out-of-stock', errors: [{ pointer: '/rewardId' }] })
    expect((await shop.dump()).has('P#shop#REDEMPTION#r-4 REDEMPTION')).toBe(false)
    // That fewer than two are left was said once.
    const news = [...(await shop.dump())].filter(([, item]) => item.includes('"low-stock"'))
    expect(news.map(([, item]) => JSON.parse(item).f)).toEqual([{ rewardId: 'candle', left: 1, mark: 2 }])
  })

  test('more than twenty open at once', async () => {
    ok(await shop.sell('leeds:2', { id: 'ada' }, [100_000]))
    for (let n = 1; n <= 20; n += 1) ok(await redeem(`r-${n}`, 'cash', { points: 20, mode: 'reserve' }))
    expect((await redeem('r-21', 'cash', { points: 20, mode: 'reserve' })).problem?.code).toBe('too-many-reservations')
    ok(await redeem('r-21', 'cash', { points: 20 }))
    shop.travel('2026-11-22T17:00:00Z')
    expect(await shop.laurel.settle('ada')).toMatchObject({ settled: 1 })
    expect(await shop.standing('ada')).toMatchObject({ reserved: 0 })
  })

  test('what is not there', async () => {
    for (const on of [capture, release, reverse]) expect((await on('r-0')).problem?.code).toBe('redemption-unknown')
    // Ids that stand for those of members are no till's to give.
    expect((await redeem('me:x', 'fiver')).problem?.code).toBe('invalid-parameter')
  })
})
