import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Operation } from '../../functions/contract/operation.ts'
import { putDraft } from '../../functions/contract/programme-draft.ts'
import { campaignParts } from '../../functions/contract/programme-parts.ts'
import { publishDraft, readRevision, rollBack } from '../../functions/contract/programme-revisions.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { requestOf } from '../support/client.ts'
import type { WireRequest } from '../support/http.ts'
import { Laurel } from '../support/laurel.ts'
import { get, isRefused, type Refused } from './refused.ts'

/** Bad programmes, and bad questions about them, case by case, with the exact answer. Nothing of it is stored. */

let laurel: Laurel
let token: string

beforeAll(async () => {
  laurel = await Laurel.start()
  token = await laurel.token({ subject: 'desk', programme: 'demo' }, adminScopes)
  expect((await laurel.send(draft({ name: 'A draft' }))).status).toBeLessThan(300)
})

afterAll(() => laurel.close())

const by = (operation: Operation, params: { readonly [name: string]: string }, body?: unknown): WireRequest =>
  requestOf(operation, token, { params, body })
const draft = (change: object, ifMatch = '*'): WireRequest =>
  requestOf(putDraft, token, { body: { ...demoProgramme, ...change }, ifMatch })
const campaign = (change: object) => ({ id: 'a', trigger: 'purchase', effect: { points: 1 }, ...change })
const campaignOf = (change: object) => by(campaignParts.put, { id: 'a' }, campaign(change))
const deep = (levels: number): object => (levels === 0 ? { birthdayMonth: true } : { all: [deep(levels - 1)] })
const publish = (body: unknown) => requestOf(publishDraft, token, { body, ifMatch: '*' })

const cases: Refused = {
  'a time zone that does not exist': [() => draft({ timezone: 'Europe/Leeds' }), '422 invalid-body /timezone'],
  'a currency that is none': [() => draft({ currency: 'pounds' }), '422 invalid-body /currency'],
  'two campaigns of one id': [() => draft({ campaigns: [campaign({}), campaign({})] }), '422 invalid-body /campaigns'],
  'a part that there is not': [() => draft({ coupons: [] }), '422 invalid-body /coupons'],
  'an unknown condition': [
    () => draft({ campaigns: [campaign({ when: { all: [{ weather: 'rain' }] } })] }),
    '422 invalid-body /campaigns/0/when/all/0/weather',
  ],
  'two conditions in one': [
    () => draft({ campaigns: [campaign({ when: { tier: ['gold'], sku: ['a'] } })] }),
    '422 invalid-body /campaigns/0/when',
  ],
  'a window of no length': [
    () => draft({ campaigns: [campaign({ when: { hours: { from: '18:00', until: '18:00' } } })] }),
    '422 invalid-body /campaigns/0/when/hours/until',
  ],
  'an end before its start': [
    () => campaignOf({ schedule: { from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' } }),
    '422 invalid-body /schedule/until',
  ],
  'an effect that is two': [() => campaignOf({ effect: { points: 1, badge: 'b' } }), '422 invalid-body /effect'],
  'a budget of what gives no points': [
    () => campaignOf({ effect: { badge: 'b' }, limits: { budget: 100 } }),
    '422 invalid-body /limits/budget',
  ],
  'a cap in points of what gives none': [
    () => draft({ campaigns: [campaign({ effect: { badge: 'b' }, limits: { perMember: [{ window: 'day', points: 5 }] } })] }),
    '422 invalid-body /campaigns/0/limits/perMember/0/points',
  ],
  'dates without a day': [() => campaignOf({ when: { dates: {} } }), '422 invalid-body /when/dates'],
  'a cap of half a point': [
    () => draft({ adjustments: { agent: { perAgentDay: { credit: 0.5 } } } }),
    '422 invalid-body /adjustments/agent/perAgentDay/credit',
  ],
  'a cap of a role that there is not': [() => draft({ adjustments: { king: {} } }), '422 invalid-body /adjustments/king'],
  'conditions nested too deeply': [() => draft({ campaigns: [campaign({ when: deep(15) })] }), '400 json-too-deep'],
  'a document that is too large': [() => draft({ name: 'x'.repeat(2 * 1024 * 1024) }), '413 document-too-large'],
  'a campaign under another id': [() => campaignOf({ id: 'other' }), '422 invalid-body /id'],
  'what nobody has seen': [
    () => requestOf(putDraft, token, { body: { ...demoProgramme, name: 'x' } }),
    '428 precondition-required',
  ],
  'what has changed since': [() => draft({ name: 'x' }, '"7"'), '412 precondition-failed'],
  'an entity tag that is none': [() => draft({ name: 'x' }, '7'), '412 precondition-failed'],
  'a publication without a reason': [() => publish({}), '422 invalid-body /note'],
  'a publication in the past': [() => publish({ note: 'x', at: '2026-11-21T16:00:00Z' }), '422 too-soon /at'],
  'a publication at no instant': [() => publish({ note: 'x', at: 'tomorrow' }), '422 invalid-body /at'],
  'a roll-back to a revision nobody published': [
    () => by(rollBack, {}, { revision: 2, note: 'x' }),
    '404 revision-unknown /revision',
  ],
  'a roll-back to no revision': [() => by(rollBack, {}, { revision: 0, note: 'x' }), '422 invalid-body /revision'],
  'a revision nobody published': [() => by(readRevision, { number: '2' }), '404 revision-unknown'],
  'a revision 01': [() => by(readRevision, { number: '01' }), '400 invalid-parameter /number'],
  'a cursor of revisions made up': [() => get('/admin/programme/revisions?cursor=made-up', token), '400 invalid-cursor'],
  'a cursor of the audit made up': [() => get('/admin/audit?cursor=made-up', token), '400 invalid-cursor'],
  'a cursor of the audit into a thirteenth month': [
    () => get(`/admin/audit?cursor=${Buffer.from('2026-13').toString('base64url')}`, token),
    '400 invalid-cursor',
  ],
  'a cursor of campaigns made up': [() => get('/admin/campaigns?cursor=made-up', token), '400 invalid-cursor'],
  'an audit from no instant': [() => get('/admin/audit?from=yesterday', token), '400 invalid-parameter /from'],
}

test.each(Object.entries(cases))('%s', async (_what, [request, refusal]) => isRefused(laurel, await request(), refusal))
