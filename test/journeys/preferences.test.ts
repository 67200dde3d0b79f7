import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMe } from '../../functions/contract/me.ts'
import { changeMyPreferences } from '../../functions/contract/my-preferences.ts'
import { changePreferencesFor } from '../../functions/contract/preferences.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import { Journey } from './journey.ts'

/** What a guest likes, from one house to the other. */
let hotel: Journey
let ada: Client
let york: Client

beforeEach(async () => {
  hotel = await Journey.start('2026-03-10T12:00:00Z')
  ok(await hotel.enrol('ada', { card: '111', name: 'Ada' }))
  ada = await hotel.app('ada')
  const { laurel } = hotel
  york = laurel.client(await laurel.token({ subject: 'york', programme: 'demo', stores: ['york'] }, ['laurel/pos']))
})

afterEach(() => hotel.end('ada'))

const say = (body: Asked<typeof changeMyPreferences>['body']) => ada.ask(changeMyPreferences, { body })
const note = (storeId: string, notes: Asked<typeof changePreferencesFor>['body']['notes'], by = hotel.till) =>
  by.ask(changePreferencesFor, { params: { memberId: 'ada' }, body: { storeId, notes } })
const shown = async () => {
  const read = (await hotel.member('ada')).preferences
  expect((await hotel.find({ card: '111' }))[0]?.preferences).toEqual(read)
  expect(ok(await ada.ask(readMe, {})).preferences).toEqual(read)
  return read
}

test('with consent, member and staff write what every house sees, with who and when', async () => {
  expect(await shown()).toBeUndefined()
  const pillow = { type: 'pillow', text: 'two, feathers', by: { member: true }, at: '2026-03-10T12:00:00Z' }
  expect(await say({ consent: true, notes: { pillow: { text: 'two, feathers' } } })).toMatchObject({
    status: 200,
    body: { memberId: 'ada', consent: true, notes: [pillow] },
  })
  hotel.travel('2026-03-11T12:00:00Z')
  const coffee = { type: 'coffee', text: 'black', by: { storeId: 'leeds' }, at: '2026-03-11T12:00:00Z' }
  expect(await note('leeds', { coffee: { text: 'black' } })).toMatchObject({ status: 200, body: { notes: [coffee, pillow] } })
  expect(await shown()).toEqual([coffee, pillow])
  // What is so already changes nothing, also of who wrote it.
  const before = await hotel.dump()
  expect(await note('york', { coffee: { text: 'black' } }, york)).toMatchObject({
    status: 200,
    body: { notes: [coffee, pillow] },
  })
  expect(await hotel.dump()).toEqual(before)
  const tea = { ...coffee, text: 'tea by now', by: { storeId: 'york' } }
  expect(await note('york', { coffee: { text: 'tea by now' }, pillow: null }, york)).toMatchObject({ body: { notes: [tea] } })
  expect(await shown()).toEqual([tea])
})

test('without consent nothing is kept and nothing shown; withdrawn, all is gone at once', async () => {
  const missing = { status: 409, problem: { code: 'consent-missing', errors: [{ pointer: '/notes' }] } }
  const before = await hotel.dump()
  expect(await note('leeds', { coffee: { text: 'black' } })).toMatchObject(missing)
  expect(await say({ notes: { coffee: { text: 'black' } } })).toMatchObject(missing)
  expect(await say({ consent: false })).toMatchObject({ status: 200, body: { consent: false, notes: [] } })
  expect(await hotel.dump()).toEqual(before)

  ok(await say({ consent: true, notes: { coffee: { text: 'secretly decaf' } } }))
  ok(await say({ consent: false }))
  expect(await shown()).toBeUndefined()
  expect([...(await hotel.dump()).values()].join()).not.toContain('secretly decaf')
  expect(await note('leeds', { coffee: { text: 'black' } })).toMatchObject(missing)
  ok(await say({ consent: true }))
  expect(await shown()).toEqual([])
})

describe('who may write', () => {
  beforeEach(async () => void ok(await say({ consent: true })))

  test.each([
    ['a till for another store', 'leeds', 403, 'store-forbidden'],
    ['a till for its own', 'york', 200, undefined],
  ])('%s', async (_who, storeId, status, code) => {
    const reply = await note(storeId, { coffee: { text: 'black' } }, york)
    expect([reply.status, reply.problem?.code]).toEqual([status, code])
  })

  test('nobody writes of who is not there', async () => {
    const params = { memberId: 'nobody' }
    const body = { storeId: 'leeds', notes: {} }
    expect(await hotel.till.ask(changePreferencesFor, { params, body })).toMatchObject({ status: 404 })
  })

  test('two houses at once: both notes are there', async () => {
    await Promise.all([
      note('leeds', { coffee: { text: 'black' } }),
      note('york', { window: { text: 'open' } }, york),
      say({ notes: { pillow: { text: 'two' } } }),
    ])
    expect((await shown())?.map(({ type }) => type)).toEqual(['coffee', 'pillow', 'window'])
  })

  test.each([
    ['51 notes', Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t-${n}`, { text: 'x' }])), '/notes'],
    ['a long text', { pillow: { text: 'x'.repeat(501) } }, '/notes/pillow/text'],
    ['an empty text', { pillow: { text: '' } }, '/notes/pillow/text'],
    ['a type that is no id', { 'two words': { text: 'x' } }, '/notes/two words'],
    ['a note with more to it', { pillow: { text: 'x', by: 'me' } }, '/notes/pillow/by'],
  ])('%s: refused', async (_what, notes, pointer) => {
    const before = await hotel.dump()
    expect(await say({ notes })).toMatchObject({ status: 422, problem: { code: 'invalid-body', errors: [{ pointer }] } })
    expect(await hotel.dump()).toEqual(before)
  })

  test('types that are names of prototypes are types like others', async () => {
    ok(await say({ notes: { constructor: { text: 'a' }, toString: { text: 'b' } } }))
    expect((await shown())?.map(({ type, text }) => [type, text])).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
    ])
  })
})
