import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { issueVoucherAsStaff, readPool, uploadCodes, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import {
  giveBackVoucherUse,
  lockVoucher,
  releaseVoucherLock,
  useVoucherLock,
  validateVoucher,
} from '../../functions/contract/vouchers.ts'
import type { VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { publishNext } from '../support/publish.ts'
import { back, Journey } from './journey.ts'

/** A tea house: five pounds off for members, a flyer that three may use, and codes of a partner. */
const tea: VoucherSeries = {
  ...{ id: 'tea', name: 'Five pounds off', codes: { generated: { length: 12, prefix: 'TEA' } } },
  ...{ value: { kind: 'money-off', amount: 500 }, valid: { days: 30 }, minimumBasket: 1000, stores: ['leeds', 'york'] },
}
const flyer: VoucherSeries = {
  ...{ id: 'flyer', codes: { generated: { length: 10 } }, bearer: true, uses: 3, lockMinutes: 5 },
  ...{ value: { kind: 'percentage-off', percentage: 1000, atMost: 300 }, valid: { until: '2026-04-01T00:00:00Z' } },
}
const partner: VoucherSeries = {
  ...{ id: 'partner', codes: { pool: { lowMark: 2 } }, value: { kind: 'product', sku: 'cinema' } },
}
const document = programmeDocument.parse({ ...demoProgramme, vouchers: [tea, flyer, partner] })

let shop: Journey

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  await createProgramme(laurel.runtime.store, 'teahouse', document, laurel.now)
  shop = await Journey.in(laurel, 'teahouse')
  for (const member of ['ada', 'bert']) ok(await shop.enrol(member, { card: `card-${member}` }))
})
afterEach(() => shop.end('ada', 'bert'))

type Wanted = Asked<typeof lockVoucher>['body']
const basket = (...amounts: number[]) => ({ lines: amounts.map((amount) => ({ sku: 'sencha', quantity: 1, amount })) })
const want = (code: string, more: Partial<Wanted> = {}): Wanted => {
  return { code, storeId: 'leeds', member: { id: 'ada' }, basket: basket(1500), ...more }
}
const issue = (series: string, issueId: string, member?: string) =>
  shop.office.ask(issueVoucherAsStaff, {
    params: { id: series, issueId },
    body: { reason: 'a test', ...(member !== undefined && { member: { id: member } }) },
  })
const codeOf = async (series: string, issueId: string, member?: string) => ok(await issue(series, issueId, member)).code
const validate = (code: string, more: Partial<Wanted> = {}) => shop.till.ask(validateVoucher, { body: want(code, more) })
const lock = (lockId: string, code: string, more: Partial<Wanted> = {}, till = shop.till) =>
  till.ask(lockVoucher, { params: { lockId }, body: want(code, more) })
const use = (lockId: string, purchaseId: string) => shop.till.ask(useVoucherLock, { params: { lockId }, body: { purchaseId } })
const release = (lockId: string) => shop.till.ask(releaseVoucherLock, { params: { lockId }, body: {} })
const voidIt = (code: string) => shop.office.ask(voidVoucherAsStaff, { body: { code, reason: 'a mistake' } })
const upload = (uploadId: string, codes: string[]) =>
  shop.office.ask(uploadCodes, { params: { id: 'partner', uploadId }, body: { codes } })
const left = async () => ok(await shop.office.ask(readPool, { params: { id: 'partner' } })).left
const mine = async (member: string, query: Asked<typeof readMyVouchers>['query'] = {}) =>
  ok(await (await shop.app(member)).ask(readMyVouchers, { query }))
const problemOf = (reply: { status: number; problem: { code: string } | undefined }) => `${reply.status} ${reply.problem?.code}`

