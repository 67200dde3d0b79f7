import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { attachMyPurchase, attachPurchase } from '../../functions/contract/attaching.ts'
import { runBatch } from '../../functions/contract/batch.ts'
import { changeMember, enrolMember, readMember, searchMembers } from '../../functions/contract/members.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { quotePurchase, readPurchase, readReturn, recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { setSegments } from '../../functions/contract/segments.ts'
import { memberId } from '../../functions/domain/units.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { requestOf } from '../support/client.ts'
import type { WireRequest } from '../support/http.ts'
import { Laurel } from '../support/laurel.ts'
import { get, isRefused, type Refused } from './refused.ts'

/**
 * The list of bad input, case by case, with the exact answer: status, code, and where in the body the fault is.
 * Nothing of it is stored.
 */

const line = { lineId: '1', sku: 'candle', quantity: 2, amount: 1000 }
const purchase = { member: { id: 'm-1' }, storeId: 'leeds', occurredAt: '2026-11-21T10:00:00Z', currency: 'GBP', lines: [line] }
const goods = { occurredAt: '2026-11-21T12:00:00Z', lines: [{ lineId: '1', quantity: 1, amount: 500 }] }
const profile = { card: '111', email: 'ada@example.org', phone: '+447700900123' }

let laurel: Laurel
let tokens: { readonly pos: string; readonly member: string; readonly admin: string }

/** A request by whoever may make it. */
const by = (operation: Operation, params: { readonly [name: string]: string }, body?: unknown): WireRequest =>
  requestOf(operation, tokens[operation.audience], { params, body })

const post = (change: object, id = 'leeds:new') => by(recordPurchase, { purchaseId: id }, { ...purchase, ...change })
const postLine = (change: object) => post({ lines: [{ ...line, ...change }] })
const bring = (lines: readonly object[], id = 'r-new', purchaseId = 'leeds:1') =>
  by(recordReturn, { purchaseId, returnId: id }, { ...goods, lines })
const enrol = (body: unknown, id = 'm-new') => by(enrolMember, { memberId: id }, body)
const change = (body: unknown, id = 'm-2') => by(changeMember, { memberId: id }, body)
const adjust = (body: unknown, id = 'm-1') => by(adjustPoints, { id, adjustmentId: 'a-new' }, body)

beforeAll(async () => {
  laurel = await Laurel.start()
  tokens = {
    pos: await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos']),
    member: await laurel.token({ subject: 'bert', programme: 'demo', member: memberId('m-2') }, ['laurel/member']),
    admin: await laurel.token({ subject: 'desk', programme: 'demo' }, adminScopes),
  }
  const history = [
    ...[enrol(profile, 'm-1'), enrol({ card: '222' }, 'm-2'), enrol({ card: '333' }, 'm-3'), enrol({}, 'm-closed')],
    ...[change({ card: '334' }, 'm-3'), change({ status: 'closed' }, 'm-closed')],
    ...[post({}, 'leeds:1'), bring(goods.lines, 'r-1'), bring(goods.lines, 'r-waits', 'leeds:unsold')],
    by(adjustPoints, { id: 'm-1', adjustmentId: 'a-1' }, { points: 5, reason: 'Opening day' }),
  ]
  for (const request of history) expect((await laurel.send(request)).status).toBeLessThan(300)
})

afterAll(() => laurel.close())

const attach = (body: unknown, purchaseId = 'leeds:1') => by(attachPurchase, { purchaseId }, body)
const claim = (body: unknown, id = 'leeds:none') => by(attachMyPurchase, { id }, body)
const tag = (segments: unknown, id = 'm-1') => by(setSegments, { id }, { segments })

