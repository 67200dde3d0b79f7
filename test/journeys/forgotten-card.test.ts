import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { attachMyPurchase } from '../../functions/contract/attaching.ts'
import { quotePurchase, readPurchase, recordPurchase } from '../../functions/contract/purchases.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { back, Journey, line } from './journey.ts'

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T12:00:00Z')
  ok(await shop.enrol('ada', { card: '6335550001' }))
  ok(await shop.enrol('bert'))
})

afterEach(() => shop.end('ada', 'bert'))

const basket = [line('1', 1530, 6), line('2', 999)]
const unattached = {
  purchaseId: 'leeds:1',
  memberId: null,
  points: { earned: 0, pending: 0 },
  awards: [],
}
const statuses = (replies: readonly { readonly status: number }[]) => {
  const counts: { [status: number]: number } = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
const refused = (code: string, status = 409) => ({ status, problem: { code } })

describe('a purchase without a member', () => {
  test('is kept, once, and earns nobody anything', async () => {
    expect(await shop.sellUnnamed('leeds:1', basket)).toMatchObject({ status: 201, replayed: false, body: unattached })
    const before = await shop.dump()
    shop.travel('2026-12-21T12:00:00Z')
    const again = await shop.sellUnnamed('leeds:1', basket, { occurredAt: '2026-11-21T12:00:00Z' })
    expect(again).toMatchObject({ status: 200, replayed: true })
    expect(again.body).toEqual(unattached)
    expect(await shop.sellUnnamed('leeds:1', basket)).toMatchObject(refused('id-reused'))
    const named = { occurredAt: '2026-11-21T12:00:00Z' }
    expect(await shop.sell('leeds:1', { id: 'ada' }, basket, named)).toMatchObject(refused('id-reused'))
    expect(await shop.sell('leeds:1', { id: 'never' }, basket, named)).toMatchObject(refused('id-reused'))
    expect(await shop.dump()).toEqual(before)
  })

  test.each([
    ['another currency', { currency: 'EUR' }, 'currency-mismatch'],
    ['another store', { storeId: 'york' }, 'store-mismatch'],
    ['dated two days ahead', { occurredAt: '2026-11-23T12:00:00Z' }, 'occurred-in-future'],
    ['a line twice', { lines: [line('1', 5), line('1', 5)] }, 'duplicate-line'],
    ['more than can be reckoned with', { lines: [line('1', 1e12), line('2', 1)] }, 'amount-too-large'],
    ['nobody in braces', { member: {} as { id: string } }, 'invalid-body'],
    ['nobody as null', { member: null as unknown as { id: string } }, 'invalid-body'],
  ])('with %s is refused, and nothing is stored', async (_what, more, code) => {
    const before = await shop.dump()
    const { member: _, ...body } = shop.saleOf('leeds:1', { id: 'x' }, basket)
    const asked = { params: { purchaseId: 'leeds:1' }, body: { ...body, ...more } }
    expect(await shop.till.ask(recordPurchase, asked)).toMatchObject(refused(code, 422))
    expect(await shop.dump()).toEqual(before)
  })

  test('names no redemptions: nobody has spent points on it', async () => {
    const before = await shop.dump()
    expect(await shop.sellUnnamed('leeds:1', [1530], { redemptionIds: ['r-1'] })).toMatchObject({
      status: 422,
      problem: { code: 'member-missing', errors: [{ pointer: '/redemptionIds' }] },
    })
    expect(await shop.dump()).toEqual(before)
    expect((await shop.sellUnnamed('leeds:1', [1530], { redemptionIds: [] })).status).toBeLessThan(300)
  })

  test('is quoted as what it would earn a new member', async () => {
    const { member: _, ...body } = shop.saleOf('leeds:1', { id: 'x' }, basket)
    const quote = ok(await shop.till.ask(quotePurchase, { body }))
    expect(quote).toMatchObject({ memberId: null, points: { earned: 25, pending: 0 }, balance: { available: 0 } })
    expect(quote.tier.id).toBe('bronze')
  })

  test('is read by tills as what it is, and by no member', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)]))
    expect(ok(await shop.till.ask(readPurchase, { params: { purchaseId: 'leeds:1' } }))).toEqual({
      ...unattached,
      ...{ storeId: 'leeds', occurredAt: '2026-11-21T12:00:00Z', bookedAt: '2026-11-21T12:00:00Z', tier: null },
      points: { earned: 0, kept: 0, expiresAt: null, spendableAt: null },
      lines: [
        { lineId: '1', sku: 'sku-1', quantity: 6, amount: 1530, excluded: false, returned: { quantity: 2, amount: 510 } },
        { lineId: '2', sku: 'sku-2', quantity: 1, amount: 999, excluded: false, returned: { quantity: 0, amount: 0 } },
      ],
      returns: [{ returnId: 'r-1', status: 'booked', points: { clawedBack: 0 } }],
    })
    await expect(shop.explanation('ada', 'leeds:1')).rejects.toThrow('purchase-unknown')
  })
})

