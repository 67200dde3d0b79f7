import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideClaim } from '../../functions/contract/claim-office.ts'
import { readClaimAtStore, receiveClaimedGoods, settleClaim, submitMyClaim } from '../../functions/contract/claims.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import {
  captureRedemption,
  readRedemption,
  redeemMyReward,
  redeemReward,
  releaseRedemption,
  reverseRedemption,
} from '../../functions/contract/redemptions.ts'
import { ratePurchase } from '../../functions/contract/satisfaction.ts'
import { validateVoucher } from '../../functions/contract/vouchers.ts'
import { memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { entryOf } from '../../functions/store/entry-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { entryPrefix, memberPartition } from '../../functions/store/table.ts'
import { type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { exampleService } from '../support/service.ts'
import { Journey, line } from './journey.ts'

/** Two shops of one programme, each with a till that may post for itself alone. */
const guarantee = { window: { days: 365 }, remedy: { refund: { rate: 10_000 } } }
const document = programmeDocument.parse({
  ...demoProgramme,
  vouchers: [{ id: 'tea', codes: { generated: { length: 12 } }, value: { kind: 'money-off', amount: 500 } }],
  rewards: [
    { id: 'tea', kind: 'voucher', voucher: 'tea', price: { points: 40 } },
    { id: 'mug', kind: 'product', sku: 'mug', price: { points: 30 } },
  ],
  guarantees: [
    { ...guarantee, id: 'kept', name: 'Keep it', covers: { skus: ['sku-1'] }, goodsBack: false, days: { decide: 3, settle: 7 } },
    {
      ...{ ...guarantee, id: 'back', name: 'Bring it back', covers: { skus: ['sku-2'] }, goodsBack: true },
      days: { decide: 3, bringBack: 7, settle: 7 },
    },
  ],
  service: exampleService,
})

let shop: Journey
let leeds: Client
let york: Client
let ada: Client

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  await createProgramme(laurel.runtime.store, 'two', document, laurel.now)
  shop = await Journey.in(laurel, 'two')
  const till = async (store: string) =>
    laurel.client(await laurel.token({ subject: `till/${store}`, programme: 'two', stores: [store] }, ['laurel/pos']))
  leeds = await till('leeds')
  york = await till('york')
  ok(await shop.enrol('ada'))
  ok(await shop.sell('leeds:1', { id: 'ada' }, [line('1', 10_000), line('2', 10_000)]))
  ada = await shop.app('ada')
})
afterEach(() => shop.end('ada'))

const forbidden = { status: 403, problem: { code: 'store-forbidden' } }

/** Expects that something is refused and that nothing is stored by it. */
async function refuses(asked: () => Promise<unknown>) {
  const before = await shop.dump()
  expect(await asked()).toMatchObject(forbidden)
  expect(await shop.dump()).toEqual(before)
}

test('a purchase is rated by a till of its store, and by no other in its own name', async () => {
  const rate = (till: Client, storeId: string) =>
    till.ask(ratePurchase, { params: { purchaseId: 'leeds:1' }, body: { storeId, score: 2 } })
  await refuses(() => rate(york, 'leeds'))
  await refuses(() => rate(york, 'york'))
  ok(await rate(leeds, 'leeds'))
  await refuses(() => rate(york, 'york'))
  expect(await rate(leeds, 'leeds')).toMatchObject({ status: 200, replayed: true })
})

/** A claim of Leeds's sale that waits for its remedy, or for the goods. */
async function approved(lineId: string): Promise<string> {
  const body = { purchaseId: 'leeds:1', lines: [{ lineId, quantity: 1 }], text: 'A private matter', photos: ['photo-1'] }
  const { id } = ok(await ada.ask(submitMyClaim, { params: { id: `claim-${lineId}` }, body }))
  ok(await shop.office.ask(decideClaim, { params: { id }, body: { decision: 'approve', reason: 'You wrote at length' } }))
  return id
}

