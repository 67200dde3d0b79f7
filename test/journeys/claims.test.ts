import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAudit } from '../../functions/contract/audit.ts'
import {
  decideClaim,
  decideClaims,
  listClaims,
  listMyClaims,
  readClaim,
  readMyClaim,
  receiveClaimedGoods,
  settleClaim,
  submitClaimFor,
  submitMyClaim,
  undoClaim,
  withdrawMyClaim,
} from '../../functions/contract/claims.ts'
import { readGuaranteeReport, startGuaranteeReport } from '../../functions/contract/guarantee-reports.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { captureRedemption, redeemReward, reverseRedemption } from '../../functions/contract/redemptions.ts'
import { issueVoucherAsStaff, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { lockVoucher, useVoucherLock } from '../../functions/contract/vouchers.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey, line } from './journey.ts'

/** A candle shop that promises satisfaction, as its customers, tills and staff go through it. */
const guarantees: readonly Guarantee[] = [
  {
    id: 'light',
    name: 'A year of light, or your money back',
    covers: { skus: ['sku-1', 'sku-2'] },
    window: { days: 365 },
    longer: [{ tiers: ['silver', 'gold'], window: { months: 24 } }],
    remedy: { refund: { rate: 10_000 } },
    goodsBack: false,
    automatic: { upTo: 1_000 },
    goodwill: 5,
    days: { decide: 3, settle: 7 },
  },
  {
    id: 'glass',
    name: 'Glass that holds',
    covers: { skus: ['sku-3'] },
    window: { months: 6 },
    remedy: { exchange: true },
    goodsBack: true,
    evidence: { reasons: ['cracked', 'dull'], text: true, photos: 1 },
    days: { decide: 3, bringBack: 14, settle: 7 },
  },
  {
    id: 'scent',
    name: 'A scent you love, or points',
    covers: { skus: ['sku-4'] },
    window: { days: 30 },
    remedy: { points: 2, per: 100 },
    goodsBack: false,
    automatic: { upTo: 100_000 },
    days: { decide: 3, settle: 7 },
  },
  {
    id: 'capped',
    name: 'While it lasts',
    covers: { skus: ['sku-5'] },
    window: { days: 365 },
    remedy: { refund: { rate: 5_000 } },
    goodsBack: true,
    limits: { perMember: [{ window: 'month', times: 3 }], perStore: 2_000, budget: 2_500 },
    days: { decide: 3, bringBack: 5, settle: 7 },
  },
  {
    id: 'tea',
    name: 'Or tea is on us',
    covers: { skus: ['sku-6'] },
    window: { days: 365 },
    remedy: { voucher: { reward: 'tea' } },
    goodsBack: false,
    days: { decide: 3, settle: 7 },
  },
  {
    id: 'cake',
    name: 'Or cake is on us',
    covers: { skus: ['sku-7'] },
    window: { days: 365 },
    remedy: { voucher: { reward: 'cake' } },
    goodsBack: false,
    automatic: { upTo: 1_000 },
    days: { decide: 3, settle: 7 },
  },
]
const others: Partial<ProgrammeDocument> = {
  vouchers: [
    { id: 'tea-voucher', codes: { generated: { length: 10 } }, value: { kind: 'money-off', amount: 500 } },
    { id: 'cake-voucher', codes: { pool: {} }, value: { kind: 'money-off', amount: 500 } },
  ],
  rewards: [
    { id: 'cake', kind: 'voucher', voucher: 'cake-voucher', price: { points: 50 } },
    { id: 'tea', kind: 'voucher', voucher: 'tea-voucher', price: { points: 50 } },
    { id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 }, least: 1, most: 500 },
  ],
}

let shop: Journey
let ada: Client

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'candles', { ...demoProgramme, ...others, guarantees }, laurel.now)
  shop = await Journey.in(laurel, 'candles')
  ok(await shop.enrol('ada'))
  ok(await shop.enrol('bert'))
  ada = await shop.app('ada')
  shop.travel('2026-03-30T12:00:00Z')
  ok(await shop.sell('leeds:1', { id: 'ada' }, [1_000, 4_000, 600, 2_000]))
  ok(await shop.sell('leeds:2', { id: 'ada' }, [20_000]))
  ok(await shop.sell('leeds:3', { id: 'ada' }, [20_000]))
})

