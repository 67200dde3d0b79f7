import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { joinClubFor, leaveClubFor, payForClub } from '../../functions/contract/clubs.ts'
import { joinMyClub, leaveMyClub, readMyClubs } from '../../functions/contract/my-clubs.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import type { Club } from '../../functions/domain/club.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Client, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { back, Journey, line } from './journey.ts'

/** A hotel that takes its regulars, its spa’s guests and its best customers into clubs, without being asked. */
const clubs: readonly Club[] = [
  {
    ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying', perks: ['Your usual room'], multiplier: 20_000 },
    qualifies: { metric: 'visits', atLeast: 3, period: { rollingMonths: 12 }, keep: 'while-met' },
  },
  {
    ...{ id: 'spa', name: 'Friends of the spa', kind: 'qualifying' },
    qualifies: { metric: 'items', category: ['spa'], atLeast: 5, period: 'calendar-year' },
  },
  { id: 'best', name: 'Our best', kind: 'qualifying', qualifies: { tier: ['silver', 'gold'] } },
  { id: 'welcome', name: 'Welcome', kind: 'qualifying', qualifies: { tier: ['bronze'] } },
  { id: 'inner', name: 'Inner circle', kind: 'open', requires: { clubs: ['regulars'] } },
]

let hotel: Journey
let ada: Client

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'hotel', { ...demoProgramme, clubs }, laurel.now)
  hotel = await Journey.in(laurel, 'hotel')
})

afterEach(() => hotel.end('ada'))

/** Enrols Ada: what it is told of her clubs. */
async function enrol() {
  const told = ok(await hotel.enrol('ada', { card: '111' })).clubs.map(({ id }) => id)
  ada = await hotel.app('ada')
  return told
}
const clubsOf = async () => (await hotel.member('ada')).clubs.map(({ id }) => id)
const stay = async (date: string, id = `leeds:${date}`, amount = 1000) => {
  hotel.travel(`2026-${date}T12:00:00Z`)
  return ok(await hotel.sell(id, { id: 'ada' }, [amount]))
}
const kinds = async (clubId: string) =>
  (await hotel.activity('ada')).flatMap((item) => (item.clubId === clubId ? [`${item.kind} ${item.at.slice(0, 10)}`] : []))
const offer = async (id: string) => ok(await ada.ask(readMyClubs, {})).items.find((club) => club.id === id)
const join = (clubId: string) => ada.ask(joinMyClub, { params: { clubId }, body: {} })
const refused = (code: string) => ({ status: 409, problem: { code } })

