import { afterEach, beforeEach, expect, test } from 'vitest'
import { enrolMe, explainPurchase, readActivity, readBalance, readMe } from '../../functions/contract/me.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { type Client, ok } from '../support/client.ts'
import { genuine } from '../support/forged-tokens.ts'
import { Journey } from './journey.ts'

/** People with an app: they enrol themselves, or are linked to the member that a till knows, by a verified address alone. */

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T12:00:00Z')
  await shop.laurel.identify({ subject: 'app', programme: 'demo' })
})

afterEach(() => shop.end())

/** The app of somebody who signed in, by a token that says no more than the issuer knows. */
async function signedIn(subject: string, email?: { address: string; verified: unknown }): Promise<Client> {
  const { laurel } = shop
  const now = Math.floor(laurel.now / 1000)
  const claims = {
    ...{ iss: 'urn:laurel:development', sub: subject, client_id: 'app', scope: 'laurel/member', iat: now, exp: now + 86_400 },
    ...(email && { email: email.address, email_verified: email.verified }),
  }
  return laurel.client(await genuine(laurel, claims as Parameters<typeof genuine>[1]))
}

const verified = (address: string) => ({ address, verified: true })

test('somebody new enrols, with the very token that was linked to nobody', async () => {
  const app = await signedIn('ada-at-issuer')
  for (const operation of [readMe, readBalance, readActivity] as const) {
    expect(await app.ask(operation, {})).toMatchObject({ status: 404, problem: { code: 'member-unknown' } })
  }
  const first = await app.ask(enrolMe, { body: { name: 'Ada', card: '6335550001' } })
  expect(first).toMatchObject({ status: 201, replayed: false, body: { memberId: expect.stringMatching(/^m-[0-9a-z]{20}$/) } })
  const { memberId } = ok(first)
  expect(ok(await app.ask(readMe, {}))).toEqual(ok(first))
  expect(await app.ask(enrolMe, { body: { card: '6335550001', name: 'Ada' } })).toMatchObject({ status: 200, replayed: true })
  expect(await app.ask(enrolMe, { body: { name: 'Eve' } })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })

  ok(await shop.sell('leeds:1', { card: '6335550001' }, [1530]))
  expect(ok(await app.ask(readBalance, {})).available).toBe(15)
  expect(ok(await app.ask(explainPurchase, { params: { id: 'leeds:1' } })).memberId).toBe(memberId)
})

