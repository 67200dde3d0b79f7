import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { givePoints, readMyGifts, undoGift } from '../../functions/contract/my-gifts.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import type { PointsPolicy } from '../../functions/domain/programme.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { publishNext } from '../support/publish.ts'
import { back, Journey } from './journey.ts'

/** Ada has points and friends. */
const members = ['ada', 'bert', 'cleo'] as const
const gifts = { perDay: { points: 300, times: 3 }, receivedPerDay: { points: 250, times: 2 }, undoHours: 24 }

let shop: Journey

async function open(points: Partial<PointsPolicy> = { gifts }): Promise<void> {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  const document = programmeDocument.parse({ ...demoProgramme, points: { ...demoProgramme.points, ...points } })
  await createProgramme(laurel.runtime.store, 'friends', document, laurel.now)
  shop = await Journey.in(laurel, 'friends')
  for (const member of members) ok(await shop.enrol(member, { card: `card-${member}` }))
}

beforeEach(() => open())
afterEach(() => shop.end(...members))

type To = Asked<typeof givePoints>['body']['to']
const give = async (giver: string, giftId: string, to: To, points: number, message?: string) =>
  (await shop.app(giver)).ask(givePoints, { params: { giftId }, body: { to, points, ...(message !== undefined && { message }) } })
const undo = async (giver: string, giftId: string) => (await shop.app(giver)).ask(undoGift, { params: { giftId } })
const list = async (member: string, query: Asked<typeof readMyGifts>['query'] = {}) =>
  ok(await (await shop.app(member)).ask(readMyGifts, { query }))
const has = async (member: string) => {
  const { available, debt } = await shop.standing(member)
  return available - debt
}
const expiring = async (member: string) =>
  (await shop.standing(member)).expiring.map((row) => [row.points, row.expiresAt?.slice(0, 10)])
const bert: To = { id: 'bert' }
const problemOf = (reply: { status: number; problem: { code: string } | undefined }) => `${reply.status} ${reply.problem?.code}`

describe('a gift', () => {
  test('goes over once, with its expiry, earliest first, and both see it', async () => {
    ok(await shop.sell('leeds:1', { id: 'ada' }, [3000]))
    shop.travel('2026-05-10T10:00:00Z')
    ok(await shop.sell('leeds:2', { id: 'ada' }, [5000]))
    const given = await give('ada', 'g-1', { card: 'card-bert' }, 40, 'For your birthday. Ada')
    expect(given).toMatchObject({
      status: 201,
      body: { giftId: 'g-1', points: 40, status: 'given', at: '2026-05-10T10:00:00Z', undoUntil: '2026-05-11T10:00:00Z' },
    })
    expect(ok(given).balance.available).toBe(40)
    expect(await expiring('ada')).toEqual([[40, '2027-05-31']])
    expect(await expiring('bert')).toEqual([
      [30, '2027-03-31'],
      [10, '2027-05-31'],
    ])
    expect(await give('ada', 'g-1', { card: 'card-bert' }, 40, 'For your birthday. Ada')).toMatchObject({
      status: 200,
      replayed: true,
      body: { points: 40, status: 'given' },
    })
    expect(problemOf(await give('ada', 'g-1', { card: 'card-bert' }, 41))).toBe('409 id-reused')
    expect((await list('ada')).items).toMatchObject([{ direction: 'given', giftId: 'g-1', points: 40, status: 'given' }])
    const [received] = (await list('bert')).items
    expect(received).toEqual({
      ...{ direction: 'received', points: 40, message: 'For your birthday. Ada', status: 'given' },
      ...{ at: '2026-05-10T10:00:00Z', undoUntil: '2026-05-11T10:00:00Z' },
    })
    expect((await shop.activity('ada'))[0]).toMatchObject({ kind: 'gift-given', points: -40, giftId: 'g-1' })
    const [activity] = await shop.activity('bert')
    expect(activity).toMatchObject({ kind: 'gift-received', points: 40 })
    // The receiver learns of the giver what the message says.
    expect(JSON.stringify([received, activity])).not.toMatch(/"ada"|g-1/)
  })

  test('pays the receiver’s debt first, and then stays', async () => {
    ok(await shop.sell('leeds:1', { id: 'bert' }, [2000]))
    ok(await shop.adjust('bert', 'spent', -20))
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 2000)]))
    ok(await shop.adjust('ada', 'a-1', 100))
    ok(await give('ada', 'g-1', bert, 50))
    expect(await shop.standing('bert')).toMatchObject({ available: 30, debt: 0 })
    expect(problemOf(await undo('ada', 'g-1'))).toBe('409 gift-used')
  })

  test('is not of points that are pending', async () => {
    await shop.laurel.close()
    await open({ gifts, holdDays: 7 })
    ok(await shop.sell('leeds:1', { id: 'ada' }, [5000]))
    expect(problemOf(await give('ada', 'g-1', bert, 1))).toBe('409 insufficient-points')
  })

  test('of points that inactivity expires is not kept alive by what the receiver buys', async () => {
    await shop.laurel.close()
    await open({ gifts, expiry: { inactivity: 1 } })
    ok(await shop.sell('leeds:1', { id: 'ada' }, [5000]))
    ok(await give('ada', 'g-1', bert, 20))
    shop.travel('2026-04-05T10:00:00Z')
    ok(await shop.sell('leeds:2', { id: 'bert' }, [1000]))
    expect(await expiring('bert')).toEqual([
      [20, '2026-04-10'],
      [10, '2026-05-05'],
    ])
    shop.travel('2026-04-11T10:00:00Z')
    expect(await has('bert')).toBe(10)
  })
})

