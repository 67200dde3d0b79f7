import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { recordEvent } from '../../functions/contract/events.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { readExplanation } from '../../functions/contract/purchases.ts'
import { simulatePurchase } from '../../functions/contract/simulation.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { back, Journey } from './journey.ts'

/** What campaigns of other triggers than a purchase do, as marketing sees it by a simulation, and as it then happens. */

const campaigns: readonly Campaign[] = [
  {
    ...{ id: 'friends', trigger: 'referral', effect: { points: 100 }, referrer: { effect: { points: 200 } } },
    ...{ when: { spendAtLeast: { amount: 2000 } }, limits: { budget: 550 } },
  },
  { id: 'to-silver', trigger: { tierReached: 'silver' }, effect: { points: 50 } },
  { id: 'to-silver-in-may', trigger: { tierReached: 'silver' }, when: { dates: { from: '2026-05-01' } }, effect: { points: 5 } },
  { id: 'hello-regular', trigger: { clubJoined: 'regulars' }, effect: { badge: 'regular' } },
  { id: 'hello-silver', trigger: { clubJoined: 'regulars' }, when: { tier: ['silver'] }, effect: { points: 7 } },
  { id: 'hello', trigger: 'enrolment', effect: { points: 10 } },
  { id: 'cake', trigger: 'birthday', when: { club: ['regulars'] }, effect: { points: 30 } },
  {
    ...{ id: 'barista', trigger: { event: 'training' }, when: { store: ['leeds'] }, effect: { points: 40 } },
    limits: { perMember: [{ window: 'year', times: 1 }] },
  },
  { id: 'expert', trigger: { event: 'exam' }, effect: { tierCredit: 50_000 } },
]
const clubs: ProgrammeDocument['clubs'] = [
  {
    ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying', perks: ['Your usual room'] },
    qualifies: { metric: 'visits', atLeast: 3, period: { rollingMonths: 12 } },
  },
]
const document = programmeDocument.parse({ ...demoProgramme, clubs, campaigns })

let shop: Journey
let members: string[]

beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T10:00:00Z')
  await createProgramme(laurel.runtime.store, 'shop', document, laurel.now)
  // The same shop as it is without any of it, for which the document is a draft.
  await createProgramme(laurel.runtime.store, 'plain', demoProgramme, laurel.now)
  await open('shop', laurel)
})
afterEach(() => shop.end(...members))

async function open(programme: string, laurel = shop.laurel) {
  shop = await Journey.in(laurel, programme)
  members = []
}

async function enrol(member: string, referredBy?: string) {
  ok(await shop.enrol(member, referredBy === undefined ? {} : { referredBy }))
  members.push(member)
}

type Body = Asked<typeof simulatePurchase>['body']
type Told = ReturnType<typeof ok<typeof simulatePurchase>>

const simulate = async (body: Omit<Body, 'under'>, under: Body['under'] = { revision: 1 }) =>
  ok(await shop.office.ask(simulatePurchase, { body: { ...body, under } }))
const basketOf = (amount: number): NonNullable<Body['basket']> => {
  const { member: _, ...basket } = shop.saleOf('leeds:', { id: '' }, [amount])
  return basket
}
const buy = async (id: string, member: string, amount: number) => ok(await shop.sell(id, { id: member }, [amount]))
/** Buys on so many days before today. */
async function visit(member: string, days: number) {
  for (let day = 1; day <= days; day += 1) {
    ok(await shop.sell(`leeds:${member}:${day}`, { id: member }, [100], { occurredAt: `2026-02-0${day}T10:00:00Z` }))
  }
}

const explained = async (purchaseId: string) => ok(await shop.office.ask(readExplanation, { params: { purchaseId } }))

const worth = async (member: string) => {
  const { available, pending, debt } = await shop.standing(member)
  return available + pending - debt
}
const clubsOf = async (member: string) => (await shop.member(member)).clubs
const pointsFor = ({ follows = [] }: Told, side: 'member' | 'referrer') =>
  follows.reduce((sum, one) => sum + (one.for === side ? (one.points ?? 0) : 0), 0)