afterEach(() => shop.end('ada', 'bert'))

type Claimed = Asked<typeof submitMyClaim>['body']
const claim = (id: string, body: Partial<Claimed> = {}, app = ada) =>
  app.ask(submitMyClaim, {
    params: { id },
    body: { purchaseId: 'leeds:1', lines: [{ lineId: '2', quantity: 1 }], ...body },
  })
const decide = (id: string, decision: 'approve' | 'decline', reason = 'We looked at it.') =>
  shop.office.ask(decideClaim, { params: { id }, body: { decision, reason } })
const settle = (id: string, amount: number, more: Partial<Asked<typeof settleClaim>['body']> = {}) =>
  shop.till.ask(settleClaim, {
    params: { id },
    body: { amount, currency: 'GBP', occurredAt: '2026-03-31T12:00:00Z', ...more },
  })
const mine = async (id: string) => ok(await ada.ask(readMyClaim, { params: { id } }))
const refused = (status: number, code: string, pointer?: string) => ({
  status,
  problem: { code, ...(pointer !== undefined && { errors: [{ pointer }] }) },
})
const inLine = async (awaits?: 'decision' | 'remedy') =>
  ok(await shop.office.ask(listClaims, { query: awaits ? { awaits } : {} })).items.map(({ id }) => id)

