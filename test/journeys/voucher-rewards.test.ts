import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMyRewards } from '../../functions/contract/my-rewards.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import {
  captureRedemption,
  readRedemption,
  redeemMyReward,
  redeemReward,
  releaseRedemption,
  reverseRedemption,
} from '../../functions/contract/redemptions.ts'
import { readPool, uploadCodes, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { lockVoucher, releaseVoucherLock, useVoucherLock } from '../../functions/contract/vouchers.ts'
import { memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { table } from '../../functions/store/table.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Office } from '../support/programme-office.ts'
import { Journey } from './journey.ts'

/** Vouchers for points: a tea of the house, whose codes are made, and a film, whose codes a partner gave. */
const document = programmeDocument.parse({
  ...demoProgramme,
  vouchers: [
    { id: 'tea', name: 'A pot of tea', codes: { generated: { length: 12 } }, value: { kind: 'money-off', amount: 600 }, uses: 2 },
    { id: 'film', codes: { pool: {} }, value: { kind: 'product', sku: 'cinema' } },
  ],
  rewards: [
    { id: 'tea-reward', kind: 'voucher', voucher: 'tea', price: { points: 40 } },
    { id: 'film-reward', kind: 'voucher', voucher: 'film', price: { points: 50 } },
  ],
})

let shop: Journey

async function openedIn(laurel: Laurel, programme: string, of: typeof document): Promise<Journey> {
  await createProgramme(laurel.runtime.store, programme, of, laurel.now)
  const opened = await Journey.in(laurel, programme)
  ok(await opened.enrol('ada'))
  ok(await opened.sell('leeds:1', { id: 'ada' }, [10_000]))
  return opened
}

/** Another house, whose programme says something else. */
const another = (of: typeof document) => openedIn(shop.laurel, 'another', of)

beforeEach(async () => {
  shop = await openedIn(await Laurel.start('2026-03-10T10:00:00Z'), 'house', document)
})
afterEach(() => shop.end('ada'))

const redeem = (redemptionId: string, rewardId: string, mode: 'reserve' | 'capture' = 'capture') =>
  shop.till.ask(redeemReward, { params: { redemptionId }, body: { member: { id: 'ada' }, rewardId, storeId: 'leeds', mode } })
const capture = (redemptionId: string) =>
  shop.till.ask(captureRedemption, { params: { redemptionId }, body: { storeId: 'leeds' } })
const release = (redemptionId: string) => shop.till.ask(releaseRedemption, { params: { redemptionId }, body: {} })
const reverse = (redemptionId: string) => shop.till.ask(reverseRedemption, { params: { redemptionId }, body: {} })
const read = async (redemptionId: string) => ok(await shop.till.ask(readRedemption, { params: { redemptionId } }))
const upload = (uploadId: string, ...codes: string[]) =>
  shop.office.ask(uploadCodes, { params: { id: 'film', uploadId }, body: { codes } })
const lock = (lockId: string, code: string) => {
  const basket = { lines: [{ sku: 'sencha', quantity: 1, amount: 900 }] }
  return shop.till.ask(lockVoucher, { params: { lockId }, body: { code, storeId: 'leeds', member: { id: 'ada' }, basket } })
}
const use = (lockId: string, purchaseId: string) => shop.till.ask(useVoucherLock, { params: { lockId }, body: { purchaseId } })
const mine = async () => ok(await (await shop.app('ada')).ask(readMyVouchers, {})).items
/** How the app tells a reward: its status, why, and how many are left. */
const told = async (rewardId: string) => {
  const { items } = ok(await (await shop.app('ada')).ask(readMyRewards, {}))
  const { status, because, left } = items.find(({ id }) => id === rewardId)!
  return [status, because.join(), left]
}
const has = async () => (await shop.standing('ada')).available
const problemOf = (reply: { status: number; problem: { code: string } | undefined }) => `${reply.status} ${reply.problem?.code}`

describe('a voucher for points', () => {
  test('is given out with the points that it costs, once', async () => {
    const redeemed = ok(await redeem('r-1', 'tea-reward'))
    expect(redeemed).toMatchObject({
      ...{ state: 'captured', points: { price: 40 }, money: null, balance: { available: 60 } },
      voucher: { voucherId: 'tea', name: 'A pot of tea', status: 'good', uses: 2, used: 0 },
    })
    const again = await redeem('r-1', 'tea-reward')
    expect(again).toMatchObject({ status: 200, replayed: true, body: { voucher: redeemed.voucher } })
    expect(await mine()).toEqual([redeemed.voucher])
    const app = await shop.app('ada')
    const own = ok(
      await app.ask(redeemMyReward, { params: { redemptionId: 'mine' }, body: { rewardId: 'tea-reward', mode: 'capture' } }),
    )
    expect(own.voucher?.code).not.toBe(redeemed.voucher?.code)
    expect(await mine()).toHaveLength(2)
    ok(await lock('l-1', redeemed.voucher!.code))
    ok(await use('l-1', 'leeds:2'))
    expect((await read('r-1')).voucher).toMatchObject({ used: 1, status: 'good' })
  })

  test('is given out when what was reserved is captured', async () => {
    expect(ok(await redeem('r-1', 'tea-reward', 'reserve')).voucher).toBeUndefined()
    expect(await mine()).toEqual([])
    const captured = ok(await capture('r-1'))
    expect(ok(await capture('r-1')).voucher).toEqual(captured.voucher)
    expect(await mine()).toEqual([captured.voucher])
    ok(await redeem('r-2', 'tea-reward', 'reserve'))
    expect(ok(await release('r-2')).voucher).toBeUndefined()
    expect(await mine()).toHaveLength(1)
  })

  test('is void when the points come back', async () => {
    const { voucher } = ok(await redeem('r-1', 'tea-reward'))
    ok(await lock('l-1', voucher!.code))
    expect(problemOf(await reverse('r-1'))).toBe('409 voucher-locked')
    ok(await shop.till.ask(releaseVoucherLock, { params: { lockId: 'l-1' }, body: {} }))
    for (let n = 0; n < 2; n += 1) {
      expect(ok(await reverse('r-1'))).toMatchObject({
        state: 'reversed',
        voucher: { status: 'void' },
        balance: { available: 100 },
      })
    }
    expect(problemOf(await lock('l-2', voucher!.code))).toBe('409 voucher-void')
    expect(await mine()).toMatchObject([{ status: 'void' }])
  })

  test('that was used keeps its points, void or not', async () => {
    const { voucher } = ok(await redeem('r-1', 'tea-reward'))
    ok(await lock('l-1', voucher!.code))
    ok(await use('l-1', 'leeds:2'))
    expect(problemOf(await reverse('r-1'))).toBe('409 voucher-used')
    ok(await shop.office.ask(voidVoucherAsStaff, { body: { code: voucher!.code, reason: 'a test' } }))
    expect(problemOf(await reverse('r-1'))).toBe('409 voucher-used')
    expect(await has()).toBe(60)
  })

  test('that staff voided unused may be paid back', async () => {
    const { voucher } = ok(await redeem('r-1', 'tea-reward'))
    ok(await shop.office.ask(voidVoucherAsStaff, { body: { code: voucher!.code, reason: 'a test' } }))
    expect(ok(await reverse('r-1'))).toMatchObject({ state: 'reversed', balance: { available: 100 } })
  })
})

describe('a pool', () => {
  test('that is dry says so before points are taken, or held', async () => {
    for (const mode of ['capture', 'reserve'] as const) {
      const before = await shop.dump()
      const refused = await redeem('r-1', 'film-reward', mode)
      expect(refused).toMatchObject({ status: 409, problem: { code: 'pool-empty', errors: [{ pointer: '/rewardId' }] } })
      expect(await shop.dump()).toEqual(before)
    }
    ok(await upload('u-1', 'CINEMA-0001'))
    expect(ok(await redeem('r-1', 'film-reward')).voucher).toMatchObject({ code: 'CINEMA-0001' })
    expect(problemOf(await redeem('r-2', 'film-reward'))).toBe('409 pool-empty')
    expect(await has()).toBe(50)
  })

  test('that ran dry since points were held leaves them held, to be released', async () => {
    ok(await upload('u-1', 'CINEMA-0001'))
    ok(await redeem('r-1', 'film-reward', 'reserve'))
    ok(await redeem('r-2', 'film-reward'))
    expect(problemOf(await capture('r-1'))).toBe('409 pool-empty')
    expect(await shop.standing('ada')).toMatchObject({ available: 0, reserved: 50 })
    ok(await release('r-1'))
    expect(await has()).toBe(50)
  })

  test('that is dry locks its rewards in the app, until there are codes again', async () => {
    expect(await told('film-reward')).toEqual(['locked', 'out-of-stock', 0])
    expect(await told('tea-reward')).toEqual(['affordable', '', null])
    ok(await upload('u-1', 'CINEMA-0001'))
    expect(await told('film-reward')).toEqual(['affordable', '', null])
    ok(await redeem('r-1', 'film-reward'))
    expect(await told('film-reward')).toEqual(['locked', 'out-of-stock', 0])
    ok(await upload('u-2', 'CINEMA-0002'))
    expect(await told('film-reward')).toEqual(['affordable', '', null])
  })

  test('that is dry locks a reward of which there is stock, and a stock that is spent one of which there are codes', async () => {
    const [tea, film] = document.rewards!
    shop = await another({ ...document, rewards: [tea!, { ...film!, stock: 1 }] })
    expect(await told('film-reward')).toEqual(['locked', 'out-of-stock', 0])
    ok(await upload('u-1', 'CINEMA-0001', 'CINEMA-0002'))
    expect(await told('film-reward')).toEqual(['affordable', '', 1])
    ok(await redeem('r-1', 'film-reward'))
    expect(await told('film-reward')).toEqual(['locked', 'out-of-stock', 0])
  })

  test('does not get a code back that somebody has seen', async () => {
    ok(await upload('u-1', 'CINEMA-0001'))
    ok(await redeem('r-1', 'film-reward'))
    ok(await reverse('r-1'))
    expect(ok(await shop.office.ask(readPool, { params: { id: 'film' } })).left).toBe(0)
    expect(problemOf(await redeem('r-2', 'film-reward'))).toBe('409 pool-empty')
  })

  test('has ten codes for two hundred who want one, and takes the points of ten', async () => {
    const codes = Array.from({ length: 10 }, (_, n) => `CINEMA-${1000 + n}`)
    ok(await upload('u-1', ...codes))
    ok(await shop.adjust('ada', 'a-1', 20_000))
    const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => redeem(`r-${n}`, 'film-reward')))
    const given = replies.flatMap(({ body }) => (body ? [body.voucher!.code] : []))
    expect(given.sort()).toEqual(codes)
    expect(new Set(replies.flatMap(({ problem }) => (problem ? [problem.code] : [])))).toEqual(new Set(['pool-empty']))
    expect(await has()).toBe(20_100 - 10 * 50)
  })
})

