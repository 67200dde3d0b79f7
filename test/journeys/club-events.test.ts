import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { announceEvent, callOffEvent, readEvent } from '../../functions/contract/club-office.ts'
import { checkIn, joinClubFor } from '../../functions/contract/clubs.ts'
import { acceptEvent, declineEvent, joinMyClub, leaveMyClub, readMyClubs } from '../../functions/contract/my-clubs.ts'
import { type Asked, type Client, ok } from '../support/client.ts'
import type { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** An evening for two, and more who would like to come. */
const guests = ['ada', 'bert', 'cleo', 'dora'] as const
const evening = { name: 'Advent', startsAt: '2026-12-01T18:00:00Z', endsAt: '2026-12-01T22:00:00Z', capacity: 2, points: 50 }
const params = { clubId: 'candle-friends', eventId: 'advent' }

let shop: Journey
let twin: Laurel
let marketing: Client
let desk: Client

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T12:00:00Z')
  const { laurel } = shop
  twin = await laurel.twin()
  marketing = laurel.client(await laurel.token({ subject: 'marketing', programme: 'demo' }, ['laurel/admin.marketing']))
  desk = laurel.client(await laurel.token({ subject: 'desk', programme: 'demo' }, ['laurel/admin.read']))
  for (const guest of guests) {
    ok(await shop.enrol(guest))
    ok(await (await shop.app(guest)).ask(joinMyClub, { params: { clubId: 'candle-friends' }, body: {} }))
  }
  expect(await marketing.ask(announceEvent, { params, body: evening })).toMatchObject({ status: 201, body: { placesLeft: 2 } })
})

afterEach(async () => {
  await twin.close()
  await shop.end(...guests)
})

const accept = async (guest: string) => (await shop.app(guest)).ask(acceptEvent, { params, body: {} })
const decline = async (guest: string) => (await shop.app(guest)).ask(declineEvent, { params })
const arrive = (guest: string, body: Partial<Asked<typeof checkIn>['body']> = {}, till = shop.till) =>
  till.ask(checkIn, { params: { ...params, memberId: guest }, body: { occurredAt: shop.now, ...body } })
const lists = async () => {
  const { coming, waiting, came } = ok(await desk.ask(readEvent, { params }))
  return { coming, waiting, came }
}

