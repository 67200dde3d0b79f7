import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { enrolMe } from '../../functions/contract/me.ts'
import { ok } from '../support/client.ts'
import type { Laurel } from '../support/laurel.ts'
import { back, Journey } from './journey.ts'

/** Everybody at once, at two servers that share a data file and no memory: one effect for each id, and no point too many. */

let shop: Journey
let other: Journey
let twin: Laurel

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T17:00:00Z')
  twin = await shop.laurel.twin()
  other = await Journey.in(twin, 'demo')
  ok(await shop.enrol('ada', { card: '6335550001' }))
})

afterEach(async () => {
  await twin.close()
  await shop.end('ada')
})

/** Does something so many times at once, in turn at the one server and the other. */
const atOnce = <Reply>(times: number, act: (at: Journey, n: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(Array.from({ length: times }, (_, n) => act(n % 2 === 0 ? shop : other, n)))

const statuses = (replies: readonly { readonly status: number }[]) => {
  const counts: { [status: number]: number } = {}
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const ada = { id: 'ada' }

describe('a double click', () => {
  test('twenty of one purchase: one is first, and all have its outcome', async () => {
    const replies = await atOnce(20, (at) => at.sell('leeds:1', ada, [1530, 999]))
    expect(statuses(replies)).toEqual({ 200: 19, 201: 1 })
    for (const reply of replies) {
      expect(reply.replayed).toBe(reply.status === 200)
      expect(ok(reply)).toEqual(ok(replies[0]!))
    }
    expect(ok(replies[0]!)).toMatchObject({ points: { earned: 25 }, balance: { available: 25 } })
  })

  test('twenty of one purchase with a card nobody knows: one member', async () => {
    const replies = await atOnce(20, (at) => at.sell('leeds:1', { card: 'new' }, [1000]))
    expect(statuses(replies)).toEqual({ 200: 19, 201: 1 })
    expect(new Set(replies.map((reply) => ok(reply).memberId)).size).toBe(1)
    expect((await shop.standing(ok(replies[0]!).memberId)).available).toBe(10)
  })

  test('twenty of "join" by somebody who works in the shop: one member, whichever server hears of it', async () => {
    const clerk = { subject: 'clerk', programme: 'demo', stores: ['leeds'] }
    const token = await shop.laurel.token(clerk, ['laurel/pos', 'laurel/member'])
    const replies = await atOnce(20, (at) => at.laurel.client(token).ask(enrolMe, { body: { name: 'Clerk', card: '999' } }))
    expect(statuses(replies)).toEqual({ 200: 19, 201: 1 })
    expect(new Set(replies.map((reply) => ok(reply).memberId)).size).toBe(1)
  })

  test('one id for twenty different purchases: one is taken, the others are told', async () => {
    const replies = await atOnce(20, (at, n) => at.sell('leeds:1', ada, [1000 + n]))
    expect(statuses(replies)).toEqual({ 201: 1, 409: 19 })
    for (const { problem } of replies) if (problem) expect(problem.code).toBe('id-reused')
    expect((await shop.standing('ada')).available).toBe(10)
  })

  test('twenty of one return: taken back once', async () => {
    ok(await shop.sell('leeds:1', ada, [2000]))
    const replies = await atOnce(20, (at) => at.bring('leeds:1', 'r-1', [back('1', 500)]))
    expect(statuses(replies)).toEqual({ 200: 19, 201: 1 })
    for (const reply of replies) expect(ok(reply)).toMatchObject({ points: { clawedBack: 5 }, balance: { available: 15 } })
  })

  test('twenty of one enrolment, one adjustment, one change', async () => {
    expect(statuses(await atOnce(20, (at) => at.enrol('bert', { card: '222', email: 'b@example.org' })))).toEqual({
      200: 19,
      201: 1,
    })
    expect(statuses(await atOnce(20, (at) => at.adjust('ada', 'a-1', 50)))).toEqual({ 200: 19, 201: 1 })
    expect(statuses(await atOnce(20, (at) => at.change('ada', { card: '6335550002', status: 'closed' })))).toEqual({ 200: 20 })
    expect((await shop.activity('ada')).map(({ kind }) => kind)).toEqual(['closed', 'adjusted', 'enrolled'])
    expect((await shop.standing('ada')).available).toBe(50)
  })
})

describe('many at once', () => {
  test('fifty purchases of one member are all taken, and the balance is exact', async () => {
    const points = (n: number) => 1 + (n % 7)
    const replies = await atOnce(50, (at, n) => {
      return at.sell(`leeds:${n}`, n % 3 ? ada : { card: '6335550001' }, [100 * points(n)])
    })
    expect(statuses(replies)).toEqual({ 201: 50 })
    const sum = Array.from({ length: 50 }, (_, n) => points(n)).reduce((total, one) => total + one)
    expect((await shop.standing('ada')).available).toBe(sum)
    expect(await shop.activity('ada', 999)).toHaveLength(51)
  })

  test('fifty purchases with a card nobody knows make one member', async () => {
    const replies = await atOnce(50, (at, n) => at.sell(`leeds:${n}`, { card: 'new' }, [100]))
    expect(statuses(replies)).toEqual({ 201: 50 })
    const members = [...new Set(replies.map((reply) => ok(reply).memberId))]
    expect(members).toHaveLength(1)
    expect((await shop.standing(members[0]!)).available).toBe(50)
  })

  test('returns never bring back more than was bought', async () => {
    ok(await shop.sell('leeds:1', ada, [{ lineId: '1', sku: 'a', quantity: 10, amount: 1000 }]))
    const replies = await atOnce(16, (at, n) => at.bring('leeds:1', `r-${n}`, [back('1', 100)]))
    expect(statuses(replies)).toEqual({ 201: 10, 409: 6 })
    for (const { problem } of replies) if (problem) expect(problem.code).toBe('return-exceeds-purchase')
    expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 0 })
  })

  test('a sale and its returns, all at once, come to the same whoever is first', async () => {
    const sold = { lineId: '1', sku: 'a', quantity: 5, amount: 500 }
    for (let round = 0; round < 4; round += 1) {
      const id = `leeds:${round}`
      const [sale, returns] = await Promise.all([
        shop.sell(id, ada, [sold]),
        atOnce(8, (at, n) => at.bring(id, `r-${n}`, [back('1', 100)])),
      ])
      expect(sale.status).toBe(201)
      const told = await Promise.all(returns.map((_, n) => shop.returned(id, `r-${n}`)))
      const booked = told.filter(({ body }) => body?.status === 'booked')
      expect(booked).toHaveLength(5)
      for (const { status } of returns) expect([201, 202, 409]).toContain(status)
      expect(await shop.standing('ada')).toMatchObject({ available: 0, debt: 0 })
    }
  })

  test('medusajs/medusa#16347: two debits at once never spend one point twice', async () => {
    ok(await shop.sell('leeds:1', ada, [10_000]))
    const replies = await atOnce(20, (at, n) => at.adjust('ada', `spend-${n}`, -15))
    expect(statuses(replies)).toEqual({ 201: 6, 409: 14 })
    for (const { problem } of replies) if (problem) expect(problem.code).toBe('insufficient-points')
    expect((await shop.standing('ada')).available).toBe(10)
  })

  test('ten who want one card: one has it', async () => {
    const replies = await atOnce(10, (at, n) => at.enrol(`m-${n}`, { card: 'wanted' }))
    expect(statuses(replies)).toEqual({ 201: 1, 409: 9 })
    expect(await shop.find({ card: 'wanted' })).toHaveLength(1)
  })

  test('two members who swap cards at once keep one each', async () => {
    ok(await shop.enrol('bert', { card: '222' }))
    await Promise.all([shop.change('ada', { card: '333' }), other.change('bert', { card: '333' })])
    const cards = [(await shop.member('ada')).profile.card, (await shop.member('bert')).profile.card]
    expect(cards.filter((card) => card === '333')).toHaveLength(1)
    const [{ memberId } = { memberId: '' }] = await shop.find({ card: '333' })
    expect((await shop.member(memberId)).profile.card).toBe('333')
  })

  test('Talon.One’s rule, one request after another, is not needed: everything at once comes to the same', async () => {
    ok(await shop.enrol('bert'))
    const acts = (id: string): ((at: Journey) => Promise<{ status: number }>)[] => [
      ...Array.from({ length: 10 }, (_, n) => (at: Journey) => at.sell(`leeds:${id}-${n}`, { id }, [1000 + n])),
      ...Array.from({ length: 5 }, (_, n) => (at: Journey) => at.bring(`leeds:${id}-${n}`, 'r', [back('1', 500)])),
      (at) => at.adjust(id, 'a-1', 7),
    ]
    for (const act of acts('bert')) expect((await act(shop)).status).toBeLessThan(300)
    const replies = await Promise.all(
      acts('ada')
        .toReversed()
        .map((act, n) => act(n % 2 ? shop : other)),
    )
    for (const { status } of replies) expect(status).toBeLessThan(300)
    expect(await shop.standing('ada')).toEqual(await shop.standing('bert'))
  })
})
