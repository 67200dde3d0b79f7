import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  answerComplaint,
  listComplaints,
  listMyComplaints,
  openComplaintFor,
  openMyComplaint,
  rateMyComplaint,
  readComplaint,
  readMyComplaint,
  reopenMyComplaint,
  resolveComplaint,
} from '../../functions/contract/complaints.ts'
import { rateMyPurchase, ratePurchase } from '../../functions/contract/satisfaction.ts'
import { readSatisfactionReport, startSatisfactionReport } from '../../functions/contract/satisfaction-reports.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { demoWithClubs } from '../support/clubs.ts'
import { Office } from '../support/programme-office.ts'
import { exampleService } from '../support/service.ts'
import { back, Journey } from './journey.ts'

let shop: Journey
let ada: Client

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ok(await shop.enrol('ada', { card: '6335550001' }))
  ok(await shop.enrol('bert'))
  ok(await shop.sell('leeds:1', { id: 'ada' }, [1530]))
  ada = await shop.app('ada')
})

afterEach(() => shop.end('ada', 'bert'))

const openFor = (complaintId: string, body: Partial<Asked<typeof openComplaintFor>['body']> = {}) =>
  shop.till.ask(openComplaintFor, {
    params: { complaintId },
    body: { member: { id: 'ada' }, storeId: 'leeds', category: 'damaged', text: 'Secret words', ...body },
  })
const complain = (id: string, body: Partial<Asked<typeof openMyComplaint>['body']> = {}) =>
  ada.ask(openMyComplaint, { params: { id }, body: { category: 'rude', text: 'Secret words', ...body } })
const reply = (complaintId: string, replyId: string, text = 'Secret words, too') =>
  shop.office.ask(answerComplaint, { params: { complaintId, replyId }, body: { text } })
const resolve = (complaintId: string, resolutionId: string, points?: number, office: Pick<Client, 'ask'> = shop.office) =>
  office.ask(resolveComplaint, {
    params: { complaintId, resolutionId },
    body: { text: 'More secret words', ...(points !== undefined && { points }) },
  })
const rate = (id: string, resolutionId: string, score: number) =>
  ada.ask(rateMyComplaint, { params: { id, resolutionId }, body: { score } })
const reopen = (id: string, reopeningId: string, text?: string) =>
  ada.ask(reopenMyComplaint, { params: { id, reopeningId }, body: text === undefined ? {} : { text } })

