import { beforeEach, describe, expect, test } from 'vitest'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import { submitMyClaim } from '../../functions/contract/claims.ts'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { readGrantedRewards, readMyGrantedRewards } from '../../functions/contract/granted-rewards.ts'
import { readMyRewards } from '../../functions/contract/my-rewards.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import {
  captureRedemption,
  redeemMyReward,
  redeemReward,
  releaseMyRedemption,
  releaseRedemption,
} from '../../functions/contract/redemptions.ts'
import { uploadCodes } from '../../functions/contract/voucher-office.ts'
import { ok } from '../support/client.ts'
import { ada, type Body, granted, grantOf, openShopForEachTest, redeem, reverse, shop, states } from './granted-reward-journey.ts'
import { back } from './journey.ts'

/** A reward that a campaign granted: seen, held, handed over or let go, and taken back with the goods. */

openShopForEachTest()

const capture = (redemptionId: string) =>
  shop.till.ask(captureRedemption, { params: { redemptionId }, body: { storeId: 'leeds' } })
const release = (redemptionId: string) => shop.till.ask(releaseRedemption, { params: { redemptionId }, body: {} })
const train = (eventId: string) =>
  shop.till.ask(recordEvent, {
    params: { eventId },
    body: { member: { id: 'ada' }, type: 'training', occurredAt: shop.now, storeId: 'leeds' },
  })