describe('is refused, and nothing is stored', () => {
  const refused = async (reply: Awaited<ReturnType<typeof give>>, expected: string, ...pointers: string[]) => {
    expect(problemOf(reply)).toBe(expected)
    expect(reply.problem?.errors?.map((error) => error.pointer)).toEqual(pointers.length > 0 ? pointers : undefined)
    expect(await list('ada')).toEqual({ items: [], nextCursor: null })
    expect(await has('bert')).toBe(0)
  }
  beforeEach(async () => void ok(await shop.adjust('ada', 'a-1', 1000)))

  test('where the programme has no gifts', async () => {
    await publishNext(shop.laurel.runtime.store, 'friends', demoProgramme, '2026-03-11T00:00:00Z')
    shop.travel('2026-03-11T00:00:00Z')
    await refused(await give('ada', 'g-1', bert, 5), '409 gifts-off')
  })
  test('to oneself', async () => {
    await refused(await give('ada', 'g-1', { id: 'ada' }, 5), '422 gift-to-self', '/to')
    await refused(await give('ada', 'g-1', { card: 'card-ada' }, 5), '422 gift-to-self', '/to')
  })
  test('of more than is there', async () => {
    ok(await shop.adjust('ada', 'a-2', -990))
    await refused(await give('ada', 'g-1', bert, 11), '409 insufficient-points', '/points')
  })
  test('by a closed member', async () => {
    ok(await shop.change('ada', { status: 'closed' }))
    await refused(await give('ada', 'g-1', bert, 5), '409 member-closed')
  })
  test.each([0, -1, 1.5, 1e13])('of %d points', async (points) => {
    await refused(await give('ada', 'g-1', bert, points), '422 invalid-body', '/points')
  })
  test('to an e-mail address or a phone number: nobody finds out who is a customer', async () => {
    await refused(
      await give('ada', 'g-1', { email: 'bert@example.org' } as unknown as To, 5),
      '422 invalid-body',
      '/to/id',
      '/to/email',
    )
  })

  test('to whoever is none, is closed or has lost the card, all alike; ten times a day', async () => {
    ok(await shop.change('cleo', { status: 'closed' }))
    ok(await shop.change('bert', { card: 'new-card' }))
    const wrong: To[] = [{ id: 'nobody' }, { card: 'nobody' }, { id: 'cleo' }, { card: 'card-cleo' }, { card: 'card-bert' }]
    const answers = []
    for (const to of [...wrong, ...wrong]) answers.push(await give('ada', 'g-1', to, 5))
    expect(new Set(answers.map(({ problem }) => JSON.stringify(problem)))).toHaveProperty('size', 1)
    await refused(answers[0]!, '404 receiver-unknown', '/to')
    await refused(await give('ada', 'g-1', bert, 5), '409 too-many-tries')
    shop.travel('2026-03-11T00:00:00Z')
    expect((await give('ada', 'g-1', bert, 5)).status).toBe(201)
  })

  test('whatever is wrong with the giver is told before anybody is looked for', async () => {
    ok(await shop.adjust('ada', 'a-2', -1000))
    for (let n = 0; n < 12; n += 1)
      await refused(await give('ada', 'g-1', { id: 'nobody' }, 5), '409 insufficient-points', '/points')
  })
})

