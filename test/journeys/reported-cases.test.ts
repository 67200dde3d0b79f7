import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok, requestOf } from '../support/client.ts'
import { back, Journey, line } from './journey.ts'

/**
 * Faults that users of other loyalty systems reported, each with the answer that Laurel gives. The address says where it
 * was seen. What needs rewards, campaigns or budgets comes with them.
 */

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ok(await shop.enrol('ada', { card: '6335550001' }))
})

afterEach(() => shop.end('ada'))

const ada = { id: 'ada' }

/** The same shop under another points policy, with a member of the same name. */
async function under(policy: Partial<ProgrammeDocument['points']>): Promise<Journey> {
  const document = { ...demoProgramme, points: { ...demoProgramme.points, ...policy } }
  await createProgramme(shop.laurel.runtime.store, 'other', document, shop.laurel.now)
  const other = await Journey.in(shop.laurel, 'other')
  ok(await other.enrol('ada'))
  return other
}

describe('points and returns', () => {
  test('odoo/odoo#257854: buy, spend the points, return the goods; the points are not kept', async () => {
    ok(await shop.sell('leeds:1', ada, [10_000]))
    ok(await shop.adjust('ada', 'spent', -100))
    expect(ok(await shop.bring('leeds:1', 'r-1', [back('1', 10_000)])).status).toBe('booked')
    expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 100 })
    ok(await shop.sell('leeds:2', ada, [15_000]))
    expect(await shop.standing('ada')).toMatchObject({ available: 50, debt: 0 })
  })

  test('frappe/erpnext#32951, Zenoti: a return claws back, and the answer shows it', async () => {
    ok(await shop.sell('leeds:1', ada, [4000, 6000]))
    expect(await shop.bring('leeds:1', 'r-1', [back('2', 6000)])).toMatchObject({
      ...{ status: 201, body: { status: 'booked', points: { clawedBack: 60 }, balance: { available: 40 } } },
    })
  })

  test('Smile.io: of one piece of one line its own points come back, and no more', async () => {
    ok(await shop.sell('leeds:1', ada, [line('1', 3000, 3), line('2', 7000)]))
    expect(await shop.bring('leeds:1', 'r-1', [back('1', 1000, 1)])).toMatchObject({ body: { points: { clawedBack: 10 } } })
  })

  test('Square: ten refunds of 1.00 claw back what one of 10.00 does', async () => {
    ok(await shop.sell('leeds:1', ada, [line('1', 950, 10)]))
    let clawedBack = 0
    for (let n = 0; n < 10; n += 1) {
      const booked = ok(await shop.bring('leeds:1', `r-${n}`, [back('1', 95)]))
      if (booked.status === 'booked') clawedBack += booked.points.clawedBack
    }
    expect(clawedBack).toBe(9)
    expect((await shop.standing('ada')).available).toBe(0)
  })

  test('Square forum 22747: whether the balance may fall below 0 is said by the programme, and seen in the answer', async () => {
    const forgiving = await under({ negative: 'forgive' })
    for (const [at, debt] of [
      [shop, 30],
      [forgiving, 0],
    ] as const) {
      ok(await at.sell('leeds:1', ada, [3000]))
      ok(await at.adjust('ada', 'spent', -30))
      expect(ok(await at.bring('leeds:1', 'r-1', [back('1', 3000)]))).toMatchObject({
        ...{ points: { clawedBack: 30 }, balance: { available: 0, debt } },
      })
      expect(ok(await at.sell('leeds:2', ada, [5000])).balance).toMatchObject({ available: 50 - debt, debt: 0 })
    }
  })

  test('Open Loyalty 3 (RevokePointsOnReturn…): returns of 60 % and 60 % do not revoke 120 %', async () => {
    ok(await shop.sell('leeds:1', ada, [line('1', 1000, 10)]))
    expect((await shop.bring('leeds:1', 'r-1', [back('1', 600, 6)])).status).toBe(201)
    for (const goods of [back('1', 600, 4), back('1', 400, 6)]) {
      expect(await shop.bring('leeds:1', 'r-2', [goods])).toMatchObject({
        status: 409,
        problem: { code: 'return-exceeds-purchase' },
      })
    }
    expect(await shop.standing('ada')).toMatchObject({ available: 4, debt: 0 })
  })

  test('Open Loyalty 5, FAQ on returns: the tier goes with the goods', async () => {
    ok(await shop.sell('leeds:1', ada, [200_000]))
    expect((await shop.standing('ada')).tier).toBe('gold')
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 160_000)]))
    expect((await shop.standing('ada')).tier).toBe('bronze')
    expect(ok(await shop.sell('leeds:2', ada, [10_000])).points.earned).toBe(100)
  })

  test('Open Loyalty 3: a sale of 0 divides by nothing', async () => {
    expect(await shop.sell('leeds:1', ada, [line('1', 0), line('2', 0, 3)])).toMatchObject({
      ...{ status: 201, body: { points: { earned: 0 }, awards: [] } },
    })
    expect(await shop.bring('leeds:1', 'r-1', [back('2', 0, 3)])).toMatchObject({
      status: 201,
      body: { points: { clawedBack: 0 } },
    })
  })

  test('frappe/erpnext#47193, odoo/odoo#150833: one rounding, of the whole basket', async () => {
    const pennies = Array.from({ length: 10 }, (_, n) => line(String(n), 99))
    const posted = ok(await shop.sell('leeds:1', ada, pennies))
    expect(posted.points.earned).toBe(9)
    expect(posted.awards[0]?.lines).toHaveLength(9)
    ok(await shop.sell('leeds:2', ada, [50_000]))
    // 79.99 × 1.25 = 99.9875: floating point and a second rounding would make it 100 or 98.
    expect(ok(await shop.sell('leeds:3', ada, [7999])).points.earned).toBe(99)
  })
})