describe('a granted reward', () => {
  beforeEach(async () => {
    ok(await shop.sell('leeds:1', { id: 'ada' }, [3000]))
  })

  test('is listed for the member and the till, and had for nothing, once', async () => {
    const [mug, ...others] = await granted()
    expect(others).toEqual([])
    expect(mug).toEqual({
      ...{ id: mug!.id, rewardId: 'mug', name: 'A mug', campaignId: 'mugs', purchaseId: 'leeds:1', state: 'open' },
      ...{ grantedAt: '2026-03-10T10:00:00Z', expiresAt: '2026-03-18T00:00:00Z' },
    })
    expect(ok(await shop.till.ask(readGrantedRewards, { params: { memberId: 'ada' } })).items).toEqual([mug])
    const first = await redeem('r-1', 'mug', mug!.id)
    expect(first.status).toBe(201)
    expect(ok(first)).toMatchObject({ state: 'captured', grantId: mug!.id, points: { price: 0, restored: 0 }, money: null })
    expect(await redeem('r-1', 'mug', mug!.id)).toMatchObject({ status: 200, replayed: true, body: { state: 'captured' } })
    expect((await redeem('r-2', 'mug', mug!.id)).problem).toMatchObject({
      code: 'granted-reward-used',
      errors: [{ pointer: '/grantId' }],
    })
    expect((await granted())[0]).toEqual({ ...mug, state: 'used', redemptionId: 'r-1' })
    expect(await shop.standing('ada')).toMatchObject({ available: 30, reserved: 0 })
    expect((await shop.activity('ada'))[0]).toMatchObject({ kind: 'redeemed', points: 0, redemptionId: 'r-1', rewardId: 'mug' })
  })

  test('is not in the catalogue where it has no price, and not had for points', async () => {
    expect(ok(await ada.ask(readMyRewards, {})).items.map(({ id }) => id)).toEqual(['tea'])
    const body = { member: { id: 'ada' }, rewardId: 'mug', storeId: 'leeds', mode: 'capture' } as const
    expect((await shop.till.ask(redeemReward, { params: { redemptionId: 'r-1' }, body })).problem?.code).toBe('reward-unknown')
  })

  test('is held in the app and handed over at the till; let go it is open again', async () => {
    const grantId = await grantOf('mug')
    const mine = (redemptionId: string, mode: 'reserve' | 'capture' = 'reserve') =>
      ada.ask(redeemMyReward, { params: { redemptionId }, body: { rewardId: 'mug', mode, grantId } })
    // It hangs on a store.
    expect((await mine('a', 'capture')).problem?.code).toBe('reward-needs-till')
    const { id } = ok(await mine('a'))
    expect(await states()).toEqual(['mug reserved'])
    expect((await mine('b')).problem?.code).toBe('granted-reward-used')
    expect((await redeem('r-1', 'mug', grantId)).problem?.code).toBe('granted-reward-used')
    ok(await ada.ask(releaseMyRedemption, { params: { redemptionId: 'a' } }))
    expect(await states()).toEqual(['mug open'])
    expect((await capture(id)).problem?.code).toBe('redemption-released')
    const again = ok(await mine('c'))
    expect(ok(await capture(again.id))).toMatchObject({ state: 'captured', points: { price: 0 } })
    expect((await release(again.id)).problem?.code).toBe('redemption-captured')
    expect(await states()).toEqual(['mug used'])
    ok(await reverse(again.id))
    expect(await states()).toEqual(['mug open'])
    expect(await reverse(again.id)).toMatchObject({ status: 200, replayed: true })
    ok(await redeem('r-2', 'mug', grantId))
    // What was reversed before does not set free what another used.
    expect(await reverse(again.id)).toMatchObject({ replayed: true })
    expect(await states()).toEqual(['mug used'])
  })

  test('is open again when its hold lapses, also before anything books that', async () => {
    const grantId = await grantOf('mug')
    ok(await redeem('r-1', 'mug', grantId, { mode: 'reserve' }))
    shop.travel('2026-03-10T10:30:00Z')
    expect(await states()).toEqual(['mug open'])
    expect((await capture('r-1')).problem?.code).toBe('redemption-lapsed')
    ok(await redeem('r-2', 'mug', grantId))
    expect((await release('r-1')).problem?.code).toBe('redemption-lapsed')
    expect(await states()).toEqual(['mug used'])
  })

  test('is good to the end of its last local day', async () => {
    const grantId = await grantOf('mug')
    shop.travel('2026-03-17T23:59:59Z')
    ok(await redeem('r-1', 'mug', grantId, { mode: 'reserve' }))
    shop.travel('2026-03-18T00:00:00Z')
    // What is held while it is good is handed over.
    expect(await states()).toEqual(['mug reserved'])
    ok(await release('r-1'))
    expect(await states()).toEqual(['mug lapsed'])
    expect((await redeem('r-2', 'mug', grantId)).problem).toMatchObject({ code: 'granted-reward-over' })
    // A till that was offline tells of the day before.
    ok(await redeem('r-3', 'mug', grantId, { occurredAt: '2026-03-17T23:00:00Z' }))
    expect(await states()).toEqual(['mug used'])
  })

  test('goes with the goods, unless it was used', async () => {
    shop.travel('2026-03-10T10:01:00Z')
    ok(await shop.sell('leeds:2', { id: 'ada' }, [3000]))
    const [second, first] = (await granted()).map(({ id }) => id)
    ok(await redeem('r-1', 'mug', first!))
    ok(await shop.bring('leeds:1', 'b-1', [back('1', 1, 1)]))
    ok(await shop.bring('leeds:2', 'b-1', [back('1', 1, 1)]))
    expect(await states()).toEqual(['mug taken-back', 'mug used'])
    expect((await redeem('r-2', 'mug', second!)).problem?.code).toBe('granted-reward-taken-back')
    // Had the member not used it, it would be gone: and so it is when that is undone.
    ok(await reverse('r-1'))
    expect(await states()).toEqual(['mug taken-back', 'mug taken-back'])
  })

  test('is not handed over from a hold when the goods are back', async () => {
    ok(await redeem('r-1', 'mug', await grantOf('mug'), { mode: 'reserve' }))
    ok(await shop.bring('leeds:1', 'b-1', [back('1', 3000)]))
    expect((await capture('r-1')).problem?.code).toBe('granted-reward-taken-back')
    expect(await states()).toEqual(['mug taken-back'])
    ok(await release('r-1'))
    expect(await states()).toEqual(['mug taken-back'])
  })

  test('comes and goes with a claim and its undoing, and is never had twice', async () => {
    shop.travel('2026-03-10T10:01:00Z')
    ok(await shop.sell('leeds:2', { id: 'ada' }, [3000]))
    const [second, first] = (await granted()).map(({ id }) => id)
    ok(await redeem('r-1', 'mug', first!))
    for (const [id, purchaseId] of [
      ['c-1', 'leeds:1'],
      ['c-2', 'leeds:2'],
    ] as const) {
      const claimed = ok(
        await ada.ask(submitMyClaim, { params: { id }, body: { purchaseId, lines: [{ lineId: '1', quantity: 1 }] } }),
      )
      const decision = { decision: 'approve', reason: 'We looked at it.' } as const
      ok(await shop.office.ask(decideClaim, { params: { id: claimed.id }, body: decision }))
      expect((await states()).at(id === 'c-1' ? 1 : 0)).toBe(id === 'c-1' ? 'mug used' : 'mug taken-back')
      ok(await shop.office.ask(undoClaim, { params: { id: claimed.id }, body: { reason: 'A mistake.', notGiven: true } }))
    }
    expect(await states()).toEqual(['mug open', 'mug used'])
    ok(await redeem('r-2', 'mug', second!))
    expect((await redeem('r-3', 'mug', first!)).problem?.code).toBe('granted-reward-used')
  })

  test('is out of stock as for points, and is kept', async () => {
    for (const n of [2, 3]) ok(await shop.sell(`leeds:${n}`, { id: 'ada' }, [3000]))
    const ids = (await granted()).map(({ id }) => id)
    ok(await redeem('r-0', 'mug', ids[0]!))
    ok(await redeem('r-1', 'mug', ids[1]!))
    expect((await redeem('r-2', 'mug', ids[2]!)).problem?.code).toBe('out-of-stock')
    ok(await reverse('r-0'))
    ok(await redeem('r-3', 'mug', ids[2]!))
    expect(await states()).toEqual(['mug open', 'mug used', 'mug used'])
  })

  test.each<[string, (grantId: string) => Partial<Body> & { rewardId?: string }, string]>([
    ['at another store', () => ({ storeId: 'york' }), 'reward-not-here /storeId'],
    ['of another reward', () => ({ rewardId: 'hug' }), 'granted-reward-unknown /grantId'],
    ['of another member', () => ({ member: { id: 'bert' } }), 'granted-reward-unknown /grantId'],
    ['of a reward that there is not', () => ({ rewardId: 'nothing' }), 'reward-unknown /rewardId'],
    ['with an id that no list gave', () => ({ grantId: 'mug' }), 'granted-reward-unknown /grantId'],
    ['with the id of another place', (id) => ({ grantId: id.replace(/\.0$/, '.1') }), 'granted-reward-unknown /grantId'],
    ['with an id written otherwise', (id) => ({ grantId: `0${id}` }), 'granted-reward-unknown /grantId'],
    ['for points', () => ({ points: 10 }), 'price-differs /points'],
  ])('is refused %s, and nothing is stored', async (_, wrong, refused) => {
    const grantId = await grantOf('mug')
    const before = await shop.dump()
    const { rewardId = 'mug', ...more } = wrong(grantId)
    const { problem } = await redeem('r-1', rewardId, more.grantId ?? grantId, more)
    expect(`${problem?.code} ${problem?.errors?.[0]?.pointer}`).toBe(refused)
    expect(await shop.dump()).toEqual(before)
  })
})

