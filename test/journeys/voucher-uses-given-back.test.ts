import { beforeEach, describe, expect, test } from 'vitest'
import { giveBackVoucherUse } from '../../functions/contract/vouchers.ts'
import { ok } from '../support/client.ts'
import { back } from './journey.ts'
import {
  basket,
  codeOf,
  lock,
  mine,
  openShopForEachTest,
  problemOf,
  release,
  shop,
  use,
  validate,
  voidIt,
} from './voucher-journey.ts'

/** A use of a voucher comes back when all of its purchase did, asked for or by itself. */

openShopForEachTest()

describe('a use comes back', () => {
  let code: string
  const giveBack = () => shop.till.ask(giveBackVoucherUse, { params: { lockId: 'l-1' }, body: {} })
  beforeEach(async () => {
    code = await codeOf('tea', 'i-1', 'ada')
    ok(await lock('l-1', code))
    expect(problemOf(await giveBack())).toBe('409 voucher-lock-unused')
    ok(await use('l-1', 'leeds:1'))
  })

  test.each(['ada', undefined])('once, when all of the purchase did, whosever it is: %s', async (member) => {
    expect(problemOf(await giveBack())).toBe('404 purchase-unknown')
    if (member) ok(await shop.sell('leeds:1', { id: member }, [700, 300]))
    else ok(await shop.sellUnnamed('leeds:1', [700, 300]))
    expect(ok(await giveBack())).toMatchObject({ state: 'used', usesLeft: 0 })
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 700)]))
    // Every piece is back, though the shop keeps a penny.
    ok(await shop.bring('leeds:1', 'r-2', [back('2', 299)]))
    for (let n = 0; n < 2; n += 1) {
      expect(ok(await giveBack())).toMatchObject({ state: 'given-back', usesLeft: 1, purchaseId: 'leeds:1' })
    }
    expect(ok(await release('l-1'))).toMatchObject({ state: 'given-back' })
    expect((await mine('ada')).items).toMatchObject([{ status: 'good', used: 0 }])
    ok(await lock('l-2', code))
  })

  test('not of a voucher that is void or has expired since', async () => {
    ok(await shop.sell('leeds:1', { id: 'ada' }, [1000]))
    ok(await voidIt(code))
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 1000)]))
    expect(problemOf(await giveBack())).toBe('409 voucher-void')
    ok(await lock('l-2', await codeOf('tea', 'i-2', 'ada')))
    ok(await use('l-2', 'leeds:2'))
    ok(await shop.sell('leeds:2', { id: 'ada' }, [1000]))
    shop.travel('2026-04-09T23:00:00Z')
    ok(await shop.bring('leeds:2', 'r-1', [back('1', 1000)]))
    expect(problemOf(await shop.till.ask(giveBackVoucherUse, { params: { lockId: 'l-2' }, body: {} }))).toBe(
      '409 voucher-expired',
    )
  })
})

test('ten are used for one purchase and no more, so that all of them come back with it', async () => {
  const lockIds = Array.from({ length: 11 }, (_, n) => `l-${n}`)
  for (const lockId of lockIds) ok(await lock(lockId, await codeOf('tea', lockId, 'ada')))
  for (const lockId of lockIds.slice(0, 10)) ok(await use(lockId, 'leeds:1'))
  const before = await shop.dump()
  const oneMore = { status: 409, problem: { code: 'too-many-vouchers', errors: [{ pointer: '/purchaseId' }] } }
  expect(await use('l-10', 'leeds:1')).toMatchObject(oneMore)
  expect(await shop.dump()).toEqual(before)
  expect(await use('l-9', 'leeds:1')).toMatchObject({ status: 200, body: { state: 'used' } })
  ok(await shop.sell('leeds:1', { id: 'ada' }, [1000]))
  expect(await use('l-10', 'leeds:1')).toMatchObject(oneMore)
  ok(await use('l-10', 'leeds:2'))
  ok(await shop.bring('leeds:1', 'r-1', [back('1', 1000)]))
  const states = await Promise.all(lockIds.map(async (lockId) => ok(await release(lockId)).state))
  expect(states).toEqual([...Array(10).fill('given-back'), 'used'])
})

