import { beforeEach, describe, expect, test } from 'vitest'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { lockVoucher, validateVoucher } from '../../functions/contract/vouchers.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { ok } from '../support/client.ts'
import { publishNext } from '../support/publish.ts'
import {
  basket,
  codeOf,
  document,
  issue,
  lock,
  mine,
  openShopForEachTest,
  problemOf,
  release,
  shop,
  tea,
  upload,
  use,
  validate,
  voidIt,
  type Wanted,
  want,
} from './voucher-journey.ts'

/** A voucher from its issue to its use: by whom, where, until when, and who sees its code. */

openShopForEachTest()

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