describe('regulars', () => {
  beforeEach(async () => expect(await enrol()).toEqual(['welcome']))

  test('are taken in at the third stay, which itself earns as before, and see how far they are', async () => {
    await stay('03-11')
    expect(await offer('regulars')).toMatchObject({
      ...{ kind: 'qualifying', status: 'may-not-join' },
      progress: { metric: 'visits', current: 1, needed: 2, by: '2026-03-31T23:00:00Z', until: null },
    })
    await stay('03-12')
    expect((await stay('04-13')).points.earned).toBe(10)
    expect(await clubsOf()).toEqual(['regulars', 'welcome'])
    expect((await hotel.find({ card: '111' }))[0]?.clubs[0]).toMatchObject({ id: 'regulars', perks: ['Your usual room'] })
    expect(await offer('regulars')).toMatchObject({
      ...{ status: 'joined', membership: { since: '2026-04-13T12:00:00Z', until: null } },
      progress: { current: 3, needed: 0, until: '2027-03-01T00:00:00Z' },
    })
    expect((await stay('04-14')).points.earned).toBe(20)
    expect(await join('inner')).toMatchObject({ status: 201 })
  })

  test('who brings a whole visit back is let go at once, and taken in again by another', async () => {
    for (const date of ['03-11', '03-12', '03-13']) await stay(date)
    expect(ok(await hotel.bring('leeds:03-12', 'r-1', [back('1', 1000)]))).toMatchObject({ status: 'booked' })
    expect(await clubsOf()).toEqual(['welcome'])
    await stay('03-14')
    expect(await clubsOf()).toEqual(['regulars', 'welcome'])
    expect(await kinds('regulars')).toEqual([...['club-joined 2026-03-14', 'club-lapsed 2026-03-13', 'club-joined 2026-03-13']])
  })

  test('a return that waits for its sale takes the visit with it', async () => {
    for (const date of ['03-11', '03-12']) await stay(date)
    ok(await hotel.bring('leeds:late', 'r-1', [back('1', 1000)]))
    await stay('03-13', 'leeds:late')
    expect(await clubsOf()).toEqual(['welcome'])
  })

  test('a purchase without a card counts on its day once it is theirs', async () => {
    for (const date of ['03-11', '03-12']) await stay(date)
    ok(await hotel.sellUnnamed('leeds:forgotten', [1000]))
    await stay('03-12', 'leeds:evening')
    hotel.travel('2026-03-14T12:00:00Z')
    ok(await hotel.sellUnnamed('leeds:other', [1000]))
    hotel.travel('2026-03-15T12:00:00Z')
    ok(await hotel.attach('leeds:forgotten', { id: 'ada' }, 'their receipt'))
    expect(await clubsOf()).toEqual(['welcome'])
    ok(await hotel.attach('leeds:other', { id: 'ada' }, 'their receipt'))
    expect(await clubsOf()).toEqual(['regulars', 'welcome'])
  })

  test('lapse when the window runs out, when they are looked at or when the job runs', async () => {
    for (const date of ['03-11', '03-12', '03-13']) await stay(date)
    hotel.travel('2027-02-28T23:59:59Z')
    expect(await clubsOf()).toContain('regulars')
    hotel.travel('2027-03-01T00:00:00Z')
    expect(await clubsOf()).toEqual(['welcome'])
    expect((await hotel.laurel.settle('ada')).settled).toBe(1)
    expect((await kinds('regulars'))[0]).toBe('club-lapsed 2027-03-01')
  })

  test('who leaves is not taken in before they ask; who does not qualify asks in vain, and nobody pays for it', async () => {
    expect(await join('regulars')).toMatchObject(refused('club-requirement'))
    expect(await hotel.till.ask(joinClubFor, { params: { memberId: 'ada', clubId: 'spa' }, body: {} })).toMatchObject(
      refused('club-requirement'),
    )
    for (const date of ['03-11', '03-12', '03-13']) await stay(date)
    ok(await ada.ask(leaveMyClub, { params: { clubId: 'regulars' } }))
    await stay('03-14')
    expect(await clubsOf()).toEqual(['welcome'])
    expect(await offer('regulars')).toMatchObject({ status: 'may-join', progress: { current: 4, needed: 0, until: null } })
    expect(await join('regulars')).toMatchObject({ status: 201, body: { club: { id: 'regulars' } } })
    expect(await join('regulars')).toMatchObject({ status: 200, replayed: true })
    const params = { memberId: 'ada', clubId: 'regulars', paymentId: 'p-1' }
    const body = { occurredAt: hotel.now, amount: 100, currency: 'GBP' }
    expect(await hotel.till.ask(payForClub, { params, body })).toMatchObject(refused('club-without-fee'))
    expect(await hotel.till.ask(leaveClubFor, { params: { memberId: 'ada', clubId: 'regulars' } })).toMatchObject({ status: 200 })
    expect(await clubsOf()).toEqual(['welcome'])
  })
})

test('friends of the spa are counted by the pieces that they keep', async () => {
  await enrol()
  const towels = (quantity: number) => ({ ...line('1', 5000, quantity), categories: ['spa'] })
  ok(await hotel.sell('leeds:1', { id: 'ada' }, [towels(4), line('2', 100, 9)]))
  expect(await offer('spa')).toMatchObject({ status: 'may-not-join', progress: { metric: 'items', current: 4, needed: 1 } })
  ok(await hotel.sell('leeds:2', { id: 'ada' }, [towels(1)]))
  expect(await clubsOf()).toContain('spa')
  ok(await hotel.bring('leeds:1', 'r-1', [back('1', 1250)]))
  expect(await clubsOf()).not.toContain('spa')
})

test('the best are whoever holds the tier, bought or given', async () => {
  await enrol()
  expect(await offer('best')).toMatchObject({ status: 'may-not-join', lacking: { tiers: ['silver', 'gold'] } })
  const grant = { params: { id: 'ada', grantId: 'g-1' }, body: { tier: 'gold', until: '2026-06-01', reason: 'a bad night' } }
  ok(await hotel.office.ask(grantTier, grant))
  expect(await clubsOf()).toEqual(['best'])
  ok(await hotel.office.ask(endTierGrant, { params: grant.params }))
  expect(await clubsOf()).toEqual(['welcome'])
  await stay('03-12', 'leeds:suite', 60_000)
  expect(await clubsOf()).toEqual(['best'])
})