describe('a voucher', () => {
  test('is locked already, though the card that was told has been replaced since', async () => {
    const code = await codeOf('tea', 'i-1', 'ada')
    const wanted = { member: { card: 'card-ada' } }
    ok(await lock('l-1', code, wanted))
    ok(await shop.change('ada', { card: 'card-new' }))
    expect(await lock('l-1', code, wanted)).toMatchObject({ status: 200, replayed: true, body: { state: 'locked' } })
    expect(problemOf(await lock('l-1', code, { member: { card: 'card-none' } }))).toBe('409 id-reused')
    expect(problemOf(await lock('l-2', code, wanted))).toBe('409 card-replaced')
  })

  test('is given once, seen by its member alone, locked, used, and then used up', async () => {
    const given = ok(await issue('tea', 'i-1', 'ada'))
    expect(given).toMatchObject({
      voucherId: 'tea',
      memberId: 'ada',
      status: 'good',
      expiresAt: '2026-04-09T23:00:00Z',
      uses: 1,
      used: 0,
    })
    expect(given.code).toMatch(/^TEA-([346789ACDEFHJKMNPRTVWXY]{4}-){3}[346789ACDEFHJKMNPRTVWXY]$/)
    expect(await issue('tea', 'i-1', 'ada')).toMatchObject({ status: 200, replayed: true, body: given })
    expect(problemOf(await issue('tea', 'i-1', 'bert'))).toBe('409 id-reused')
    const { issueId: _, memberId: __, ...seen } = given
    expect((await mine('ada')).items).toEqual([seen])
    expect((await mine('bert')).items).toEqual([])

    const written = given.code.toLowerCase().replaceAll('-', ' ')
    expect(ok(await validate(written))).toEqual({
      ...{ voucherId: 'tea', value: tea.value, discount: 500, usesLeft: 1, expiresAt: '2026-04-09T23:00:00Z' },
    })
    const locked = { lockId: 'l-1', voucherId: 'tea', state: 'locked', discount: 500, usesLeft: 0, until: '2026-03-10T10:15:00Z' }
    expect(await lock('l-1', given.code, { member: { card: 'card-ada' } })).toMatchObject({ status: 201, body: locked })
    expect(await lock('l-1', given.code, { member: { card: 'card-ada' } })).toMatchObject({
      status: 200,
      replayed: true,
      body: locked,
    })
    expect(problemOf(await lock('l-1', given.code))).toBe('409 id-reused')
    expect(problemOf(await lock('l-2', given.code))).toBe('409 voucher-locked')
    expect(problemOf(await validate(given.code))).toBe('409 voucher-locked')
    const used = { state: 'used', purchaseId: 'leeds:1', usesLeft: 0 }
    for (let n = 0; n < 2; n += 1) expect(await use('l-1', 'leeds:1')).toMatchObject({ status: 200, body: used })
    expect(problemOf(await use('l-1', 'leeds:2'))).toBe('409 voucher-lock-used')
    expect(ok(await release('l-1'))).toMatchObject(used)
    expect(problemOf(await lock('l-2', given.code))).toBe('409 voucher-used-up')
    expect((await mine('ada')).items).toMatchObject([{ status: 'used-up', used: 1 }])
    expect(ok(await lock('l-1', given.code, { member: { card: 'card-ada' } })).state).toBe('used')
  })

  test('is free again when its lock is released, or its time is over', async () => {
    const code = await codeOf('tea', 'i-1', 'ada')
    ok(await lock('l-1', code))
    for (let n = 0; n < 2; n += 1) expect(ok(await release('l-1'))).toMatchObject({ state: 'released', usesLeft: 1 })
    expect(problemOf(await use('l-1', 'leeds:1'))).toBe('409 voucher-lock-released')
    ok(await lock('l-2', code))
    shop.travel('2026-03-10T10:14:59.999Z')
    expect(problemOf(await lock('l-3', code))).toBe('409 voucher-locked')
    shop.travel('2026-03-10T10:15:00Z')
    expect(ok(await lock('l-2', code))).toMatchObject({ state: 'lapsed', usesLeft: 1 })
    ok(await lock('l-3', code))
    // The customer of the second lock has paid, and somebody else holds the use.
    expect(problemOf(await use('l-2', 'leeds:2'))).toBe('409 voucher-locked')
    ok(await release('l-3'))
    expect(ok(await use('l-2', 'leeds:2'))).toMatchObject({ state: 'used', usesLeft: 0 })
  })

  test('that is a bearer’s is used by whoever has it, three times and no more', async () => {
    const code = await codeOf('flyer', 'i-1')
    for (const [n, member] of [{ member: { id: 'ada' } }, { member: { id: 'bert' } }, {}].entries()) {
      const { member: _, ...body } = want(code, { basket: basket(4000), storeId: 'bath' })
      const locked = await shop.till.ask(lockVoucher, { params: { lockId: `l-${n}` }, body: { ...body, ...member } })
      expect(locked).toMatchObject({ status: 201, body: { discount: 300, usesLeft: 2 - n } })
      ok(await use(`l-${n}`, `bath:${n}`))
    }
    expect(problemOf(await lock('l-3', code))).toBe('409 voucher-used-up')
  })

  test('keeps the terms that it was given out with, whatever is published later', async () => {
    const code = await codeOf('tea', 'i-1', 'ada')
    const { vouchers: _, ...without } = document
    await publishNext(shop.laurel.runtime.store, 'teahouse', without, '2026-03-11T00:00:00Z')
    shop.travel('2026-03-11T00:00:00Z')
    expect(ok(await lock('l-1', code))).toMatchObject({ discount: 500 })
    ok(await use('l-1', 'leeds:1'))
    expect((await mine('ada')).items).toMatchObject([{ name: 'Five pounds off', status: 'used-up' }])
    expect(problemOf(await issue('tea', 'i-2', 'ada'))).toBe('404 voucher-unknown')
    expect(await issue('tea', 'i-1', 'ada')).toMatchObject({ status: 200, replayed: true })
  })
})

