import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compareDraft, putDraft } from '../../functions/contract/programme-draft.ts'
import { campaignParts, clubParts, putTiers, storeParts } from '../../functions/contract/programme-parts.ts'
import { listRevisions, publishDraft, readRevision } from '../../functions/contract/programme-revisions.ts'
import { ok } from '../support/client.ts'
import { demoWithClubs } from '../support/clubs.ts'
import { Office } from '../support/programme-office.ts'
import { Journey } from './journey.ts'

let shop: Journey
let ada: Office
let bert: Office

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  ada = await Office.of(shop.laurel, 'ada')
  bert = await Office.of(shop.laurel, 'bert')
})

afterEach(() => shop.end())

const generous = { ...demoWithClubs, points: { ...demoWithClubs.points, earn: { points: 2, per: 100 } } }
const campaign = (id: string, points = 5) => ({ id, trigger: 'purchase', effect: { points } }) as const
const member = { id: 'carol' }

describe('a draft', () => {
  test('is the latest revision until somebody writes one', async () => {
    const { document, etag } = await ada.read()
    expect(document).toEqual(demoWithClubs)
    const written = await ada.write({ ...demoWithClubs, name: 'Laurel & Bay' }, etag)
    const state = { isOpen: true, latestRevision: 1, editor: 'ada', editedAt: '2026-11-21T17:00:00Z' }
    expect(written).toMatchObject({ status: 200, replayed: false, body: state })
    expect(written.etag).not.toBe(etag)
    expect(await bert.read()).toEqual({ document: { ...demoWithClubs, name: 'Laurel & Bay' }, etag: written.etag })
  })

  test('that another has changed meanwhile is not overwritten', async () => {
    const [one, other] = [await ada.read(), await bert.read()]
    ok(await ada.write({ ...one.document, name: 'Ada’s' }, one.etag))
    const before = await shop.dump()
    const late = await bert.write({ ...other.document, name: 'Bert’s' }, other.etag)
    expect(late).toMatchObject({ status: 412, problem: { code: 'precondition-failed' } })
    expect(await shop.dump()).toEqual(before)
    expect((await bert.edit((document) => ({ ...document, name: 'Bert’s' }))).status).toBe(200)
    expect((await ada.read()).document.name).toBe('Bert’s')
  })

  test('of many editors at once, who have all seen the same, takes one', async () => {
    const { document, etag } = await ada.read()
    const written = await Promise.all(
      Array.from({ length: 8 }, (_, n) => (n % 2 ? ada : bert).write({ ...document, name: `Editor ${n}` }, etag)),
    )
    expect(written.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)])
  })

  test('that says so already is success, whatever was seen of it', async () => {
    const { etag } = await ada.read()
    ok(await ada.write(generous, etag))
    const before = await shop.dump()
    expect(await ada.write(generous, etag)).toMatchObject({ status: 200, replayed: true })
    expect(await shop.dump()).toEqual(before)
  })

  test('is not written whole by who has seen nothing', async () => {
    expect(await ada.write(generous)).toMatchObject({ status: 428, problem: { code: 'precondition-required' } })
    expect(await ada.write(generous, 'W/"0"')).toMatchObject({ status: 412 })
    expect(await ada.write(generous, '"7", "0"')).toMatchObject({ status: 200 })
    expect(await ada.write(demoWithClubs, '*')).toMatchObject({ status: 200 })
  })

  test('may contradict itself, but not the contract', async () => {
    const unfinished = { ...demoWithClubs, campaigns: [{ ...campaign('a'), when: { tier: ['platinum'] } }] }
    expect((await ada.edit(() => unfinished)).status).toBe(200)
    expect(await ada.validate()).toMatchObject({
      ...{ valid: false, errors: [{ pointer: '/campaigns/0/when/tier/0', code: 'unknown-tier' }], warnings: [] },
    })
    expect(await ada.publish('in vain')).toMatchObject({
      ...{ status: 409, problem: { code: 'draft-contradictory', errors: [{ pointer: '/campaigns/0/when/tier/0' }] } },
    })
    const strange = { ...unfinished, campaigns: [{ ...campaign('a'), when: { moon: 'full' } }] } as never
    expect(await ada.write(strange, '*')).toMatchObject({
      ...{ status: 422, problem: { code: 'invalid-body', errors: [{ pointer: '/campaigns/0/when/moon' }] } },
    })
  })

  test('of clubs that need themselves through one another is not published until somebody can join', async () => {
    const club = (id: string, ...needs: string[]) =>
      ({ id, name: id, kind: 'open', ...(needs.length > 0 && { requires: { clubs: needs } }) }) as const
    const put = (id: string, ...needs: string[]) => ada.ask(clubParts.put, { params: { id }, body: club(id, ...needs) })
    ok(await put('sommeliers', 'tasters'))
    ok(await put('tasters', 'cellar'))
    ok(await put('cellar', 'sommeliers'))
    const { document } = await ada.read()
    const errors = ['sommeliers', 'tasters', 'cellar'].map((id) => ({
      code: 'circular-club',
      pointer: `/clubs/${document.clubs!.findIndex((one) => one.id === id)}/requires/clubs`,
    }))
    const found = await ada.validate()
    expect(found).toMatchObject({ valid: false, errors: errors.map((error) => expect.objectContaining(error)), warnings: [] })
    expect(found.errors[2]!.detail).toBe('asks for sommeliers, which nobody can join before cellar')
    expect(await ada.publish('A circle')).toMatchObject({
      ...{ status: 409, problem: { code: 'draft-contradictory', errors: errors.map(({ pointer }) => ({ pointer })) } },
    })
    ok(await put('itself', 'itself'))
    ok(await put('cellar'))
    const pointer = `/clubs/${(await ada.read()).document.clubs!.findIndex(({ id }) => id === 'itself')}/requires/clubs`
    expect(await ada.validate()).toMatchObject({ errors: [{ code: 'circular-club', pointer }] })
    ok(await ada.ask(clubParts.remove, { params: { id: 'itself' } }))
    expect(await ada.validate()).toEqual({ valid: true, errors: [], warnings: [] })
    ok(await ada.publish('A line'))
  })

  test('of a thousand campaigns fits, and so does its revision', async () => {
    const campaigns = Array.from({ length: 1000 }, (_, n) => ({
      ...campaign(`campaign-${n}`, n + 1),
      name: `The ${n}th of a thousand, ${'with a long name '.repeat(10)}`,
      ...{ lines: { sku: [`sku-${n}`, `sku-${n * 7}`] }, when: { all: [{ weekdays: ['sat'] as const }, { tier: ['gold'] }] } },
      limits: { budget: 1000 + n, perMember: [{ window: 'week' as const, times: 1 }] },
    }))
    const document = { ...demoWithClubs, campaigns } as never
    expect(JSON.stringify(document).length).toBeGreaterThan(256 * 1024)
    ok(await ada.write(document, '*'))
    expect(await ada.validate()).toEqual({ valid: true, errors: [], warnings: [] })
    ok(await ada.publish('A thousand'))
    expect((await ada.read()).document).toEqual(document)
    const over = { params: { id: 'one-more' }, body: campaign('one-more') }
    expect(await ada.ask(campaignParts.put, over)).toMatchObject({ status: 409, problem: { code: 'too-many-parts' } })
  })
})

