import { describe, expect, test } from 'vitest'
import { ok } from '../support/client.ts'
import { type Claimed, claim, decide, mine, openShopForEachTest, refused, shop } from './claim-journey.ts'
import { line } from './journey.ts'

/** Claims that a guarantee does not cover, or not any more, and that its limits keep out. */

openShopForEachTest()

describe('limits of a guarantee', () => {
  const five = (id: string, store: string, amount: number, member = 'ada') =>
    shop.sell(`${store}:${id}`, { id: member }, [line('5', amount)])
  const put = (purchaseId: string, id = purchaseId) => claim(id, { purchaseId, lines: [{ lineId: '5', quantity: 1 }] })

  test('are of a store and of all, and what comes to nothing is there again', async () => {
    for (const [id, store, amount] of [
      ['a', 'york', 2_000],
      ['b', 'york', 1],
      ['c', 'hull', 501],
      ['d', 'hull', 500],
    ] as const) {
      ok(await five(id, store, amount))
    }
    const first = ok(await put('york:a'))
    expect(first).toMatchObject({ value: 2_000, remedy: { amount: 1_000 } })
    expect(await put('york:b')).toMatchObject(refused(409, 'guarantee-spent'))
    expect(await put('hull:c')).toMatchObject(refused(409, 'guarantee-spent'))
    expect(await put('hull:d')).toMatchObject({ status: 201 })
    await decide(first.id, 'decline')
    expect(await put('york:b', 'again')).toMatchObject({ status: 201 })
    expect(await put('hull:c', 'again-c')).toMatchObject({ status: 201 })
  })

  test('are there again when a claim lapses, and once', async () => {
    ok(await five('a', 'york', 2_000))
    ok(await five('b', 'york', 2_000, 'bert'))
    const bert = await shop.app('bert')
    const theirs = () => claim('b', { purchaseId: 'york:b', lines: [{ lineId: '5', quantity: 1 }] }, bert)
    const { id } = ok(await put('york:a'))
    await decide(id, 'approve')
    expect(await theirs()).toMatchObject(refused(409, 'guarantee-spent'))
    shop.travel('2026-04-05T12:00:00Z')
    // Nothing has booked the lapse yet: a look at the member does not, a change of the member does.
    expect(await mine(id)).toMatchObject({ state: 'lapsed' })
    expect(await theirs()).toMatchObject(refused(409, 'guarantee-spent'))
    ok(await shop.sell('york:z', { id: 'ada' }, [100]))
    expect(await theirs()).toMatchObject({ status: 201 })
    expect(await put('york:a', 'again')).toMatchObject(refused(409, 'guarantee-spent'))
  })

  test('of a member are in the local month, and count what lapsed but not what was declined', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) ok(await five(id, 'york', 10))
    const first = ok(await put('york:a'))
    ok(await put('york:b'))
    ok(await put('york:c'))
    expect(await put('york:d')).toMatchObject(refused(409, 'claim-limit'))
    await decide(first.id, 'decline')
    expect(await put('york:d')).toMatchObject({ status: 201 })
    shop.travel('2026-03-31T22:59:59Z')
    expect(await put('york:e')).toMatchObject(refused(409, 'claim-limit'))
    shop.travel('2026-03-31T23:00:00Z')
    expect(await put('york:e')).toMatchObject({ status: 201 })
  })
})

describe('what is no claim', () => {
  const of = (lineId: string, quantity = 1) => ({ lines: [{ lineId, quantity }] })
  test.each<[string, Partial<Claimed>, number, string, string | undefined]>([
    ['a receipt that is not there', { purchaseId: 'leeds:9' }, 404, 'purchase-unknown', '/purchaseId'],
    ['a line that is not there', of('9'), 422, 'line-unknown', '/lines/0/lineId'],
    ['a line twice', { lines: [...of('2').lines, ...of('2').lines] }, 422, 'duplicate-line', '/lines/1/lineId'],
    ['more than was bought', of('2', 2), 409, 'claim-exceeds-purchase', '/lines/0/quantity'],
    ['goods of two guarantees', { lines: [...of('2').lines, ...of('3').lines] }, 409, 'not-covered', '/lines/1/lineId'],
    ['what the named one does not cover', { guaranteeId: 'light', ...of('3') }, 409, 'not-covered', '/lines/0/lineId'],
    ['a guarantee that is not there', { guaranteeId: 'nine' }, 422, 'guarantee-unknown', '/guaranteeId'],
    ['no reason', of('3'), 422, 'evidence-missing', '/reason'],
    ['another reason', { ...of('3'), reason: 'ugly' }, 422, 'evidence-missing', '/reason'],
    ['no text', { ...of('3'), reason: 'dull' }, 422, 'evidence-missing', '/text'],
    ['no photo', { ...of('3'), reason: 'dull', text: 'Dull.' }, 422, 'evidence-missing', '/photos'],
  ])('%s', async (_name, body, status, code, pointer) => {
    const before = await shop.dump()
    expect(await claim('c', body)).toMatchObject(refused(status, code, pointer))
    expect(await shop.dump()).toEqual(before)
  })

  test('a receipt of somebody else is one that is not there', async () => {
    expect(await claim('c', {}, await shop.app('bert'))).toMatchObject(refused(404, 'purchase-unknown', '/purchaseId'))
  })

  test('after its time, by one second and across the clock change', async () => {
    // Bought on 30 March in summer time; the last of 365 days is 30 March 2027, in summer time again, after a winter.
    ok(await shop.sell('leeds:6', { id: 'bert' }, [1_000]))
    const bert = await shop.app('bert')
    const body = { purchaseId: 'leeds:6', lines: [{ lineId: '1', quantity: 1 }] }
    shop.travel('2027-03-30T23:00:00Z')
    expect(await claim('late', body, bert)).toMatchObject(refused(409, 'guarantee-over', '/purchaseId'))
    expect(await claim('late', body, bert)).toMatchObject({ status: 409 })
    shop.travel('2027-03-30T22:59:59Z')
    expect(await claim('late', body, bert)).toMatchObject({ status: 201 })
  })
})
