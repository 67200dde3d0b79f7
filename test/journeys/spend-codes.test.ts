import { describe, expect, test } from 'vitest'
import { redeemMyReward } from '../../functions/contract/redemptions.ts'
import { makeSpendCode } from '../../functions/contract/spend-codes.ts'
import { ok } from '../support/client.ts'
import { publishNext } from '../support/publish.ts'
import { basket, capture, openShopForEachTest, redeem, shop, shopDocument, spends } from './redemption-journey.ts'

/** The code that a member shows at the till before points are spent. */

openShopForEachTest()

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
