import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeInvitation, voidInvitation } from '../../functions/contract/club-office.ts'
import { joinClubFor, leaveClubFor, payForClub } from '../../functions/contract/clubs.ts'
import { readMe } from '../../functions/contract/me.ts'
import { joinMyClub, leaveMyClub, readMyClubs } from '../../functions/contract/my-clubs.ts'
import type { Club } from '../../functions/domain/club.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { Journey } from './journey.ts'

/** A hotel's clubs, as its guests, its desk and its office go through them. */
const clubs: readonly Club[] = [
  { id: 'guests', name: 'Our guests', kind: 'open', perks: ['A paper at breakfast'] },
  {
    id: 'table',
    name: 'The chef’s table',
    description: 'Eight seats',
    kind: 'invitation',
    term: { months: 6 },
    requires: { clubs: ['guests'] },
  },
  {
    id: 'spa',
    name: 'Spa',
    kind: 'paid',
    term: { months: 12 },
    paid: { fee: { amount: 36_500 }, graceDays: 14, refund: 'pro-rata' },
    perks: ['Dressing gown with your name'],
    requires: { tiers: ['silver', 'gold'] },
  },
  { id: 'season', name: 'The season', kind: 'open', term: { months: 6, renews: true }, requires: { clubs: ['guests'] } },
]

let hotel: Journey
let marketing: Client
let ada: Client

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'hotel', { ...demoProgramme, clubs }, laurel.now)
  hotel = await Journey.in(laurel, 'hotel')
  marketing = laurel.client(await laurel.token({ subject: 'marketing', programme: 'hotel' }, ['laurel/admin.marketing']))
  ok(await hotel.enrol('ada', { card: '111' }))
  ada = await hotel.app('ada')
})

afterEach(() => hotel.end('ada'))

const join = (clubId: string, code?: string) =>
  ada.ask(joinMyClub, { params: { clubId }, body: code === undefined ? {} : { code } })
const leave = (clubId: string) => ada.ask(leaveMyClub, { params: { clubId } })
const invite = (invitationId: string, body: { uses: number; expiresAt?: string }) =>
  marketing.ask(makeInvitation, { params: { clubId: 'table', invitationId }, body })
const codeOf = async (...asked: Parameters<typeof invite>) => ok(await invite(...asked)).code!
const pay = (paymentId: string, body: { occurredAt?: string; amount?: number; currency?: string } = {}, clubId = 'spa') =>
  hotel.till.ask(payForClub, {
    params: { memberId: 'ada', clubId, paymentId },
    body: { occurredAt: hotel.now, amount: 36_500, currency: 'GBP', ...body },
  })
const clubsOf = async () => (await hotel.member('ada')).clubs
const kinds = async () => (await hotel.activity('ada')).map(({ kind, clubId }) => (clubId ? `${kind} ${clubId}` : kind))
const refused = (code: string, pointer?: string) => ({
  status: 409,
  problem: { code, ...(pointer !== undefined && { errors: [{ pointer }] }) },
})
const lacks = (what: string) => ({
  status: 409,
  problem: { code: 'club-requirement', errors: [{ pointer: '', detail: `lacks ${what}` }] },
})