describe('a claim that staff decide', () => {
  test('goes from submission to refund, each step dated and told', async () => {
    const { available } = await shop.standing('ada')
    const made = await claim('first', { text: 'It smokes.' })
    expect(made).toMatchObject({
      status: 201,
      body: {
        memberId: 'ada',
        guarantee: { id: 'light' },
        lines: [{ lineId: '2', quantity: 1, amount: 4_000 }],
        value: 4_000,
        text: 'It smokes.',
        state: 'submitted',
        awaits: 'decision',
        dueAt: '2026-04-02T23:00:00Z',
        remedy: { kind: 'refund', amount: 4_000, currency: 'GBP' },
        steps: [{ at: '2026-03-30T12:00:00Z', step: 'submitted', by: 'member' }],
      },
    })
    const { id } = ok(made)
    expect(await inLine()).toEqual([id])
    expect((await shop.standing('ada')).available).toBe(available)
    expect(await claim('first', { text: 'It smokes.' })).toMatchObject({ status: 200, replayed: true })
    expect(await claim('first', { text: 'It burns.' })).toMatchObject(refused(409, 'id-reused'))
    expect(await settle(id, 4_000)).toMatchObject(refused(409, 'claim-not-approved'))
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).toMatchObject(
      refused(409, 'line-claimed', '/lines/0/quantity'),
    )

    shop.travel('2026-03-31T12:00:00Z')
    expect(await decide(id, 'approve', 'We are sorry.')).toMatchObject({
      status: 200,
      body: { state: 'approved', awaits: 'remedy', dueAt: '2026-04-07T23:00:00Z' },
    })
    expect(await decide(id, 'approve', 'We are sorry.')).toMatchObject({ status: 200, body: { state: 'approved' } })
    expect(await decide(id, 'decline')).toMatchObject(refused(409, 'claim-not-open'))
    expect((await shop.standing('ada')).available).toBe(available - 40 + 5)
    expect(await inLine()).toEqual([])
    expect(await inLine('remedy')).toEqual([id])
    expect(await settle(id, 3_999)).toMatchObject(refused(409, 'settlement-differs', '/amount'))
    expect(await settle(id, 4_000, { currency: 'EUR' })).toMatchObject(refused(422, 'currency-mismatch', '/currency'))
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null, dueAt: null } })
    expect(await settle(id, 4_000)).toMatchObject({ status: 200, replayed: true })
    expect(await settle(id, 4_000, { reference: 'again' })).toMatchObject(refused(409, 'id-reused'))
    expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })).toMatchObject(
      refused(409, 'claim-settled'),
    )
    expect(await inLine('remedy')).toEqual([])
    expect((await mine('first')).steps).toEqual([
      { at: '2026-03-30T12:00:00Z', step: 'submitted', by: 'member' },
      { at: '2026-03-31T12:00:00Z', step: 'approved', by: 'staff', reason: 'We are sorry.' },
      { at: '2026-03-31T12:00:00Z', step: 'settled', by: 'payment-system' },
    ])
    expect(ok(await ada.ask(listMyClaims, {})).items).toEqual([await mine(id)])
    const kinds = (await shop.activity('ada')).map(({ kind, claimId, points }) => [kind, claimId, points])
    expect(kinds.slice(0, 5)).toEqual([
      ['claim-settled', id, 0],
      ['goodwill', undefined, 5],
      ['returned', id, -40],
      ['claim-approved', id, 0],
      ['claim-submitted', id, 0],
    ])
    expect(await claim('second')).toMatchObject(refused(409, 'line-returned', '/lines/0/quantity'))
  })

  test('that is declined or withdrawn frees its lines', async () => {
    const { id } = ok(await claim('first'))
    expect(await claim('second')).toMatchObject(refused(409, 'line-claimed', '/lines/0/quantity'))
    expect(await decide(id, 'decline', 'It was burnt down.')).toMatchObject({ status: 200, body: { state: 'declined' } })
    const other = ok(await claim('second'))
    expect(await ada.ask(withdrawMyClaim, { params: { id: 'second' } })).toMatchObject({
      status: 200,
      body: { state: 'withdrawn' },
    })
    expect(await ada.ask(withdrawMyClaim, { params: { id: other.id } })).toMatchObject({ status: 200 })
    expect(await ada.ask(withdrawMyClaim, { params: { id } })).toMatchObject(refused(409, 'claim-not-open'))
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).toMatchObject({ status: 201 })
  })

  test('is overdue once its time has passed, and can be decided still', async () => {
    const { id } = ok(await claim('first'))
    shop.travel('2026-04-02T22:59:59Z')
    expect(await mine('first')).toMatchObject({ isOverdue: false })
    shop.travel('2026-04-02T23:00:00Z')
    expect(await mine('first')).toMatchObject({ isOverdue: true, state: 'submitted' })
    expect(ok(await shop.office.ask(listClaims, { query: { overdue: 'true' } })).items).toHaveLength(1)
    expect(await decide(id, 'approve')).toMatchObject({ body: { state: 'approved' } })
    expect((await mine('first')).steps.map(({ step }) => step)).toEqual(['submitted', 'overdue', 'approved'])
    expect((await shop.activity('ada')).filter(({ kind }) => kind === 'claim-overdue')).toHaveLength(1)
  })

  test('that is undone gives the points back, once, and takes the goodwill', async () => {
    const before = await shop.standing('ada')
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    const undo = () => shop.office.ask(undoClaim, { params: { id }, body: { reason: 'The wrong customer.', notGiven: true } })
    expect(await undo()).toMatchObject({ status: 200, body: { state: 'declined', awaits: null } })
    expect(await undo()).toMatchObject({ status: 200, body: { state: 'declined' } })
    expect(await shop.standing('ada')).toEqual({ ...before, asOf: expect.anything() })
    expect(await decide(id, 'approve')).toMatchObject(refused(409, 'claim-not-open'))
    expect(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).toMatchObject({ status: 201 })
  })

  test('is undone only where it is known that nobody has paid, or will', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    const before = await shop.dump()
    expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.' } })).toMatchObject(
      refused(409, 'remedy-told', '/notGiven'),
    )
    expect(await shop.dump()).toEqual(before)
  })

  test('that was paid though it was undone is settled, and nobody has its lines again', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    const approved = await shop.standing('ada')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    expect(await settle(id, 3_999)).toMatchObject(refused(409, 'settlement-differs', '/amount'))
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null } })
    expect(await settle(id, 4_000)).toMatchObject({ status: 200 })
    // The goodwill stays taken.
    expect(await shop.standing('ada')).toMatchObject({ available: approved.available - 5 })
    expect(await claim('second')).toMatchObject(refused(409, 'line-returned', '/lines/0/quantity'))
    expect((await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }])).status).toBe(409)
    expect(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } })).toMatchObject(
      refused(409, 'claim-settled'),
    )
  })

  test('that was paid though it was undone leaves nothing to whoever has claimed its line since', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    const second = ok(await claim('second'))
    expect(second).toMatchObject({ state: 'submitted' })
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled' } })
    const deciding = { params: { id: second.id }, body: { decision: 'approve' as const, reason: 'Yes.' } }
    expect(await shop.office.ask(decideClaim, deciding)).toMatchObject(refused(409, 'line-returned'))
    ok(await shop.office.ask(decideClaim, { ...deciding, body: { decision: 'decline', reason: 'It was paid for.' } }))
    expect(await claim('third')).toMatchObject(refused(409, 'line-returned', '/lines/0/quantity'))
  })

  test('that was paid though it was undone counts as far as its goods have not come back since', async () => {
    ok(await shop.sell('york:1', { id: 'ada' }, [line('2', 6_000, 3)]))
    const { id } = ok(await claim('three', { purchaseId: 'york:1', lines: [{ lineId: '2', quantity: 3 }] }))
    await decide(id, 'approve')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    ok(await shop.bring('york:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 2_000 }]))
    expect(await settle(id, 6_000)).toMatchObject({ status: 201, body: { state: 'settled' } })
    expect((await shop.bring('york:1', 'r-2', [{ lineId: '2', quantity: 1, amount: 2_000 }])).status).toBe(409)
  })

  test('that was paid though it was undone, and whose line came back since, is only settled', async () => {
    const { id } = ok(await claim('first'))
    await decide(id, 'approve')
    ok(await shop.office.ask(undoClaim, { params: { id }, body: { reason: 'No.', notGiven: true } }))
    ok(await shop.bring('leeds:1', 'r-1', [{ lineId: '2', quantity: 1, amount: 4_000 }]))
    const before = await shop.standing('ada')
    expect(await settle(id, 4_000)).toMatchObject({ status: 201, body: { state: 'settled', awaits: null } })
    expect(await shop.standing('ada')).toMatchObject({ available: before.available })
  })
})