describe('a use comes back by itself with the last piece of the purchase', () => {
  const stateOf = async (lockId: string) => ok(await release(lockId)).state
  const usesOf = async () => ok(await validate(flyerCode)).usesLeft
  let flyerCode: string
  const want4000 = { basket: basket(4000) }
  const sell = async (member: string | undefined) => {
    const sold = await (member ? shop.sell('leeds:1', { id: member }, [700, 300]) : shop.sellUnnamed('leeds:1', [700, 300]))
    expect(sold.status).toBeLessThan(300)
    return sold
  }
  const bringFirst = () => shop.bring('leeds:1', 'r-1', [back('1', 700)])
  const bringLast = () => shop.bring('leeds:1', 'r-2', [back('2', 299)])
  const useIt = () => use('l-1', 'leeds:1')
  beforeEach(async () => {
    flyerCode = await codeOf('flyer', 'i-1')
    ok(await lock('l-1', flyerCode, want4000))
  })

  test.each(['ada', undefined])('of an empty basket nothing comes back, by %s', async (member) => {
    const sellNothing = () => (member ? shop.sell('leeds:1', { id: member }, []) : shop.sellUnnamed('leeds:1', []))
    ok(await useIt())
    expect((await sellNothing()).status).toBeLessThan(300)
    expect(await stateOf('l-1')).toBe('used')
  })

  const orders: readonly (readonly [string, readonly (typeof useIt | typeof bringLast | 'sell')[]])[] = [
    ['used before the sale arrives', [useIt, 'sell', bringFirst, bringLast]],
    ['used afterwards', ['sell', useIt, bringFirst, bringLast]],
    ['used between the returns', ['sell', bringFirst, useIt, bringLast]],
    ['used last of all', ['sell', bringFirst, bringLast, useIt]],
    ['returned before the sale arrives', [useIt, bringFirst, bringLast, 'sell']],
    ['returned before it is used and sold', [bringFirst, useIt, bringLast, 'sell']],
  ]
  test.each(orders.flatMap(([name, steps]) => ['ada', undefined].map((member) => [name, member, steps] as const)))(
    '%s, by %s',
    async (_, member, steps) => {
      for (const [index, step] of steps.entries()) {
        const isLast = index === steps.length - 1
        if (steps.slice(0, index).includes(useIt)) expect([await stateOf('l-1'), await usesOf()]).toEqual(['used', 2])
        const happen = () => (step === 'sell' ? sell(member) : step())
        for (let n = 0; n < (isLast ? 2 : 1); n += 1) expect((await happen()).status).toBeLessThan(300)
      }
      expect([await stateOf('l-1'), await usesOf()]).toEqual(['given-back', 3])
      expect(ok(await shop.till.ask(giveBackVoucherUse, { params: { lockId: 'l-1' }, body: {} })).usesLeft).toBe(3)
      // Nor once more when the purchase gets its member.
      if (!member) ok(await shop.attach('leeds:1', { id: 'ada' }))
      expect(await usesOf()).toBe(3)
    },
  )

  test('however many were used for it, of whichever voucher, as far as they are good', async () => {
    ok(await lock('l-2', flyerCode, want4000))
    const tea = [await codeOf('tea', 'i-1', 'ada'), await codeOf('tea', 'i-2', 'ada')]
    for (const [n, code] of tea.entries()) ok(await lock(`t-${n}`, code))
    for (const lockId of ['l-1', 'l-2', 't-0', 't-1']) ok(await use(lockId, 'leeds:1'))
    await sell('ada')
    ok(await voidIt(tea[1]!))
    ok(await bringFirst())
    const [returned, again] = await Promise.all([bringLast(), bringLast()])
    expect([returned.status, again.status].sort()).toEqual([200, 201])
    expect(await Promise.all(['l-1', 'l-2', 't-0', 't-1'].map(stateOf))).toEqual([
      ...['given-back', 'given-back', 'given-back', 'used'],
    ])
    expect(await usesOf()).toBe(3)
  })

  test('whether it is used or brought back first, when both happen at once', async () => {
    await sell('ada')
    ok(await bringFirst())
    const answers = await Promise.all([bringLast(), useIt(), bringLast(), useIt()])
    expect(answers.every(({ status }) => status < 300)).toBe(true)
    expect([await stateOf('l-1'), await usesOf()]).toEqual(['given-back', 3])
  })
})
