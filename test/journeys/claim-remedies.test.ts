import { describe, expect, test } from 'vitest'
import { undoClaim } from '../../functions/contract/claim-office.ts'
import { receiveClaimedGoods, withdrawMyClaim } from '../../functions/contract/claims.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { ok } from '../support/client.ts'
import { ada, claim, decide, inLine, mine, openShopForEachTest, refused, settle, shop } from './claim-journey.ts'
import { line } from './journey.ts'

/** What an approved claim gives, and what has to come back first: goods, vouchers and points. */

openShopForEachTest()

describe('goods that are wanted back', () => {
  const cracked = { lines: [{ lineId: '3', quantity: 1 }], reason: 'cracked', text: 'It cracked.', photos: ['photo-1'] }
  const reasonsOf = ({ steps }: { steps: { step: string; reason?: string | undefined }[] }) =>
    steps.map(({ step, reason }) => [step, reason])
  const bringIn = (id: string, more: { reason?: string } = {}) =>
    shop.till.ask(receiveClaimedGoods, { params: { id }, body: { storeId: 'york', ...more } })

  test('are not asked for where another claim of them was paid for late', async () => {
    const { id } = ok(await claim('first', cracked))
    await decide(id, 'approve')
    ok(await bringIn(id))
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    const second = ok(await claim('second', cracked))
    const third = ok(await settle(id, 600))
    expect(third).toMatchObject({ state: 'settled' })
    const before = await shop.dump()
    expect(await decide(second.id, 'approve')).toMatchObject(refused(409, 'line-returned'))
    expect(await shop.dump()).toEqual(before)
    ok(await decide(second.id, 'decline'))
  })

  test.each([
    [{}, 'The goods were brought back.'],
    [{ reason: 'Thank you for bringing them.' }, 'Thank you for bringing them.'],
  ])('say why they came: %o', async (more, reason) => {
    const { id } = ok(await claim('glass', cracked))
    await decide(id, 'approve')
    ok(await bringIn(id, more))
    expect(reasonsOf(await mine('glass')).at(-1)).toEqual(['goods', reason])
  })

  test('say why they are waited for no more', async () => {
    const { id } = ok(await claim('glass', cracked))
    ok(await ada.ask(withdrawMyClaim, { params: { id: 'glass' } }))
    expect(reasonsOf(await mine('glass')).at(-1)).toEqual(['withdrawn', 'The member withdrew the claim.'])
    const late = ok(await claim('late', cracked))
    await decide(late.id, 'approve')
    shop.travel('2026-04-13T23:00:00Z')
    expect(reasonsOf(await mine('late')).at(-1)).toEqual(['lapsed', 'The goods were not brought back in time.'])
    expect(id).not.toBe(late.id)
  })

  test('are waited for, and count as returned when they come', async () => {
    const { available } = await shop.standing('ada')
    const { id } = ok(await claim('glass', cracked))
    expect(await decide(id, 'approve')).toMatchObject({
      body: { state: 'approved', awaits: 'goods', dueAt: '2026-04-13T23:00:00Z' },
    })
    expect((await shop.standing('ada')).available).toBe(available)
    expect(await settle(id, 600)).toMatchObject(refused(409, 'goods-missing'))
    const bring = () => shop.till.ask(receiveClaimedGoods, { params: { id }, body: { storeId: 'york' } })
    expect(await bring()).toMatchObject({ status: 200, body: { awaits: 'remedy', remedy: { kind: 'exchange', amount: 600 } } })
    expect(await bring()).toMatchObject({ status: 200 })
    expect((await shop.standing('ada')).available).toBe(available - 6)
    expect(await settle(id, 600, { storeId: 'york' })).toMatchObject({ status: 201, body: { state: 'settled' } })
  })

  test('that do not come in time let the claim lapse, and free the line', async () => {
    const { id } = ok(await claim('glass', cracked))
    await decide(id, 'approve')
    shop.travel('2026-04-13T22:59:59Z')
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '3', quantity: 1, amount: 600 }])).toMatchObject(
      refused(409, 'line-claimed', '/lines/0/quantity'),
    )
    shop.travel('2026-04-13T23:00:00Z')
    expect(await mine('glass')).toMatchObject({ state: 'lapsed', awaits: null })
    expect(await shop.till.ask(receiveClaimedGoods, { params: { id }, body: { storeId: 'york' } })).toMatchObject(
      refused(409, 'claim-lapsed'),
    )
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '3', quantity: 1, amount: 600 }])).toMatchObject({ status: 201 })
    expect((await shop.activity('ada')).filter(({ kind }) => kind === 'claim-lapsed')).toHaveLength(1)
  })
})

test('a voucher is given with the approval, and is the member’s', async () => {
  ok(await shop.sell('york:tea', { id: 'ada' }, [line('6', 800)]))
  const { id } = ok(await claim('tea', { purchaseId: 'york:tea', lines: [{ lineId: '6', quantity: 1 }] }))
  expect(await decide(id, 'approve')).toMatchObject({
    body: { state: 'settled', remedy: { kind: 'voucher', amount: 0, reward: 'tea' } },
  })
  expect(ok(await ada.ask(readMyVouchers, {})).items).toMatchObject([{ status: 'good' }])
  expect(await decide(id, 'approve')).toMatchObject({ status: 200 })
  expect(ok(await ada.ask(readMyVouchers, {})).items).toHaveLength(1)
})

test('what would be approved at once, and cannot be given, is for staff to decide: no claim is lost by it', async () => {
  ok(await shop.sell('leeds:6', { id: 'ada' }, [100, 100, 100, 100, 100, 100, 100]))
  const made = ok(await claim('cake', { purchaseId: 'leeds:6', lines: [{ lineId: '7', quantity: 1 }] }))
  expect(made).toMatchObject({ state: 'submitted', awaits: 'decision', steps: [{ step: 'submitted' }] })
  expect(await inLine()).toEqual([made.id])
  expect(await decide(made.id, 'approve')).toMatchObject(refused(409, 'pool-empty'))
  expect(await mine('cake')).toEqual(made)
})

test('a remedy in points is given at once', async () => {
  const { available } = await shop.standing('ada')
  expect(await claim('scent', { lines: [{ lineId: '4', quantity: 1 }] })).toMatchObject({
    status: 201,
    body: { state: 'settled', remedy: { kind: 'points', points: 40 } },
  })
  expect((await shop.standing('ada')).available).toBe(available - 20 + 40)
})
