import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMember } from '../../functions/contract/members.ts'
import { ok } from '../support/client.ts'
import { back, Journey } from './journey.ts'

/** Members as tills know them: enrolled, found, changed, their cards replaced, closed and opened again. */

let shop: Journey

beforeEach(async () => {
  shop = await Journey.start('2026-11-21T12:00:00Z')
})

afterEach(() => shop.end())

const ada = {
  card: '6335550001',
  email: 'ada@example.org',
  phone: '+447700900123',
  name: 'Ada',
  birthday: '1990-02-28',
  language: 'en-GB',
}

describe('enrolment', () => {
  test('first, again, and with another body', async () => {
    const enrolled = {
      ...{ memberId: 'ada', status: 'active', clubs: [] },
      profile: { ...ada, enrolledAt: '2026-11-21T12:00:00Z' },
      balance: { available: 0, pending: 0, reserved: 0, debt: 0, expiring: [], asOf: '2026-11-21T12:00:00Z' },
      tier: { id: 'bronze', progress: { metric: 'spend', current: 0, next: 'silver', needed: 50_000 } },
    }
    expect(await shop.enrol('ada', ada)).toMatchObject({ status: 201, replayed: false, body: enrolled })
    expect(await shop.enrol('ada', ada)).toMatchObject({ status: 200, replayed: true, body: enrolled })
    expect(await shop.enrol('ada', { ...ada, name: 'Ada L.' })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(ok(await shop.enrol('ada', ada))).toEqual(await shop.member('ada'))
  })

  test('a replay after changes has the member as they are now', async () => {
    ok(await shop.enrol('ada', ada))
    ok(await shop.change('ada', { name: 'Ada Lovelace', phone: null }))
    const again = await shop.enrol('ada', ada)
    const { phone: _, ...rest } = ada
    expect(again).toMatchObject({ status: 200, replayed: true })
    expect(ok(again).profile).toEqual({ ...rest, name: 'Ada Lovelace', enrolledAt: '2026-11-21T12:00:00Z' })
  })

  test('a member whom a card alone made is completed, once, and keeps the points', async () => {
    const { memberId } = ok(await shop.sell('leeds:1', { card: '6335550001' }, [1530]))
    expect(memberId).toMatch(/^m-[0-9a-z]{20}$/)
    expect((await shop.member(memberId)).profile).toEqual({ card: '6335550001', enrolledAt: '2026-11-21T12:00:00Z' })
    shop.travel('2026-11-22T12:00:00Z')
    const completed = await shop.enrol(memberId, ada)
    expect(completed).toMatchObject({ status: 201, body: { memberId, balance: { available: 15 } } })
    expect(ok(completed).profile).toEqual({ ...ada, enrolledAt: '2026-11-21T12:00:00Z' })
    expect(await shop.enrol(memberId, ada)).toMatchObject({ status: 200, replayed: true })
    expect(await shop.enrol(memberId, { name: 'Eve' })).toMatchObject({ status: 409, problem: { code: 'id-reused' } })
    expect(ok(await shop.sell('leeds:2', { card: '6335550001' }, [1000])).memberId).toBe(memberId)
  })

  test('what a card alone knew stays where completion does not say otherwise', async () => {
    const { memberId } = ok(await shop.sell('leeds:1', { card: '6335550001' }, [1530]))
    expect(ok(await shop.enrol(memberId, { email: 'ada@example.org' })).profile).toMatchObject({ card: '6335550001' })
  })

  test.each([
    ['card', { card: '6335550001' }],
    ['email', { email: 'ADA@EXAMPLE.org' }],
    ['phone', { phone: '0044 (7700) 900-123' }],
  ] as const)('a %s already taken is refused and does not tell whose', async (kind, body) => {
    ok(await shop.enrol('ada', ada))
    ok(await shop.enrol('bert', {}))
    const { memberId } = ok(await shop.sell('leeds:1', { card: 'another' }, [100]))
    const before = await shop.dump()
    const refused = {
      status: 409,
      problem: {
        ...{ type: `urn:laurel:problem:${kind}-taken`, title: expect.any(String), status: 409, code: `${kind}-taken` },
        errors: [{ pointer: `/${kind}`, detail: expect.not.stringContaining('ada') }],
      },
    }
    const answers = [await shop.enrol('eve', body), await shop.change('bert', body), await shop.enrol(memberId, body)]
    for (const answer of answers) {
      expect(answer).toMatchObject(refused)
      expect(JSON.stringify(answer)).not.toMatch(/ada|Ada|6335550001|7700/)
    }
    expect(await shop.dump()).toEqual(before)
    expect(await shop.till.ask(readMember, { params: { memberId: 'eve' } })).toMatchObject({ status: 404 })
  })
})

describe('search', () => {
  test('by card, e-mail in other letters, phone in other spellings', async () => {
    ok(await shop.enrol('ada', ada))
    ok(await shop.sell('leeds:1', { id: 'ada' }, [1530]))
    const { balance, tier } = await shop.member('ada')
    const found = [{ memberId: 'ada', status: 'active', balance, tier, clubs: [] }]
    expect(await shop.find({ card: '6335550001' })).toEqual(found)
    for (const email of ['ada@example.org', 'ADA@EXAMPLE.ORG', 'Ada@Example.Org'])
      expect(await shop.find({ email })).toEqual(found)
    for (const phone of [
      '+447700900123',
      '+44 7700 900 123',
      '+44 (7700) 900-123',
      '00447700900123',
      '0044 7700.900/123',
      '+44 (0)7700 900123',
      '0044 (0) 7700 900 123',
    ]) {
      expect(await shop.find({ phone })).toEqual(found)
    }
  })

  test('finds nobody for anything else', async () => {
    ok(await shop.enrol('ada', ada))
    for (const by of [{ card: '63355500011' }, { card: ada.phone }, { email: 'da@example.org' }, { phone: '+447700900124' }]) {
      expect(await shop.find(by)).toEqual([])
    }
  })

  test('follows a change: what was given up is free for another', async () => {
    ok(await shop.enrol('ada', ada))
    ok(await shop.change('ada', { email: 'ada@example.net', phone: null }))
    expect(await shop.find({ email: 'ada@example.org' })).toEqual([])
    expect(await shop.find({ phone: ada.phone })).toEqual([])
    expect(await shop.find({ email: 'ada@example.net' })).toHaveLength(1)
    ok(await shop.enrol('bert', { email: 'ada@example.org', phone: ada.phone }))
    expect(await shop.find({ phone: ada.phone })).toMatchObject([{ memberId: 'bert' }])
  })
})

describe('a card that is replaced', () => {
  beforeEach(async () => {
    ok(await shop.enrol('ada', ada))
    shop.travel('2026-11-21T15:00:00Z')
    ok(await shop.change('ada', { card: '6335550002' }))
  })

  test('finds nobody, and the new one finds the member', async () => {
    expect(await shop.find({ card: '6335550001' })).toEqual([])
    expect(await shop.find({ card: '6335550002' })).toMatchObject([{ memberId: 'ada' }])
  })

  test('still counts for what was bought before, and not for what is bought later', async () => {
    const old = { card: '6335550001' }
    shop.travel('2026-11-21T16:00:00Z')
    expect(await shop.sell('leeds:1', old, [1000], { occurredAt: '2026-11-21T14:59:59Z' })).toMatchObject({
      ...{ status: 201, body: { memberId: 'ada', balance: { available: 10 } } },
    })
    const refused = { status: 409, problem: { code: 'card-replaced', errors: [{ pointer: '/member/card' }] } }
    for (const occurredAt of ['2026-11-21T15:00:00Z', '2026-11-21T15:30:00Z']) {
      expect(await shop.sell('leeds:2', old, [1000], { occurredAt })).toMatchObject(refused)
      expect(await shop.quote(old, [1000], { occurredAt })).toMatchObject(refused)
    }
    expect(await shop.sell('leeds:3', { card: '6335550002' }, [1000])).toMatchObject({ body: { memberId: 'ada' } })
    // What was taken stays taken when it is posted again.
    expect(await shop.sell('leeds:1', old, [1000], { occurredAt: '2026-11-21T14:59:59Z' })).toMatchObject({
      ...{ status: 200, replayed: true, body: { balance: { available: 20 } } },
    })
  })

  test('is nobody else’s, and may be the member’s again', async () => {
    expect(await shop.enrol('eve', { card: '6335550001' })).toMatchObject({ status: 409, problem: { code: 'card-taken' } })
    shop.travel('2026-11-21T16:00:00Z')
    ok(await shop.change('ada', { card: '6335550001' }))
    expect(await shop.find({ card: '6335550001' })).toMatchObject([{ memberId: 'ada' }])
    expect(await shop.find({ card: '6335550002' })).toEqual([])
    expect(await shop.sell('leeds:1', { card: '6335550001' }, [1000])).toMatchObject({ status: 201, body: { memberId: 'ada' } })
  })

  test('that is only taken away is replaced, too', async () => {
    ok(await shop.change('ada', { card: null }))
    expect(await shop.find({ card: '6335550002' })).toEqual([])
    expect(await shop.sell('leeds:1', { card: '6335550002' }, [1000])).toMatchObject({ problem: { code: 'card-replaced' } })
  })
})

describe('a closed member', () => {
  const sale = ['leeds:1', { id: 'ada' }, [5000]] as const

  beforeEach(async () => {
    ok(await shop.enrol('ada', ada))
    ok(await shop.sell(...sale))
    ok(await shop.change('ada', { status: 'closed' }))
  })

  test('buys no more, by any name', async () => {
    const refused = { status: 409, problem: { code: 'member-closed' } }
    expect(await shop.sell('leeds:2', { id: 'ada' }, [1000])).toMatchObject(refused)
    expect(await shop.sell('leeds:2', { card: ada.card }, [1000])).toMatchObject(refused)
    expect(await shop.quote({ id: 'ada' }, [1000])).toMatchObject(refused)
    expect(await shop.adjust('ada', 'a-1', 5)).toMatchObject(refused)
    expect(await shop.find({ card: ada.card })).toMatchObject([{ memberId: 'ada', status: 'closed' }])
  })

  test('has replays answered, and brings goods back', async () => {
    expect(await shop.sell(...sale)).toMatchObject({ status: 200, replayed: true, body: { points: { earned: 50 } } })
    expect(await shop.bring('leeds:1', 'r-1', [back('1', 2000)])).toMatchObject({
      ...{ status: 201, body: { points: { clawedBack: 20 }, balance: { available: 30 } } },
    })
    expect(await shop.enrol('ada', ada)).toMatchObject({ status: 200, body: { status: 'closed' } })
  })

  test('closed twice is closed once; opened again, they buy', async () => {
    const before = await shop.dump()
    expect(await shop.change('ada', { status: 'closed' })).toMatchObject({ status: 200, body: { status: 'closed' } })
    expect(await shop.dump()).toEqual(before)
    ok(await shop.change('ada', { status: 'active' }))
    expect(await shop.sell('leeds:2', { id: 'ada' }, [1000])).toMatchObject({ status: 201, body: { balance: { available: 60 } } })
    expect((await shop.activity('ada')).map(({ kind }) => kind)).toEqual(['earned', 'reopened', 'closed', 'earned', 'enrolled'])
  })
})

test('a change: what is left out stays, null removes, and the same again changes nothing', async () => {
  ok(await shop.enrol('ada', ada))
  const { profile } = ok(await shop.change('ada', { name: 'Ada L.', birthday: null }))
  const { birthday: _, ...rest } = ada
  expect(profile).toEqual({ ...rest, name: 'Ada L.', enrolledAt: '2026-11-21T12:00:00Z' })
  const before = await shop.dump()
  expect(await shop.change('ada', { name: 'Ada L.', birthday: null })).toMatchObject({ status: 200, body: { profile } })
  expect(await shop.change('ada', {})).toMatchObject({ status: 200, body: { profile } })
  expect(await shop.dump()).toEqual(before)
})