/** The queue of the staff, page by page. */
async function queue(limit = 2) {
  const items = []
  let cursor: string | null = null
  do {
    const query: Asked<typeof listComplaints>['query'] = { limit: String(limit), ...(cursor !== null && { cursor }) }
    const page: ReturnType<typeof ok<typeof listComplaints>> = ok(await shop.office.ask(listComplaints, { query }))
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

describe('a complaint', () => {
  test('goes from the app to the desk and back, and costs nobody but the shop', async () => {
    const made = ok(await complain('c-1', { purchaseId: 'leeds:1' }))
    expect(made).toMatchObject({
      ...{ memberId: 'ada', category: 'rude', severity: 'high', status: 'open', purchaseId: 'leeds:1', text: 'Secret words' },
      ...{ openedAt: '2026-11-21T17:00:00Z', dueAt: '2026-11-22T17:00:00Z', overdue: false, messages: [] },
    })
    const { id } = made
    expect(id).not.toContain('c-1')
    expect(await complain('c-1', { purchaseId: 'leeds:1' })).toMatchObject({ status: 200, replayed: true, body: made })
    shop.travel('2026-11-21T18:00:00Z')
    ok(await reply(id, 'r-1'))
    expect(ok(await ada.ask(readMyComplaint, { params: { id: 'c-1' } }))).toMatchObject({
      ...{ id, status: 'answered', dueAt: '2026-11-22T17:00:00Z' },
      messages: [{ kind: 'reply', id: 'r-1', at: '2026-11-21T18:00:00Z', text: 'Secret words, too' }],
    })
    shop.travel('2026-11-21T19:00:00Z')
    ok(await resolve(id, 's-1', 50))
    expect(await resolve(id, 's-1', 50)).toMatchObject({ status: 200, replayed: true })
    expect((await shop.standing('ada')).available).toBe(15 + 50)
    expect(await queue()).toEqual([])
    ok(await rate('c-1', 's-1', 2))
    expect(await rate(id, 's-1', 2)).toMatchObject({ status: 200, replayed: true })
    shop.travel('2026-11-23T19:00:00Z')
    const reopened = ok(await reopen('c-1', 'o-1', 'Still rude'))
    expect(reopened).toMatchObject({ status: 'open', severity: 'urgent', dueAt: '2026-11-23T23:00:00Z' })
    shop.travel('2026-11-24T00:00:00Z')
    // The ledger says what happened, and nothing of what was written.
    await shop.laurel.settle('ada')
    expect((await shop.activity('ada')).map(({ kind }) => kind).reverse()).toEqual([
      ...['enrolled', 'earned', 'complaint-opened', 'complaint-answered', 'complaint-resolved', 'goodwill', 'complaint-rated'],
      ...['complaint-reopened', 'complaint-overdue'],
    ])
    expect((await queue()).map((each) => [each.id, each.overdue])).toEqual([[id, true]])
    ok(await resolve(id, 's-2'))
    expect(await queue()).toEqual([])
    const messages = ok(await shop.office.ask(readComplaint, { params: { complaintId: id } })).messages
    expect(messages.map((each) => [each.kind, each.id, 'rating' in each ? each.rating : null])).toEqual([
      ...[
        ['reply', 'r-1', null],
        ['resolution', 's-1', 2],
        ['reopening', 'o-1', null],
      ],
      ['resolution', 's-2', null],
    ])
  })

  test('is taken down by a store, once for its id, by card too, and the member sees it', async () => {
    const made = ok(await openFor('leeds:c-1', { member: { card: '6335550001' } }))
    expect(made).toMatchObject({ id: 'leeds:c-1', memberId: 'ada', storeId: 'leeds', severity: 'normal' })
    // The card is another's by now: the same body is still the same complaint.
    ok(await shop.change('ada', { card: '6335550002' }))
    expect(await openFor('leeds:c-1', { member: { card: '6335550001' } })).toMatchObject({ status: 200, replayed: true })
    expect(await openFor('leeds:c-1')).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(await openFor('leeds:c-1', { member: { id: 'bert' } })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(ok(await ada.ask(readMyComplaint, { params: { id: 'leeds:c-1' } }))).toEqual(made)
    const bert = await shop.app('bert')
    const refused = { status: 404, problem: { code: 'complaint-unknown' } }
    expect(await bert.ask(readMyComplaint, { params: { id: 'leeds:c-1' } })).toMatchObject(refused)
    expect(await bert.ask(reopenMyComplaint, { params: { id: 'leeds:c-1', reopeningId: 'o' }, body: {} })).toMatchObject(refused)
    expect(ok(await bert.ask(listMyComplaints, {})).items).toEqual([])
  })

  test('is of a store that the register has', async () => {
    const document = { ...demoWithClubs, stores: [{ id: 'leeds' }] }
    await createProgramme(shop.laurel.runtime.store, 'registered', document, shop.laurel.now)
    const registered = await Journey.in(shop.laurel, 'registered')
    ok(await registered.enrol('ada'))
    const post = (storeId: string) =>
      registered.till.ask(openComplaintFor, {
        params: { complaintId: `${storeId}:c-1` },
        body: { member: { id: 'ada' }, storeId, category: 'damaged', text: 'Broken' },
      })
    ok(await post('leeds'))
    const unknown = { status: 422, problem: { code: 'store-unknown', errors: [{ pointer: '/storeId' }] } }
    expect(await post('york')).toMatchObject(unknown)
  })

  test('of two members may have the same id of their own, and the desk tells them apart', async () => {
    const mine = ok(await complain('c-1'))
    const bert = await shop.app('bert')
    const his = ok(await bert.ask(openMyComplaint, { params: { id: 'c-1' }, body: { category: 'rude', text: 'Also' } }))
    expect(his.id).not.toBe(mine.id)
    expect(await complain('c-1', { text: 'Another text' })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
  })

  test('stands in the queue by its deadline, whatever the order in which it came', async () => {
    ok(await openFor('leeds:normal'))
    ok(await openFor('leeds:low', { category: 'unhappy' }))
    ok(await openFor('york:high', { category: 'rude', storeId: 'york', member: { id: 'bert' } }))
    expect((await queue()).map(({ id, dueAt }) => [id, dueAt])).toEqual([
      ['york:high', '2026-11-22T17:00:00Z'],
      ['leeds:normal', '2026-11-25T00:00:00Z'],
      ['leeds:low', '2026-12-02T00:00:00Z'],
    ])
    // A page's cursor goes on where complaints before it were resolved meanwhile.
    const first = ok(await shop.office.ask(listComplaints, { query: { limit: '1' } }))
    ok(await resolve('york:high', 's-1'))
    const next = ok(await shop.office.ask(listComplaints, { query: { limit: '1', cursor: first.nextCursor! } }))
    expect(next.items.map(({ id }) => id)).toEqual(['leeds:normal'])
    expect(JSON.stringify(await queue())).not.toContain('Secret')
  })

  test('tells what was written in its own item and nowhere else', async () => {
    const { id } = ok(await complain('c-1'))
    ok(await reply(id, 'r-1'))
    ok(await resolve(id, 's-1', 5))
    ok(await reopen(id, 'o-1', 'Even more secret words'))
    const telling = [...(await shop.dump())].filter(([, item]) => /secret words/i.test(item)).map(([key]) => key)
    expect(telling).toEqual([`P#demo#M#ada CO#${id}`])
    const audit = await (await Office.of(shop.laurel, 'auditor')).audit({ target: `complaints/${id}` })
    expect(audit.map(({ action, target }) => `${action} ${target}`).sort()).toEqual([
      `answerComplaint complaints/${id}/replies/r-1`,
      `resolveComplaint complaints/${id}/resolutions/s-1`,
    ])
  })
})

describe('goodwill', () => {
  const capped = { status: 409, problem: { code: 'adjustment-cap', errors: [{ pointer: '/points' }] } }

  test('is within what the agent may credit, at once and in a day, together with adjustments', async () => {
    const clerk = await Office.of(shop.laurel, 'clerk')
    const adjustments = { agent: { perAdjustment: { credit: 100 }, perAgentDay: { credit: 150 } } }
    ok(await clerk.edit(() => ({ ...demoWithClubs, adjustments })))
    ok(await clerk.publish('Caps'))
    shop.travel('2026-12-01T12:00:00Z')
    for (const id of ['leeds:1', 'leeds:2', 'leeds:3']) ok(await openFor(id))
    expect(await resolve('leeds:1', 's-1', 101, clerk)).toMatchObject(capped)
    ok(await resolve('leeds:1', 's-1', 100, clerk))
    const before = await shop.dump()
    expect(await resolve('leeds:2', 's-1', 51, clerk)).toMatchObject(capped)
    expect(await resolve('leeds:1', 's-1', 100, clerk)).toMatchObject({ status: 200, replayed: true })
    expect(await shop.dump()).toEqual(before)
    ok(await clerk.adjust('ada', 'a-1', 20))
    expect(await resolve('leeds:2', 's-1', 31, clerk)).toMatchObject(capped)
    ok(await resolve('leeds:2', 's-1', 30, clerk))
    ok(await resolve('leeds:3', 's-1', undefined, clerk))
    expect((await shop.standing('ada')).available).toBe(15 + 150)
  })
})

describe('satisfaction', () => {
  let asking: Journey
  let hers: Client

  beforeEach(async () => {
    const survey = { afterHours: 24, quietDays: 30, lowScore: { atMost: 6, opens: 'unhappy' } }
    const document = { ...demoWithClubs, service: { ...exampleService, survey } }
    await createProgramme(shop.laurel.runtime.store, 'asking', document, shop.laurel.now)
    asking = await Journey.in(shop.laurel, 'asking')
    ok(await asking.enrol('ada'))
    ok(await asking.sell('leeds:1', { id: 'ada' }, [1530]))
    hers = await asking.app('ada')
  })

  const say = (id: string, score: number, text?: string) =>
    hers.ask(rateMyPurchase, { params: { id }, body: { score, ...(text !== undefined && { text }) } })
  const post = (purchaseId: string, score: number, text?: string) =>
    asking.till.ask(ratePurchase, {
      params: { purchaseId },
      body: { storeId: 'york', score, ...(text !== undefined && { text }) },
    })
  const kinds = async () => (await asking.activity('ada')).map(({ kind, purchaseId }) => `${kind} ${purchaseId ?? '-'}`)

  test('is asked for by the scheduled job, once, and not again in the quiet period', async () => {
    shop.travel('2026-11-22T17:00:00Z')
    expect(await shop.laurel.settle('ada')).toMatchObject({ settled: 1, failed: 0 })
    expect(await shop.laurel.settle('ada')).toMatchObject({ settled: 0 })
    ok(await asking.sell('leeds:2', { id: 'ada' }, [1530]))
    shop.travel('2026-12-22T17:00:00Z')
    await shop.laurel.settle('ada')
    expect(await kinds()).toEqual(['earned leeds:2', 'survey-asked leeds:1', 'earned leeds:1', 'enrolled -'])
  })

  test('is not asked for where the goods came back', async () => {
    ok(await asking.bring('leeds:1', 'r-1', [back('1', 1530)]))
    shop.travel('2026-12-22T17:00:00Z')
    await shop.laurel.settle('ada')
    expect(await kinds()).toEqual(['returned leeds:1', 'earned leeds:1', 'enrolled -'])
  })

  test('is told once, by the member or a store, and a low score is a complaint at once', async () => {
    const told = ok(await say('leeds:1', 3, 'A private matter'))
    expect(told).toMatchObject({ purchaseId: 'leeds:1', memberId: 'ada', score: 3, complaintId: expect.stringMatching(/^s-/) })
    expect(await say('leeds:1', 3, 'A private matter')).toMatchObject({ status: 200, replayed: true, body: told })
    expect(await post('leeds:1', 3, 'A private matter')).toMatchObject({ status: 200, replayed: true, body: told })
    expect(await post('leeds:1', 4, 'A private matter')).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(ok(await hers.ask(readMyComplaint, { params: { id: told.complaintId! } }))).toMatchObject({
      ...{ category: 'unhappy', severity: 'low', purchaseId: 'leeds:1', text: 'A private matter' },
    })
    const telling = [...(await shop.dump())].filter(([, item]) => item.includes('A private matter')).map(([key]) => key)
    expect(telling).toEqual([`P#asking#M#ada CO#${told.complaintId}`])
    ok(await asking.sell('leeds:2', { id: 'ada' }, [1530]))
    expect(ok(await post('leeds:2', 7))).toMatchObject({ score: 7, complaintId: null })
    ok(await asking.enrol('bert'))
    const bert = await asking.app('bert')
    const asked = { params: { id: 'leeds:2' }, body: { score: 1 } }
    expect(await bert.ask(rateMyPurchase, asked)).toMatchObject({ status: 404, problem: { code: 'purchase-unknown' } })
    await asking.activity('ada')
  })
  test('is reported of a period: who was asked, who answered what, and how complaints were dealt with', async () => {
    ok(await asking.enrol('bert'))
    ok(await asking.sell('york:1', { id: 'bert' }, [900]))
    // Ada is asked and is not content; Bert is asked and says nothing.
    shop.travel('2026-11-22T17:00:00Z')
    await shop.laurel.settle('ada', 'bert')
    const complaintId = ok(await say('leeds:1', 3)).complaintId!
    shop.travel('2026-11-22T18:30:00Z')
    ok(await asking.office.ask(resolveComplaint, { params: { complaintId, resolutionId: 's-1' }, body: { text: 'Sorry.' } }))
    ok(await hers.ask(rateMyComplaint, { params: { id: complaintId, resolutionId: 's-1' }, body: { score: 5 } }))
    const period = { from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' }
    const unknown = { status: 404, problem: { code: 'report-unknown' } }
    expect(await asking.office.ask(readSatisfactionReport, { query: period })).toMatchObject(unknown)
    const begun = await asking.office.ask(startSatisfactionReport, { body: period })
    expect(begun).toMatchObject({ status: 202, body: { status: 'running', ...period } })
    expect(await asking.office.ask(startSatisfactionReport, { body: period })).toMatchObject({ status: 200, replayed: true })
    await shop.laurel.runJobs()
    const done = ok(await asking.office.ask(readSatisfactionReport, {}))
    expect(ok(await asking.office.ask(readSatisfactionReport, { query: period }))).toEqual(done)
    const { all, by, complaints } = done.report!
    expect(all).toEqual({
      ...{ asked: 2, answered: 1, responseRate: 5000, answers: 1, promoters: 0, passives: 0, detractors: 1, nps: -100 },
      ...{ average: 300, distribution: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], complaints: 1 },
    })
    expect(by.month).toEqual([{ name: '2026-11', ...all }])
    expect(by.store.map(({ name, asked, answered }) => [name, asked, answered])).toEqual([
      ['leeds', 1, 1],
      ['york', 1, 0],
    ])
    const handled = {
      ...{ opened: 1, byScore: 1, reopened: 0, overdue: 0, ratings: { distribution: [0, 0, 0, 0, 1], average: 500 } },
      firstReply: { complaints: 1, meanMinutes: 90, longestMinutes: 90 },
      resolution: { complaints: 1, meanMinutes: 90, longestMinutes: 90 },
    }
    expect(complaints).toEqual({
      all: handled,
      by: { category: [{ name: 'unhappy', ...handled }], severity: [{ name: 'low', ...handled }] },
    })
    // Asked for again it is begun anew, with what has become of it since.
    ok(await hers.ask(reopenMyComplaint, { params: { id: complaintId, reopeningId: 'o-1' }, body: {} }))
    expect(await asking.office.ask(startSatisfactionReport, { body: period })).toMatchObject({ status: 202 })
    await shop.laurel.runJobs()
    expect(ok(await asking.office.ask(readSatisfactionReport, {})).report!.complaints.all).toMatchObject({
      ...{ reopened: 1, resolution: { complaints: 0, meanMinutes: null } },
    })
  })

  test('is reported of no period that is empty or has one end', async () => {
    const instant = '2026-11-01T00:00:00Z'
    const before = await shop.dump()
    expect(await asking.office.ask(startSatisfactionReport, { body: { from: instant, until: instant } })).toMatchObject({
      status: 422,
      problem: { code: 'period-empty', errors: [{ pointer: '/until' }] },
    })
    expect(await asking.office.ask(readSatisfactionReport, { query: { from: instant } })).toMatchObject({
      problem: { code: 'invalid-parameter' },
    })
    expect(await shop.dump()).toEqual(before)
  })
})