test('vouchers whose time is over lock their rewards in the app, as they are refused', async () => {
  const [tea, film] = document.vouchers!
  const valid = { until: '2026-03-20T00:00:00Z' }
  shop = await another({
    ...document,
    vouchers: [
      { ...tea!, valid },
      { ...film!, valid },
    ],
  })
  ok(await upload('u-1', 'CINEMA-0001'))
  shop.travel('2026-03-19T23:59:59Z')
  for (const reward of ['tea-reward', 'film-reward']) expect(await told(reward)).toEqual(['affordable', '', null])
  shop.travel(valid.until)
  for (const reward of ['tea-reward', 'film-reward']) {
    expect(await told(reward)).toEqual(['locked', 'out-of-stock', 0])
    expect(problemOf(await redeem(`r-${reward}`, reward))).toBe('409 voucher-over')
  }
})

test('vouchers of stores that are not there contradict the document', async () => {
  const marketing = await Office.of(shop.laurel, 'marketing', undefined, 'house')
  const [tea, film] = document.vouchers!
  await marketing.edit((draft) => ({
    ...draft,
    stores: [{ id: 'leeds' }],
    vouchers: [tea!, { ...film!, stores: ['leeds', 'york'] }],
  }))
  expect((await marketing.validate()).errors).toEqual([
    { pointer: '/vouchers/1/stores/1', code: 'unknown-store', detail: 'there is no store york' },
  ])
})

