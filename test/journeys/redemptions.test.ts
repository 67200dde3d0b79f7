import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { joinMyClub } from '../../functions/contract/my-clubs.ts'
import { readMyRedemptions, readMyRewards } from '../../functions/contract/my-rewards.ts'
import {
  captureRedemption,
  readRedemption,
  redeemMyReward,
  redeemReward,
  releaseMyRedemption,
  releaseRedemption,
  reverseRedemption,
  reverseRedemptionAsStaff,
} from '../../functions/contract/redemptions.ts'
import { makeSpendCode } from '../../functions/contract/spend-codes.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { publishNext } from '../support/publish.ts'
import { Journey } from './journey.ts'

/** Points worth something: what a reward costs whom, held and spent and given back, at tills and in the app. */

const rewards: readonly Reward[] = [
  { id: 'fiver', kind: 'money-off', amount: 500, price: { points: 100 } },
  { id: 'tenth', kind: 'percentage-off', percentage: 1000, atMost: 300, price: { points: 50 }, minimumBasket: 1000 },
  {
    ...{ id: 'candle', kind: 'product', sku: '85123A', price: { points: 80, tiers: [{ tier: 'silver', points: 60 }] } },
    ...{ stock: 2, lowStock: 2, limits: [{ window: 'day', times: 1 }], holdMinutes: 10 },
    texts: [
      { language: 'en', name: 'A candle' },
      { language: 'de', name: 'Eine Kerze', description: 'Duftet.' },
    ],
    images: [{ url: 'https://img.example/candle.jpg', alt: 'A candle' }],
  },
  { id: 'tasting', kind: 'experience', price: { points: 10 }, requires: { tiers: ['gold'] } },
  { id: 'tree', kind: 'donation', price: { points: 20 }, schedule: { from: '2026-12-01T00:00:00Z' } },
  { id: 'summer', kind: 'donation', price: { points: 20 }, schedule: { until: '2026-09-01T00:00:00Z' } },
  { id: 'cash', kind: 'points-as-money', rate: { points: 2, amount: 1 }, least: 20, most: 200 },
  { id: 'york-mug', kind: 'product', price: { points: 10 }, stores: ['york'] },
]
const shopDocument: ProgrammeDocument = { ...(demoProgramme as ProgrammeDocument), rewards }

let shop: Journey

async function open(document: ProgrammeDocument = shopDocument): Promise<Journey> {
  const laurel = await Laurel.start('2026-11-21T17:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  return Journey.in(laurel, 'shop')
}

beforeEach(async () => {
  shop = await open()
  ok(await shop.enrol('ada'))
  ok(await shop.sell('leeds:1', { id: 'ada' }, [15_000]))
})

afterEach(() => shop.end('ada'))

type Body = Asked<typeof redeemReward>['body']

const redeem = (redemptionId: string, rewardId: string, more: Partial<Body> = {}) =>
  shop.till.ask(redeemReward, {
    params: { redemptionId },
    body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode: 'capture', ...more },
  })
const capture = (redemptionId: string, more: Partial<Asked<typeof captureRedemption>['body']> = {}) =>
  shop.till.ask(captureRedemption, { params: { redemptionId }, body: { storeId: 'leeds', ...more } })
const release = (redemptionId: string) => shop.till.ask(releaseRedemption, { params: { redemptionId }, body: {} })
const reverse = (redemptionId: string, reason?: string) =>
  shop.till.ask(reverseRedemption, { params: { redemptionId }, body: reason === undefined ? {} : { reason } })
const basket = (...amounts: number[]) => ({
  lines: amounts.map((amount, index) => ({ sku: `s-${index}`, quantity: 1, amount })),
})
const spends = (available: number, reserved = 0) => ({ balance: { available, reserved } })

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
    shop = await open({ ...shopDocument, points: kept, redemptions: { expiredMeanwhile: { graceDays: 14 } } })
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
    shop = await open({ ...shopDocument, points: { ...shopDocument.points, expiry: { months: 12 } } })
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