describe('a day', () => {
  beforeEach(async () => {
    ok(await shop.adjust('ada', 'a-1', 1000))
    ok(await shop.adjust('cleo', 'a-1', 1000))
  })

  test('has so many points and so many times to give', async () => {
    expect(problemOf(await give('ada', 'g-1', { id: 'cleo' }, 301))).toBe('409 gift-cap')
    ok(await give('ada', 'g-1', { id: 'cleo' }, 200))
    expect(problemOf(await give('ada', 'g-2', bert, 101))).toBe('409 gift-cap')
    ok(await give('ada', 'g-2', bert, 1))
    ok(await undo('ada', 'g-2'))
    ok(await give('ada', 'g-3', bert, 1))
    // What was taken back counts.
    expect(problemOf(await give('ada', 'g-4', bert, 1))).toBe('409 gift-cap')
    shop.travel('2026-03-10T23:59:59Z')
    expect(problemOf(await give('ada', 'g-4', bert, 1))).toBe('409 gift-cap')
    shop.travel('2026-03-11T00:00:00Z')
    ok(await give('ada', 'g-4', bert, 1))
  })

  test('has so many to be given, from whomever', async () => {
    ok(await give('ada', 'g-1', bert, 150))
    expect(problemOf(await give('cleo', 'g-1', bert, 101))).toBe('409 gift-cap')
    ok(await give('cleo', 'g-1', bert, 100))
    shop.travel('2026-03-11T00:00:00Z')
    ok(await give('cleo', 'g-2', bert, 1))
    ok(await give('cleo', 'g-3', bert, 1))
    expect(problemOf(await give('ada', 'g-2', bert, 1))).toBe('409 gift-cap')
  })
})

describe('taken back', () => {
  beforeEach(async () => {
    ok(await shop.sell('leeds:1', { id: 'ada' }, [10_000]))
    ok(await give('ada', 'g-1', bert, 60, 'For you'))
  })

  test('whole, once, with the expiry that it had', async () => {
    shop.travel('2026-03-11T09:59:59Z')
    for (let n = 0; n < 2; n += 1) {
      expect(await undo('ada', 'g-1')).toMatchObject({ status: 200, body: { status: 'undone', balance: { available: 100 } } })
    }
    expect(await expiring('ada')).toEqual([[100, '2027-03-31']])
    expect(await has('bert')).toBe(0)
    expect(await give('ada', 'g-1', bert, 60, 'For you')).toMatchObject({
      status: 200,
      replayed: true,
      body: { status: 'undone' },
    })
    expect((await list('bert')).items).toMatchObject([{ status: 'undone' }])
    expect((await shop.activity('ada'))[0]).toMatchObject({ kind: 'gift-undone', points: 60, giftId: 'g-1' })
    expect((await shop.activity('bert'))[0]).toMatchObject({ kind: 'gift-taken-back', points: -60 })
  })

  test('not when its hours are over', async () => {
    shop.travel('2026-03-11T10:00:00Z')
    expect(problemOf(await undo('ada', 'g-1'))).toBe('409 gift-undo-over')
  })

  test('not when a point of it is spent; but when others of that expiry make up for it', async () => {
    ok(await shop.adjust('bert', 'spent', -1))
    expect(problemOf(await undo('ada', 'g-1'))).toBe('409 gift-used')
    ok(await shop.sell('leeds:2', { id: 'bert' }, [100]))
    ok(await undo('ada', 'g-1'))
    expect([await has('ada'), await has('bert')]).toEqual([100, 0])
  })

  test('by nobody but the giver', async () => {
    expect(problemOf(await undo('bert', 'g-1'))).toBe('404 gift-unknown')
    expect(problemOf(await undo('ada', 'g-2'))).toBe('404 gift-unknown')
  })

  test('not by a giver who is closed, but of a receiver who is', async () => {
    ok(await shop.change('ada', { status: 'closed' }))
    expect(problemOf(await undo('ada', 'g-1'))).toBe('409 member-closed')
    ok(await shop.change('ada', { status: 'active' }))
    ok(await shop.change('bert', { status: 'closed' }))
    ok(await undo('ada', 'g-1'))
  })

  test('pays the giver’s debt first', async () => {
    ok(await shop.adjust('ada', 'spent', -40))
    ok(await shop.bring('leeds:1', 'r-1', [back('1', 10_000)]))
    expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 100 })
    ok(await undo('ada', 'g-1'))
    expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 40 })
  })
})

