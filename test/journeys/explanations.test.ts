import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { quotePurchase, readExplanation, recordPurchase } from '../../functions/contract/purchases.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { publishNext } from '../support/publish.ts'
import { Journey } from './journey.ts'

/** Why a purchase earned what it did: a campaign that always gives, a fund of 50 points that runs dry, and one for the web alone. */
const document = programmeDocument.parse({
  ...demoProgramme,
  campaigns: [
    { id: 'candles', trigger: 'purchase', lines: { sku: ['sku-1'] }, effect: { points: 1, per: 100 } },
    { id: 'fund', trigger: 'purchase', effect: { points: 30 }, limits: { budget: 50 } },
    {
      ...{ id: 'web', trigger: 'purchase', effect: { points: 5 } },
      when: { all: [{ spendAtLeast: { amount: 1000 } }, { channel: ['web'] }] },
    },
  ],
})

let shop: Journey

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  shop = await Journey.in(laurel, 'shop')
  ok(await shop.enrol('ada'))
})
afterEach(() => shop.end('ada'))

/** A candle for 20.00 and a cup for 10.00. */
const basket = [2000, 1000]
const sell = (purchaseId: string) => shop.sell(purchaseId, { id: 'ada' }, basket)
const explained = async (purchaseId: string) => ok(await shop.office.ask(readExplanation, { params: { purchaseId } }))

const named = (campaign: string) => ({ campaign, revision: 1 })
const candles = { ...named('candles'), applied: true, points: 20 }
const web = { ...named('web'), applied: false, because: 'condition', failed: '/when/all/1/channel' }
const whole = { ...named('fund'), applied: true, points: 30 }
const part = { ...named('fund'), applied: true, points: 20, cut: { limit: 'budget', wanted: 30 } }
const dry = { ...named('fund'), applied: false, because: 'limit', limit: 'budget' }

describe('staff read of a purchase', () => {
  test('which campaigns gave, which was cut, and what the others lacked', async () => {
    for (const purchaseId of ['leeds:1', 'leeds:2', 'leeds:3']) ok(await sell(purchaseId))
    const first = await explained('leeds:1')
    expect(first).toMatchObject({
      ...{ purchaseId: 'leeds:1', memberId: 'ada', judgedAt: '2026-03-10T12:00:00Z', revision: 1, tier: 'bronze' },
      points: { earned: 80 },
    })
    expect(first.awards.map(({ source, points }) => [source, points])).toEqual([
      ['base', 30],
      ['candles', 20],
      ['fund', 30],
    ])
    expect(first.explanation).toMatchObject([candles, whole, web])
    expect(first.explanation[1]).not.toHaveProperty('cut')
    const second = await explained('leeds:2')
    expect(second).toMatchObject({ points: { earned: 70 }, explanation: [candles, part, web] })
    expect(second.awards[2]).toMatchObject({ source: 'fund', points: 20, cut: { limit: 'budget', wanted: 30 } })
    const third = await explained('leeds:3')
    expect(third).toMatchObject({ points: { earned: 50 }, explanation: [candles, dry, web] })
    expect(third.awards.map(({ source }) => source)).toEqual(['base', 'candles'])
  })

  test('the campaigns of its own revision, whatever was published since, and what it earned, whatever came back since', async () => {
    ok(await sell('leeds:1'))
    const before = await explained('leeds:1')
    shop.travel('2026-03-11T12:00:00Z')
    await publishNext(shop.laurel.runtime.store, 'shop', { ...document, campaigns: [] }, shop.now)
    ok(await sell('leeds:2'))
    ok(await shop.bring('leeds:1', 'r-1', [{ lineId: '1', quantity: 1, amount: 2000 }]))
    expect(await explained('leeds:1')).toEqual(before)
    expect(await explained('leeds:2')).toMatchObject({ revision: 2, points: { earned: 30 }, explanation: [] })
  })

  test('nothing of one that is not there, or that nobody has yet', async () => {
    ok(await shop.sellUnnamed('leeds:1', basket))
    for (const purchaseId of ['leeds:1', 'leeds:2']) {
      expect(await shop.office.ask(readExplanation, { params: { purchaseId } })).toMatchObject({
        ...{ status: 404, problem: { code: 'purchase-unknown' } },
      })
    }
  })
})

describe('a till is told, where it asks', () => {
  const explain = { explain: 'true' } as const
  const quote = async (query: { explain?: 'true' }) =>
    ok(await shop.till.ask(quotePurchase, { body: shop.saleOf('leeds:', { id: 'ada' }, basket), query }))
  const post = async (purchaseId: string, query: { explain?: 'true' }) => {
    const body = shop.saleOf(purchaseId, { id: 'ada' }, basket)
    return ok(await shop.till.ask(recordPurchase, { params: { purchaseId }, body, query }))
  }

  test('with a quote: as what is left of a fund allows, taking nothing of it', async () => {
    for (const _twice of [1, 2]) {
      expect(await quote(explain)).toMatchObject({ points: { earned: 80 }, explanation: [candles, whole, web] })
    }
    expect(await quote({})).not.toHaveProperty('explanation')
    ok(await sell('leeds:1'))
    expect(await quote(explain)).toMatchObject({ points: { earned: 70 }, explanation: [candles, part, web] })
  })

  test('with a purchase, and when it is sent again: what staff read of it', async () => {
    expect(await post('leeds:1', {})).not.toHaveProperty('explanation')
    const told = await post('leeds:2', explain)
    expect(told).toMatchObject({ points: { earned: 70 }, explanation: [candles, part, web] })
    expect(await post('leeds:2', explain)).toMatchObject({ explanation: [candles, part, web] })
    const read = await explained('leeds:2')
    expect(told).toMatchObject({ awards: read.awards, explanation: read.explanation })
  })
})