test('a small claim is approved at once, and by staff where the member claims often', async () => {
  expect(await claim('small', { lines: [{ lineId: '1', quantity: 1 }] })).toMatchObject({
    status: 201,
    body: { state: 'approved', awaits: 'remedy', steps: [{ step: 'submitted' }, { step: 'approved', by: 'rule' }] },
  })
  ok(await shop.sell('leeds:4', { id: 'ada' }, [500]))
  ok(await shop.sell('leeds:5', { id: 'ada' }, [500]))
  const lines = [{ lineId: '1', quantity: 1 }]
  expect(await claim('small-2', { purchaseId: 'leeds:4', lines })).toMatchObject({ status: 201, body: { state: 'approved' } })
  const third = ok(await claim('small-3', { purchaseId: 'leeds:5', lines }))
  expect(third).toMatchObject({ state: 'submitted' })
  const { score } = ok(await shop.office.ask(readClaim, { params: { id: third.id } }))
  expect(score).toMatchObject({ total: 70, reviewFrom: 50 })
  expect(score.signals.map(({ code, weight }) => [code, weight])).toEqual([
    ['often', 50],
    ['same-goods', 20],
  ])
})

test('what is claimed in parts is worth what the whole of it is', async () => {
  ok(await shop.sell('leeds:7', { id: 'ada' }, [600, 600]))
  const part = (lineId: string) => ({ purchaseId: 'leeds:7', lines: [{ lineId, quantity: 1 }] })
  expect(ok(await claim('half', part('1'))).state).toBe('approved')
  expect(ok(await claim('other-half', part('2'))).state).toBe('submitted')
})