describe('an event', () => {
  test('is announced once for its id', async () => {
    expect(await marketing.ask(announceEvent, { params, body: evening })).toMatchObject({ status: 200, replayed: true })
    expect(await marketing.ask(announceEvent, { params, body: { ...evening, capacity: 3 } })).toMatchObject({
      status: 409,
      problem: { code: 'id-reused' },
    })
    const backwards = { ...evening, endsAt: evening.startsAt }
    expect(await marketing.ask(announceEvent, { params: { ...params, eventId: 'e-2' }, body: backwards })).toMatchObject({
      status: 422,
      problem: { code: 'invalid-body', errors: [{ pointer: '/endsAt' }] },
    })
    expect(await desk.ask(readEvent, { params: { ...params, eventId: 'e-2' } })).toMatchObject({ status: 404 })
  })

  test('has places for who asks first, a queue for the others, and the first of it moves up', async () => {
    const replies = [await accept('ada'), await accept('bert'), await accept('cleo'), await accept('dora')]
    expect(replies.map(({ status, body }) => [status, body?.reply, body?.ahead])).toEqual([
      [201, 'coming', undefined],
      [201, 'coming', undefined],
      [201, 'waiting', 0],
      [201, 'waiting', 1],
    ])
    expect(await accept('dora')).toMatchObject({ status: 200, replayed: true, body: { reply: 'waiting', ahead: 1 } })
    expect(await decline('ada')).toMatchObject({ status: 200, body: { reply: null } })
    expect(await decline('ada')).toMatchObject({ status: 200, body: { reply: null } })
    expect(await lists()).toEqual({ coming: ['bert', 'cleo'], waiting: ['dora'], came: [] })
    expect(await accept('ada')).toMatchObject({ status: 201, body: { reply: 'waiting', ahead: 1 } })

    // Who leaves the club gives up the place.
    ok(await (await shop.app('bert')).ask(leaveMyClub, { params: { clubId: 'candle-friends' } }))
    expect(await lists()).toEqual({ coming: ['cleo', 'dora'], waiting: ['ada'], came: [] })
    expect(await accept('bert')).toMatchObject({ status: 409, problem: { code: 'not-in-club' } })
  })

  test('is shown to the members of its programme, with what they said', async () => {
    ok(await accept('ada'))
    const seen = async (guest: string) => {
      const { items } = ok(await (await shop.app(guest)).ask(readMyClubs, {}))
      return items.flatMap(({ id, events }) => events.map(({ eventId, placesLeft, reply }) => [id, eventId, placesLeft, reply]))
    }
    expect(await seen('ada')).toEqual([['candle-friends', 'advent', 1, 'coming']])
    expect(await seen('bert')).toEqual([['candle-friends', 'advent', 1, null]])
    shop.travel('2026-12-01T22:00:00Z')
    expect(await seen('ada')).toEqual([])
    expect(await accept('bert')).toMatchObject({ status: 409, problem: { code: 'event-over' } })
    expect(await decline('ada')).toMatchObject({ status: 409, problem: { code: 'event-over' } })
  })

  test('lets each in once, and what coming earns counts', async () => {
    ok(await accept('ada'))
    expect(await arrive('ada')).toMatchObject({ status: 409, problem: { code: 'event-not-now' } })
    shop.travel('2026-12-01T18:30:00Z')
    const earned = {
      points: { earned: 50 },
      balance: { available: 50, expiring: [{ points: 50, expiresAt: '2028-01-01T00:00:00Z' }] },
    }
    expect(await arrive('ada', { storeId: 'leeds' })).toMatchObject({ status: 201, body: earned })
    expect(await arrive('ada', { storeId: 'leeds' })).toMatchObject({ status: 200, replayed: true, body: earned })
    expect(await arrive('ada', { storeId: 'york' })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(await arrive('bert')).toMatchObject({ status: 201 })
    expect(await arrive('cleo')).toMatchObject({ status: 409, problem: { code: 'event-full' } })
    expect(await lists()).toEqual({ coming: [], waiting: [], came: ['ada', 'bert'] })
    expect(await accept('ada')).toMatchObject({ status: 200, body: { reply: 'came' } })
    expect(await decline('ada')).toMatchObject({ status: 200, body: { reply: 'came' } })
    expect((await shop.activity('ada'))[0]).toMatchObject({ kind: 'attended', points: 50, ...params })
  })

  test('pays debt first', async () => {
    ok(await shop.sell('leeds:1', { id: 'ada' }, [2000]))
    ok(await shop.adjust('ada', 'a-1', -20))
    ok(await shop.bring('leeds:1', 'r-1', [{ lineId: '1', quantity: 1, amount: 2000 }]))
    shop.travel('2026-12-01T18:30:00Z')
    expect(await arrive('ada')).toMatchObject({ body: { points: { earned: 50 }, balance: { available: 30, debt: 0 } } })
  })

  test.each([
    ['a stranger', 'nobody', {}, 404, 'member-unknown'],
    ['two days ahead', 'ada', { occurredAt: '2026-12-03T18:30:00Z' }, 422, 'occurred-in-future'],
    ['who does not belong to the club', 'demo-member', {}, 409, 'not-in-club'],
  ])('lets %s not in', async (_who, guest, body, status, code) => {
    shop.travel('2026-12-01T18:30:00Z')
    const before = await shop.dump()
    expect(await arrive(guest, body)).toMatchObject({ status, problem: { code } })
    expect(await shop.dump()).toEqual(before)
  })
})

describe('an event that is changed', () => {
  const change = (body: Partial<typeof evening>, ifMatch: string | undefined) =>
    marketing.ask(announceEvent, { params, body: { ...evening, ...body }, ifMatch })

  test('says what staff must have seen, and keeps who has a place', async () => {
    for (const guest of guests) ok(await accept(guest))
    const { etag } = await desk.ask(readEvent, { params })
    expect(await change({ capacity: 3 }, undefined)).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(await change({ capacity: 3 }, '"7"')).toMatchObject({ status: 412, problem: { code: 'precondition-failed' } })
    expect(await change({ capacity: 1 }, etag)).toMatchObject({
      status: 409,
      problem: { code: 'capacity-taken', errors: [{ pointer: '/capacity' }] },
    })
    const moved = { name: 'Christmas', startsAt: '2026-12-02T18:00:00Z', endsAt: '2026-12-02T22:00:00Z', capacity: 3, points: 60 }
    const changed = await change(moved, etag)
    expect(changed).toMatchObject({ status: 200, replayed: false, body: { ...moved, placesLeft: 0, waiting: ['dora'] } })
    expect(changed.etag).not.toBe(etag)
    // The same again, whatever was seen, is done; the body that announced it is no longer what it is.
    expect(await change(moved, etag)).toMatchObject({ status: 200, replayed: true, etag: changed.etag })
    expect(await change(moved, undefined)).toMatchObject({ status: 200, replayed: true })
    expect(await change({}, undefined)).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(await change({}, etag)).toMatchObject({ status: 412 })

    const { items } = ok(await (await shop.app('dora')).ask(readMyClubs, {}))
    expect(items.flatMap(({ events }) => events)).toEqual([
      { eventId: 'advent', ...moved, capacity: undefined, placesLeft: 0, reply: 'waiting' },
    ])
    shop.travel('2026-12-01T18:30:00Z')
    expect(await arrive('ada')).toMatchObject({ status: 409, problem: { code: 'event-not-now' } })
    shop.travel('2026-12-02T18:30:00Z')
    expect(await arrive('ada')).toMatchObject({ status: 201, body: { points: { earned: 60 } } })
    expect(await change({ name: 'Too late' }, '*')).toMatchObject({ status: 409, problem: { code: 'event-begun' } })
    // It is where it ends now, and not where it ended before.
    shop.travel('2026-12-02T22:00:00Z')
    const over = ok(await (await shop.app('dora')).ask(readMyClubs, {}))
    expect(over.items.flatMap(({ events }) => events)).toEqual([])
  })

  test('is seen by nobody who has not announced it', async () => {
    const other = { ...params, eventId: 'e-3' }
    expect(await marketing.ask(announceEvent, { params: other, body: evening, ifMatch: '*' })).toMatchObject({ status: 412 })
    expect(await desk.ask(readEvent, { params: other })).toMatchObject({ status: 404 })
  })

  test('by two at once is changed by one of them', async () => {
    const { etag } = await desk.ask(readEvent, { params })
    const there = twin.client(await twin.token({ subject: 'marketing', programme: 'demo' }, ['laurel/admin.marketing']))
    const rooms = [5, 6, 7, 8]
    const replies = await Promise.all(
      rooms.map((capacity, n) =>
        (n % 2 ? marketing : there).ask(announceEvent, { params, body: { ...evening, capacity }, ifMatch: etag }),
      ),
    )
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412])
    const winner = replies.findIndex(({ status }) => status === 200)
    expect(ok(await desk.ask(readEvent, { params })).capacity).toBe(rooms[winner])
  })
})