describe('a simulated basket tells what follows from it, and it does', () => {
  test('a friend’s first: both sides’ bonus, the limits that are left, and then no more', async () => {
    await enrol('ada')
    await enrol('bea', 'ada')
    const before = [await worth('ada'), await worth('bea')]
    const told = await simulate({ basket: basketOf(2000), member: { id: 'bea' } })
    expect(told).toMatchObject({ points: { earned: 20 }, explanation: [] })
    const friends = { campaign: 'friends', revision: 1, trigger: 'referral', applied: true }
    expect(told.follows).toEqual([
      { ...friends, for: 'member', memberId: 'bea', points: 100 },
      { ...friends, for: 'referrer', memberId: 'ada', points: 200 },
    ])
    expect(told.limits).toEqual([{ campaign: 'friends', perMember: [], budget: 250 }])
    expect(told).not.toHaveProperty('clubs')
    await buy('leeds:1', 'bea', 2000)
    expect([await worth('ada'), await worth('bea')]).toEqual([
      before[0]! + pointsFor(told, 'referrer'),
      before[1]! + told.points.earned + pointsFor(told, 'member'),
    ])
    expect((await explained('leeds:1')).follows).toEqual(told.follows)
    const again = await simulate({ basket: basketOf(2000), member: { id: 'bea' } })
    await buy('leeds:2', 'bea', 2000)
    expect((await explained('leeds:2')).follows).toEqual(again.follows)
    expect(again.follows).toEqual([
      {
        campaign: 'friends',
        revision: 1,
        trigger: 'referral',
        for: 'member',
        memberId: 'bea',
        applied: false,
        because: 'given-before',
      },
    ])
  })

  test('a friend’s that does not qualify, one whose friend is closed, and what a budget cuts', async () => {
    for (const [friend, by] of [
      ['bea', 'ada'],
      ['dora', 'cleo'],
      ['eve', 'ada'],
    ] as const) {
      if (!members.includes(by)) await enrol(by)
      await enrol(friend, by)
    }
    const small = await simulate({ basket: basketOf(1999), member: { id: 'bea' } })
    const failed = { campaign: 'friends', applied: false, because: 'condition', failed: '/when/spendAtLeast' }
    expect(small.follows).toMatchObject([
      { ...failed, for: 'member' },
      { ...failed, for: 'referrer' },
    ])
    await buy('leeds:0', 'bea', 1999)
    expect((await explained('leeds:0')).follows).toEqual(small.follows)
    ok(await shop.change('cleo', { status: 'closed' }))
    expect((await simulate({ basket: basketOf(2000), member: { id: 'dora' } })).follows).toMatchObject([
      { for: 'member', applied: true, points: 100 },
      { for: 'referrer', applied: false, because: 'closed' },
    ])
    await buy('leeds:1', 'bea', 2000)
    const cut = await simulate({ basket: basketOf(2000), member: { id: 'eve' } })
    expect(cut.follows).toMatchObject([
      { for: 'member', points: 100 },
      { for: 'referrer', points: 150, cut: { limit: 'budget', wanted: 200 } },
    ])
    const before = await worth('ada')
    await buy('leeds:2', 'eve', 2000)
    expect(await worth('ada')).toBe(before + 150)
    expect((await explained('leeds:2')).follows).toEqual(cut.follows)
    const shut = { applied: false, because: 'limit' }
    expect((await simulate({ basket: basketOf(2000), member: { id: 'dora' } })).follows).toMatchObject([
      { ...shut, for: 'member', limit: 'budget' },
      { ...shut, for: 'referrer', limit: 'budget' },
    ])
    await buy('leeds:3', 'dora', 2000)
    expect((await explained('leeds:3')).follows).toMatchObject([shut, shut])
    // It had come back before it arrived: what was kept of it did not qualify.
    await shop.bring('leeds:4', 'r-1', [back('1', 2000)])
    await buy('leeds:4', 'dora', 2000)
    expect((await explained('leeds:4')).follows).toMatchObject([{ because: 'lines' }, { because: 'lines' }])
  })

  test('a third visit that brings silver, too: the club with its perks, and what both are worth', async () => {
    await enrol('ada')
    await visit('ada', 2)
    const before = await worth('ada')
    const dump = await shop.dump()
    const told = await simulate({ basket: basketOf(50_000), member: { id: 'ada' } })
    expect(await shop.dump()).toEqual(dump)
    expect(told.tier).toEqual({ before: 'bronze', after: 'silver' })
    expect(told.clubs).toMatchObject({ before: [], after: [{ id: 'regulars', name: 'Regulars', perks: ['Your usual room'] }] })
    expect(told.follows).toMatchObject([
      { campaign: 'to-silver', trigger: { tierReached: 'silver' }, applied: true, points: 50 },
      { campaign: 'to-silver-in-may', applied: false, because: 'condition', failed: '/when/dates' },
      { campaign: 'hello-regular', trigger: { clubJoined: 'regulars' }, applied: true, gift: { badge: 'regular' } },
      { campaign: 'hello-silver', applied: true, points: 7 },
    ])
    await buy('leeds:1', 'ada', 50_000)
    expect(await worth('ada')).toBe(before + told.points.earned + pointsFor(told, 'member'))
    expect(await clubsOf('ada')).toEqual(told.clubs!.after)
    expect(await explained('leeds:1')).toMatchObject({ clubsJoined: ['regulars'], follows: told.follows })
    expect(await explained('leeds:ada:2')).not.toHaveProperty('follows')
    const next = await simulate({ basket: basketOf(100), member: { id: 'ada' } })
    expect(next.clubs).toEqual({ before: told.clubs!.after, after: told.clubs!.after })
    expect(next).not.toHaveProperty('follows')
  })

  test('under a draft as it will be once that is published: clubs count what was before', async () => {
    await open('plain')
    await enrol('ada')
    await enrol('bea', 'ada')
    await visit('bea', 2)
    const under = { document } as never
    const third = await simulate({ basket: basketOf(2000), member: { id: 'bea' } }, under)
    expect(third).toMatchObject({ revision: 2, clubs: { before: [], after: [{ id: 'regulars' }] } })
    expect(third.follows!.map(({ campaign, revision, for: side, points }) => [campaign, revision, side, points])).toEqual([
      ['friends', 2, 'member', 100],
      ['friends', 2, 'referrer', 200],
      ['hello-regular', 2, 'member', 0],
      ['hello-silver', 2, 'member', undefined],
    ])
    await buy('leeds:1', 'bea', 2000)
    const fourth = await simulate({ basket: basketOf(2000), member: { id: 'bea' } }, under)
    expect(fourth.clubs).toMatchObject({ before: [{ id: 'regulars' }], after: [{ id: 'regulars' }] })
    // As she was after her first visit: this is the second.
    const then = { basket: { ...basketOf(2000), occurredAt: '2026-02-01T12:00:00Z' }, at: '2026-02-01T12:00:00Z' }
    const second = await simulate({ ...then, member: { id: 'bea' } }, under)
    expect(second).not.toHaveProperty('clubs')
    expect(await simulate({ basket: basketOf(2000), member: { id: 'bea' } }, { revision: 1 })).not.toHaveProperty('follows')
  })
})