describe('a voucher is not taken, and nothing is stored', () => {
  let code: string
  beforeEach(async () => {
    code = await codeOf('tea', 'i-1', 'ada')
  })
  const refused = async (body: Partial<Wanted>, expected: string, pointer?: string) => {
    const before = await shop.dump()
    for (const reply of [await validate(code, body), await lock('l-1', code, body)]) {
      expect(problemOf(reply)).toBe(expected)
      expect(reply.problem?.errors?.map((error) => error.pointer)).toEqual(pointer === undefined ? undefined : [pointer])
    }
    expect(await shop.dump()).toEqual(before)
  }

  test('of another member, or without one', async () => {
    await refused({ member: { id: 'bert' } }, '409 voucher-not-theirs', '/member')
    const { member: _, ...body } = want(code)
    expect(problemOf(await shop.till.ask(validateVoucher, { body }))).toBe('409 voucher-not-theirs')
    await refused({ member: { id: 'nobody' } }, '404 member-unknown', '/member/id')
    await refused({ member: { card: 'nobody' } }, '404 member-unknown', '/member/card')
  })
  test('of a closed member', async () => {
    ok(await shop.change('ada', { status: 'closed' }))
    await refused({}, '409 member-closed', '/member')
  })
  test('at the wrong store', async () => {
    await refused({ storeId: 'bath' }, '409 voucher-not-here', '/storeId')
  })
  test('of a basket below the minimum', async () => {
    await refused({ basket: basket(999) }, '409 voucher-minimum', '/basket')
  })
  test('when it has expired: from the midnight after its last day, across the clock change', async () => {
    shop.travel('2026-04-09T22:59:59Z')
    ok(await validate(code))
    shop.travel('2026-04-09T23:00:00Z')
    await refused({}, '409 voucher-expired')
  })
  test('when it was voided, a lock or not', async () => {
    ok(await lock('l-0', code))
    for (let n = 0; n < 2; n += 1) expect(ok(await voidIt(code.toLowerCase()))).toMatchObject({ status: 'void' })
    await refused({}, '409 voucher-void')
    expect(problemOf(await use('l-0', 'leeds:1'))).toBe('409 voucher-void')
    ok(await release('l-0'))
  })
  test('that nobody was given', async () => {
    const other = code.slice(0, -1) + (code.endsWith('3') ? '4' : '3')
    for (const wrong of [other, 'TEA', 'x', `${code}3`]) {
      expect(problemOf(await validate(wrong))).toBe('404 voucher-unknown')
      expect(problemOf(await voidIt(wrong))).toBe('404 voucher-unknown')
    }
    ok(await upload('u-1', ['PARTNER-0001']))
    expect(problemOf(await validate('PARTNER-0001'))).toBe('404 voucher-unknown')
  })
  test('a use of a purchase of another store, or a lock that is none', async () => {
    ok(await lock('l-0', code))
    expect(problemOf(await use('l-0', 'york:1'))).toBe('422 store-mismatch')
    expect(problemOf(await use('l-9', 'leeds:1'))).toBe('404 voucher-lock-unknown')
    expect(problemOf(await release('l-9'))).toBe('404 voucher-lock-unknown')
  })
})

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