describe('an event that is called off', () => {
  const callOff = () => marketing.ask(callOffEvent, { params })
  const published = async () =>
    [...(await shop.dump()).keys()].filter((key) => key.startsWith('P#demo#CLUB#candle-friends E#advent#'))

  test('ends all replies, tells staff whose, shows it to members, and goes out once', async () => {
    for (const guest of ['ada', 'bert', 'cleo']) ok(await accept(guest))
    const { etag } = await desk.ask(readEvent, { params })
    const off = { calledOff: { at: '2026-11-21T12:00:00Z', guests: ['ada', 'bert', 'cleo'] }, coming: [], waiting: [], came: [] }
    expect(await callOff()).toMatchObject({ status: 200, body: { ...off, placesLeft: 0 } })
    const before = await shop.dump()
    shop.travel('2026-11-21T13:00:00Z')
    expect(await callOff()).toMatchObject({ status: 200, body: off })
    expect(await shop.dump()).toEqual(before)
    expect(await published()).toEqual(['P#demo#CLUB#candle-friends E#advent#2'])

    const { items } = ok(await (await shop.app('ada')).ask(readMyClubs, {}))
    expect(items.flatMap(({ events }) => events)).toMatchObject([
      { eventId: 'advent', reply: null, placesLeft: 0, calledOffAt: '2026-11-21T12:00:00Z' },
    ])
    expect(await accept('dora')).toMatchObject({ status: 409, problem: { code: 'event-called-off' } })
    expect(await decline('ada')).toMatchObject({ status: 200, body: { reply: null } })
    const again = { params, body: { ...evening, capacity: 9 } }
    expect(await marketing.ask(announceEvent, { ...again, ifMatch: '*' })).toMatchObject({
      status: 409,
      problem: { code: 'event-called-off' },
    })
    expect(await marketing.ask(announceEvent, { ...again, ifMatch: etag })).toMatchObject({ status: 412 })
    expect(await marketing.ask(announceEvent, { params, body: evening })).toMatchObject({
      status: 200,
      replayed: true,
      body: off,
    })
    shop.travel('2026-12-01T18:30:00Z')
    expect(await arrive('ada')).toMatchObject({ status: 409, problem: { code: 'event-called-off' } })
  })

  test('in the middle leaves who was there, and lets in who came before that and is told of later', async () => {
    for (const guest of ['ada', 'bert']) ok(await accept(guest))
    shop.travel('2026-12-01T18:30:00Z')
    ok(await arrive('ada'))
    shop.travel('2026-12-01T19:00:00Z')
    expect(await callOff()).toMatchObject({ status: 200, body: { calledOff: { guests: ['bert'] }, came: ['ada'] } })
    shop.travel('2026-12-01T20:00:00Z')
    expect(await arrive('bert', { occurredAt: '2026-12-01T18:59:59Z' })).toMatchObject({ status: 201 })
    expect(await arrive('ada', { occurredAt: '2026-12-01T18:30:00Z' })).toMatchObject({ status: 200, replayed: true })
    expect(await arrive('cleo', { occurredAt: '2026-12-01T19:00:00Z' })).toMatchObject({ problem: { code: 'event-called-off' } })
    expect((await shop.standing('ada')).available).toBe(50)
  })

  test('is over when it is over, and is nothing where there was none', async () => {
    expect(await marketing.ask(callOffEvent, { params: { ...params, eventId: 'nothing' } })).toMatchObject({ status: 404 })
    shop.travel('2026-12-01T22:00:00Z')
    expect(await callOff()).toMatchObject({ status: 409, problem: { code: 'event-over' } })
  })
})