describe('a made-up member', () => {
  const madeUp = (facts: Extract<Body['member'], { madeUp: unknown }>['madeUp']) => ({ madeUp: facts })

  test.each([
    [{ visits: 1 }, [], []],
    [{ visits: 2 }, [], ['regulars']],
    [{ visits: 3 }, ['regulars'], ['regulars']],
    [{ clubs: ['regulars'] }, ['regulars'], ['regulars']],
  ])('of %j belongs to %j before the sale and to %j after', async (facts, before, after) => {
    const { clubs: told = { before: [], after: [] } } = await simulate({ basket: basketOf(100), member: madeUp(facts) })
    expect([told.before, told.after].map((some) => some.map(({ id }) => id))).toEqual([before, after])
  })

  test('whom another recommended: both sides’ bonus, with a full budget, of nobody by name', async () => {
    await enrol('made-up')
    await enrol('friend', 'made-up')
    await buy('leeds:1', 'friend', 2000)
    const told = await simulate({ basket: basketOf(2000), member: madeUp({ referred: true }) })
    expect(told.follows).toMatchObject([
      { for: 'member', memberId: null, points: 100 },
      { for: 'referrer', memberId: null, points: 200 },
    ])
    expect(told.limits).toMatchObject([{ campaign: 'friends', budget: 250 }])
  })

  test.each([
    ['spend', 49_900],
    ['points', 499],
    ['purchases', 9],
    ['visits', 9],
  ] as const)('comes up a tier that counts %s', async (metric, amount) => {
    const threshold = metric === 'spend' ? 50_000 : metric === 'points' ? 500 : 10
    const [bronze, silver] = demoProgramme.tiers.levels
    const tiers = { ...demoProgramme.tiers, metric, levels: [bronze!, { ...silver!, threshold }] }
    const under = { document: { ...document, tiers, campaigns: campaigns.filter(({ id }) => id === 'to-silver') } } as never
    const told = await simulate({ basket: basketOf(100), member: madeUp({ [metric]: amount }) }, under)
    expect(told.tier).toEqual({ before: 'bronze', after: 'silver' })
    expect(told.follows).toMatchObject([{ campaign: 'to-silver', applied: true, points: 50 }])
    const short = await simulate({ basket: basketOf(100), member: madeUp({ [metric]: amount - 1 }) }, under)
    expect(short.tier).toEqual({ before: 'bronze', after: 'bronze' })
    expect(short).not.toHaveProperty('follows')
  })
})

