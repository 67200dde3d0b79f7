import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeMember, enrolMember, readMember } from '../../functions/contract/members.ts'
import { quotePurchase, readPurchase, recordPurchase } from '../../functions/contract/purchases.ts'
import { type Client, ok, pathOf } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'

/** What looks odd and is fine, next to what is refused in bad-input.test.ts. */

const line = { lineId: '1', sku: 'candle', quantity: 2, amount: 1000 }
const purchase = { member: { id: 'm-1' }, storeId: 'leeds', occurredAt: '2026-11-21T10:00:00Z', currency: 'GBP', lines: [line] }

let laurel: Laurel
let till: Client
let token: string
let posted = 0

beforeAll(async () => {
  laurel = await Laurel.start()
  token = await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos'])
  till = laurel.client(token)
  ok(await till.ask(enrolMember, { params: { memberId: 'm-1' }, body: {} }))
})

afterAll(() => laurel.close())

type Purchase = Parameters<typeof till.ask<typeof recordPurchase>>[1]['body']

async function post(change: Partial<Purchase>) {
  posted += 1
  return till.ask(recordPurchase, { params: { purchaseId: `leeds:${posted}` }, body: { ...purchase, ...change } })
}

describe('a purchase that is taken', () => {
  const cases: { readonly [what: string]: readonly [change: Partial<Purchase>, earned: number] } = {
    'an empty basket': [{ lines: [] }, 0],
    'a basket of 0': [{ lines: [{ ...line, amount: 0 }] }, 0],
    'a basket below the first point': [{ lines: [{ ...line, amount: 99 }] }, 0],
    'nothing but what is excluded': [{ lines: [{ ...line, excluded: true }] }, 0],
    'a basket of 0 and a line that earns': [
      {
        lines: [
          { ...line, amount: 0 },
          { ...line, lineId: '2' },
        ],
      },
      10,
    ],
    'the same article on two lines': [{ lines: [line, { ...line, lineId: '2' }] }, 20],
    '500 lines': [{ lines: Array.from({ length: 500 }, (_, index) => ({ ...line, lineId: String(index), amount: 1 })) }, 5],
    '24 h ahead to the millisecond': [{ occurredAt: '2026-11-22T17:00:00Z' }, 10],
    'an instant with an offset': [{ occurredAt: '2026-11-21T12:00:00+02:00' }, 10],
    'an instant with nanoseconds': [{ occurredAt: '2026-11-21T10:00:00.123456789Z' }, 10],
    'ids that are names of prototypes': [
      {
        lines: [
          { ...line, lineId: '__proto__' },
          { ...line, lineId: 'constructor' },
        ],
        terminalId: 'toString',
      },
      20,
    ],
  }

  test.each(Object.entries(cases))('%s', async (_what, [change, earned]) => {
    const { body, status } = await post(change)
    expect({ status, points: body?.points }).toEqual({ status: 201, points: { earned, pending: 0 } })
    expect(body?.awards.map(({ points }) => points)).toEqual(earned === 0 ? [] : [earned])
    expect(body?.awards.flatMap(({ lines }) => lines).reduce((sum, { points }) => sum + points, 0)).toBe(earned)
  })

  test('the largest basket, and another one after it', async () => {
    const largest = { member: { card: 'rich' }, lines: [{ ...line, amount: 1_000_000_000_000 }] }
    expect(await post(largest)).toMatchObject({ status: 201, body: { points: { earned: 10_000_000_000 } } })
    expect(await post(largest)).toMatchObject({ status: 201, body: { points: { earned: 15_000_000_000 }, tier: { id: 'gold' } } })
  })

  test('an empty basket is quoted like it is taken', async () => {
    const quoted = await till.ask(quotePurchase, { body: { ...purchase, lines: [] } })
    expect(quoted).toMatchObject({ status: 200, body: { points: { earned: 0, pending: 0 }, awards: [] } })
  })
})

describe('one meaning, other letters: a replay', () => {
  const text = JSON.stringify({ ...purchase, lines: [{ ...line, amount: 1000 }] })
  const spellings: { readonly [how: string]: string } = {
    'with blanks': JSON.stringify(JSON.parse(text), null, 2),
    'with members in another order': `{"lines":${JSON.stringify([line])},${text.slice(1, text.indexOf(',"lines"'))}}`,
    'with escapes': text.replaceAll('leeds', '\\u006ceeds').replaceAll('candle', 'c\\u0061ndle'),
    'with numbers in another form': text.replace('1000', '1.0e3').replace('"quantity":2', '"quantity":2.0'),
    'with a name twice, the last one counting': `{"currency":"EUR",${text.slice(1)}`,
  }
  const put = (body: string, id = 'leeds:meaning') =>
    laurel.send({
      ...{ method: 'PUT', path: pathOf(recordPurchase, { purchaseId: id }), body },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
    })

  test.each(Object.entries(spellings))('%s', async (_how, spelling) => {
    await put(text)
    const again = await put(spelling)
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([200, 'true'])
  })

  test.each(['-0', '-0.0', '-1e-400', '0e5'])('with %s for zero', async (zero) => {
    const nothing = text.replace('1000', '0')
    await put(nothing, 'leeds:zero')
    expect((await put(nothing.replace('"amount":0', `"amount":${zero}`), 'leeds:zero')).status).toBe(200)
  })

  test('but what is written out that would be so by default is another body', async () => {
    await put(text)
    expect((await put(text.replace('"amount":1000', '"amount":1000,"excluded":false'))).status).toBe(409)
  })
})

describe('text is kept as it was sent', () => {
  const texts = {
    'right to left, and turned around': 'مرحبا \u202edesrever\u202c',
    combining: `e\u0301 Z\u0351\u0335\u030alg\u0335o`,
    'beyond the first plane': '👩‍👩‍👧‍👦 𝕃aurel \u{10ffff}',
    'with NUL and other controls': 'a\u0000b\u0007\u001b[31m\r\nc\u2028d',
    'like a name of a prototype': '__proto__',
    'like code': "<script>alert(1)</script> '; DROP TABLE items; -- {{x}} %s",
    'composed and not, which stay two': '\u00c5 \u0041\u030a \u212b',
    'of 256 characters': '😀'.repeat(128),
  }

  test.each(Object.entries(texts))('%s', async (what, text) => {
    const memberId = `m-text-${Object.keys(texts).indexOf(what)}`
    ok(await till.ask(enrolMember, { params: { memberId }, body: { name: text } }))
    expect(ok(await till.ask(readMember, { params: { memberId } })).profile.name).toBe(text)
    expect(ok(await till.ask(changeMember, { params: { memberId }, body: { language: 'ar' } })).profile.name).toBe(text)
    const sku = text.slice(0, 128)
    const { purchaseId } = ok(await post({ lines: [{ ...line, sku, name: text, categories: [sku] }] }))
    expect(ok(await till.ask(readPurchase, { params: { purchaseId } })).lines).toMatchObject([{ sku, name: text }])
  })
})