describe('a claim', () => {
  const settle = (till: Client, id: string, storeId?: string) =>
    till.ask(settleClaim, {
      params: { id },
      body: { amount: 10_000, currency: 'GBP', occurredAt: shop.now, ...(storeId !== undefined && { storeId }) },
    })
  const bring = (till: Client, id: string, storeId: string) =>
    till.ask(receiveClaimedGoods, { params: { id }, body: { storeId } })
  const read = async (till: Client, id: string) => ok(await till.ask(readClaimAtStore, { params: { id } }))

  test('is settled without a store by who may post for that of the sale alone', async () => {
    const id = await approved('1')
    await refuses(() => settle(york, id))
    await refuses(() => settle(york, id, 'leeds'))
    expect(await settle(leeds, id)).toMatchObject({ status: 201, body: { state: 'settled' } })
    await refuses(() => settle(york, id))
    expect(await settle(leeds, id)).toMatchObject({ status: 200, replayed: true })
  })

  test('is settled in its own name by any store, as any store may take goods back', async () => {
    const kept = await approved('1')
    expect(await settle(york, kept, 'york')).toMatchObject({ status: 201 })
    // Who took the goods in is of the claim, too.
    const back = await approved('2')
    await refuses(() => bring(york, back, 'leeds'))
    await refuses(() => settle(york, back))
    ok(await bring(york, back, 'york'))
    expect(await settle(york, back)).toMatchObject({ status: 201 })
  })

  test('is settled without a store by a payment system that may post for all', async () => {
    expect(await settle(shop.till, await approved('1'))).toMatchObject({ status: 201 })
  })

  test('is read by any till, and what was written by those alone that it concerns', async () => {
    const id = await approved('2')
    const own = await read(leeds, id)
    expect(own).toMatchObject({ text: 'A private matter', photos: ['photo-1'] })
    expect(own.steps.map(({ reason }) => reason)).toEqual([undefined, 'You wrote at length'])
    const { text: _, photos: __, steps, ...told } = own
    expect(await read(york, id)).toEqual({ ...told, steps: steps.map(({ reason: ___, ...step }) => step) })
    // It takes the goods in: from then on it is its claim, too.
    expect(ok(await bring(york, id, 'york'))).toMatchObject({ text: 'A private matter' })
    expect(await read(york, id)).toMatchObject({ text: 'A private matter', photos: ['photo-1'] })
  })
})