test('the list comes in pages, and takes no cursor but its own', async () => {
  ok(await shop.adjust('ada', 'a-1', 100))
  ok(await give('ada', 'g-1', bert, 10))
  shop.travel('2026-03-10T11:00:00Z')
  ok(await give('bert', 'g-1', { id: 'ada' }, 2))
  shop.travel('2026-03-10T12:00:00Z')
  ok(await give('ada', 'g-2', bert, 3))
  const first = await list('ada', { limit: '2' })
  expect(first.items.map(({ direction, points }) => [direction, points])).toEqual([
    ['given', 3],
    ['received', 2],
  ])
  const second = await list('ada', { limit: '2', cursor: first.nextCursor! })
  expect(second.items.map(({ points }) => points)).toEqual([10])
  expect(second.nextCursor).toBeNull()
  const app = await shop.app('ada')
  for (const cursor of ['x', first.nextCursor!.slice(2), Buffer.from('1#2').toString('base64url')]) {
    expect(problemOf(await app.ask(readMyGifts, { query: { cursor } }))).toBe('400 invalid-cursor')
  }
})

test('an export has the gifts and their words, and each of them once', async () => {
  ok(await shop.adjust('ada', 'a-1', 100))
  ok(await give('ada', 'g-1', bert, 10, 'For you'))
  const items = []
  for await (const item of exportItems(shop.laurel.runtime, 'friends')) items.push(`${item.pk} ${item.sk}`)
  expect(items.filter((name) => name.includes('GIFT'))).toHaveLength(3)
  expect(new Set(items).size).toBe(items.length)
})

describe('many at once', () => {
  test('give no more than is there, whichever process they ask', async () => {
    await shop.laurel.close()
    await open({ gifts: { perDay: { points: 1000, times: 100 }, receivedPerDay: { points: 1000, times: 100 }, undoHours: 1 } })
    ok(await shop.adjust('ada', 'a-1', 100))
    const twin = await shop.laurel.twin()
    const token = await shop.laurel.token({ subject: 'friends/ada', programme: 'friends', member: 'ada' as never }, [
      'laurel/member',
    ])
    const apps = [shop.laurel.client(token), twin.client(token)]
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        apps[n % 2]!.ask(givePoints, { params: { giftId: `g-${n}` }, body: { to: { id: n % 3 ? 'bert' : 'cleo' }, points: 10 } }),
      ),
    )
    const outcomes = replies.map((reply) => (reply.body ? 'given' : problemOf(reply)))
    expect(outcomes.filter((outcome) => outcome === 'given')).toHaveLength(10)
    expect(outcomes.filter((outcome) => outcome === '409 insufficient-points')).toHaveLength(20)
    expect((await has('bert')) + (await has('cleo'))).toBe(100)
    await twin.close()
  })

  test('give to each other, and none waits for ever', async () => {
    await shop.laurel.close()
    await open({ gifts: { perDay: { points: 1000, times: 100 }, receivedPerDay: { points: 1000, times: 100 }, undoHours: 1 } })
    for (const member of members) ok(await shop.adjust(member, 'a-1', 100))
    const pairs = members.flatMap((giver) => members.filter((other) => other !== giver).map((other) => [giver, other] as const))
    const replies = await Promise.all(
      pairs.flatMap(([giver, to]) => [1, 2, 3].map((n) => give(giver, `${to}-${n}`, { id: to }, n))),
    )
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201))
    const undone = await Promise.all(pairs.map(([giver, to]) => undo(giver, `${to}-3`)))
    expect(undone.map(({ status }) => status)).toEqual(undone.map(() => 200))
    expect(await Promise.all(members.map(has))).toEqual([100, 100, 100])
  })

  test('the same gift at once is one', async () => {
    ok(await shop.adjust('ada', 'a-1', 100))
    const replies = await Promise.all(Array.from({ length: 8 }, () => give('ada', 'g-1', bert, 30)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect([await has('ada'), await has('bert')]).toEqual([70, 30])
  })
})