const cases: { readonly [group: string]: Refused } = {
  'members and cards': {
    'a purchase of an unknown member': [() => post({ member: { id: 'nobody' } }), '404 member-unknown /member/id'],
    'a quote for an unknown member': [
      () => by(quotePurchase, {}, { ...purchase, member: { id: 'nobody' } }),
      '404 member-unknown /member/id',
    ],
    'an unknown member': [() => by(readMember, { memberId: 'nobody' }), '404 member-unknown'],
    'a change of an unknown member': [() => change({ name: 'X' }, 'nobody'), '404 member-unknown'],
    'an adjustment of an unknown member': [() => adjust({ points: 1, reason: 'x' }, 'nobody'), '404 member-unknown'],
    'a purchase of a closed member': [() => post({ member: { id: 'm-closed' } }), '409 member-closed /member'],
    'an adjustment of a closed member': [() => adjust({ points: 1, reason: 'x' }, 'm-closed'), '409 member-closed'],
    'a purchase with a replaced card': [
      () => post({ member: { card: '333' }, occurredAt: '2026-11-21T17:00:00Z' }),
      '409 card-replaced /member/card',
    ],
    'a purchase of a member named twice over': [
      () => post({ member: { id: 'm-1', card: '111' } }),
      '422 invalid-body /member/card',
    ],
    'a purchase of no member': [() => post({ member: {} }), '422 invalid-body /member/id'],
    'a card already taken': [() => enrol({ card: '111' }), '409 card-taken /card'],
    'a card that was replaced': [() => enrol({ card: '333' }), '409 card-taken /card'],
    'an e-mail address already taken, in capitals': [() => enrol({ email: 'ADA@Example.ORG' }), '409 email-taken /email'],
    'a phone number already taken, spelt otherwise': [() => enrol({ phone: '0044 7700-900 123' }), '409 phone-taken /phone'],
    'a card already taken, by a change': [() => change({ card: '111' }), '409 card-taken /card'],
    'an e-mail address already taken, by a change': [() => change({ email: 'Ada@Example.org' }), '409 email-taken /email'],
    'a phone number already taken, by a change': [() => change({ phone: '+44 (7700) 900.123' }), '409 phone-taken /phone'],
    'no e-mail address': [() => enrol({ email: 'ada' }), '422 invalid-body /email'],
    'a phone number of three digits': [() => enrol({ phone: '123' }), '422 invalid-body /phone'],
    'a card with a blank': [() => enrol({ card: '11 1' }), '422 invalid-body /card'],
    'a birthday on no such day': [() => enrol({ birthday: '2023-02-29' }), '422 invalid-body /birthday'],
    'a search by two things at once': [
      () => by(searchMembers, {}, { card: '111', email: 'ada@example.org' }),
      '422 invalid-body /email',
    ],
  },
  amounts: {
    'a negative amount': [() => postLine({ amount: -1 }), '422 invalid-body /lines/0/amount'],
    'a fractional amount': [() => postLine({ amount: 10.5 }), '422 invalid-body /lines/0/amount'],
    'an amount as text': [() => postLine({ amount: '1000' }), '422 invalid-body /lines/0/amount'],
    'an unsafe integer': [() => postLine({ amount: 2 ** 53 }), '422 invalid-body /lines/0/amount'],
    'a number beyond every double': [
      () => ({ ...post({}), body: JSON.stringify(purchase).replace('1000', '1e400') }),
      '422 invalid-body /lines/0/amount',
    ],
    'an amount above the largest': [() => postLine({ amount: 1_000_000_000_001 }), '422 invalid-body /lines/0/amount'],
    'amounts too large in sum': [
      () =>
        post({
          lines: [
            { ...line, amount: 1_000_000_000_000 },
            { ...line, lineId: '2', amount: 1 },
          ],
        }),
      '422 amount-too-large /lines',
    ],
    'a negative tender': [() => post({ tenders: [{ type: 'cash', amount: -1 }] }), '422 invalid-body /tenders/0/amount'],
    'another currency': [() => post({ currency: 'EUR' }), '422 currency-mismatch /currency'],
    'a currency in small letters': [() => post({ currency: 'gbp' }), '422 invalid-body /currency'],
    'no currency': [() => post({ currency: undefined }), '422 invalid-body /currency'],
    'an adjustment of 0': [() => adjust({ points: 0, reason: 'x' }), '422 invalid-body /points'],
    'an adjustment of half a point': [() => adjust({ points: 0.5, reason: 'x' }), '422 invalid-body /points'],
    'an adjustment without a reason': [() => adjust({ points: 1 }), '422 invalid-body /reason'],
    'an adjustment for an empty reason': [() => adjust({ points: 1, reason: '' }), '422 invalid-body /reason'],
    'a debit of more than there is': [() => adjust({ points: -1000, reason: 'x' }), '409 insufficient-points /points'],
  },
  lines: {
    'duplicate line ids': [() => post({ lines: [line, line] }), '422 duplicate-line /lines/1/lineId'],
    'duplicate line ids in a return': [() => bring([goods.lines[0]!, goods.lines[0]!]), '422 duplicate-line /lines/1/lineId'],
    'quantity 0': [() => postLine({ quantity: 0 }), '422 invalid-body /lines/0/quantity'],
    'quantity 1.5': [() => postLine({ quantity: 1.5 }), '422 invalid-body /lines/0/quantity'],
    'an empty sku': [() => postLine({ sku: '' }), '422 invalid-body /lines/0/sku'],
    'a sku of 129 characters': [() => postLine({ sku: 'x'.repeat(129) }), '422 invalid-body /lines/0/sku'],
    '501 lines': [
      () => post({ lines: Array.from({ length: 501 }, (_, index) => ({ ...line, lineId: String(index), amount: 1 })) }),
      '422 invalid-body /lines',
    ],
    'a line id with a blank': [() => postLine({ lineId: 'a b' }), '422 invalid-body /lines/0/lineId'],
  },
  time: {
    'no such day': [() => post({ occurredAt: '2026-02-30T10:00:00Z' }), '422 invalid-body /occurredAt'],
    'no such hour': [() => post({ occurredAt: '2026-02-28T24:00:00Z' }), '422 invalid-body /occurredAt'],
    'an instant without a zone': [() => post({ occurredAt: '2026-11-21T10:00:00' }), '422 invalid-body /occurredAt'],
    'a day for an instant': [() => post({ occurredAt: '2026-11-21' }), '422 invalid-body /occurredAt'],
    'an instant as a number': [() => post({ occurredAt: 1_795_255_200_000 }), '422 invalid-body /occurredAt'],
    'a year before 1970': [() => post({ occurredAt: '1969-12-31T23:59:59Z' }), '422 invalid-body /occurredAt'],
    'more than 24 h ahead': [() => post({ occurredAt: '2026-11-22T17:00:00.001Z' }), '422 occurred-in-future /occurredAt'],
    'more than 24 h ahead, by its offset': [
      () => post({ occurredAt: '2026-11-22T16:30:00-01:00' }),
      '422 occurred-in-future /occurredAt',
    ],
    'a return more than 24 h ahead': [
      () => by(recordReturn, { purchaseId: 'leeds:1', returnId: 'r-new' }, { ...goods, occurredAt: '2026-11-23T00:00:00Z' }),
      '422 occurred-in-future /occurredAt',
    ],
  },
  attaching: {
    'by nobody': [() => attach({}), '422 invalid-body /member'],
    'to nobody in braces': [() => attach({ member: {} }), '422 invalid-body /member/id'],
    'to a member named twice over': [() => attach({ member: { id: 'm-1', card: '111' } }), '422 invalid-body /member/card'],
    'for an empty reason': [() => attach({ member: { id: 'm-1' }, reason: '' }), '422 invalid-body /reason'],
    'a purchase that is not there': [() => attach({ member: { id: 'm-1' } }, 'leeds:none'), '404 purchase-unknown'],
    'a purchase of another member': [() => attach({ member: { id: 'm-closed' } }), '409 purchase-attached'],
    'one’s own, for a negative total': [() => claim({ total: -1, day: '2026-11-21' }), '422 invalid-body /total'],
    'one’s own, of no such day': [() => claim({ total: 1, day: '2026-02-29' }), '422 invalid-body /day'],
    'one’s own, of an instant': [() => claim({ total: 1, day: '2026-11-21T10:00:00Z' }), '422 invalid-body /day'],
    'one’s own, without the total': [() => claim({ day: '2026-11-21' }), '422 invalid-body /total'],
    'one’s own, of an id with a blank': [() => claim({ total: 1, day: '2026-11-21' }, 'leeds 1'), '400 invalid-parameter /id'],
  },
  'segment tags': {
    'a tag twice': [() => tag(['vip', 'vip']), '422 invalid-body /segments'],
    'a tag that is no id': [() => tag(['very important']), '422 invalid-body /segments/0'],
    'a tag that is no text': [() => tag([7]), '422 invalid-body /segments/0'],
    'no list of tags': [() => tag('vip'), '422 invalid-body /segments'],
    'of an unknown member': [() => tag(['vip'], 'nobody'), '404 member-unknown'],
  },
  'unknown fields': {
    'in a purchase': [() => post({ total: 1000 }), '422 invalid-body /total'],
    'in its member': [() => post({ member: { id: 'm-1', name: 'Ada' } }), '422 invalid-body /member/name'],
    'in a line': [() => postLine({ price: 500 }), '422 invalid-body /lines/0/price'],
    'two of them, with signs that a pointer escapes': [() => post({ 'a/b': 1, 'c~d': 2 }), '422 invalid-body /a~1b /c~0d'],
    'in a return': [
      () => by(recordReturn, { purchaseId: 'leeds:1', returnId: 'r-new' }, { ...goods, why: 1 }),
      '422 invalid-body /why',
    ],
    'in a member': [() => enrol({ nickname: 'A' }), '422 invalid-body /nickname'],
    'in a change': [() => change({ balance: 1_000_000 }), '422 invalid-body /balance'],
    'in an adjustment': [() => adjust({ points: 1, reason: 'x', by: 'me' }), '422 invalid-body /by'],
    'in a batch': [() => by(runBatch, {}, { operations: [], atomically: true }), '422 invalid-body /atomically'],
    'an operation that a batch does not know': [
      () => by(runBatch, {}, { operations: [{ op: 'steal', id: 'a', body: {} }] }),
      '422 invalid-body /operations/0/op',
    ],
    'in the query': [() => get('/pos/members/m-1?verbose=1', tokens.pos), '400 invalid-parameter /verbose'],
    'in the query, by the name of a prototype': [
      () => get('/pos/members/m-1?__proto__=1', tokens.pos),
      '400 invalid-parameter /__proto__',
    ],
  },
  ids: {
    'a receipt posted for two members': [() => post({ member: { id: 'm-2' } }, 'leeds:1'), '409 id-reused'],
    'a receipt posted for a member nobody knows': [() => post({ member: { id: 'nobody' } }, 'leeds:1'), '409 id-reused'],
    'a receipt posted for a card nobody has': [() => post({ member: { card: '999' } }, 'leeds:1'), '409 id-reused'],
    'the same purchase with another body': [() => post({ terminalId: 'till-1' }, 'leeds:1'), '409 id-reused'],
    'the same return with another body': [() => bring([{ lineId: '1', quantity: 1, amount: 499 }], 'r-1'), '409 id-reused'],
    'the same waiting return with another body': [
      () => bring([{ lineId: '1', quantity: 1, amount: 499 }], 'r-waits', 'leeds:unsold'),
      '409 id-reused',
    ],
    'the same member with another body': [() => enrol({ ...profile, name: 'Ada' }, 'm-1'), '409 id-reused'],
    'the same adjustment with another body': [
      () => by(adjustPoints, { id: 'm-1', adjustmentId: 'a-1' }, { points: 6, reason: 'Opening day' }),
      '409 id-reused',
    ],
    'an id that does not begin with its store': [() => post({}, 'york:1'), '422 store-mismatch /storeId'],
    'an id that begins like its store': [() => post({}, 'leeds2:1'), '422 store-mismatch /storeId'],
    'an id of 129 characters': [() => post({}, `leeds:${'x'.repeat(123)}`), '400 invalid-parameter /purchaseId'],
    'an id with a slash': [() => post({}, 'leeds:1/2'), '400 invalid-parameter /purchaseId'],
    'an id with a NUL': [() => post({}, 'leeds:1\u0000'), '400 invalid-parameter /purchaseId'],
    'a purchase nobody posted': [() => by(readPurchase, { purchaseId: 'leeds:2' }), '404 purchase-unknown'],
    'a purchase that is only waited for': [() => by(readPurchase, { purchaseId: 'leeds:unsold' }), '404 purchase-unknown'],
    'a return nobody posted': [() => by(readReturn, { purchaseId: 'leeds:1', returnId: 'r-9' }), '404 return-unknown'],
  },
  returns: {
    'more than was bought, in quantity': [
      () => bring([{ lineId: '1', quantity: 3, amount: 500 }]),
      '409 return-exceeds-purchase /lines/0/quantity',
    ],
    'more than was bought, in amount': [
      () => bring([{ lineId: '1', quantity: 1, amount: 1001 }]),
      '409 return-exceeds-purchase /lines/0/amount',
    ],
    'more than was bought, in quantity over all returns': [
      () => bring([{ lineId: '1', quantity: 2, amount: 0 }]),
      '409 return-exceeds-purchase /lines/0/quantity',
    ],
    'more than was bought, in amount over all returns': [
      () => bring([{ lineId: '1', quantity: 1, amount: 501 }]),
      '409 return-exceeds-purchase /lines/0/amount',
    ],
    'an unknown line': [() => bring([{ lineId: '2', quantity: 1, amount: 1 }]), '422 line-unknown /lines/0/lineId'],
    'no line': [() => bring([]), '422 invalid-body /lines'],
    'a negative amount': [() => bring([{ lineId: '1', quantity: 1, amount: -500 }]), '422 invalid-body /lines/0/amount'],
  },
}

describe.each(Object.entries(cases))('%s', (_group, group) => {
  test.each(Object.entries(group))('%s', async (_what, [request, refusal]) => isRefused(laurel, await request(), refusal))
})