test('what staff have declined, or undone, is not approved at once when the line is claimed again', async () => {
  const line = { lines: [{ lineId: '1', quantity: 1 }] }
  const first = ok(await claim('first', line))
  expect(first.state).toBe('approved')
  ok(await shop.office.ask(undoClaim, { params: { id: first.id }, body: { reason: 'It was lit for weeks.', notGiven: true } }))
  const second = ok(await claim('second', line))
  expect(second.state).toBe('submitted')
  const { score } = ok(await shop.office.ask(readClaim, { params: { id: second.id } }))
  expect(score.signals).toContainEqual({
    ...{ code: 'declined-line', weight: 50 },
    detail: `${first.id} for a line of it was declined`,
  })
})

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

test('a remedy in points is given at once', async () => {
  const { available } = await shop.standing('ada')
  expect(await claim('scent', { lines: [{ lineId: '4', quantity: 1 }] })).toMatchObject({
    status: 201,
    body: { state: 'settled', remedy: { kind: 'points', points: 40 } },
  })
  expect((await shop.standing('ada')).available).toBe(available - 20 + 40)
})

test('a store claims for a member under an id of its own', async () => {
  const body = { memberId: 'ada', storeId: 'leeds', purchaseId: 'leeds:1', lines: [{ lineId: '2', quantity: 1 }] }
  const put = (id: string, more: Partial<typeof body> = {}) =>
    shop.till.ask(submitClaimFor, { params: { id }, body: { ...body, ...more } })
  expect(await put('york:c-1')).toMatchObject(refused(422, 'store-mismatch', '/storeId'))
  expect(await put('leeds:c-1', { memberId: 'bert' })).toMatchObject(refused(404, 'purchase-unknown', '/purchaseId'))
  expect(await put('leeds:c-1')).toMatchObject({
    status: 201,
    body: { id: 'leeds:c-1', steps: [{ by: 'store', storeId: 'leeds' }] },
  })
  expect(await put('leeds:c-1')).toMatchObject({ status: 200, replayed: true })
  expect(await mine('leeds:c-1')).toMatchObject({ id: 'leeds:c-1' })
  const bert = await shop.app('bert')
  expect(await bert.ask(readMyClaim, { params: { id: 'leeds:c-1' } })).toMatchObject(refused(404, 'claim-unknown'))
})

describe('limits of a guarantee', () => {
  const five = (id: string, store: string, amount: number, member = 'ada') =>
    shop.sell(`${store}:${id}`, { id: member }, [line('5', amount)])
  const put = (purchaseId: string, id = purchaseId) => claim(id, { purchaseId, lines: [{ lineId: '5', quantity: 1 }] })

  test('are of a store and of all, and what comes to nothing is there again', async () => {
    for (const [id, store, amount] of [
      ['a', 'york', 2_000],
      ['b', 'york', 1],
      ['c', 'hull', 501],
      ['d', 'hull', 500],
    ] as const) {
      ok(await five(id, store, amount))
    }
    const first = ok(await put('york:a'))
    expect(first).toMatchObject({ value: 2_000, remedy: { amount: 1_000 } })
    expect(await put('york:b')).toMatchObject(refused(409, 'guarantee-spent'))
    expect(await put('hull:c')).toMatchObject(refused(409, 'guarantee-spent'))
    expect(await put('hull:d')).toMatchObject({ status: 201 })
    await decide(first.id, 'decline')
    expect(await put('york:b', 'again')).toMatchObject({ status: 201 })
    expect(await put('hull:c', 'again-c')).toMatchObject({ status: 201 })
  })

  test('are there again when a claim lapses, and once', async () => {
    ok(await five('a', 'york', 2_000))
    ok(await five('b', 'york', 2_000, 'bert'))
    const bert = await shop.app('bert')
    const theirs = () => claim('b', { purchaseId: 'york:b', lines: [{ lineId: '5', quantity: 1 }] }, bert)
    const { id } = ok(await put('york:a'))
    await decide(id, 'approve')
    expect(await theirs()).toMatchObject(refused(409, 'guarantee-spent'))
    shop.travel('2026-04-05T12:00:00Z')
    // Nothing has booked the lapse yet: a look at the member does not, a change of the member does.
    expect(await mine(id)).toMatchObject({ state: 'lapsed' })
    expect(await theirs()).toMatchObject(refused(409, 'guarantee-spent'))
    ok(await shop.sell('york:z', { id: 'ada' }, [100]))
    expect(await theirs()).toMatchObject({ status: 201 })
    expect(await put('york:a', 'again')).toMatchObject(refused(409, 'guarantee-spent'))
  })

  test('of a member are in the local month, and count what lapsed but not what was declined', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) ok(await five(id, 'york', 10))
    const first = ok(await put('york:a'))
    ok(await put('york:b'))
    ok(await put('york:c'))
    expect(await put('york:d')).toMatchObject(refused(409, 'claim-limit'))
    await decide(first.id, 'decline')
    expect(await put('york:d')).toMatchObject({ status: 201 })
    shop.travel('2026-03-31T22:59:59Z')
    expect(await put('york:e')).toMatchObject(refused(409, 'claim-limit'))
    shop.travel('2026-03-31T23:00:00Z')
    expect(await put('york:e')).toMatchObject({ status: 201 })
  })
})