describe('the member adds it by its receipt', () => {
  test('it earns, once, and whoever asks again is told so', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    shop.travel('2026-11-25T12:00:00Z')
    const claimed = await shop.claim('ada', 'leeds:1', 2529, '2026-11-21')
    expect(claimed).toMatchObject({
      ...{ status: 201, replayed: false },
      body: { purchaseId: 'leeds:1', memberId: 'ada', points: { earned: 25, pending: 0 }, balance: { available: 25 } },
    })
    const before = await shop.dump()
    expect(await shop.claim('ada', 'leeds:1', 2529, '2026-11-21')).toMatchObject({ status: 200, replayed: true })
    expect(ok(await shop.claim('ada', 'leeds:1', 1, '2020-01-01'))).toEqual(ok(claimed))
    const asTheTill = await shop.sellUnnamed('leeds:1', basket, { occurredAt: '2026-11-21T12:00:00Z' })
    expect(asTheTill).toMatchObject({ status: 200, replayed: true })
    expect(asTheTill.body).toEqual(ok(claimed))
    expect(await shop.dump()).toEqual(before)
    expect(await shop.explanation('ada', 'leeds:1')).toMatchObject({
      ...{ memberId: 'ada', occurredAt: '2026-11-21T12:00:00Z', bookedAt: '2026-11-25T12:00:00Z', tier: 'bronze' },
      points: { earned: 25, kept: 25, expiresAt: '2027-12-01T00:00:00Z' },
    })
  })

  test('whatever is wrong is answered alike: the total, the day, the number, whose it is', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    ok(await shop.sell('leeds:2', { id: 'bert' }, basket))
    ok(await shop.bring('leeds:3', 'r-1', [back('1', 1)]))
    const tries = [
      ['leeds:1', 2528, '2026-11-21'],
      ['leeds:1', 2529, '2026-11-22'],
      ['leeds:2', 2529, '2026-11-21'],
      ['leeds:3', 2529, '2026-11-21'],
      ['leeds:4', 2529, '2026-11-21'],
    ] as const
    const answers = []
    for (const [id, total, day] of tries) answers.push(await shop.claim('ada', id, total, day))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject(refused('purchase-unknown', 404))
    expect((await shop.standing('ada')).available).toBe(0)
  })

  test('ten wrong tries a day, and no more that day; then again', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    for (let guess = 1; guess <= 10; guess += 1) {
      expect(await shop.claim('ada', 'leeds:1', guess, '2026-11-21')).toMatchObject(refused('purchase-unknown', 404))
    }
    expect(await shop.claim('ada', 'leeds:1', 2529, '2026-11-21')).toMatchObject(refused('too-many-tries'))
    expect(await shop.claim('bert', 'leeds:1', 1, '2026-11-21')).toMatchObject(refused('purchase-unknown', 404))
    shop.travel('2026-11-21T23:59:59Z')
    expect(await shop.claim('ada', 'leeds:1', 2529, '2026-11-21')).toMatchObject(refused('too-many-tries'))
    shop.travel('2026-11-22T00:00:00Z')
    expect(await shop.claim('ada', 'leeds:1', 2529, '2026-11-21')).toMatchObject({ status: 201 })
  })

  test('forty guesses at once are no more than forty one after another', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    const app = await shop.app('ada')
    const guesses = Array.from({ length: 40 }, (_, at) => ({ total: at, day: '2026-11-21' }))
    const replies = await Promise.all(guesses.map((body) => app.ask(attachMyPurchase, { params: { id: 'leeds:1' }, body })))
    expect(statuses(replies)).toEqual({ 404: 10, 409: 30 })
  })
})

