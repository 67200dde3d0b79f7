import { describe, expect, test } from 'vitest'
import { readPool, uploadCodes } from '../../functions/contract/voucher-office.ts'
import { ok } from '../support/client.ts'
import { codeOf, issue, left, lock, openShopForEachTest, problemOf, shop, upload } from './voucher-journey.ts'

/** Where the codes that are given out come from: what is not given, and the pools of partners’ codes. */

openShopForEachTest()

describe('is not given out', () => {
  test.each([
    ['of no such kind', 'cake', 'ada', '404 voucher-unknown'],
    ['to nobody, where it is a member’s', 'tea', undefined, '422 voucher-without-member'],
    ['to whoever is none', 'tea', 'nobody', '404 member-unknown'],
    ['of an empty pool', 'partner', 'ada', '409 pool-empty'],
  ])('%s', async (_why, series, member, expected) => {
    const before = await shop.dump()
    expect(problemOf(await issue(series, 'i-1', member))).toBe(expected)
    expect(await shop.dump()).toEqual(before)
  })
  test('to who is closed, or when its time is over', async () => {
    ok(await shop.change('ada', { status: 'closed' }))
    expect(problemOf(await issue('tea', 'i-1', 'ada'))).toBe('409 member-closed')
    shop.travel('2026-04-01T00:00:00Z')
    expect(problemOf(await issue('flyer', 'i-1', 'bert'))).toBe('409 voucher-over')
  })
})

describe('a pool', () => {
  test('takes each code once, says which it had, and gives each to one member', async () => {
    const first = { status: 201, body: { taken: 2, duplicates: ['partner 0001'], left: 2 } }
    expect(await upload('u-1', ['PARTNER-0001', 'PARTNER-0002', 'partner 0001'])).toMatchObject(first)
    expect(await upload('u-1', ['PARTNER-0001', 'PARTNER-0002', 'partner 0001'])).toMatchObject({
      ...first,
      status: 200,
      replayed: true,
    })
    expect(problemOf(await upload('u-1', ['PARTNER-0003']))).toBe('409 id-reused')
    expect(await upload('u-2', ['PARTNER-0002', 'PARTNER-0003'])).toMatchObject({
      body: { taken: 1, duplicates: ['PARTNER-0002'], left: 3 },
    })
    const codes = []
    for (let n = 0; n < 3; n += 1) codes.push(await codeOf('partner', `i-${n}`, 'ada'))
    expect(codes.toSorted()).toEqual(['PARTNER-0001', 'PARTNER-0002', 'PARTNER-0003'])
    expect(problemOf(await issue('partner', 'i-3', 'ada'))).toBe('409 pool-empty')
    expect(await left()).toBe(0)
    expect(ok(await lock('l-1', 'partner0002'))).toMatchObject({ discount: null, value: { kind: 'product', sku: 'cinema' } })
    // What was given out does not come into the pool again.
    expect(await upload('u-3', ['PARTNER-0002'])).toMatchObject({ body: { taken: 0, duplicates: ['PARTNER-0002'], left: 0 } })
  })

  test('takes thousands at once, and the same ones again as a replay', async () => {
    const codes = Array.from({ length: 2500 }, (_, n) => `PARTNER-${String(n).padStart(6, '0')}`)
    ok(await upload('u-0', codes.slice(100, 140)))
    const told = { taken: 2460, left: 2500, duplicates: codes.slice(100, 140) }
    expect(await upload('u-1', codes)).toMatchObject({ status: 201, body: told })
    expect(await upload('u-1', codes)).toMatchObject({ status: 200, replayed: true, body: told })
  })

  test.each([
    [['SHORT'], '/codes/0'],
    [['PARTNER-0001', 'PARTNER_0002'], '/codes/1'],
    [['PARTNER-0001', '- - - - - -'], '/codes/1'],
    [[], '/codes'],
  ])('takes no %j', async (codes, pointer) => {
    const before = await shop.dump()
    expect(await upload('u-1', codes)).toMatchObject({ status: 422, problem: { code: 'invalid-body', errors: [{ pointer }] } })
    expect(await shop.dump()).toEqual(before)
  })

  test('of a kind whose codes are made is none', async () => {
    const params = { id: 'tea', uploadId: 'u-1' }
    expect(problemOf(await shop.office.ask(uploadCodes, { params, body: { codes: ['PARTNER-0001'] } }))).toBe(
      '409 voucher-without-pool',
    )
    expect(problemOf(await shop.office.ask(readPool, { params: { id: 'tea' } }))).toBe('409 voucher-without-pool')
    expect(problemOf(await shop.office.ask(readPool, { params: { id: 'cake' } }))).toBe('404 voucher-unknown')
  })

  test('says once that it is low, and once more after an upload', async () => {
    const lows = async () =>
      [...(await shop.dump())]
        .filter(([key]) => key.startsWith('P#teahouse#VOUCHERS#partner E#'))
        .map(([, item]) => JSON.parse(item).f)
    ok(await upload('u-1', ['PARTNER-0001', 'PARTNER-0002', 'PARTNER-0003', 'PARTNER-0004']))
    for (const [n, said] of [0, 0, 1, 1].entries()) {
      ok(await issue('partner', `i-${n}`, 'ada'))
      expect(await lows()).toHaveLength(said)
    }
    expect(await lows()).toEqual([{ voucherId: 'partner', left: 1, mark: 2 }])
    ok(await upload('u-2', ['PARTNER-0005']))
    ok(await issue('partner', 'i-4', 'ada'))
    expect(await lows()).toHaveLength(2)
  })
})