describe('an open club', () => {
  test('is joined and left by the app and at the desk, and says so to both', async () => {
    const guests = {
      ...{ id: 'guests', name: 'Our guests', since: '2026-03-10T12:00:00Z', until: null, inGrace: false, graceUntil: null },
      perks: ['A paper at breakfast'],
    }
    expect(await join('guests')).toMatchObject({ status: 201, replayed: false, body: { memberId: 'ada', club: guests } })
    hotel.travel('2026-03-11T12:00:00Z')
    expect(await join('guests')).toMatchObject({ status: 200, replayed: true, body: { club: guests } })
    expect(await clubsOf()).toEqual([guests])
    expect((await hotel.find({ card: '111' }))[0]?.clubs).toEqual([guests])
    expect(ok(await ada.ask(readMe, {})).clubs).toEqual([guests])

    const params = { memberId: 'ada', clubId: 'guests' }
    const left = { memberId: 'ada', clubId: 'guests', leftAt: '2026-03-11T12:00:00Z', refund: null }
    expect(await hotel.till.ask(leaveClubFor, { params })).toMatchObject({ status: 200, body: left })
    hotel.travel('2026-03-12T12:00:00Z')
    expect(await leave('guests')).toMatchObject({ status: 200, body: left })
    expect(await clubsOf()).toEqual([])
    expect(await hotel.till.ask(joinClubFor, { params, body: {} })).toMatchObject({ status: 201 })
    expect(await kinds()).toEqual(['club-joined guests', 'club-left guests', 'club-joined guests', 'enrolled'])
  })

  test('who never joined leaves all the same', async () => {
    expect(await leave('guests')).toMatchObject({ status: 200, body: { leftAt: null, refund: null } })
    expect(await leave('no-such-club')).toMatchObject({ status: 200, body: { leftAt: null } })
    expect(await kinds()).toEqual(['enrolled'])
  })

  test('what it gives is earned with it as ever: a purchase is none of its business', async () => {
    ok(await join('guests'))
    expect(ok(await hotel.sell('leeds:1', { id: 'ada' }, [1530])).points).toEqual({ earned: 15, pending: 0 })
    expect(await clubsOf()).toHaveLength(1)
  })

  test.each([
    ['no-such-club', { status: 404, problem: { code: 'club-unknown' } }],
    ['spa', lacks('one of the tiers silver, gold')],
    ['table', lacks('the clubs guests')],
  ])('%s is not joined so', async (clubId, outcome) => {
    expect(await join(clubId)).toMatchObject(outcome)
  })

  test('nobody joins who is closed', async () => {
    ok(await hotel.change('ada', { status: 'closed' }))
    expect(await join('guests')).toMatchObject(refused('member-closed'))
  })
})

test('all clubs: what I belong to, what I may join, and what I lack', async () => {
  const list = async () => ok(await ada.ask(readMyClubs, {})).items
  const told = async () => (await list()).map(({ id, status, lacking }) => ({ id, status, ...(lacking && { lacking }) }))
  expect(await told()).toEqual([
    { id: 'guests', status: 'may-join' },
    { id: 'table', status: 'may-not-join', lacking: { clubs: ['guests'] } },
    { id: 'spa', status: 'may-not-join', lacking: { tiers: ['silver', 'gold'] } },
    { id: 'season', status: 'may-not-join', lacking: { clubs: ['guests'] } },
  ])
  ok(await join('guests'))
  ok(await hotel.sell('leeds:1', { id: 'ada' }, [50_000]))
  expect(await told()).toEqual([
    { id: 'guests', status: 'joined' },
    { id: 'table', status: 'may-join' },
    { id: 'spa', status: 'may-join' },
    { id: 'season', status: 'may-join' },
  ])
  expect(await list()).toMatchObject([
    { kind: 'open', perks: ['A paper at breakfast'], membership: { since: '2026-03-10T12:00:00Z' }, events: [] },
    { kind: 'invitation', description: 'Eight seats', term: { months: 6 } },
    { kind: 'paid', fee: { amount: 36_500, currency: 'GBP' }, term: { months: 12 } },
    { kind: 'open', term: { months: 6, renews: true } },
  ])
})