describe('staff give it to its member', () => {
  test('by id or card, with a reason, once', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    expect(await shop.attach('leeds:1', { id: 'never' })).toMatchObject(refused('member-unknown', 404))
    expect(await shop.attach('leeds:1', { card: 'never' })).toMatchObject(refused('member-unknown', 404))
    expect(await shop.attach('leeds:9', { id: 'ada' })).toMatchObject(refused('purchase-unknown', 404))
    const attached = await shop.attach('leeds:1', { card: '6335550001' }, 'Receipt shown')
    expect(attached).toMatchObject({ status: 201, body: { memberId: 'ada', balance: { available: 25 } } })
    expect(await shop.attach('leeds:1', { id: 'ada' })).toMatchObject({ status: 200, replayed: true })
    expect(await shop.attach('leeds:1', { id: 'bert' })).toMatchObject(refused('purchase-attached'))
    expect(await shop.claim('bert', 'leeds:1', 2529, '2026-11-21')).toMatchObject(refused('purchase-unknown', 404))
    const entries = [...(await shop.dump())].filter(([key]) => key.startsWith('P#demo#M#ada E#'))
    const { an } = JSON.parse(entries.at(-1)![1]) as { an: unknown }
    expect(an).toEqual({ arrivedAt: Date.parse('2026-11-21T12:00:00Z'), actor: 'office/demo', reason: 'Receipt shown' })
  })

  test('a closed member earns nothing, and nothing is stored', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    ok(await shop.change('ada', { status: 'closed' }))
    await shop.app('ada')
    const before = await shop.dump()
    expect(await shop.attach('leeds:1', { id: 'ada' })).toMatchObject(refused('member-closed'))
    expect(await shop.claim('ada', 'leeds:1', 2529, '2026-11-21')).toMatchObject(refused('member-closed'))
    expect(await shop.dump()).toEqual(before)
    expect(await shop.attach('leeds:1', { id: 'bert' })).toMatchObject({ status: 201 })
  })

  test('twenty at once for two members: one wins', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    const claims = Array.from({ length: 20 }, (_, at) =>
      at % 2 === 0 ? shop.claim('ada', 'leeds:1', 2529, '2026-11-21') : shop.attach('leeds:1', { id: 'bert' }),
    )
    const replies = await Promise.all(claims)
    expect(statuses(replies)[201]).toBe(1)
    expect(statuses(replies)[200]).toBe(9)
    const [ada, bert] = [await shop.standing('ada'), await shop.standing('bert')]
    expect([ada.available, bert.available].toSorted()).toEqual([0, 25])
  })
})

describe('the window', () => {
  test.each([
    // Sold on 21 November in London: 30 whole days after it end with 21 December.
    ['2026-11-21T12:00:00Z', '2026-12-21T23:59:59Z', 201],
    ['2026-11-21T12:00:00Z', '2026-12-22T00:00:00Z', 409],
    // One second before midnight of summer time, which is 22:59:59 in UTC.
    ['2026-07-31T22:59:59Z', '2026-08-30T22:59:59Z', 201],
    ['2026-07-31T22:59:59Z', '2026-08-30T23:00:00Z', 409],
  ])('sold at %s and attached at %s: %i', async (occurredAt, now, status) => {
    ok(await shop.sellUnnamed('leeds:1', basket, { occurredAt }))
    shop.travel(now)
    if (status === 409) expect(await shop.attach('leeds:1', { id: 'ada' })).toMatchObject(refused('attach-window-over'))
    expect((await shop.claim('ada', 'leeds:1', 2529, occurredAt.slice(0, 10))).status).toBe(status)
  })

  test('is as long as the programme says', async () => {
    const points = { ...demoProgramme.points, attachDays: 0 }
    await createProgramme(shop.laurel.runtime.store, 'strict', { ...demoProgramme, points }, shop.laurel.now)
    const strict = await Journey.in(shop.laurel, 'strict')
    ok(await strict.enrol('cy'))
    for (const id of ['leeds:1', 'leeds:2']) ok(await strict.sellUnnamed(id, basket))
    strict.travel('2026-11-21T23:59:59Z')
    expect(await strict.attach('leeds:1', { id: 'cy' })).toMatchObject({ status: 201 })
    strict.travel('2026-11-22T00:00:00Z')
    expect(await strict.attach('leeds:2', { id: 'cy' })).toMatchObject(refused('attach-window-over'))
  })
})

describe('it earns as it would have at the sale', () => {
  test('with the tier held just before it, and not the one reached since', async () => {
    ok(await shop.sellUnnamed('leeds:1', [10_000]))
    shop.travel('2026-11-22T12:00:00Z')
    ok(await shop.sell('leeds:2', { id: 'ada' }, [60_000]))
    expect((await shop.standing('ada')).tier).toBe('silver')
    shop.travel('2026-11-23T12:00:00Z')
    expect(ok(await shop.claim('ada', 'leeds:1', 10_000, '2026-11-21')).points.earned).toBe(100)
    expect(await shop.explanation('ada', 'leeds:1')).toMatchObject({ tier: 'bronze' })
  })

  test('a till whose clock was ahead: dated when it arrived, and found by the day that it printed', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket, { occurredAt: '2026-11-22T11:00:00Z' }))
    shop.travel('2026-12-01T12:00:00Z')
    expect(await shop.claim('ada', 'leeds:1', 2529, '2026-11-22')).toMatchObject({ status: 201 })
    expect(await shop.explanation('ada', 'leeds:1')).toMatchObject({ occurredAt: '2026-11-21T12:00:00Z' })
  })

  test('points that are past their expiry by then are earned and expired', async () => {
    const points = { ...demoProgramme.points, expiry: { months: 1 }, attachDays: 100 }
    await createProgramme(shop.laurel.runtime.store, 'short', { ...demoProgramme, points }, shop.laurel.now)
    const short = await Journey.in(shop.laurel, 'short')
    ok(await short.enrol('cy'))
    ok(await short.sellUnnamed('leeds:1', basket))
    short.travel('2027-02-01T12:00:00Z')
    const attached = ok(await short.attach('leeds:1', { id: 'cy' }))
    expect(attached).toMatchObject({ points: { earned: 25, pending: 0 }, balance: { available: 0 } })
    expect((await short.activity('cy')).slice(0, 2).map(({ kind, points }) => [kind, points])).toEqual([
      ['expired', -25],
      ['earned', 25],
    ])
  })
})

