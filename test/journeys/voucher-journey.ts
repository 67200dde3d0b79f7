import { afterEach, beforeEach } from 'vitest'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { issueVoucherAsStaff, readPool, uploadCodes, voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { lockVoucher, releaseVoucherLock, useVoucherLock, validateVoucher } from '../../functions/contract/vouchers.ts'
import type { VoucherSeries } from '../../functions/domain/voucher-series.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** The tea house of the voucher journeys: five pounds off for members, a flyer that three may use, and codes of a partner. */

/** What it gives to members. */
export const tea: VoucherSeries = {
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
/** All of it, in a programme. */
export const document = programmeDocument.parse({ ...demoProgramme, vouchers: [tea, flyer, partner] })

/** The tea house of the test that runs. */
export let shop: Journey

/** Opens a tea house before each test of a file, with its members Ada and Bert; after it the books must balance. */
export function openShopForEachTest(): void {
  beforeEach(async () => {
    const laurel = await Laurel.start('2026-03-10T10:00:00Z')
    await createProgramme(laurel.runtime.store, 'teahouse', document, laurel.now)
    shop = await Journey.in(laurel, 'teahouse')
    for (const member of ['ada', 'bert']) ok(await shop.enrol(member, { card: `card-${member}` }))
  })
  afterEach(() => shop.end('ada', 'bert'))
}

/** What a till sends to have a voucher taken. */
export type Wanted = Asked<typeof lockVoucher>['body']
/** A basket of a piece for each amount, in minor units. */
export const basket = (...amounts: number[]) => ({ lines: amounts.map((amount) => ({ sku: 'sencha', quantity: 1, amount })) })
/** What a till sends for Ada in Leeds, unless it is said otherwise. */
export const want = (code: string, more: Partial<Wanted> = {}): Wanted => {
  return { code, storeId: 'leeds', member: { id: 'ada' }, basket: basket(1500), ...more }
}
/** Staff give out a voucher, to a member or to whoever bears it. */
export const issue = (series: string, issueId: string, member?: string) =>
  shop.office.ask(issueVoucherAsStaff, {
    params: { id: series, issueId },
    body: { reason: 'a test', ...(member !== undefined && { member: { id: member } }) },
  })
/** The code of a voucher that staff give out. */
export const codeOf = async (series: string, issueId: string, member?: string) => ok(await issue(series, issueId, member)).code
/** The till asks whether a voucher would be taken. */
export const validate = (code: string, more: Partial<Wanted> = {}) => shop.till.ask(validateVoucher, { body: want(code, more) })
/** A till holds a use of a voucher. */
export const lock = (lockId: string, code: string, more: Partial<Wanted> = {}, till = shop.till) =>
  till.ask(lockVoucher, { params: { lockId }, body: want(code, more) })
/** The till says for which purchase it was used. */
export const use = (lockId: string, purchaseId: string) =>
  shop.till.ask(useVoucherLock, { params: { lockId }, body: { purchaseId } })
/** The till lets go of a use. */
export const release = (lockId: string) => shop.till.ask(releaseVoucherLock, { params: { lockId }, body: {} })
/** Staff make a voucher worthless. */
export const voidIt = (code: string) => shop.office.ask(voidVoucherAsStaff, { body: { code, reason: 'a mistake' } })
/** Staff fill the pool of the partner’s codes. */
export const upload = (uploadId: string, codes: string[]) =>
  shop.office.ask(uploadCodes, { params: { id: 'partner', uploadId }, body: { codes } })
/** How many codes the pool has left. */
export const left = async () => ok(await shop.office.ask(readPool, { params: { id: 'partner' } })).left
/** The vouchers that a member sees, a page of them. */
export const mine = async (member: string, query: Asked<typeof readMyVouchers>['query'] = {}) =>
  ok(await (await shop.app(member)).ask(readMyVouchers, { query }))
/** What a refusal says, in a word: its status and its code. */
export const problemOf = (reply: { status: number; problem: { code: string } | undefined }) =>
  `${reply.status} ${reply.problem?.code}`
