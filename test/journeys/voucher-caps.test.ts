import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideClaim, decideClaims, readClaim } from '../../functions/contract/claim-office.ts'
import { receiveClaimedGoods, submitClaimFor } from '../../functions/contract/claims.ts'
import { readMyVouchers } from '../../functions/contract/my-vouchers.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { issueVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Office } from '../support/programme-office.ts'
import { Journey, line } from './journey.ts'

/** A tea house that lets an agent give out three vouchers a day, worth ten pounds in all. */
const codes = { generated: { length: 10 } }
const days = { decide: 30, settle: 30 }
const guarantee = { window: { days: 365 }, remedy: { voucher: { reward: 'tea' } }, days }
const written = {
  ...demoProgramme,
  adjustments: { agent: { perAgentDay: { credit: 50 }, vouchersPerAgentDay: { count: 3, value: 1000 } } },
  vouchers: [
    { id: 'tea', codes, value: { kind: 'money-off', amount: 500 } },
    { id: 'flyer', codes, bearer: true, uses: 3, value: { kind: 'percentage-off', percentage: 1000, atMost: 300 } },
    { id: 'cinema', codes, value: { kind: 'product', sku: 'cinema' } },
  ],
  rewards: [{ id: 'tea', kind: 'voucher', voucher: 'tea', price: { points: 50 } }],
  guarantees: [
    { ...guarantee, id: 'kept', name: 'Or tea is on us', covers: { skus: ['sku-1'] }, goodsBack: false },
    {
      ...guarantee,
      id: 'back',
      name: 'Bring it, and tea is on us',
      covers: { skus: ['sku-2'] },
      goodsBack: true,
      days: { ...days, bringBack: 30 },
    },
  ],
}

let shop: Journey
let ada: Office

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  await createProgramme(laurel.runtime.store, 'teahouse', programmeDocument.parse(written), laurel.now)
  shop = await Journey.in(laurel, 'teahouse')
  ada = await Office.of(laurel, 'ada', undefined, 'teahouse')
  ok(await shop.enrol('m-1'))
  ok(await shop.sell('leeds:1', { id: 'm-1' }, [line('1', 900, 3), line('2', 900)]))
})
afterEach(() => shop.end('m-1'))

const capped = { status: 409, problem: { code: 'voucher-cap' } }
const issue = (series: string, issueId: string, office: Pick<Client, 'ask'> = ada) =>
  office.ask(issueVoucherAsStaff, { params: { id: series, issueId }, body: { member: { id: 'm-1' }, reason: 'a test' } })
const claim = async (id: string, lineId: string) => {
  const body = { memberId: 'm-1', storeId: 'leeds', purchaseId: 'leeds:1', lines: [{ lineId, quantity: 1 }] }
  ok(await shop.till.ask(submitClaimFor, { params: { id }, body }))
}
const approve = (id: string, goodwill?: number) =>
  ada.ask(decideClaim, {
    params: { id },
    body: { decision: 'approve', reason: 'We are sorry.', ...(goodwill !== undefined && { goodwill }) },
  })
const held = async () => ok(await (await shop.app('m-1')).ask(readMyVouchers, {})).items.length