test('the list of a member comes in pages, newest first', async () => {
  for (const n of [1, 2, 3]) {
    shop.travel(`2026-03-1${n}T10:00:00Z`)
    ok(await issue('tea', `i-${n}`, 'ada'))
  }
  const first = await mine('ada', { limit: '2' })
  const second = await mine('ada', { limit: '2', cursor: first.nextCursor! })
  expect([...first.items, ...second.items].map(({ issuedAt }) => issuedAt.slice(8, 10))).toEqual(['13', '12', '11'])
  expect(second.nextCursor).toBeNull()
  expect(problemOf(await (await shop.app('ada')).ask(readMyVouchers, { query: { cursor: 'x' } }))).toBe('400 invalid-cursor')
})

describe('codes', () => {
  test('are in no key and in no audit', async () => {
    const code = await codeOf('tea', 'i-1', 'ada')
    ok(await lock('l-1', code))
    ok(await voidIt(code))
    const bare = code.replaceAll('-', '')
    for (const [key, item] of await shop.dump()) {
      expect(key).not.toContain(bare)
      expect(key).not.toContain(code)
      if (key.includes('#AUDIT#')) expect(item).not.toContain(code)
    }
  })

  test('an export has every voucher, its locks and what is left of the pool', async () => {
    const code = await codeOf('tea', 'i-1', 'ada')
    ok(await lock('l-1', code))
    ok(await issue('flyer', 'i-1'))
    ok(await upload('u-1', ['PARTNER-0001', 'PARTNER-0002']))
    ok(await issue('partner', 'i-1', 'bert'))
    const names: string[] = []
    for await (const item of exportItems(shop.laurel.runtime, 'teahouse')) names.push(`${item.pk} ${item.sk}`)
    const all = [...(await shop.dump()).keys()].filter((key) => /^P#teahouse#(VOUCHER|VLOCK)|^P#teahouse#M#\S+ V#/.test(key))
    expect(all.length).toBeGreaterThan(10)
    expect(names.filter((name) => all.includes(name)).sort()).toEqual(all.sort())
  })
})

describe('many at once', () => {
  test('use a voucher no more than it may be, whichever process they ask', async () => {
    const code = await codeOf('flyer', 'i-1')
    const twin = await shop.laurel.twin()
    const token = await shop.laurel.token({ subject: 'till/teahouse', programme: 'teahouse', stores: '*' }, ['laurel/pos'])
    const tills = [shop.laurel.client(token), twin.client(token)]
    const locks = await Promise.all(Array.from({ length: 20 }, (_, n) => lock(`l-${n}`, code, {}, tills[n % 2])))
    expect(locks.map((reply) => (reply.body ? 'locked' : problemOf(reply))).sort()).toEqual([
      ...Array.from({ length: 17 }, () => '409 voucher-locked'),
      ...['locked', 'locked', 'locked'],
    ])
    const uses = await Promise.all(locks.flatMap((reply, n) => (reply.body ? [use(`l-${n}`, `leeds:${n}`)] : [])))
    expect(uses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(problemOf(await lock('l-20', code))).toBe('409 voucher-used-up')
    await twin.close()
  })

  test('are given each code of a pool once', async () => {
    const codes = Array.from({ length: 30 }, (_, n) => `PARTNER-${1000 + n}`)
    ok(await upload('u-1', codes))
    const twin = await shop.laurel.twin()
    const token = await shop.laurel.token({ subject: 'office/teahouse', programme: 'teahouse' }, ['laurel/admin.service'])
    const desks = [shop.laurel.client(token), twin.client(token)]
    const replies = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        for (;;) {
          const asked = {
            params: { id: 'partner', issueId: `i-${n}` },
            body: { member: { id: n % 3 ? 'ada' : 'bert' }, reason: 'a test' },
          }
          const reply = await desks[n % 2]!.ask(issueVoucherAsStaff, asked)
          if (reply.status !== 503) return reply
        }
      }),
    )
    expect(replies.flatMap(({ body }) => (body ? [body.code] : [])).sort()).toEqual(codes)
    expect(replies.filter(({ problem }) => problem?.code === 'pool-empty')).toHaveLength(10)
    expect(await left()).toBe(0)
    await twin.close()
  })

  test('upload the same codes, and each is there once', async () => {
    const codes = Array.from({ length: 300 }, (_, n) => `PARTNER-${1000 + n}`)
    const replies = await Promise.all(['u-1', 'u-1', 'u-2', 'u-3'].map((uploadId) => upload(uploadId, codes)))
    const [first, same, ...others] = replies.map(ok)
    expect(first).toEqual({ ...same })
    expect([first!, ...others].reduce((sum, { taken }) => sum + taken, 0)).toBe(300)
    expect(await left()).toBe(300)
  })
})