test('a verified address, in whatever letters, links to the member that a till enrolled', async () => {
  ok(await shop.enrol('ada', { email: 'ada@example.org', card: '6335550001', name: 'A.' }))
  ok(await shop.sell('leeds:1', { id: 'ada' }, [1530]))
  const app = await signedIn('ada-at-issuer', verified('ADA@Example.org'))
  expect(await app.ask(readMe, {})).toMatchObject({ status: 404 })
  const linked = await app.ask(enrolMe, { body: { name: 'Ada' } })
  expect(linked).toMatchObject({ status: 201, body: { memberId: 'ada', balance: { available: 15 } } })
  expect(ok(linked).profile).toMatchObject({ name: 'Ada', card: '6335550001', email: 'ada@example.org' })
  expect(ok(await app.ask(readBalance, {})).available).toBe(15)
  expect(await app.ask(enrolMe, { body: { name: 'Ada' } })).toMatchObject({ status: 200, replayed: true })
  expect(await app.ask(enrolMe, { body: { name: 'Eve' } })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
  // The till's own enrolment is still the same one.
  expect(await shop.enrol('ada', { email: 'ada@example.org', card: '6335550001', name: 'A.' })).toMatchObject({ status: 200 })
})

test('a verified address links to a member whom a card made and a till told the address', async () => {
  const { memberId } = ok(await shop.sell('leeds:1', { card: '6335550001' }, [1530]))
  ok(await shop.change(memberId, { email: 'ada@example.org' }))
  const app = await signedIn('ada-at-issuer', verified('ada@example.org'))
  expect(await app.ask(enrolMe, { body: {} })).toMatchObject({ status: 201, body: { memberId, balance: { available: 15 } } })
  expect(await shop.enrol(memberId, { name: 'Ada' })).toMatchObject({ status: 201, body: { profile: { name: 'Ada' } } })
})

test.each([false, 'true', 1, null, undefined])('an address with email_verified %s links nobody', async (claim) => {
  ok(await shop.enrol('ada', { email: 'ada@example.org' }))
  const app = await signedIn('eve-at-issuer', { address: 'ada@example.org', verified: claim })
  const enrolled = ok(await app.ask(enrolMe, { body: { name: 'Eve' } }))
  expect(enrolled.memberId).not.toBe('ada')
  expect((await shop.member('ada')).profile).not.toHaveProperty('name')
})

test('an address that is another’s is refused, and nothing of it is kept', async () => {
  ok(await shop.enrol('ada', { email: 'ada@example.org', card: '6335550001', phone: '+447700900123' }))
  const app = await signedIn('eve-at-issuer')
  const before = await shop.dump()
  for (const [kind, body] of [
    ['email', { email: 'ada@example.org' }],
    ['card', { card: '6335550001' }],
    ['phone', { phone: '+44 7700 900123' }],
  ] as const) {
    const refused = await app.ask(enrolMe, { body })
    expect(refused).toMatchObject({ status: 409, problem: { code: `${kind}-taken`, errors: [{ pointer: `/${kind}` }] } })
    expect(JSON.stringify(refused)).not.toMatch(/ada|6335550001|7700/)
  }
  expect(await shop.dump()).toEqual(before)
  // A link is only made together with what was asked for.
  const linking = await signedIn('ada-at-issuer', verified('ada@example.org'))
  ok(await shop.enrol('bert', { card: '222' }))
  const unlinked = await shop.dump()
  expect(await linking.ask(enrolMe, { body: { card: '222' } })).toMatchObject({ status: 409, problem: { code: 'card-taken' } })
  expect(await shop.dump()).toEqual(unlinked)
  expect(await linking.ask(readMe, {})).toMatchObject({ status: 404 })
})

test('who only claims an address does not get whoever proves it theirs', async () => {
  const eve = await signedIn('eve-at-issuer')
  const trap = ok(await eve.ask(enrolMe, { body: { email: 'ada@example.org' } }))
  const ada = await signedIn('ada-at-issuer', verified('ada@example.org'))
  const { memberId } = ok(await ada.ask(enrolMe, { body: { name: 'Ada' } }))
  expect(memberId).not.toBe(trap.memberId)
  // Once a till took the address for the member's, it is.
  ok(await shop.change(trap.memberId, { email: 'ada@example.org' }))
  const again = await signedIn('ada-elsewhere', verified('ada@example.org'))
  expect(ok(await again.ask(enrolMe, { body: {} })).memberId).toBe(trap.memberId)
})

test('who proves the address that they enrol with is linked by it later', async () => {
  const ada = await signedIn('ada-at-issuer', verified('ada@example.org'))
  const { memberId } = ok(await ada.ask(enrolMe, { body: { email: 'Ada@example.org' } }))
  const again = await signedIn('ada-elsewhere', verified('ADA@EXAMPLE.ORG'))
  expect(ok(await again.ask(enrolMe, { body: {} })).memberId).toBe(memberId)
})

test('twenty clicks on "join" make one member', async () => {
  const app = await signedIn('ada-at-issuer', verified('ada@example.org'))
  const replies = await Promise.all(Array.from({ length: 20 }, () => app.ask(enrolMe, { body: { email: 'ada@example.org' } })))
  expect(replies.map(({ status }) => status).toSorted()).toEqual([...Array<number>(19).fill(200), 201])
  expect(new Set(replies.map((reply) => ok(reply).memberId)).size).toBe(1)
})

test('somebody who works in the shop may be a member, too', async () => {
  const { laurel } = shop
  const token = await laurel.token({ subject: 'clerk', programme: 'demo', stores: ['leeds'] }, ['laurel/pos', 'laurel/member'])
  const both = laurel.client(token)
  const { memberId } = ok(await both.ask(enrolMe, { body: { name: 'Clerk' } }))
  expect(ok(await both.ask(readMe, {})).memberId).toBe(memberId)
  laurel.travel('2026-11-21T12:05:00Z') // past what the gateway remembers of the token
  expect(ok(await both.ask(readMe, {})).memberId).toBe(memberId)
  const sale = shop.saleOf('leeds:1', { id: memberId }, [1000])
  expect(await both.ask(recordPurchase, { params: { purchaseId: 'leeds:1' }, body: sale })).toMatchObject({ status: 201 })
})