describe('goods come back without a card', () => {
  test('before it is attached: kept, bounded by what was bought, and taken off then', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    const first = await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)])
    expect(first).toMatchObject({ status: 201 })
    expect(first.body).toEqual({ returnId: 'r-1', status: 'booked', points: { clawedBack: 0 } })
    const again = await shop.bring('leeds:1', 'r-1', [back('1', 510, 2)])
    expect(again).toEqual({ ...first, status: 200, replayed: true })
    expect(await shop.bring('leeds:1', 'r-1', [back('1', 511, 2)])).toMatchObject(refused('id-reused'))
    expect(await shop.bring('leeds:1', 'r-2', [back('1', 1021)])).toMatchObject(refused('return-exceeds-purchase'))
    expect(await shop.bring('leeds:1', 'r-2', [back('9', 1)])).toMatchObject(refused('line-unknown', 422))
    expect(ok(await shop.returned('leeds:1', 'r-1'))).toEqual(first.body)
    // 2529 − 510 = 2019 are kept: 20 points of 25.
    const attached = ok(await shop.claim('ada', 'leeds:1', 2529, '2026-11-21'))
    expect(attached).toMatchObject({ points: { earned: 25 }, balance: { available: 20 } })
    const after = ok(await shop.returned('leeds:1', 'r-1'))
    expect(after).toMatchObject({ status: 'booked', points: { clawedBack: 5 }, balance: { available: 20 } })
    expect(ok(await shop.bring('leeds:1', 'r-3', [back('2', 999)]))).toMatchObject({ points: { clawedBack: 10 } })
  })

  test('all of it: it may still be attached, and earns nothing that stays', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 1530, 6), back('2', 999)]))
    expect(ok(await shop.attach('leeds:1', { id: 'ada' }))).toMatchObject({ points: { earned: 25 }, balance: { available: 0 } })
    expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 0 })
  })

  test('before it was even posted: what waited goes on waiting, and what does not fit is refused', async () => {
    expect(await shop.bring('leeds:1', 'r-2', [back('1', 1530, 6)], '2026-11-21T11:00:00Z')).toMatchObject({ status: 202 })
    expect(await shop.bring('leeds:1', 'r-1', [back('1', 1, 1)], '2026-11-21T11:30:00Z')).toMatchObject({ status: 202 })
    ok(await shop.sellUnnamed('leeds:1', basket))
    expect(ok(await shop.returned('leeds:1', 'r-2'))).toMatchObject({ status: 'booked', points: { clawedBack: 0 } })
    expect(ok(await shop.returned('leeds:1', 'r-1'))).toMatchObject({ status: 'refused', code: 'return-exceeds-purchase' })
    expect(ok(await shop.attach('leeds:1', { id: 'ada' })).balance.available).toBe(9)
    expect(ok(await shop.returned('leeds:1', 'r-2'))).toMatchObject({ status: 'booked', points: { clawedBack: 16 } })
    expect(ok(await shop.returned('leeds:1', 'r-1'))).toMatchObject({ status: 'refused', code: 'return-exceeds-purchase' })
  })

  test('no more than may wait for one commit', async () => {
    ok(await shop.sellUnnamed('leeds:1', [line('1', 2100, 21)]))
    for (let n = 1; n <= 20; n += 1) ok(await shop.bring('leeds:1', `r-${n}`, [back('1', 100)]))
    expect(await shop.bring('leeds:1', 'r-21', [back('1', 100)])).toMatchObject(refused('too-many-waiting-returns'))
    expect(ok(await shop.attach('leeds:1', { id: 'ada' })).balance.available).toBe(1)
    expect(await shop.bring('leeds:1', 'r-21', [back('1', 100)])).toMatchObject({ status: 201 })
  })
})
