import { describe, expect, test } from 'vitest'
import { joinMyClub } from '../../functions/contract/my-clubs.ts'
import { readMyRedemptions, readMyRewards } from '../../functions/contract/my-rewards.ts'
import { redeemMyReward, releaseMyRedemption } from '../../functions/contract/redemptions.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import { ok } from '../support/client.ts'
import {
  basket,
  capture,
  openShop,
  openShopForEachTest,
  redeem,
  rewards,
  shop,
  shopDocument,
  spends,
} from './redemption-journey.ts'

/** Rewards as the members’ app shows, reserves and spends them. */

openShopForEachTest()

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
    await openShop({ ...shopDocument, clubs, rewards: both })
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
