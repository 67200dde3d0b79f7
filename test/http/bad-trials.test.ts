import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { readExperimentReport, startExperimentReport } from '../../functions/contract/experiments.ts'
import { changeMember, enrolMember } from '../../functions/contract/members.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { simulatePurchase } from '../../functions/contract/simulation.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok, requestOf } from '../support/client.ts'
import type { WireRequest } from '../support/http.ts'
import { Laurel } from '../support/laurel.ts'
import { isRefused } from './refused.ts'

/** Bad simulations, backtests and reports, case by case, with the exact answer. Nothing of it is stored. */

const line = { lineId: '1', sku: 'candle', quantity: 2, amount: 1000 }
const basket = { storeId: 'leeds', occurredAt: '2026-11-21T10:00:00Z', currency: 'GBP', lines: [line] }
const simulation = { basket, member: { madeUp: {} }, under: { revision: 1 } }
const period = { from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' }
const euro = { document: { ...demoProgramme, currency: 'EUR' } }
const withStores = { document: { ...demoProgramme, stores: [{ id: 'york' }] } }
const unknownCondition = {
  document: { ...demoProgramme, campaigns: [{ id: 'c', trigger: 'purchase', when: { moon: 'full' }, effect: { points: 1 } }] },
}

let laurel: Laurel
let token: string

beforeAll(async () => {
  laurel = await Laurel.start()
  await createProgramme(laurel.runtime.store, 'shop', { ...demoProgramme, stores: [{ id: 'leeds' }] }, laurel.now)
  const till = laurel.client(await laurel.token({ subject: 'till', programme: 'shop', stores: '*' }, ['laurel/pos']))
  for (const memberId of ['ada', 'closed']) ok(await till.ask(enrolMember, { params: { memberId }, body: {} }))
  ok(await till.ask(changeMember, { params: { memberId: 'closed' }, body: { status: 'closed' } }))
  token = await laurel.token({ subject: 'marketing', programme: 'shop' }, ['laurel/admin.read', 'laurel/admin.marketing'])
  expect((await laurel.send(backtest({ id: 'taken' }))).status).toBe(202)
})
afterAll(() => laurel.close())

const by = (operation: Operation, asked: Parameters<typeof requestOf>[2]) => requestOf(operation, token, asked)
const simulate = (change: object) => by(simulatePurchase, { body: { ...simulation, ...change } })
const bought = (change: object) => simulate({ basket: { ...basket, ...change } })
const befell = (occasion: object, member: object = { madeUp: {} }) => simulate({ basket: undefined, occasion, member })
const backtest = (change: object) => by(startBacktest, { body: { ...period, under: { revision: 1 }, ...change } })
const experiment = (change: object, campaignId = 'c') =>
  by(startExperimentReport, { params: { campaignId }, body: { ...period, percent: 50, ...change } })
const report = (query: { [name: string]: string }, campaignId = 'c') =>
  by(readExperimentReport, { params: { campaignId }, query })

const cases: readonly (readonly [fault: string, request: () => WireRequest, expected: string])[] = [
  ['a basket with a member', () => bought({ member: { id: 'ada' } }), '422 invalid-body /basket/member'],
  ['a basket of another currency', () => bought({ currency: 'EUR' }), '422 currency-mismatch /basket/currency'],
  ['a document of another currency', () => simulate({ under: euro }), '422 currency-mismatch /basket/currency'],
  ['a store that the candidate does not have', () => simulate({ under: withStores }), '422 store-unknown /basket/storeId'],
  ['two lines of one id', () => bought({ lines: [line, line] }), '422 duplicate-line /basket/lines/1/lineId'],
  ['a negative amount', () => bought({ lines: [{ ...line, amount: -1 }] }), '422 invalid-body /basket/lines/0/amount'],
  [
    'amounts that are too large in sum',
    () => bought({ lines: ['1', '2'].map((lineId) => ({ ...line, lineId, amount: 1_000_000_000_000 })) }),
    '422 amount-too-large /basket/lines',
  ],
  [
    'a basket of long after it is posted',
    () => simulate({ at: '2026-11-19T00:00:00Z' }),
    '422 occurred-in-future /basket/occurredAt',
  ],
  ['an instant without a zone', () => simulate({ at: '2026-11-21T10:00:00' }), '422 invalid-body /at'],
  ['a member who is not there', () => simulate({ member: { id: 'nobody' } }), '404 member-unknown /member/id'],
  ['a member who is closed', () => simulate({ member: { id: 'closed' } }), '409 member-closed /member'],
  ['a member both real and made up', () => simulate({ member: { id: 'ada', madeUp: {} } }), '422 invalid-body /member/madeUp'],
  [
    'a made-up member of no purchase',
    () => simulate({ member: { madeUp: { purchaseNumber: 0 } } }),
    '422 invalid-body /member/madeUp/purchaseNumber',
  ],
  [
    'a made-up member of half a visit',
    () => simulate({ member: { madeUp: { visits: 0.5 } } }),
    '422 invalid-body /member/madeUp/visits',
  ],
  [
    'a made-up member who came more often than there are days',
    () => simulate({ member: { madeUp: { visits: 36_501 } } }),
    '422 invalid-body /member/madeUp/visits',
  ],
  [
    'a made-up member whom a real one recommended',
    () => simulate({ member: { madeUp: { referred: 'ada' } } }),
    '422 invalid-body /member/madeUp/referred',
  ],
  ['neither a basket nor an occasion', () => simulate({ basket: undefined }), '422 invalid-body /basket'],
  ['a basket and an occasion', () => simulate({ occasion: { trigger: 'birthday' } }), '422 invalid-body /basket'],
  ['an occasion that only a basket makes', () => befell({ trigger: 'referral' }), '422 invalid-body /occasion/trigger'],
  ['an occasion of two kinds', () => befell({ trigger: { event: 'a', clubJoined: 'b' } }), '422 invalid-body /occasion/trigger'],
  ['an occasion of no kind', () => befell({}), '422 invalid-body /occasion/trigger'],
  [
    'an occasion at a store that the candidate does not have',
    () => befell({ trigger: { event: 'a' }, storeId: 'york' }),
    '422 store-unknown /occasion/storeId',
  ],
  [
    'an occasion of a member who is not there',
    () => befell({ trigger: 'birthday' }, { id: 'nobody' }),
    '404 member-unknown /member/id',
  ],
  ['an occasion of a member who is closed', () => befell({ trigger: 'birthday' }, { id: 'closed' }), '409 member-closed /member'],
  ['a member by card', () => simulate({ member: { card: '1' } }), '422 invalid-body /member/id /member/card'],
  ['a revision that is not there', () => simulate({ under: { revision: 9 } }), '404 revision-unknown /under/revision'],
  ['nothing to try', () => simulate({ under: undefined }), '422 invalid-body /under'],
  ['an unknown condition', () => simulate({ under: unknownCondition }), '422 invalid-body /under/document/campaigns/0/when/moon'],
  [
    'a time zone that does not exist',
    () => simulate({ under: { document: { ...demoProgramme, timezone: 'Mars/Olympus' } } }),
    '422 invalid-body /under/document/timezone',
  ],
  ['a period that ends as it begins', () => backtest({ until: period.from }), '422 period-empty /until'],
  [
    'a backtest of a revision that is not there',
    () => backtest({ under: { revision: 2 } }),
    '404 revision-unknown /under/revision',
  ],
  ['a backtest in another currency', () => backtest({ under: euro }), '422 currency-mismatch /under'],
  ['a backtest of a taken id', () => backtest({ id: 'taken', until: '2026-03-01T00:00:00Z' }), '409 id-reused'],
  ['a backtest that was never started', () => by(readBacktest, { params: { id: 'never' } }), '404 backtest-unknown'],
  ['an experiment that no campaign is', () => experiment({ percent: undefined }), '404 experiment-unknown'],
  ['an experiment that holds out everybody', () => experiment({ percent: 100 }), '422 invalid-body /percent'],
  [
    'a report of a period that ends before it begins',
    () => experiment({ until: '2025-01-01T00:00:00Z' }),
    '422 period-empty /until',
  ],
  ['a report that nobody asked for', () => report({}), '404 report-unknown'],
  ['a report of a period that nobody asked for', () => report(period), '404 report-unknown'],
  ['a report of half a period', () => report({ from: period.from }), '400 invalid-parameter /until'],
]

describe('is refused, and stores nothing', () => {
  test.each(cases)('%s', (_, request, expected) => isRefused(laurel, request(), expected))
})