describe('a redemption', () => {
  const redeem = async (redemptionId: string, rewardId: string, mode: 'reserve' | 'capture') =>
    ok(
      await leeds.ask(redeemReward, {
        params: { redemptionId },
        body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode },
      }),
    )
  const inName = (storeId: string | undefined) => (storeId === undefined ? {} : { storeId })
  const release = (till: Client, redemptionId: string, storeId?: string) =>
    till.ask(releaseRedemption, { params: { redemptionId }, body: inName(storeId) })
  const reverse = (till: Client, redemptionId: string, storeId?: string) =>
    till.ask(reverseRedemption, { params: { redemptionId }, body: inName(storeId) })
  const read = async (till: Client, redemptionId: string) => ok(await till.ask(readRedemption, { params: { redemptionId } }))
  /** Where points came back, as the ledger says. */
  const places = async () => {
    const range = { prefix: entryPrefix }
    const { items } = await shop.laurel.runtime.store.query({
      pk: memberPartition('two', memberId('ada')),
      range,
      consistent: true,
    })
    return items
      .map((item) => entryOf(item).fact)
      .flatMap((fact) => (fact.kind === 'release' || fact.kind === 'restore' ? [`${fact.kind} ${fact.storeId ?? '-'}`] : []))
  }

  test('is released without a store by who may post for its own alone, and in its own name by any', async () => {
    await redeem('leeds:r-1', 'mug', 'reserve')
    await redeem('leeds:r-2', 'mug', 'reserve')
    await refuses(() => release(york, 'leeds:r-1'))
    await refuses(() => release(york, 'leeds:r-1', 'leeds'))
    ok(await release(leeds, 'leeds:r-1'))
    await refuses(() => release(york, 'leeds:r-1'))
    ok(await release(york, 'leeds:r-2', 'york'))
    expect(await release(york, 'leeds:r-2', 'york')).toMatchObject({ status: 200, replayed: true })
    expect(await places()).toEqual(['release -', 'release york'])
  })

  test('is reversed without a store by who may post for its own alone, and in its own name by any', async () => {
    await redeem('leeds:r-1', 'mug', 'capture')
    await redeem('leeds:r-2', 'mug', 'capture')
    await refuses(() => reverse(york, 'leeds:r-1'))
    await refuses(() => reverse(york, 'leeds:r-1', 'leeds'))
    ok(await reverse(leeds, 'leeds:r-1'))
    ok(await reverse(york, 'leeds:r-2', 'york'))
    expect(await places()).toEqual(['restore -', 'restore york'])
  })

  test('of the app that names no store is let go by any till', async () => {
    const own = { params: { redemptionId: 'mine' }, body: { rewardId: 'mug', mode: 'reserve' as const } }
    const { id } = ok(await ada.ask(redeemMyReward, own))
    ok(await release(york, id))
  })

  test('that gave a voucher tells its code to its own store, and no other needs it: the member shows it', async () => {
    const { voucher } = await redeem('leeds:r-1', 'tea', 'capture')
    expect((await read(leeds, 'leeds:r-1')).voucher).toEqual(voucher)
    const { voucher: _, ...told } = await read(leeds, 'leeds:r-1')
    expect(await read(york, 'leeds:r-1')).toEqual(told)
    const basket = { lines: [{ sku: 'sencha', quantity: 1, amount: 900 }] }
    const body = { code: voucher!.code, storeId: 'york', member: { id: 'ada' }, basket }
    expect(ok(await york.ask(validateVoucher, { body }))).toMatchObject({ discount: 500 })
    expect(JSON.stringify(await reverse(york, 'leeds:r-1', 'york'))).not.toContain(voucher!.code)
  })

  test('that was captured elsewhere tells the code of its voucher to nobody who only began it', async () => {
    const body = { member: { id: 'ada' }, rewardId: 'tea', storeId: 'leeds', mode: 'reserve' as const }
    const again = () => leeds.ask(redeemReward, { params: { redemptionId: 'leeds:r-1' }, body })
    ok(await again())
    const { voucher } = ok(
      await york.ask(captureRedemption, { params: { redemptionId: 'leeds:r-1' }, body: { storeId: 'york' } }),
    )
    const told = await again()
    expect(told).toMatchObject({ status: 200, replayed: true, body: { state: 'captured', storeId: 'york' } })
    expect(JSON.stringify(told)).not.toContain(voucher!.code)
    expect((await read(york, 'leeds:r-1')).voucher).toEqual(voucher)
  })

  test('of the app that gave a voucher tells any till: whoever names it was shown it', async () => {
    const own = { params: { redemptionId: 'mine' }, body: { rewardId: 'tea', mode: 'capture' as const } }
    const { id, voucher } = ok(await ada.ask(redeemMyReward, own))
    expect((await read(york, id)).voucher).toEqual(voucher)
    const reserved = ok(
      await ada.ask(redeemMyReward, { ...own, params: { redemptionId: 'till' }, body: { ...own.body, mode: 'reserve' } }),
    )
    const captured = ok(await york.ask(captureRedemption, { params: { redemptionId: reserved.id }, body: { storeId: 'york' } }))
    expect(captured.voucher).toBeDefined()
    expect((await read(york, reserved.id)).voucher).toEqual(captured.voucher)
    expect(await read(leeds, reserved.id)).not.toHaveProperty('voucher')
  })
})