describe('a code that the member shows', () => {
  const wanting = async (spendCodes: { above?: number; minutes?: number }) => {
    const document = { ...shopDocument, redemptions: { spendCodes } }
    await publishNext(shop.laurel.runtime.store, 'shop', document, '2026-11-21T17:00:00Z')
    // A process looks for a new revision every half minute.
    shop.travel('2026-11-21T17:01:00Z')
  }
  const make = async (member = 'ada') => (await shop.app(member)).ask(makeSpendCode, { body: {} })
  const wrong = '3333-3333-3333-3333'

  test('is wanted by none, above a number of points, or always', async () => {
    expect((await make()).problem?.code).toBe('spend-codes-off')
    await wanting({ above: 50 })
    ok(await redeem('r-1', 'tenth', { basket: basket(1000) }))
    expect((await redeem('r-2', 'fiver')).problem).toMatchObject({ code: 'spend-code-missing', errors: [{ pointer: '/code' }] })
    const { code, expiresAt } = ok(await make())
    expect(expiresAt).toBe('2026-11-21T17:06:00Z')
    expect(ok(await redeem('r-2', 'fiver', { code: code.toLowerCase().replaceAll('-', ' ') }))).toMatchObject(spends(0))
    // Again it is told what was done, though the code is used up.
    expect(await redeem('r-2', 'fiver', { code: code.toLowerCase().replaceAll('-', ' ') })).toMatchObject({ replayed: true })
  })

  test('is good once, for its member, and no longer than it says', async () => {
    await wanting({ minutes: 2 })
    ok(await shop.enrol('bea'))
    ok(await shop.sell('leeds:2', { id: 'bea' }, [15_000]))
    const { code } = ok(await make())
    expect((await redeem('r-1', 'york-mug', { member: { id: 'bea' }, storeId: 'york', code })).problem?.code).toBe(
      'spend-code-wrong',
    )
    ok(await redeem('r-2', 'york-mug', { storeId: 'york', code }))
    expect((await redeem('r-3', 'york-mug', { storeId: 'york', code })).problem?.code).toBe('spend-code-wrong')
    const first = ok(await make()).code
    const second = ok(await make()).code
    expect((await redeem('r-4', 'york-mug', { storeId: 'york', code: first })).problem?.code).toBe('spend-code-wrong')
    shop.travel('2026-11-21T17:03:00Z')
    expect((await redeem('r-5', 'york-mug', { storeId: 'york', code: second })).problem?.code).toBe('spend-code-expired')
    expect(await shop.standing('ada')).toMatchObject({ available: 140, reserved: 0 })
    // It is kept nowhere.
    const kept = [...(await shop.dump()).values()].join()
    for (const told of [code, first, second]) expect(kept).not.toContain(told.slice(0, 9))
  })

  test('is no longer good after five wrong ones, also where all are tried at once', async () => {
    await wanting({})
    const { code } = ok(await make())
    const tries = await Promise.all(Array.from({ length: 5 }, (_, n) => redeem(`r-${n}`, 'fiver', { code: wrong })))
    expect(tries.map(({ problem }) => problem?.code)).toEqual(Array.from({ length: 5 }, () => 'spend-code-wrong'))
    expect((await redeem('r-9', 'fiver', { code })).problem?.code).toBe('spend-code-wrong')
    ok(await redeem('r-10', 'fiver', { code: ok(await make()).code }))
  })

  test('is not wanted in the app, nor again at the till for what was reserved', async () => {
    await wanting({})
    const app = await shop.app('ada')
    const body = { rewardId: 'tenth', mode: 'reserve' as const }
    const { id } = ok(await app.ask(redeemMyReward, { params: { redemptionId: 'r-1' }, body }))
    ok(await capture(id, { basket: basket(1000) }))
    const { code } = ok(await make())
    ok(await redeem('r-2', 'candle', { mode: 'reserve', code }))
    ok(await capture('r-2'))
  })
})