describe('a club by invitation', () => {
  beforeEach(async () => void ok(await join('guests')))

  test('lets in who has a code, which is told once and used up by it', async () => {
    const made = await invite('i-1', { uses: 1 })
    expect(made).toMatchObject({ status: 201, body: { clubId: 'table', uses: 1, used: 0, expiresAt: null, status: 'good' } })
    const code = ok(made).code!
    expect(await invite('i-1', { uses: 1 })).toMatchObject({ status: 200, replayed: true, body: { code: null, status: 'good' } })
    expect(await invite('i-1', { uses: 2 })).toMatchObject(refused('id-reused'))
    expect([...(await hotel.dump()).values()].join()).not.toContain(code.replaceAll('-', ''))

    expect(await join('table', code.toLowerCase().replaceAll('-', ' '))).toMatchObject({
      status: 201,
      body: { club: { id: 'table', until: '2026-09-09T23:00:00Z' } },
    })
    expect(await join('table', code)).toMatchObject({ status: 200, replayed: true })
    expect(await invite('i-1', { uses: 1 })).toMatchObject({ body: { used: 1, status: 'used-up' } })

    ok(await leave('table'))
    expect(await join('table', code)).toMatchObject(refused('invitation-invalid'))
  })

  test('one code for many is good so many times', async () => {
    const code = await codeOf('i-1', { uses: 2 })
    const outcomes: number[] = []
    for (const guest of ['bert', 'cleo', 'dora']) {
      ok(await hotel.enrol(guest))
      const params = { memberId: guest, clubId: 'guests' }
      ok(await hotel.till.ask(joinClubFor, { params, body: {} }))
      outcomes.push((await hotel.till.ask(joinClubFor, { params: { ...params, clubId: 'table' }, body: { code } })).status)
    }
    expect(outcomes).toEqual([201, 201, 409])
    expect(await invite('i-1', { uses: 2 })).toMatchObject({ body: { used: 2, status: 'used-up' } })
  })

  test('no code, one that was mistyped, expired or void, and that of nobody are refused alike, and use nothing up', async () => {
    const expiring = await codeOf('i-1', { uses: 1, expiresAt: '2026-03-10T13:00:00Z' })
    const voided = await codeOf('i-2', { uses: 1 })
    const voiding = { params: { clubId: 'table', invitationId: 'i-2' } }
    for (let twice = 0; twice < 2; twice += 1) {
      expect(await marketing.ask(voidInvitation, voiding)).toMatchObject({ status: 200, body: { status: 'void', code: null } })
    }
    hotel.travel('2026-03-10T13:00:00Z')
    const good = await codeOf('i-3', { uses: 1 })
    const mistyped = `${good.slice(0, -1)}${good.endsWith('3') ? '4' : '3'}`
    const before = await hotel.dump()
    for (const code of [undefined, expiring, voided, mistyped, '3333-3333-3333-3333', 'nonsense']) {
      const { status, problem } = await join('table', code)
      expect({ code, status, problem }).toEqual({
        code,
        status: 409,
        problem: {
          ...{ type: 'urn:laurel:problem:invitation-invalid', title: 'This is no code that lets anybody in.' },
          ...{ status: 409, code: 'invitation-invalid' },
        },
      })
    }
    expect(await hotel.dump()).toEqual(before)
    expect(await join('table', good)).toMatchObject({ status: 201 })
    expect(await marketing.ask(voidInvitation, { params: { clubId: 'table', invitationId: 'i-9' } })).toMatchObject({
      status: 404,
      problem: { code: 'invitation-unknown' },
    })
  })

  test('only such a club has invitations', async () => {
    const ask = (clubId: string) => marketing.ask(makeInvitation, { params: { clubId, invitationId: 'i-1' }, body: { uses: 1 } })
    expect(await ask('guests')).toMatchObject(refused('club-without-invitation'))
    expect(await ask('nowhere')).toMatchObject({ status: 404, problem: { code: 'club-unknown' } })
  })

  test('its term ends by itself, when it is looked at or when the job runs', async () => {
    ok(await join('table', await codeOf('i-1', { uses: 1 })))
    hotel.travel('2026-09-09T22:59:59Z')
    expect(await clubsOf()).toHaveLength(2)
    hotel.travel('2026-09-09T23:00:00Z')
    expect(await clubsOf()).toHaveLength(1)
    expect((await hotel.laurel.settle('ada')).settled).toBe(1)
    expect((await kinds()).slice(0, 2)).toEqual(['club-lapsed table', 'club-joined table'])
  })
})

test('a term that renews is renewed by the job, as long as the member has what the club requires, and says so', async () => {
  ok(await join('guests'))
  ok(await join('season'))
  const seasonOf = async () => ok(await ada.ask(readMyClubs, {})).items.find(({ id }) => id === 'season')!
  expect(await seasonOf()).toMatchObject({ term: { months: 6, renews: true }, membership: { until: '2026-09-09T23:00:00Z' } })
  hotel.travel('2026-09-10T00:00:00Z')
  expect((await hotel.laurel.settle('ada')).settled).toBe(1)
  expect(await seasonOf()).toMatchObject({ status: 'joined', membership: { until: '2027-03-10T00:00:00Z' } })
  ok(await leave('guests'))
  hotel.travel('2027-03-10T00:00:00Z')
  expect(await seasonOf()).toMatchObject({ status: 'may-not-join', lacking: { clubs: ['guests'] } })
  expect((await hotel.laurel.settle('ada')).settled).toBe(1)
  expect((await kinds()).slice(0, 3)).toEqual(['club-lapsed season', 'club-left guests', 'club-renewed season'])
})