test('a reward of vouchers that are not there contradicts the document', async () => {
  const marketing = await Office.of(shop.laurel, 'marketing', undefined, 'house')
  await marketing.edit((draft) => ({ ...draft, vouchers: draft.vouchers!.slice(0, 1) }))
  expect((await marketing.validate()).errors).toEqual([
    { pointer: '/rewards/1/voucher', code: 'unknown-voucher', detail: 'there are no vouchers film' },
  ])
})

test('a redemption whose voucher is not there, is another’s or is good though the points came back is found', async () => {
  const { store } = shop.laurel.runtime
  const { voucher } = ok(await redeem('r-1', 'tea-reward'))
  expect(voucher).toBeDefined()
  const wrong = async () => {
    const found: string[] = []
    await verify(shop.laurel.runtime, 'house', ({ what }) => found.push(what))
    return found
  }
  const [record] = (await store.read([table.redemption('house', 'r-1')], { consistent: true })).items
  const key = table.voucher('house', String(record!.vk))
  const [stored] = (await store.read([key], { consistent: true })).items
  for (const item of [
    { ...stored!, by: 'redemption:r-2' },
    { ...stored!, m: memberId('bert') },
    { ...stored!, u: 1 },
  ]) {
    await store.commit([{ kind: 'put', item }])
    expect(await wrong()).not.toEqual([])
  }
  await store.commit([{ kind: 'put', item: stored! }])
  expect(await wrong()).toEqual([])
  const { vk: _, ...without } = record!
  await store.commit([{ kind: 'put', item: without as typeof stored & object }])
  expect(await wrong()).toEqual(['redemption r-1 gave no voucher out'])
  await store.commit([{ kind: 'put', item: record! }])
  ok(await reverse('r-1'))
  const [reversed] = (await store.read([key], { consistent: true })).items
  await store.commit([{ kind: 'put', item: stored! }])
  expect(await wrong()).toEqual(['the voucher of redemption r-1 is good though its points came back'])
  await store.commit([{ kind: 'put', item: reversed! }])
})