describe('a part', () => {
  test('is edited by itself, by two at once, and leaves the others alone', async () => {
    const put = (office: Office, id: string, points: number) =>
      office.ask(campaignParts.put, { params: { id }, body: campaign(id, points) })
    const written = await Promise.all([put(ada, 'a', 1), put(bert, 'b', 2), put(ada, 'c', 3)])
    expect(written.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(ok(await ada.ask(campaignParts.read, { params: { id: 'b' } }))).toEqual(campaign('b', 2))
    ok(await put(bert, 'b', 20))
    ok(await ada.ask(campaignParts.remove, { params: { id: 'c' } }))
    expect(await ada.ask(campaignParts.remove, { params: { id: 'c' } })).toMatchObject({ status: 200, replayed: true })
    expect(await ada.ask(campaignParts.read, { params: { id: 'c' } })).toMatchObject({
      status: 404,
      problem: { code: 'part-unknown' },
    })
    const { document } = await ada.read()
    expect(new Set(document.campaigns?.map(({ id, effect }) => JSON.stringify([id, effect])))).toEqual(
      new Set(['["a",{"points":1}]', '["b",{"points":20}]']),
    )
    expect({ ...document, campaigns: undefined }).toEqual({ ...demoWithClubs, campaigns: undefined })
  })

  test('is written only by who has seen the draft as it is, where they say what they saw', async () => {
    const { etag } = await ada.read()
    ok(await bert.ask(storeParts.put, { params: { id: 'leeds' }, body: { id: 'leeds' } }))
    const late = { params: { id: 'york' }, body: { id: 'york' }, ifMatch: etag }
    expect(await ada.ask(storeParts.put, late)).toMatchObject({ status: 412 })
    const tiers = { ...demoWithClubs.tiers, levels: [...demoWithClubs.tiers.levels].slice(0, 2) }
    expect(await ada.ask(putTiers, { body: tiers as never, ifMatch: etag })).toMatchObject({ status: 412 })
    expect(await ada.ask(putTiers, { body: tiers as never })).toMatchObject({ status: 200 })
    expect((await ada.read()).document).toEqual({ ...demoWithClubs, stores: [{ id: 'leeds' }], tiers })
  })

  test('has the id of its path', async () => {
    expect(await ada.ask(campaignParts.put, { params: { id: 'a' }, body: campaign('b') })).toMatchObject({
      ...{ status: 422, problem: { code: 'invalid-body', errors: [{ pointer: '/id' }] } },
    })
  })

  test('is listed with the others, in their order, page by page', async () => {
    const ids = ['e', 'a', 'd', 'b', 'c']
    ok(await ada.edit((document) => ({ ...document, campaigns: ids.map((id) => campaign(id)) })))
    const first = ok(await ada.ask(campaignParts.listAll, { query: { limit: '3' } }))
    const second = ok(await ada.ask(campaignParts.listAll, { query: { limit: '3', cursor: first.nextCursor! } }))
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
    expect([first.items.length, second.nextCursor]).toEqual([3, null])
  })
})

describe('a revision', () => {
  test('takes effect a minute after it is published, for all that is bought from then on', async () => {
    ok(await shop.enrol('carol'))
    ok(await ada.edit(() => generous))
    const published = await ada.publish('Twice the points')
    expect(published).toMatchObject({
      status: 201,
      body: {
        ...{ number: 2, inForceFrom: '2026-11-21T17:01:00Z', publishedAt: '2026-11-21T17:00:00Z' },
        ...{ author: 'ada', note: 'Twice the points', restores: null },
      },
    })
    shop.travel('2026-11-21T17:00:59.999Z')
    expect(ok(await shop.sell('leeds:1', member, [1000])).points.earned).toBe(10)
    shop.travel('2026-11-21T17:01:00Z')
    const sold = ok(await shop.sell('leeds:2', member, [1000]))
    expect(sold.awards).toMatchObject([{ revision: 2, points: 20 }])
    // Late posts are judged by what was in force when they happened.
    const late = { occurredAt: '2026-11-21T17:00:30Z' }
    expect(ok(await shop.sell('leeds:3', member, [1000], late)).awards).toMatchObject([{ revision: 1, points: 10 }])
  })

  test('can wait for its instant, and nothing published later overtakes it', async () => {
    ok(await ada.edit(() => generous))
    expect(await ada.publish('Too soon', '2026-11-21T17:00:59.999Z')).toMatchObject({
      ...{ status: 422, problem: { code: 'too-soon', errors: [{ pointer: '/at' }] } },
    })
    ok(await ada.publish('For December', '2026-12-01T00:00:00Z'))
    ok(await bert.edit((document) => ({ ...document, name: 'Bert’s' })))
    expect(await bert.publish('At once')).toMatchObject({ status: 409, problem: { code: 'revision-scheduled' } })
    expect(await bert.publish('Before', '2026-11-30T00:00:00Z')).toMatchObject({ status: 409 })
    expect(await bert.publish('Together', '2026-12-01T00:00:00Z')).toMatchObject({ status: 409 })
    expect((await bert.publish('After', '2026-12-01T00:00:00.001Z')).body?.number).toBe(3)
  })

  test('is made once, however often it is asked for, and by one of many', async () => {
    const edited = await ada.edit(() => generous)
    const publish = (office: Office, note: string) => office.publish(note, undefined, edited.etag)
    const [one, other] = await Promise.all([publish(ada, 'Ada’s'), publish(bert, 'Bert’s')])
    expect([one, other].map(({ status }) => status).sort()).toEqual([201, 412])
    const winner = one.status === 201 ? ada : bert
    const before = await shop.dump()
    const again = await publish(winner, winner === ada ? 'Ada’s' : 'Bert’s')
    expect(again).toMatchObject({ status: 200, replayed: true, body: { number: 2, author: winner.subject } })
    expect(await winner.publish('Once more')).toMatchObject({ status: 409, problem: { code: 'nothing-to-publish' } })
    expect(await shop.dump()).toEqual(before)
    expect(await ada.ask(publishDraft, { body: { note: 'blind' } })).toMatchObject({ status: 428 })
  })

  test('that would change nothing is none', async () => {
    ok(await ada.edit(() => generous))
    ok(await ada.edit(() => demoWithClubs))
    expect(await ada.publish('Nothing')).toMatchObject({ status: 409, problem: { code: 'nothing-to-publish' } })
  })

  test('keeps the currency and the time zone', async () => {
    ok(await ada.edit((document) => ({ ...document, currency: 'EUR', timezone: 'Europe/Paris' })))
    expect(await ada.publish('Abroad')).toMatchObject({
      problem: { code: 'draft-contradictory', errors: [{ pointer: '/currency' }, { pointer: '/timezone' }] },
    })
  })

  test('tells what it changed of the one before, and is listed with them', async () => {
    ok(await ada.edit((document) => ({ ...document, campaigns: [campaign('a'), campaign('b')] })))
    ok(await ada.publish('Two campaigns'))
    shop.travel('2026-11-22T12:00:00Z')
    ok(await bert.edit((document) => ({ ...document, campaigns: [campaign('b', 6)] })))
    const changes = [
      { kind: 'changed', pointer: '/campaigns/b/effect/points', before: 5, after: 6 },
      { kind: 'removed', pointer: '/campaigns/a', before: campaign('a') },
    ]
    expect(ok(await ada.ask(compareDraft, {}))).toEqual({ changes, omitted: 0, latestRevision: 2 })
    ok(await bert.publish('One is better'))
    expect(ok(await ada.ask(compareDraft, {})).changes).toEqual([])
    const third = ok(await ada.ask(readRevision, { params: { number: '3' } }))
    expect(third).toMatchObject({ number: 3, author: 'bert', note: 'One is better', diff: { changes, omitted: 0 } })
    expect(third.document).toEqual({ ...demoWithClubs, campaigns: [campaign('b', 6)] })
    const [first, rest] = [ok(await ada.ask(listRevisions, { query: { limit: '2' } })), undefined]
    expect([first.items.map(({ number }) => number), rest]).toEqual([[3, 2], undefined])
    const last = ok(await ada.ask(listRevisions, { query: { cursor: first.nextCursor! } }))
    expect(last).toMatchObject({ items: [{ number: 1, inForceFrom: null, author: null, note: null }], nextCursor: null })
    expect(await ada.ask(readRevision, { params: { number: '4' } })).toMatchObject({ status: 404 })
  })
})

test('a budget may be cut down to what is spent, and not below', async () => {
  ok(await shop.enrol('carol'))
  const budgeted = (budget: number) => ({ ...demoWithClubs, campaigns: [{ ...campaign('a', 30), limits: { budget } }] })
  ok(await ada.edit(() => budgeted(100)))
  ok(await ada.publish('A hundred points'))
  shop.travel('2026-11-22T12:00:00Z')
  for (const id of ['leeds:1', 'leeds:2']) ok(await shop.sell(id, member, [1000]))
  ok(await ada.edit(() => budgeted(59)))
  expect(await ada.validate()).toMatchObject({
    errors: [{ pointer: '/campaigns/0/limits/budget', code: 'budget-below-spent', detail: expect.stringContaining('60 points') }],
  })
  expect(await ada.publish('Less')).toMatchObject({ status: 409, problem: { code: 'draft-contradictory' } })
  ok(await ada.edit(() => budgeted(60)))
  ok(await ada.publish('No more'))
  shop.travel('2026-11-22T12:01:00Z')
  expect(ok(await shop.sell('leeds:3', member, [1000])).points.earned).toBe(10)
})

describe('a roll-back', () => {
  test('makes a new revision of an old document, once, and leaves a draft alone', async () => {
    ok(await shop.enrol('carol'))
    ok(await ada.edit(() => generous))
    ok(await ada.publish('Twice the points'))
    shop.travel('2026-11-22T12:00:00Z')
    ok(await bert.edit((document) => ({ ...document, name: 'Half done' })))
    const { etag } = await bert.read()
    const back = await ada.rollBack(1, 'That was too much')
    expect(back).toMatchObject({ status: 201, body: { number: 3, restores: 1, inForceFrom: '2026-11-22T12:01:00Z' } })
    const before = await shop.dump()
    expect(await ada.rollBack(1, 'That was too much')).toMatchObject({ status: 200, replayed: true, body: { number: 3 } })
    expect(await ada.rollBack(9, 'Who knows')).toMatchObject({ status: 404, problem: { code: 'revision-unknown' } })
    expect(await shop.dump()).toEqual(before)
    expect(await bert.read()).toMatchObject({ document: { name: 'Half done' }, etag })
    expect(ok(await shop.sell('leeds:1', member, [1000])).points.earned).toBe(20)
    shop.travel('2026-11-22T12:01:00Z')
    expect(ok(await shop.sell('leeds:2', member, [1000])).awards).toMatchObject([{ revision: 3, points: 10 }])
  })

  test('where there is no draft changes what stands for it, so that whoever saw that must read again', async () => {
    ok(await ada.edit(() => generous))
    ok(await ada.publish('Twice the points'))
    const seen = await bert.read()
    ok(await ada.rollBack(1, 'Too much'))
    expect(await bert.write({ ...seen.document, name: 'Bert’s' }, seen.etag)).toMatchObject({ status: 412 })
    expect((await bert.read()).document).toEqual(demoWithClubs)
  })
})

test('a revision with other tiers changes a member’s when it takes effect, and the books still balance', async () => {
  ok(await shop.enrol('carol'))
  ok(await shop.sell('leeds:1', member, [60_000]))
  const [bronze, silver] = demoWithClubs.tiers.levels
  const levels = [bronze!, { ...silver!, id: 'shining', threshold: 60_000 }]
  ok(await ada.edit((document) => ({ ...document, tiers: { ...document.tiers, levels } })))
  ok(await ada.publish('Two tiers'))
  expect((await shop.member('carol')).tier.id).toBe('silver')
  shop.travel('2026-11-21T17:01:00Z')
  expect((await shop.member('carol')).tier.id).toBe('shining')
})

test('edits of one who may only read, or only serve, are refused', async () => {
  const only = async (scope: 'laurel/admin.read' | 'laurel/admin.service') =>
    shop.laurel.client(await shop.laurel.token({ subject: scope, programme: 'demo' }, [scope]))
  for (const scope of ['laurel/admin.read', 'laurel/admin.service'] as const) {
    const client = await only(scope)
    expect(await client.ask(putDraft, { ifMatch: '*', body: putDraft.example.body as never })).toMatchObject({ status: 403 })
  }
})