test('a report adds up what was promised and what came of it, and what claimants spend later', async () => {
  ok(await shop.sell('york:b', { id: 'bert' }, [3_000]))
  const first = ok(await claim('first', { reason: 'smokes' }))
  await decide(first.id, 'approve')
  await settle(first.id, 4_000)
  ok(await claim('scent', { lines: [{ lineId: '4', quantity: 1 }] }))
  // The third claim of three purchases: staff look at it.
  ok(await claim('small', { lines: [{ lineId: '1', quantity: 1 }], reason: 'dull' }))
  const undone = ok(await claim('more', { purchaseId: 'leeds:2', lines: [{ lineId: '1', quantity: 1 }], reason: 'dull' }))
  await decide(undone.id, 'approve')
  ok(await shop.office.ask(undoClaim, { params: { id: undone.id }, body: { reason: 'No.', notGiven: true } }))
  shop.travel('2026-05-02T12:00:00Z')
  ok(await shop.sell('leeds:later', { id: 'ada' }, [700]))
  ok(await shop.sell('york:later', { id: 'bert' }, [900]))
  expect(await shop.office.ask(readGuaranteeReport, {})).toMatchObject(refused(404, 'report-unknown'))
  const period = { from: '2026-03-01T00:00:00Z', until: '2026-05-01T00:00:00Z' }
  expect(await shop.office.ask(startGuaranteeReport, { body: period })).toMatchObject({
    status: 202,
    body: { status: 'running' },
  })
  await shop.laurel.runJobs()
  const { report } = ok(await shop.office.ask(readGuaranteeReport, {}))
  // Sold under a guarantee: 1,000 + 4,000 + 600 + 2,000 on the first receipt, and 20,000 + 20,000 + 3,000.
  expect(report?.all).toEqual({
    promised: { lines: 7, value: 50_600 },
    claimed: { claims: 4, value: 27_000 },
    approved: { claims: 2, value: 6_000 },
    refunded: { claims: 2, amount: 4_000 },
    points: 5 + 40,
  })
  const told = (
    rows: typeof report extends infer R ? (NonNullable<R> extends { by: { guarantee: infer G } } ? G : never) : never,
  ) => rows.map(({ name, claimed, refunded }) => [name, claimed.claims, claimed.value, refunded.amount])
  expect(told(report!.by.guarantee)).toEqual([
    ['glass', 0, 0, 0],
    ['light', 3, 25_000, 4_000],
    ['scent', 1, 2_000, 0],
  ])
  expect(told(report!.by.store)).toEqual([
    ['leeds', 4, 27_000, 4_000],
    ['york', 0, 0, 0],
  ])
  expect(told(report!.by.sku)).toEqual([
    ['sku-1', 2, 21_000, 0],
    ['sku-2', 1, 4_000, 4_000],
    ['sku-3', 0, 0, 0],
    ['sku-4', 1, 2_000, 0],
  ])
  expect(told(report!.by.reason)).toEqual([
    ['dull', 2, 21_000, 0],
    ['smokes', 1, 4_000, 4_000],
  ])
  expect(report?.later).toEqual({
    claimants: { members: 1, mean: 700 },
    others: { members: 1, mean: 900 },
    difference: null,
    small: true,
  })
})