test('who was granted it needs no tier for it, and its limits hold', async () => {
  for (const n of [1, 2])
    ok(await shop.sell(`leeds:${n}`, { id: 'ada' }, [{ lineId: '1', sku: 'sku-tea', quantity: 1, amount: 9_000 }]))
  const teas = (await granted()).filter(({ rewardId }) => rewardId === 'tea')
  const bought = { member: { id: 'ada' }, rewardId: 'tea', storeId: 'leeds', mode: 'capture' } as const
  expect((await shop.till.ask(redeemReward, { params: { redemptionId: 'r-0' }, body: bought })).problem?.code).toBe(
    'reward-locked',
  )
  ok(await redeem('r-1', 'tea', teas[0]!.id))
  expect((await redeem('r-2', 'tea', teas[1]!.id)).problem?.code).toBe('reward-limit')
  shop.travel('2026-03-11T10:00:00Z')
  ok(await redeem('r-3', 'tea', teas[1]!.id))
})

test('a voucher that was granted takes its code when it is redeemed, and an empty pool says so', async () => {
  ok(await train('e-1'))
  const grantId = await grantOf('film-gift')
  expect((await granted())[0]).toMatchObject({ campaignId: 'films', state: 'open', expiresAt: null })
  const mine = (redemptionId: string) =>
    ada.ask(redeemMyReward, { params: { redemptionId }, body: { rewardId: 'film-gift', mode: 'capture', grantId } })
  expect((await mine('a')).problem).toMatchObject({ code: 'pool-empty', errors: [{ pointer: '/rewardId' }] })
  expect(await states()).toEqual(['film-gift open'])
  const codes = { codes: ['CINEMA-0001', 'CINEMA-0002'] }
  ok(await shop.office.ask(uploadCodes, { params: { id: 'film', uploadId: 'u-1' }, body: codes }))
  const { voucher } = ok(await mine('a'))
  expect(voucher).toMatchObject({ status: 'good' })
  expect(ok(await ada.ask(readMyVouchers, {})).items).toEqual([voucher])
  expect((await mine('b')).problem?.code).toBe('granted-reward-used')
  // The event was a mistake: the code stays with whoever has it.
  ok(await shop.till.ask(undoEvent, { params: { eventId: 'e-1' } }))
  expect(await states()).toEqual(['film-gift used'])
  ok(await train('e-2'))
  ok(await shop.till.ask(undoEvent, { params: { eventId: 'e-2' } }))
  expect(await states()).toEqual(['film-gift taken-back', 'film-gift used'])
})

test('the list goes on from page to page, newest first', async () => {
  for (const n of [1, 2, 3]) {
    ok(await shop.sell(`leeds:${n}`, { id: 'ada' }, [3000]))
    shop.travel(`2026-03-10T10:0${n}:00Z`)
  }
  const pages: string[] = []
  let cursor: string | null | undefined
  do {
    const page = ok(await ada.ask(readMyGrantedRewards, { query: { limit: '1', ...(cursor && { cursor }) } }))
    pages.push(...page.items.map(({ purchaseId }) => purchaseId!))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(pages).toEqual(['leeds:3', 'leeds:2', 'leeds:1'])
  expect((await ada.ask(readMyGrantedRewards, { query: { cursor: 'bm8' } })).problem?.code).toBe('invalid-cursor')
})