describe('the app', () => {
  test('shows what is affordable, near and locked, and why', async () => {
    ok(await redeem('r-0', 'candle'))
    const app = await shop.app('ada')
    const { items } = ok(await app.ask(readMyRewards, {}))
    const told = items.map(({ id, status, because, price, missing, left }) => [id, status, because.join(), price, missing, left])
    expect(told).toEqual([
      ['fiver', 'far', '', 100, 30, null],
      ['tenth', 'affordable', '', 50, 0, null],
      ['candle', 'locked', 'limit', 80, 10, 1],
      ['tasting', 'locked', 'tier', 10, 0, null],
      ['tree', 'locked', 'not-yet', 20, 0, null],
      ['cash', 'affordable', '', null, 0, null],
      ['york-mug', 'affordable', '', 10, 0, null],
    ])
    expect(items[2]).toMatchObject({ texts: rewards[2]!.texts, images: rewards[2]!.images })
    expect(items[3]!.lacking).toEqual({ tiers: ['gold'] })
    const first = ok(await app.ask(readMyRewards, { query: { limit: '3' } }))
    const rest = ok(await app.ask(readMyRewards, { query: { limit: '9', cursor: first.nextCursor! } }))
    expect([...first.items, ...rest.items]).toEqual(items)
    expect((await app.ask(readMyRewards, { query: { cursor: 'nonsense' } })).problem?.code).toBe('invalid-cursor')
  })

  test('shows to who is closed that nothing is theirs to have, and why', async () => {
    ok(await shop.change('ada', { status: 'closed' }))
    const { items } = ok(await (await shop.app('ada')).ask(readMyRewards, {}))
    expect(items.length).toBeGreaterThan(0)
    for (const { status, because } of items) expect([status, because.includes('closed')]).toEqual(['locked', true])
  })

  // Of 150 points some are spent; the fiver costs 100, of which three quarters are near.
  test.each([
    ['affordable', 50, 0],
    ['near', 51, 1],
    ['near', 75, 25],
    ['far', 76, 26],
  ])('tells as %s what costs 100 after %i of 150 are spent', async (status, points, missing) => {
    ok(await redeem('r-1', 'cash', { points, basket: basket(1000) }))
    const { items } = ok(await (await shop.app('ada')).ask(readMyRewards, {}))
    expect(items[0]).toMatchObject({ id: 'fiver', status, missing, because: [] })
  })

  test('tells of which clubs one must be, until one is', async () => {
    const both: readonly Reward[] = [
      { id: 'tour', kind: 'experience', price: { points: 10 }, requires: { clubs: ['guests'] } },
      { id: 'paper', kind: 'club-perk', club: 'guests', price: { points: 10 } },
    ]
    const clubs = [{ id: 'guests', name: 'Our guests', kind: 'open' as const }]
    shop = await open({ ...shopDocument, clubs, rewards: both })
    ok(await shop.enrol('ada'))
    ok(await shop.sell('leeds:1', { id: 'ada' }, [15_000]))
    const app = await shop.app('ada')
    const locked = ok(await app.ask(readMyRewards, {})).items
    const lacks = { status: 'locked', because: ['club'], lacking: { clubs: ['guests'] }, missing: 0 }
    expect(locked).toMatchObject(both.map(({ id }) => ({ id, ...lacks })))
    ok(await app.ask(joinMyClub, { params: { clubId: 'guests' }, body: {} }))
    const free = ok(await app.ask(readMyRewards, {})).items
    expect(free.map(({ status, because, lacking }) => [status, because, lacking])).toEqual([
      ['affordable', [], undefined],
      ['affordable', [], undefined],
    ])
  })

  test('a better tier pays less', async () => {
    ok(await shop.sell('leeds:2', { id: 'ada' }, [40_000]))
    const app = await shop.app('ada')
    const { items } = ok(await app.ask(readMyRewards, {}))
    expect(items[2]).toMatchObject({ price: 60, regularPrice: 80, status: 'affordable' })
    expect(ok(await redeem('r-1', 'candle'))).toMatchObject({ points: { price: 60 } })
  })

  test('reserves what a till then captures by the id that it is told', async () => {
    const app = await shop.app('ada')
    const mine = { params: { redemptionId: 'r-1' }, body: { rewardId: 'tenth', mode: 'reserve' as const } }
    const reserved = await app.ask(redeemMyReward, mine)
    expect(reserved.status).toBe(201)
    const { id } = ok(reserved)
    expect(ok(reserved)).toMatchObject({ ownId: 'r-1', state: 'reserved', money: null, storeId: null, ...spends(100, 50) })
    expect(await app.ask(redeemMyReward, mine)).toMatchObject({ status: 200, replayed: true })
    expect((await capture(id)).problem?.code).toBe('basket-missing')
    expect(ok(await capture(id, { basket: basket(2000) }))).toMatchObject({ state: 'captured', money: 200, ...spends(100) })
    const { items } = ok(await app.ask(readMyRedemptions, {}))
    expect(items).toMatchObject([{ id, ownId: 'r-1', state: 'captured', storeId: 'leeds' }])
  })

  test('lets go of what it reserved, once, and of nobody else’s', async () => {
    const app = await shop.app('ada')
    const mine = { params: { redemptionId: 'r-1' }, body: { rewardId: 'tenth', mode: 'reserve' as const } }
    const { id } = ok(await app.ask(redeemMyReward, mine))
    const own = { params: { redemptionId: 'r-1' } }
    expect((await (await shop.app('bert')).ask(releaseMyRedemption, own)).problem?.code).toBe('redemption-unknown')
    expect(ok(await app.ask(releaseMyRedemption, own))).toMatchObject({ id, state: 'released', ...spends(150) })
    expect(await app.ask(releaseMyRedemption, own)).toMatchObject({ status: 200, replayed: true })
    expect((await capture(id, { basket: basket(2000) })).problem?.code).toBe('redemption-released')
    ok(await redeem('r-2', 'candle', { mode: 'reserve' }))
    expect((await app.ask(releaseMyRedemption, { params: { redemptionId: 'r-2' } })).problem?.code).toBe('redemption-unknown')
  })

  test('spends what needs no till, and nothing else', async () => {
    const app = await shop.app('ada')
    const spend = (redemptionId: string, rewardId: string) =>
      app.ask(redeemMyReward, { params: { redemptionId }, body: { rewardId, mode: 'capture' } })
    expect(ok(await spend('r-1', 'fiver'))).toMatchObject({ state: 'captured', ...spends(50) })
    expect((await spend('r-2', 'tenth')).problem?.code).toBe('reward-needs-till')
    expect((await spend('r-3', 'york-mug')).problem?.code).toBe('reward-needs-till')
  })

  test('another member’s id is another redemption', async () => {
    ok(await shop.enrol('bea'))
    ok(await shop.sell('leeds:2', { id: 'bea' }, [15_000]))
    for (const member of ['ada', 'bea']) {
      const app = await shop.app(member)
      const body = { rewardId: 'fiver', mode: 'capture' as const }
      expect((await app.ask(redeemMyReward, { params: { redemptionId: 'r-1' }, body })).status).toBe(201)
      expect(ok(await app.ask(readMyRedemptions, {})).items).toMatchObject([{ memberId: member, ownId: 'r-1' }])
    }
  })
})