describe('buckets and expiry', () => {
  test('Open Loyalty 3: what expires first is taken first, whatever was made first', async () => {
    ok(await shop.sell('leeds:1', ada, [1000]))
    ok(await shop.sell('leeds:2', ada, [1000], { occurredAt: '2026-02-10T12:00:00Z' }))
    expect(ok(await shop.adjust('ada', 'spent', -10)).balance.expiring).toEqual([
      { points: 10, expiresAt: '2027-12-01T00:00:00Z' },
    ])
  })

  test('FreeOpenSourcePOS/FloCafe#78: what was spent does not expire once more', async () => {
    ok(await shop.sell('leeds:1', ada, [10_000], { occurredAt: '2026-01-10T12:00:00Z' }))
    ok(await shop.sell('leeds:2', ada, [5000]))
    ok(await shop.adjust('ada', 'spent', -80))
    shop.travel('2027-02-01T00:00:00Z')
    // 20 of the first were left to expire, and the second are whole.
    expect((await shop.standing('ada')).available).toBe(50)
    expect((await shop.activity('ada'))[0]).toMatchObject({ kind: 'expired', points: -20 })
  })

  test('liberusoftware/ecommerce-laravel#1056: points of every origin expire', async () => {
    ok(await shop.sell('leeds:1', ada, [1000]))
    ok(await shop.adjust('ada', 'a-1', 50, 'Any label'))
    ok(await shop.sell('leeds:2', ada, [2000], { channel: 'web' }))
    shop.travel('2027-12-01T00:00:00Z')
    expect(await shop.standing('ada')).toMatchObject({ available: 0, expiring: [] })
    expect((await shop.activity('ada'))[0]).toMatchObject({ kind: 'expired', points: -80, at: '2027-12-01T00:00:00Z' })
  })

  test('odoo/odoo#222428: quote and purchase are dated in the programme’s zone, not in the visitor’s or in UTC', async () => {
    // 00:30 on 1 July in London, 30 June in UTC and, by the till’s clock, in New York.
    const occurredAt = '2026-06-30T19:30:00-04:00'
    expect(ok(await shop.quote(ada, [1000], { occurredAt })).points.earned).toBe(10)
    expect(ok(await shop.sell('leeds:1', ada, [1000], { occurredAt })).balance.expiring).toEqual([
      { points: 10, expiresAt: '2027-07-31T23:00:00Z' },
    ])
    expect((await shop.explanation('ada', 'leeds:1')).occurredAt).toBe('2026-06-30T23:30:00Z')
  })
})

describe('balance', () => {
  test('frappe/erpnext#59050: there is one balance, and nothing is spent beyond it', async () => {
    ok(await shop.sell('leeds:1', ada, [1000]))
    ok(await shop.adjust('ada', 'a-1', 5))
    ok(await shop.adjust('ada', 'a-2', -15))
    expect(await shop.adjust('ada', 'a-3', -1)).toMatchObject({ status: 409, problem: { code: 'insufficient-points' } })
  })

  test('Voucherify: the points are in the answer, and in the next one', async () => {
    for (let n = 1; n <= 5; n += 1) {
      expect(ok(await shop.sell(`leeds:${n}`, ada, [1000])).balance.available).toBe(10 * n)
      expect((await shop.standing('ada')).available).toBe(10 * n)
      expect((await shop.activity('ada', 999))[0]).toMatchObject({ kind: 'earned', purchaseId: `leeds:${n}` })
    }
  })

  test('odoo/odoo#270532, AWS airline sample: what is delivered again is credited once', async () => {
    for (let n = 0; n < 5; n += 1) ok(await shop.sell('leeds:1', ada, [1000]))
    expect((await shop.standing('ada')).available).toBe(10)
  })

  test('AWS airline sample: the sum does not stop at 1 MB of records', async () => {
    // 30 receipts of some 50 KB each, 17.00 in all of them.
    const text = { name: 'x'.repeat(250), sku: 'y'.repeat(128) }
    const long = Array.from({ length: 120 }, (_, n) => ({ ...line(String(n), n === 0 ? 1700 : 0), ...text }))
    for (let n = 0; n < 30; n += 1) {
      ok(await shop.sell(`leeds:${n}`, ada, long, { occurredAt: `2026-11-20T10:${String(n).padStart(2, '0')}:00Z` }))
    }
    expect((await shop.standing('ada')).available).toBe(30 * 17)
    ok(await shop.sell('leeds:last', ada, [100], { occurredAt: '2026-11-21T10:00:00Z' }))
    // A late one is judged by all that came before: only all 30 of them, 510.00, are silver.
    expect(ok(await shop.sell('leeds:late', ada, [10_000], { occurredAt: '2026-11-21T09:00:00Z' })).points.earned).toBe(125)
    expect(await shop.activity('ada', 999)).toHaveLength(33)
  })

  test('AWS airline sample: a price of null does not pass', async () => {
    const body = { ...shop.saleOf('leeds:1', ada, []), lines: [{ ...line('1', 0), amount: null }] }
    const token = await shop.laurel.sign({ subject: 'till/demo', scopes: ['laurel/pos'] })
    const answer = await shop.laurel.send(requestOf(recordPurchase, token, { params: { purchaseId: 'leeds:1' }, body }))
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([422, { errors: [{ pointer: '/lines/0/amount' }] }])
  })

  test('AWS airline sample: who spends points keeps the tier', async () => {
    ok(await shop.sell('leeds:1', ada, [60_000]))
    ok(await shop.adjust('ada', 'spent', -600))
    expect(await shop.standing('ada')).toMatchObject({ available: 0, tier: 'silver' })
  })
})
