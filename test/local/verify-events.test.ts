import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { announceEvent, callOffEvent, makeInvitation } from '../../functions/contract/club-office.ts'
import { checkIn, joinClubFor } from '../../functions/contract/clubs.ts'
import { acceptEvent } from '../../functions/contract/my-clubs.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Item, Key, Write } from '../../functions/store/store.ts'
import { clubPartition, codePrefix, table } from '../../functions/store/table.ts'
import { Journey } from '../journeys/journey.ts'
import { type Client, ok } from '../support/client.ts'

/** Clubs' records with something done to them that no operation does, and what `verify` says of it. */

const params = { clubId: 'candle-friends', eventId: 'advent' }
const evening = { name: 'Advent', startsAt: '2026-11-21T10:00:00Z', endsAt: '2026-12-01T22:00:00Z', capacity: 2, points: 50 }
const guests = ['ada', 'bert', 'cleo'] as const
const off = { ...params, eventId: 'picnic' }

let shop: Journey
let office: Client

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T12:00:00Z')
  office = shop.laurel.client(await shop.laurel.token({ subject: 'office', programme: 'demo' }, ['laurel/admin.marketing']))
  for (const guest of guests) {
    ok(await shop.enrol(guest))
    ok(await shop.till.ask(joinClubFor, { params: { memberId: guest, clubId: 'candle-friends' }, body: {} }))
  }
  ok(await office.ask(announceEvent, { params, body: evening }))
  ok(await office.ask(announceEvent, { params: off, body: { ...evening, startsAt: '2026-11-30T10:00:00Z' } }))
  const { etag } = await office.ask(announceEvent, { params: off, body: { ...evening, startsAt: '2026-11-30T10:00:00Z' } })
  const later = { ...evening, startsAt: '2026-11-30T10:00:00Z', endsAt: '2026-12-02T22:00:00Z' }
  ok(await office.ask(announceEvent, { params: off, body: later, ifMatch: etag }))
  for (const guest of guests) {
    for (const event of [params, off]) ok(await (await shop.app(guest)).ask(acceptEvent, { params: event, body: {} }))
  }
  ok(await shop.till.ask(checkIn, { params: { ...params, memberId: 'ada' }, body: { occurredAt: shop.now } }))
  ok(await office.ask(callOffEvent, { params: off }))
  const invitation = { params: { clubId: 'tasting-table', invitationId: 'i-1' }, body: { uses: 2 } }
  const code = ok(await office.ask(makeInvitation, invitation)).code!
  ok(await shop.till.ask(joinClubFor, { params: { memberId: 'ada', clubId: 'tasting-table' }, body: { code } }))
})

afterEach(() => shop.laurel.close())

const clubEvent = (event: string) => table.clubEvent('demo', 'candle-friends', event)
const agenda = (event: string, endsAt: string) => table.agenda('demo', instant(Date.parse(endsAt)), 'candle-friends', event)
const checkInKey = (member: string) => table.checkIn('demo', memberId(member), 'candle-friends', 'advent')
const store = () => shop.laurel.runtime.store
const read = async (key: Key): Promise<Item> => (await store().read([key], { consistent: true })).items[0]!
const commit = async (...writes: Write[]) => expect((await store().commit(writes)).outcome).toBe('committed')
const change = async (key: Key, more: { [name: string]: unknown }) =>
  commit({ kind: 'put', item: { ...(await read(key)), ...more } as Item })
const remove = (key: Key) => commit({ kind: 'delete', key })
const code = async () => {
  const { items } = await store().query({ pk: clubPartition('demo', 'tasting-table'), range: { prefix: codePrefix } })
  return items[0]!
}

async function differences(): Promise<string[]> {
  const found: string[] = []
  const { ok: isOk } = await verify(shop.laurel.runtime, undefined, ({ member, what }) => found.push(`${member}: ${what}`))
  expect(isOk).toBe(found.length === 0)
  return found
}

test('what operations do adds up', async () => {
  expect(await differences()).toEqual([])
})

const advent = '-: EVENT#advent of club candle-friends'
const picnic = '-: EVENT#picnic of club candle-friends'
const cases: { readonly [what: string]: readonly [tamper: () => Promise<unknown>, expected: readonly string[]] } = {
  'somebody in two lists': [() => change(clubEvent('advent'), { w: ['cleo', 'bert'] }), [`${advent}: somebody is in it twice`]],
  'more guests than places': [() => change(clubEvent('advent'), { c: 1 }), [`${advent}: more have a place than there are`]],
  'who waits for a place that is free': [
    () => change(clubEvent('advent'), { c: 3 }),
    [`${advent}: somebody waits while there is a place`],
  ],
  'a guest who is nobody': [
    () => change(clubEvent('advent'), { w: ['nobody'] }),
    [`${advent}: it has guests who are no members`],
  ],
  'who came without being let in': [
    () => change(clubEvent('advent'), { g: [], a: ['ada', 'bert'] }),
    [`${advent}: somebody came who was never let in`],
  ],
  'an event that has forgotten who came': [
    () => change(clubEvent('advent'), { a: [], w: [] }),
    ['ada: event advent of club candle-friends knows nothing of them'],
  ],
  'a check-in that was lost': [
    () => remove(checkInKey('ada')),
    [`${advent}: somebody came who was never let in`, 'ada: there is no check-in to event advent'],
  ],
  'a check-in that was made up': [
    () => commit({ kind: 'put', item: { ...checkInKey('bert'), h: 'x' } }),
    ['bert: the check-in CE#candle-friends#advent has no entry'],
  ],
  'guests of what was called off': [
    () => change(clubEvent('picnic'), { g: ['ada'] }),
    [`${picnic}: it was called off, and somebody comes`],
  ],
  'a change that nobody was told of': [
    () => remove(table.clubEntry('demo', 'candle-friends', 'picnic', 2)),
    [`${picnic}: there is no E# of its edition 2`],
  ],
  'an event that is not in the agenda': [() => remove(agenda('advent', evening.endsAt)), [`${advent}: it is not in the agenda`]],
  'a place in the agenda where it ended before': [
    () => commit({ kind: 'put', item: { ...agenda('picnic', evening.endsAt) } }),
    ['-: the agenda has picnic of club candle-friends where it does not end'],
  ],
  'a place in the agenda for nothing': [
    () => commit({ kind: 'put', item: { ...agenda('party', evening.endsAt) } }),
    ['-: the agenda has party of club candle-friends where it does not end'],
  ],
  'a code by which more joined than may': [
    async () => change(await code(), { u: 3 }),
    ['-: CODE#… of club tasting-table: more have joined with it than may'],
  ],
  'a code of no invitation': [
    () => remove(table.invitation('demo', 'tasting-table', 'i-1')),
    ['-: CODE#… of club tasting-table: it is the code of no invitation'],
  ],
  'an invitation without its code': [
    async () => remove(await code()),
    ['-: INVITATION#i-1 of club tasting-table: it has no code'],
  ],
  'an event that cannot be read': [
    () => change(clubEvent('advent'), { g: 7 }),
    [`${advent}: it cannot be read: coming is not iterable`],
  ],
}

describe('is named', () => {
  test.each(Object.entries(cases))('%s', async (_what, [tamper, expected]) => {
    await tamper()
    // The name of a code is a hash of it.
    expect((await differences()).map((what) => what.replace(/CODE#\S+/, 'CODE#…'))).toEqual(expected)
  })
})