test('decisions in bulk are each judged for itself, and audited', async () => {
  const first = ok(await claim('first'))
  const second = ok(await claim('second', { purchaseId: 'leeds:2', lines: [{ lineId: '1', quantity: 1 }] }))
  ok(await ada.ask(withdrawMyClaim, { params: { id: 'second' } }))
  const reason = 'So it is.'
  const decisions = [
    { id: first.id, decision: 'approve' as const, reason, goodwill: 50 },
    { id: second.id, decision: 'approve' as const, reason },
    { id: 'leeds:nothing', decision: 'decline' as const, reason },
  ]
  expect(ok(await shop.office.ask(decideClaims, { body: { decisions } })).results).toEqual([
    { id: first.id, status: 200, state: 'approved' },
    { id: second.id, status: 409, code: 'claim-not-open' },
    { id: 'leeds:nothing', status: 404, code: 'claim-unknown' },
  ])
  expect((await shop.activity('ada')).find(({ kind }) => kind === 'goodwill')).toMatchObject({ points: 50, reason })
  const { items } = ok(await shop.office.ask(readAudit, { query: { target: 'claims/' } }))
  expect(items).toMatchObject([{ action: 'decideClaim', target: `claims/${first.id}`, actor: 'office/candles' }])
})

describe('what is no claim', () => {
  const of = (lineId: string, quantity = 1) => ({ lines: [{ lineId, quantity }] })
  test.each<[string, Partial<Claimed>, number, string, string | undefined]>([
    ['a receipt that is not there', { purchaseId: 'leeds:9' }, 404, 'purchase-unknown', '/purchaseId'],
    ['a line that is not there', of('9'), 422, 'line-unknown', '/lines/0/lineId'],
    ['a line twice', { lines: [...of('2').lines, ...of('2').lines] }, 422, 'duplicate-line', '/lines/1/lineId'],
    ['more than was bought', of('2', 2), 409, 'claim-exceeds-purchase', '/lines/0/quantity'],
    ['goods of two guarantees', { lines: [...of('2').lines, ...of('3').lines] }, 409, 'not-covered', '/lines/1/lineId'],
    ['what the named one does not cover', { guaranteeId: 'light', ...of('3') }, 409, 'not-covered', '/lines/0/lineId'],
    ['a guarantee that is not there', { guaranteeId: 'nine' }, 422, 'guarantee-unknown', '/guaranteeId'],
    ['no reason', of('3'), 422, 'evidence-missing', '/reason'],
    ['another reason', { ...of('3'), reason: 'ugly' }, 422, 'evidence-missing', '/reason'],
    ['no text', { ...of('3'), reason: 'dull' }, 422, 'evidence-missing', '/text'],
    ['no photo', { ...of('3'), reason: 'dull', text: 'Dull.' }, 422, 'evidence-missing', '/photos'],
  ])('%s', async (_name, body, status, code, pointer) => {
    const before = await shop.dump()
    expect(await claim('c', body)).toMatchObject(refused(status, code, pointer))
    expect(await shop.dump()).toEqual(before)
  })

  test('a receipt of somebody else is one that is not there', async () => {
    expect(await claim('c', {}, await shop.app('bert'))).toMatchObject(refused(404, 'purchase-unknown', '/purchaseId'))
  })

  test('after its time, by one second and across the clock change', async () => {
    // Bought on 30 March in summer time; the last of 365 days is 30 March 2027, in summer time again, after a winter.
    ok(await shop.sell('leeds:6', { id: 'bert' }, [1_000]))
    const bert = await shop.app('bert')
    const body = { purchaseId: 'leeds:6', lines: [{ lineId: '1', quantity: 1 }] }
    shop.travel('2027-03-30T23:00:00Z')
    expect(await claim('late', body, bert)).toMatchObject(refused(409, 'guarantee-over', '/purchaseId'))
    expect(await claim('late', body, bert)).toMatchObject({ status: 409 })
    shop.travel('2027-03-30T22:59:59Z')
    expect(await claim('late', body, bert)).toMatchObject({ status: 201 })
  })
})
