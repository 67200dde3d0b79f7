import { afterEach, beforeEach } from 'vitest'
import { decideClaim, listClaims } from '../../functions/contract/claim-office.ts'
import { readMyClaim, settleClaim, submitMyClaim } from '../../functions/contract/claims.ts'
import type { Guarantee } from '../../functions/domain/guarantee.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** The candle shop of the claim journeys, which promises satisfaction, as its customers, tills and staff go through it. */

/** What the shop promises. */
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

/** The shop of the test that runs. */
export let shop: Journey
/** The app of its member Ada, who has bought things three times. */
export let ada: Client

/** Opens a shop before each test of a file; after it the books must balance. */
export function openShopForEachTest(): void {
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
}

export type Claimed = Asked<typeof submitMyClaim>['body']
/** Ada, or whose app it is, claims a piece of the second line of her first purchase, unless it is said what. */
export const claim = (id: string, body: Partial<Claimed> = {}, app = ada) =>
  app.ask(submitMyClaim, {
    params: { id },
    body: { purchaseId: 'leeds:1', lines: [{ lineId: '2', quantity: 1 }], ...body },
  })
/** Staff decide a claim, by its id in the programme. */
export const decide = (id: string, decision: 'approve' | 'decline', reason = 'We looked at it.') =>
  shop.office.ask(decideClaim, { params: { id }, body: { decision, reason } })
/** The payment system, or a store, has given what was approved: so much, in minor units. */
export const settle = (id: string, amount: number, more: Partial<Asked<typeof settleClaim>['body']> = {}) =>
  shop.till.ask(settleClaim, {
    params: { id },
    body: { amount, currency: 'GBP', occurredAt: '2026-03-31T12:00:00Z', ...more },
  })
/** A claim as Ada sees it. */
export const mine = async (id: string) => ok(await ada.ask(readMyClaim, { params: { id } }))
/** What a refusal has to say. */
export const refused = (status: number, code: string, pointer?: string) => ({
  status,
  problem: { code, ...(pointer !== undefined && { errors: [{ pointer }] }) },
})
/** The ids of what waits in the queue of staff, the most urgent first. */
export const inLine = async (awaits?: 'decision' | 'remedy') =>
  ok(await shop.office.ask(listClaims, { query: awaits ? { awaits } : {} })).items.map(({ id }) => id)