describe('a simulated occasion', () => {
  const occasion = (trigger: NonNullable<Body['occasion']>['trigger'], storeId?: string) => ({
    trigger,
    ...(storeId !== undefined && { storeId }),
  })

  test('tells what its campaigns give, and why not', async () => {
    const member = { madeUp: {} }
    expect(await simulate({ occasion: occasion('enrolment'), member })).toMatchObject({
      ...{ memberId: null, at: shop.now, revision: 1, tier: { before: 'bronze', after: 'bronze' } },
      points: { earned: 10, pending: 0, spendableAt: null, expiresAt: '2027-03-31T23:00:00Z' },
      awards: [{ source: 'hello', points: 10 }],
      explanation: [{ campaign: 'hello', applied: true, points: 10 }],
      limits: [],
    })
    const birthday = await simulate({ occasion: occasion('birthday'), member })
    const failed = { campaign: 'cake', applied: false, because: 'condition', failed: '/when/club' }
    expect(birthday).toMatchObject({ points: { earned: 0 }, awards: [], explanation: [failed] })
    expect(await simulate({ occasion: occasion('birthday'), member: { madeUp: { visits: 3 } } })).toMatchObject({
      points: { earned: 30 },
    })
    expect(await simulate({ occasion: occasion('anniversary'), member })).toMatchObject({
      points: { earned: 0 },
      explanation: [],
    })
    expect(await simulate({ occasion: occasion({ clubJoined: 'regulars' }), member })).toMatchObject({
      gifts: [{ source: 'hello-regular', badge: 'regular' }],
      explanation: [
        { campaign: 'hello-regular', applied: true },
        { campaign: 'hello-silver', applied: false, failed: '/when/tier' },
      ],
    })
    expect(await simulate({ occasion: occasion({ tierReached: 'silver' }), member })).toMatchObject({ points: { earned: 50 } })
  })

  test('of a real member: an event as it then is, within the limits that are left, and what was given already', async () => {
    await enrol('ada')
    const member = { id: 'ada' }
    const training = { member, occasion: occasion({ event: 'training' }, 'leeds') }
    expect((await simulate({ ...training, occasion: occasion({ event: 'training' }) })).explanation).toMatchObject([
      { campaign: 'barista', applied: false, failed: '/when/store' },
    ])
    const told = await simulate(training)
    expect(told).toMatchObject({
      points: { earned: 40 },
      limits: [{ campaign: 'barista', perMember: [{ window: 'year', times: 0 }] }],
    })
    const post = async (eventId: string, type: string) => {
      const body = { member, type, storeId: 'leeds', occurredAt: shop.now }
      return ok(await shop.till.ask(recordEvent, { params: { eventId }, body }))
    }
    expect((await post('t-1', 'training')).points.earned).toBe(told.points.earned)
    expect((await simulate(training)).explanation).toMatchObject([{ applied: false, because: 'limit', limit: 'per-member' }])
    expect((await simulate({ member, occasion: occasion('enrolment') })).explanation).toMatchObject([
      { campaign: 'hello', applied: false, because: 'given-before' },
    ])
  })

  test('leads on: credit for tiers brings one, which is worth something itself', async () => {
    await enrol('ada')
    const told = await simulate({ member: { id: 'ada' }, occasion: occasion({ event: 'exam' }) })
    expect(told).toMatchObject({
      tier: { before: 'bronze', after: 'silver' },
      gifts: [{ source: 'expert', tierCredit: 50_000 }],
      follows: [{ campaign: 'to-silver', applied: true, points: 50 }, { campaign: 'to-silver-in-may' }],
    })
  })
})
