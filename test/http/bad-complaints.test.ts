import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  answerComplaint,
  listComplaints,
  listMyComplaints,
  openComplaintFor,
  openMyComplaint,
  rateMyComplaint,
  readComplaint,
  reopenMyComplaint,
  resolveComplaint,
} from '../../functions/contract/complaints.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { putDraft } from '../../functions/contract/programme-draft.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { rateMyPurchase, ratePurchase } from '../../functions/contract/satisfaction.ts'
import { memberId } from '../../functions/domain/units.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { problemIn, requestOf } from '../support/client.ts'
import { demoWithClubs } from '../support/clubs.ts'
import type { WireRequest } from '../support/http.ts'
import { Laurel } from '../support/laurel.ts'
import { exampleService } from '../support/service.ts'

/** Bad input to complaints and surveys, case by case, with the exact answer. Nothing of it is stored. */

let laurel: Laurel
let tokens: {
  readonly pos: string
  readonly member: string
  readonly admin: string
  readonly york: string
  readonly bert: string
}

/** The example of an operation with another body, and perhaps other parameters. */
const asked = (operation: Operation, change: object = {}, params: object = {}, token?: string): WireRequest =>
  requestOf(operation, token ?? tokens[operation.audience], {
    params: { ...operation.example.params, ...params },
    ...(operation.body && { body: { ...(operation.example.body as object), ...change } }),
  })

beforeAll(async () => {
  laurel = await Laurel.start()
  tokens = {
    pos: await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos']),
    member: await laurel.token({ subject: 'ada', programme: 'demo', member: memberId('m-1001') }, ['laurel/member']),
    admin: await laurel.token({ subject: 'desk', programme: 'demo' }, adminScopes),
    york: await laurel.token({ subject: 'york', programme: 'demo', stores: ['york'] }, ['laurel/pos']),
    bert: await laurel.token({ subject: 'bert', programme: 'demo', member: memberId('bert') }, ['laurel/member']),
  }
  for (const request of [
    asked(enrolMember),
    requestOf(enrolMember, tokens.pos, { params: { memberId: 'bert' }, body: {} }),
    asked(recordPurchase),
    asked(openComplaintFor),
    asked(openComplaintFor, {}, { complaintId: 'leeds:open' }),
    asked(openMyComplaint),
    asked(answerComplaint),
    asked(resolveComplaint),
    asked(rateMyComplaint),
    asked(rateMyPurchase),
  ])
    expect((await laurel.send(request)).status).toBe(201)
})

afterAll(() => laurel.close())

const tooLong = 'x'.repeat(2001)
const service = (change: object) => {
  return requestOf(putDraft, tokens.admin, {
    ifMatch: '*',
    body: { ...demoWithClubs, service: { ...exampleService, ...change } },
  })
}