describe('a paid club', () => {
  beforeEach(async () => void ok(await hotel.sell('leeds:1', { id: 'ada' }, [50_000])))

  test('starts with its payment, is renewed by the next, passes through its grace and lapses', async () => {
    expect(await join('spa')).toMatchObject(refused('club-fee-due'))
    const club = { id: 'spa', since: '2026-03-10T12:00:00Z', until: '2027-03-10T00:00:00Z', graceUntil: '2027-03-24T00:00:00Z' }
    const first = await pay('pay-1')
    expect(first).toMatchObject({ status: 201, body: { paymentId: 'pay-1', club: { ...club, inGrace: false } } })
    expect(await pay('pay-1')).toMatchObject({ status: 200, replayed: true, body: { club } })
    expect(await pay('pay-1', { amount: 36_600 })).toMatchObject(refused('id-reused'))

    hotel.travel('2027-03-12T12:00:00Z')
    expect(await clubsOf()).toMatchObject([{ ...club, inGrace: true, perks: ['Dressing gown with your name'] }])
    expect(await pay('pay-2')).toMatchObject({ status: 201, body: { club: { until: '2028-03-10T00:00:00Z', inGrace: false } } })

    hotel.travel('2028-03-24T00:00:00Z')
    expect((await hotel.laurel.settle('ada')).settled).toBe(1)
    expect(await clubsOf()).toEqual([])
    expect((await kinds()).filter((kind) => kind.endsWith('spa'))).toEqual([
      ...['club-lapsed spa', 'club-grace spa', 'club-renewed spa', 'club-grace spa', 'club-joined spa'],
    ])
    // Replays tell the same whatever has become of it since.
    expect(await pay('pay-2', { occurredAt: '2027-03-12T12:00:00Z' })).toMatchObject({ status: 200, body: { club: null } })
  })

  test('pays what was not used back, once, and tells it as often as it is asked', async () => {
    ok(await pay('pay-1'))
    hotel.travel('2027-03-07T12:00:00Z')
    const refund = { amount: 200, currency: 'GBP', payments: [{ paymentId: 'pay-1', amount: 200 }] }
    expect(await leave('spa')).toMatchObject({ status: 200, body: { leftAt: '2027-03-07T12:00:00Z', refund } })
    hotel.travel('2027-03-08T12:00:00Z')
    expect(await leave('spa')).toMatchObject({ status: 200, body: { leftAt: '2027-03-07T12:00:00Z', refund } })
    expect((await kinds()).filter((kind) => kind === 'club-left spa')).toHaveLength(1)
    expect(await clubsOf()).toEqual([])
  })

  test.each([
    ['another amount', { amount: 36_499 }, 'spa', refused('club-fee-differs', '/amount')],
    ['another currency', { currency: 'EUR' }, 'spa', { status: 422, problem: { code: 'currency-mismatch' } }],
    ['a club without a fee', {}, 'guests', refused('club-without-fee')],
    ['a club that is not there', {}, 'nowhere', { status: 404, problem: { code: 'club-unknown' } }],
    ['two days ahead', { occurredAt: '2026-03-12T12:00:00Z' }, 'spa', { status: 422, problem: { code: 'occurred-in-future' } }],
  ])('%s is refused and stores nothing', async (_what, body, clubId, outcome) => {
    const before = await hotel.dump()
    expect(await pay('pay-1', body, clubId)).toMatchObject(outcome)
    expect(await hotel.dump()).toEqual(before)
  })

  test('who holds no such tier pays in vain', async () => {
    ok(await hotel.enrol('bert'))
    const params = { memberId: 'bert', clubId: 'spa', paymentId: 'pay-1' }
    const body = { occurredAt: hotel.now, amount: 36_500, currency: 'GBP' }
    expect(await hotel.till.ask(payForClub, { params, body })).toMatchObject(refused('club-requirement'))
    expect(await hotel.till.ask(payForClub, { params: { ...params, memberId: 'nobody' }, body })).toMatchObject({ status: 404 })
  })
})
