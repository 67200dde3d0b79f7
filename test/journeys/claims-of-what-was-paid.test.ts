import { describe, expect, test } from 'vitest'
import { undoClaim } from '../../functions/contract/claim-office.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { captureRedemption, redeemReward, reverseRedemption } from '../../functions/contract/redemptions.ts'
import { issueVoucherAsStaff, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { lockVoucher, useVoucherLock } from '../../functions/contract/vouchers.ts'
import { ok } from '../support/client.ts'
import { ada, claim, decide, openShopForEachTest, refused, shop } from './claim-journey.ts'
import { line } from './journey.ts'

/** What goes or comes back with an approval and with its undoing: the tier, the points and the vouchers of the claimed goods. */

openShopForEachTest()

test('a tier that the claimed goods made falls with the approval, and comes back where it is undone', async () => {
  ok(await shop.sell('york:big', { id: 'ada' }, [line('2', 2_400)]))
  expect((await shop.standing('ada')).tier).toBe('silver')
  const { id } = ok(await claim('big', { purchaseId: 'york:big' }))
  await decide(id, 'approve')
  expect((await shop.standing('ada')).tier).toBe('bronze')
  ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
  expect((await shop.standing('ada')).tier).toBe('silver')
})

test('points that the goods were paid with come back once, and then an approval is not undone', async () => {
  const body = { member: { id: 'ada' }, rewardId: 'cash', storeId: 'york', mode: 'capture', points: 100 } as const
  const basket = { lines: [{ sku: 'sku-2', quantity: 1, amount: 4_000 }] }
  ok(await shop.till.ask(redeemReward, { params: { redemptionId: 'york:r' }, body: { ...body, basket } }))
  ok(await shop.sell('york:paid', { id: 'ada' }, [line('2', 4_000)], { redemptionIds: ['york:r'] }))
  const { available } = await shop.standing('ada')
  const { id } = ok(await claim('paid', { purchaseId: 'york:paid' }))
  await decide(id, 'approve')
  expect((await shop.standing('ada')).available).toBe(available - 40 + 5 + 100)
  const before = await shop.dump()
  expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })).toMatchObject(
    refused(409, 'points-restored'),
  )
  expect(await shop.dump()).toEqual(before)
})

describe('points that are to pay for what was claimed', () => {
  const hold = async (id: string, amount: number) => {
    const body = { member: { id: 'ada' }, rewardId: 'cash', storeId: 'york', mode: 'reserve', points: 100 } as const
    const basket = { lines: [{ sku: 'sku-2', quantity: 1, amount }] }
    ok(await shop.till.ask(redeemReward, { params: { redemptionId: `york:${id}` }, body: { ...body, basket } }))
    ok(await shop.sell(`york:${id}`, { id: 'ada' }, [line('2', amount)], { redemptionIds: [`york:${id}`] }))
    return ok(await claim(id, { purchaseId: `york:${id}` })).id
  }
  const spend = async (id: string) =>
    ok(await shop.till.ask(captureRedemption, { params: { redemptionId: `york:${id}` }, body: { storeId: 'york' } })).points
  const undo = (id: string) => shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })

  test('and are only held when it is approved come back when they are spent', async () => {
    const id = await hold('held', 4_000)
    await decide(id, 'approve')
    expect(await spend('held')).toEqual({ price: 100, restored: 100 })
    expect(await undo(id)).toMatchObject(refused(409, 'points-restored'))
  })

  test('do not where the approval was undone before', async () => {
    const id = await hold('kept', 4_000)
    await decide(id, 'approve')
    ok(await undo(id))
    expect(await spend('kept')).toEqual({ price: 100, restored: 0 })
  })

  test('and came back because all was reversed do not keep an approval from being undone', async () => {
    const id = await hold('reversed', 4_000)
    await spend('reversed')
    await decide(id, 'approve')
    ok(await shop.till.ask(reverseRedemption, { params: { redemptionId: 'york:reversed' }, body: {} }))
    const { available } = await shop.standing('ada')
    ok(await undo(id))
    expect((await shop.standing('ada')).available).toBe(available + 40 - 5)
  })
})

describe('a voucher that was used for what was claimed', () => {
  const lock = async (lockId: string, code: string) =>
    shop.till.ask(lockVoucher, {
      params: { lockId },
      body: { code, storeId: 'york', member: { id: 'ada' }, basket: { lines: [{ sku: 'sku-2', quantity: 1, amount: 4_000 }] } },
    })
  const use = (lockId: string, purchaseId: string) => shop.till.ask(useVoucherLock, { params: { lockId }, body: { purchaseId } })
  const undo = (id: string) => shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })
  const mineNow = async () => ok(await ada.ask(readMyVouchers, {})).items.map(({ status }) => status)
  /** Claims the first of two pieces after the other was brought back. */
  const approve = async () => {
    const issued = { params: { id: 'tea-voucher', issueId: 'i' }, body: { reason: 'A gift.', member: { id: 'ada' } } }
    const { code } = ok(await shop.office.ask(issueVoucherAsStaff, issued))
    ok(await lock('york:l', code))
    ok(await use('york:l', 'york:1'))
    ok(await shop.sell('york:1', { id: 'ada' }, [line('2', 4_000, 2)]))
    ok(await shop.bring('york:1', 'r', [{ lineId: '2', quantity: 1, amount: 2_000 }]))
    expect(await mineNow()).toEqual(['used-up'])
    const { id } = ok(await claim('used', { purchaseId: 'york:1' }))
    await decide(id, 'approve')
    expect(await mineNow()).toEqual(['good'])
    return { id, code }
  }

  test('is good again with the approval, and used again when that is undone, once', async () => {
    const { id } = await approve()
    for (let n = 0; n < 2; n += 1) ok(await undo(id))
    expect(await mineNow()).toEqual(['used-up'])
    await decide(ok(await claim('again', { purchaseId: 'york:1' })).id, 'approve')
    expect(await mineNow()).toEqual(['good'])
  })

  test('that was used only after all of it had come back is used again when that is undone, too', async () => {
    const issued = { params: { id: 'tea-voucher', issueId: 'i' }, body: { reason: 'A gift.', member: { id: 'ada' } } }
    const { code } = ok(await shop.office.ask(issueVoucherAsStaff, issued))
    ok(await lock('york:l', code))
    ok(await shop.sell('york:1', { id: 'ada' }, [line('2', 4_000, 2)]))
    const { id } = ok(await claim('whole', { purchaseId: 'york:1', lines: [{ lineId: '2', quantity: 2 }] }))
    await decide(id, 'approve')
    expect(ok(await use('york:l', 'york:1'))).toMatchObject({ state: 'given-back' })
    expect(await mineNow()).toEqual(['good'])
    ok(await undo(id))
    expect(await mineNow()).toEqual(['used-up'])
  })

  test('keeps the approval where it is held or used for something else by now', async () => {
    const { id, code } = await approve()
    ok(await lock('york:m', code))
    const before = await shop.dump()
    expect(await undo(id)).toMatchObject(refused(409, 'voucher-locked'))
    expect(await shop.dump()).toEqual(before)
    ok(await use('york:m', 'york:2'))
    expect(await undo(id)).toMatchObject(refused(409, 'voucher-used-up'))
  })

  test('keeps it where it was voided', async () => {
    const { id, code } = await approve()
    ok(await shop.office.ask(voidVoucherAsStaff, { body: { code, reason: 'Stolen.' } }))
    expect(await undo(id)).toMatchObject(refused(409, 'voucher-void'))
  })
})