const cases: { readonly [what: string]: readonly [() => WireRequest, answer: string] } = {
  'a complaint without words': [() => asked(openComplaintFor, { text: '' }), '422 invalid-body /text'],
  'a complaint of too many words': [() => asked(openComplaintFor, { text: tooLong }), '422 invalid-body /text'],
  'a complaint of no kind': [() => asked(openComplaintFor, { category: undefined }), '422 invalid-body /category'],
  'a complaint that says how severe it is': [() => asked(openComplaintFor, { severity: 'urgent' }), '422 invalid-body /severity'],
  'a complaint of an unknown kind': [
    () => asked(openComplaintFor, { category: 'late' }, { complaintId: 'leeds:c-2' }),
    '422 category-unknown /category',
  ],
  'a complaint of nobody': [() => asked(openComplaintFor, { member: undefined }), '422 invalid-body /member'],
  'a complaint of somebody unknown': [
    () => asked(openComplaintFor, { member: { id: 'nobody' } }, { complaintId: 'leeds:c-2' }),
    '404 member-unknown /member/id',
  ],
  'a complaint of an unknown card': [
    () => asked(openComplaintFor, { member: { card: 'nobody-has-it' } }, { complaintId: 'leeds:c-2' }),
    '404 member-unknown /member/card',
  ],
  'a complaint for another store': [() => asked(openComplaintFor, {}, {}, tokens.york), '403 store-forbidden /storeId'],
  'a complaint whose id is another store’s': [
    () => asked(openComplaintFor, {}, { complaintId: 'york:c-1' }),
    '422 store-mismatch /storeId',
  ],
  'a complaint about another member’s purchase': [
    () => asked(openMyComplaint, { purchaseId: 'leeds:till-3:000123' }, { id: 'c-2' }, tokens.bert),
    '404 purchase-unknown /purchaseId',
  ],
  'a complaint of a member about a purchase of nobody': [
    () => asked(openMyComplaint, { purchaseId: 'leeds:nothing' }, { id: 'c-2' }),
    '404 purchase-unknown /purchaseId',
  ],
  'a complaint’s id once more with other words': [() => asked(openMyComplaint, { text: 'Other words' }), '409 id-reused'],
  'a store’s complaint’s id once more for another member': [
    () => asked(openComplaintFor, { member: { id: 'bert' } }),
    '409 id-reused',
  ],
  'a complaint’s id that is none': [() => asked(openMyComplaint, {}, { id: 'a b' }), '400 invalid-parameter /id'],
  'a reply without words': [() => asked(answerComplaint, { text: '' }, { replyId: 'r-2' }), '422 invalid-body /text'],
  'a reply of too many words': [() => asked(answerComplaint, { text: tooLong }, { replyId: 'r-2' }), '422 invalid-body /text'],
  'a reply to nothing': [() => asked(answerComplaint, {}, { complaintId: 'leeds:nothing' }), '404 complaint-unknown'],
  'a reply to what a member calls it': [() => asked(answerComplaint, {}, { complaintId: 'c-1' }), '404 complaint-unknown'],
  'a reply to what is resolved': [() => asked(answerComplaint, {}, { replyId: 'r-2' }), '409 complaint-resolved'],
  'a reply’s id once more': [() => asked(answerComplaint, { text: 'Other words' }), '409 id-reused'],
  'a second resolution': [() => asked(resolveComplaint, {}, { resolutionId: 's-2' }), '409 complaint-resolved'],
  'a resolution’s id once more': [() => asked(resolveComplaint, { points: 51 }), '409 id-reused'],
  'a resolution that takes points': [() => asked(resolveComplaint, { points: -1 }), '422 invalid-body /points'],
  'a resolution of no points': [() => asked(resolveComplaint, { points: 0 }), '422 invalid-body /points'],
  'a resolution of half a point': [() => asked(resolveComplaint, { points: 0.5 }), '422 invalid-body /points'],
  'a resolution of more points than there are': [() => asked(resolveComplaint, { points: 2 ** 53 }), '422 invalid-body /points'],
  'a rating of none': [() => asked(rateMyComplaint, { score: 0 }), '422 invalid-body /score'],
  'a rating of six': [() => asked(rateMyComplaint, { score: 6 }), '422 invalid-body /score'],
  'a second rating': [() => asked(rateMyComplaint, { score: 5 }), '409 resolution-rated'],
  'a rating of what is not resolved': [() => asked(rateMyComplaint, {}, { id: 'leeds:open' }), '409 resolution-not-standing'],
  'a rating of another resolution': [() => asked(rateMyComplaint, {}, { resolutionId: 's-2' }), '409 resolution-not-standing'],
  'a rating by another member': [() => asked(rateMyComplaint, {}, {}, tokens.bert), '404 complaint-unknown'],
  'reopening what is open': [() => asked(reopenMyComplaint, {}, { id: 'leeds:open' }), '409 complaint-not-resolved'],
  'reopening what is another’s': [() => asked(reopenMyComplaint, {}, {}, tokens.bert), '404 complaint-unknown'],
  'reopening with too many words': [() => asked(reopenMyComplaint, { text: tooLong }), '422 invalid-body /text'],
  'a score of eleven': [() => asked(rateMyPurchase, { score: 11 }), '422 invalid-body /score'],
  'a score below none': [() => asked(rateMyPurchase, { score: -1 }), '422 invalid-body /score'],
  'half a score': [() => asked(rateMyPurchase, { score: 6.5 }), '422 invalid-body /score'],
  'a score of too many words': [() => asked(rateMyPurchase, { text: tooLong }), '422 invalid-body /text'],
  'another score': [() => asked(rateMyPurchase, { score: 8 }), '409 id-reused'],
  'a score of another member’s purchase': [() => asked(rateMyPurchase, {}, {}, tokens.bert), '404 purchase-unknown'],
  'a score of no purchase': [() => asked(ratePurchase, {}, { purchaseId: 'leeds:nothing' }), '404 purchase-unknown'],
  'a score by another store': [() => asked(ratePurchase, {}, {}, tokens.york), '403 store-forbidden /storeId'],
  'a score of no store': [() => asked(ratePurchase, { storeId: undefined }), '422 invalid-body /storeId'],
  'a cursor that no queue gave': [
    () => requestOf(listComplaints, tokens.admin, { query: { cursor: Buffer.from('1#leeds:1').toString('base64url') } }),
    '400 invalid-cursor',
  ],
  'a cursor that no list of mine gave': [
    () => requestOf(listMyComplaints, tokens.member, { query: { cursor: Buffer.from('#HEAD').toString('base64url') } }),
    '400 invalid-cursor',
  ],
  'a complaint that is not there': [() => asked(readComplaint, {}, { complaintId: 'leeds:no' }), '404 complaint-unknown'],
  'a document with two kinds of complaint of one id': [
    () => service({ categories: [exampleService.categories[0], exampleService.categories[0]] }),
    '422 invalid-body /service/categories',
  ],
  'a document without a kind of complaint': [() => service({ categories: [] }), '422 invalid-body /service/categories'],
  'a document with a severity that there is not': [
    () => service({ categories: [{ id: 'a', name: 'A', severity: 'deadly' }] }),
    '422 invalid-body /service/categories/0/severity',
  ],
  'a document without a deadline': [
    () => service({ deadlines: { ...exampleService.deadlines, high: undefined } }),
    '422 invalid-body /service/deadlines/high',
  ],
  'a document with a deadline of no hours': [
    () => service({ deadlines: { ...exampleService.deadlines, high: { hours: 0 } } }),
    '422 invalid-body /service/deadlines/high/hours',
  ],
  'a document that asks at once': [
    () => service({ survey: { ...exampleService.survey, afterHours: 0 } }),
    '422 invalid-body /service/survey/afterHours',
  ],
  'a document that asks without rest': [
    () => service({ survey: { ...exampleService.survey, quietDays: 0 } }),
    '422 invalid-body /service/survey/quietDays',
  ],
  'a document by which a score of eleven is low': [
    () => service({ survey: { ...exampleService.survey, lowScore: { atMost: 11, opens: 'unhappy' } } }),
    '422 invalid-body /service/survey/lowScore/atMost',
  ],
}

test.each(Object.entries(cases))('%s', async (_what, [request, expected]) => {
  const before = await laurel.dump()
  const answer = problemIn(await laurel.send(request()))
  const [first] = answer.errors ?? []
  expect([answer.status, answer.code, ...(first ? [first.pointer] : [])].join(' ')).toBe(expected)
  expect(await laurel.dump()).toEqual(before)
})
