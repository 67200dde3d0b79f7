import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainPurchase } from '../../functions/contract/me.ts'
import { enrolMember, readMember } from '../../functions/contract/members.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { memberId } from '../../functions/domain/units.ts'
import { requestOf } from '../support/client.ts'
import { claimsOf, forgeries } from '../support/forged-tokens.ts'
import type { WireRequest } from '../support/http.ts'
import { Laurel } from '../support/laurel.ts'
import { get, isRefused, type Refused } from './refused.ts'

/** What is no JSON, bears no token that is good for it, or asks for what is not there, with the exact answer. Nothing of it is stored. */

const line = { lineId: '1', sku: 'candle', quantity: 2, amount: 1000 }
const purchase = { member: { id: 'm-1' }, storeId: 'leeds', occurredAt: '2026-11-21T10:00:00Z', currency: 'GBP', lines: [line] }

let laurel: Laurel
let tokens: { readonly pos: string; readonly member: string; readonly york: string; readonly lost: string }

beforeAll(async () => {
  laurel = await Laurel.start()
  tokens = {
    pos: await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos']),
    member: await laurel.token({ subject: 'bert', programme: 'demo', member: memberId('m-2') }, ['laurel/member']),
    york: await laurel.token({ subject: 'york', programme: 'demo', stores: ['york'] }, ['laurel/pos']),
    lost: await laurel.token({ subject: 'lost', programme: 'nowhere', stores: '*' }, ['laurel/pos']),
  }
  for (const request of [enrol('m-1'), enrol('m-2'), post({}, 'leeds:1')]) expect((await laurel.send(request)).status).toBe(201)
})

afterAll(() => laurel.close())

const enrol = (id: string) => requestOf(enrolMember, tokens.pos, { params: { memberId: id }, body: {} })
const post = (change: object, purchaseId = 'leeds:new') =>
  requestOf(recordPurchase, tokens.pos, { params: { purchaseId }, body: { ...purchase, ...change } })
/** A purchase with any text for its body. */
const text = (body: string): WireRequest => ({ ...post({}), body })
const nested = (depth: number) => text(`${'{"lines":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`)
const withToken = (token: string | undefined, operation: Operation = readMember) =>
  requestOf(operation, token, { params: { memberId: 'm-1', purchaseId: 'leeds:1' }, ...(operation.body && { body: purchase }) })
const forged = async (kind: string) => withToken(await forgeries[kind]!(laurel, claimsOf(laurel, 'till', ['laurel/pos'])))

const cases: { readonly [group: string]: Refused } = {
  JSON: {
    malformed: [() => text('{"member":'), '400 malformed-json'],
    'nothing at all': [() => text(''), '400 malformed-json'],
    'two values': [() => text('{} {}'), '400 malformed-json'],
    'a comment': [() => text('{/* */}'), '400 malformed-json'],
    NaN: [() => text('{"lines":NaN}'), '400 malformed-json'],
    'bytes that are no UTF-8': [
      () => ({ ...post({}), body: Buffer.from('{"channel":"\u00ff"}', 'latin1') }),
      '400 malformed-json',
    ],
    'too deep': [() => nested(34), '400 json-too-deep'],
    'far too deep': [() => nested(20_000), '400 json-too-deep'],
    'too large': [() => text(JSON.stringify({ channel: 'x'.repeat(256 * 1024) })), '413 body-too-large'],
    'too large by blanks': [() => text(`${JSON.stringify(purchase)}${' '.repeat(256 * 1024)}`), '413 body-too-large'],
    'with __proto__': [() => text('{"__proto__":{"currency":"GBP"}}'), '400 forbidden-text'],
    'with __proto__, deep in a line and escaped': [() => text('{"lines":[{"\\u005f_proto__":null}]}'), '400 forbidden-text'],
    'with half a surrogate pair': [() => text('{"channel":"\\ud83d"}'), '400 forbidden-text'],
    'with constructor': [() => post({ constructor: { prototype: {} } }), '422 invalid-body /constructor'],
    'an array': [() => text('[]'), '422 invalid-body '],
    null: [() => text('null'), '422 invalid-body '],
    'another content type': [
      () => ({ ...post({}), headers: { authorization: `Bearer ${tokens.pos}`, 'content-type': 'text/plain' } }),
      '415 unsupported-media-type',
    ],
    'no content type': [
      () => ({ ...post({}), headers: { authorization: `Bearer ${tokens.pos}` } }),
      '415 unsupported-media-type',
    ],
  },
  tokens: {
    missing: [() => withToken(undefined), '401 unauthorized'],
    malformed: [() => forged('no JWT at all'), '401 unauthorized'],
    'tampered with': [() => forged('a tampered payload'), '401 unauthorized'],
    'alg none': [() => forged('alg none'), '401 unauthorized'],
    expired: [() => forged('expired'), '401 unauthorized'],
    'of the wrong scope': [() => withToken(tokens.member), '403 scope-missing'],
    'of the wrong programme': [() => withToken(tokens.lost), '403 programme-forbidden'],
    'of the wrong store': [() => withToken(tokens.york, recordPurchase), '403 store-forbidden /storeId'],
    'of the wrong member': [
      () => requestOf(explainPurchase, tokens.member, { params: { id: 'leeds:1' } }),
      '404 purchase-unknown',
    ],
  },
  'paths, methods and cursors': {
    'a path that does not exist': [() => get('/pos/nothing', tokens.pos), '404 path-unknown'],
    'the root of an audience': [() => get('/pos', tokens.pos), '404 path-unknown'],
    'a method that does not exist': [() => ({ method: 'DELETE', path: '/pos/members/m-1' }), '405 method-not-allowed'],
    'another method that does not exist': [
      () => ({ ...get('/me/balance', tokens.pos), method: 'PUT' }),
      '405 method-not-allowed',
    ],
    'a cursor made up': [() => get('/me/activity?cursor=made-up', tokens.member), '400 invalid-cursor'],
    'an empty cursor': [() => get('/me/activity?cursor=', tokens.member), '400 invalid-cursor'],
    'a cursor into another kind of record': [
      () => get(`/me/activity?cursor=${Buffer.from('PROFILE').toString('base64url')}`, tokens.member),
      '400 invalid-cursor',
    ],
    'a limit of 0': [() => get('/me/activity?limit=0', tokens.member), '400 invalid-parameter /limit'],
    'a limit of 1000': [() => get('/me/activity?limit=1000', tokens.member), '400 invalid-parameter /limit'],
  },
}

describe.each(Object.entries(cases))('%s', (_group, group) => {
  test.each(Object.entries(group))('%s', async (_what, [request, refusal]) => isRefused(laurel, await request(), refusal))
})
