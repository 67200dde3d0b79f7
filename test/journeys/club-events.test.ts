import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { announceEvent, readEvent } from '../../functions/contract/club-office.ts'
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