describe('everybody at once, at two servers', () => {
  const many = Array.from({ length: 24 }, (_, n) => `guest-${n}`)

  const enrolAll = async (other: Journey) => {
    for (const [n, guest] of many.entries()) {
      const at = n % 2 ? shop : other
      ok(await at.enrol(guest))
      ok(await at.till.ask(joinClubFor, { params: { memberId: guest, clubId: 'candle-friends' }, body: {} }))
    }
  }

  test('two come and the others wait, and when all of the first decline the places go on', async () => {
    const other = await Journey.in(twin, 'demo')
    await enrolAll(other)
    const apps = await Promise.all(many.map((guest, n) => (n % 2 ? shop : other).app(guest)))
    const replies = await Promise.all(apps.map((app) => app.ask(acceptEvent, { params, body: {} })))
    expect(replies.map(({ status }) => status)).toEqual(many.map(() => 201))
    const before = await lists()
    expect([before.coming.length, before.waiting.length]).toEqual([2, 22])
    const declining = [...before.coming, ...before.waiting.slice(0, 5)].map((guest) => many.indexOf(guest))
    await Promise.all(declining.map((n) => apps[n]!.ask(declineEvent, { params })))
    const after = await lists()
    expect(after.waiting).toEqual(before.waiting.slice(7))
    expect(after.coming.toSorted()).toEqual(before.waiting.slice(5, 7).toSorted())
  })

  test('who accepts while it is called off either is to be told, or is refused', async () => {
    const other = await Journey.in(twin, 'demo')
    await enrolAll(other)
    const apps = await Promise.all(many.map((guest, n) => (n % 2 ? shop : other).app(guest)))
    const there = twin.client(await twin.token({ subject: 'marketing', programme: 'demo' }, ['laurel/admin.marketing']))
    const [off, ...replies] = await Promise.all([
      there.ask(callOffEvent, { params }),
      ...apps.map((app) => app.ask(acceptEvent, { params, body: {} })),
    ])
    expect(off.status).toBe(200)
    const told = ok(await desk.ask(readEvent, { params })).calledOff?.guests ?? []
    const accepted = many.filter((_guest, n) => replies[n]?.status === 201)
    expect(told.toSorted()).toEqual(accepted.toSorted())
    expect(await lists()).toEqual({ coming: [], waiting: [], came: [] })
  })

  test('as many come in as there are places, each once', async () => {
    const other = await Journey.in(twin, 'demo')
    await enrolAll(other)
    shop.travel('2026-12-01T18:30:00Z')
    const wanting = [...many.slice(0, 6), ...many.slice(0, 6)]
    const replies = await Promise.all(wanting.map((guest, n) => arrive(guest, {}, (n % 2 ? shop : other).till)))
    const { came } = await lists()
    expect(came).toHaveLength(2)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(2)
    for (const [n, { status, problem }] of replies.entries()) {
      if (status === 409) expect([came.includes(wanting[n]!), problem?.code]).toEqual([false, 'event-full'])
      else expect(came).toContain(wanting[n])
    }
    for (const guest of came) expect((await shop.standing(guest)).available).toBe(50)
  })
})