describe('vouchers that an agent gives out', () => {
  test('are capped by their number and by what they are worth in a local day, each agent for themselves', async () => {
    ok(await issue('tea', 'i-1'))
    ok(await issue('tea', 'i-2'))
    const before = await shop.dump()
    // Ten pounds are given: nothing more that takes off money. Three times three pounds would be nine.
    expect(await issue('tea', 'i-3')).toMatchObject(capped)
    expect(await issue('flyer', 'i-3')).toMatchObject(capped)
    expect(await issue('tea', 'i-1')).toMatchObject({ status: 200, replayed: true })
    expect(await shop.dump()).toEqual(before)
    ok(await issue('cinema', 'i-3'))
    expect(await issue('cinema', 'i-4')).toMatchObject(capped)
    const bert = await Office.of(shop.laurel, 'bert', undefined, 'teahouse')
    ok(await issue('flyer', 'i-5', bert))
    expect(await issue('tea', 'i-6', bert)).toMatchObject(capped)
    const grace = await Office.of(shop.laurel, 'grace', 'supervisor', 'teahouse')
    for (const id of ['g-1', 'g-2', 'g-3', 'g-4']) ok(await issue('tea', id, grace))
    // Midnight in London.
    shop.travel('2026-03-11T00:00:00Z')
    ok(await issue('tea', 'i-7'))
    expect(await held()).toBe(3 + 1 + 4 + 1)
  })

  test('are neither more nor fewer for what the agent adjusts on the same day', async () => {
    ok(await issue('tea', 'i-1'))
    ok(await ada.adjust('m-1', 'a-1', 50))
    ok(await issue('tea', 'i-2'))
    expect(await ada.adjust('m-1', 'a-2', 1)).toMatchObject({ status: 409, problem: { code: 'adjustment-cap' } })
    expect(await issue('tea', 'i-3')).toMatchObject(capped)
  })

  test('are not more for many at once, whichever process they ask', async () => {
    const twin = await shop.laurel.twin()
    const token = await shop.laurel.token({ subject: 'eve', programme: 'teahouse' }, ['laurel/admin.service'])
    const desks = [shop.laurel.client(token), twin.client(token)]
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        for (;;) {
          const { status } = await issue('tea', `i-${n}`, desks[n % 2])
          if (status !== 503) return status
        }
      }),
    )
    expect(statuses.sort()).toEqual([201, 201, ...Array.from({ length: 10 }, () => 409)])
    expect(await held()).toBe(2)
    await twin.close()
  })
})

describe('vouchers that follow from an approved claim', () => {
  test('count as the agent’s, and the claim waits for somebody who may', async () => {
    for (const id of ['leeds:c-1', 'leeds:c-2', 'leeds:c-3']) await claim(id, '1')
    ok(await issue('tea', 'i-1'))
    ok(await approve('leeds:c-1'))
    const before = await shop.dump()
    expect(await approve('leeds:c-2')).toMatchObject(capped)
    const decisions = ['leeds:c-1', 'leeds:c-2'].map((id) => ({ id, decision: 'approve' as const, reason: 'We are sorry.' }))
    expect(ok(await ada.ask(decideClaims, { body: { decisions } })).results).toEqual([
      { id: 'leeds:c-1', status: 200, state: 'settled' },
      { id: 'leeds:c-2', status: 409, code: 'voucher-cap' },
    ])
    expect(await shop.dump()).toEqual(before)
    expect(ok(await ada.ask(readClaim, { params: { id: 'leeds:c-2' } }))).toMatchObject({ state: 'submitted' })
    // To decline gives nothing.
    ok(await ada.ask(decideClaim, { params: { id: 'leeds:c-3' }, body: { decision: 'decline', reason: 'No.' } }))
    shop.travel('2026-03-11T00:00:00Z')
    ok(await approve('leeds:c-2'))
    expect(await held()).toBe(3)
  })

  test('count on the day of the approval, whenever the goods come in', async () => {
    await claim('leeds:c-1', '2')
    await claim('leeds:c-2', '1')
    ok(await approve('leeds:c-1'))
    expect(await held()).toBe(0)
    ok(await issue('tea', 'i-1'))
    expect(await issue('tea', 'i-2')).toMatchObject(capped)
    ok(await shop.till.ask(receiveClaimedGoods, { params: { id: 'leeds:c-1' }, body: { storeId: 'york' } }))
    expect(await held()).toBe(2)
  })

  test('count together with the goodwill beside them, or neither does', async () => {
    await claim('leeds:c-1', '1')
    await claim('leeds:c-2', '1')
    expect(await approve('leeds:c-1', 51)).toMatchObject({
      ...{ status: 409, problem: { code: 'adjustment-cap', errors: [{ pointer: '/goodwill' }] } },
    })
    ok(await approve('leeds:c-1', 50))
    expect(await approve('leeds:c-2', 1)).toMatchObject({ status: 409, problem: { code: 'adjustment-cap' } })
    ok(await approve('leeds:c-2'))
    expect(await issue('tea', 'i-1')).toMatchObject(capped)
  })
})
