import { afterEach, describe, expect, test } from 'vitest'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { quotePurchase } from '../../functions/contract/purchases.ts'
import { recordStaffEvent } from '../../functions/contract/staff-events.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Asked, ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { publishNext } from '../support/publish.ts'
import { back, Journey } from './journey.ts'

let shop: Journey
let members: string[]

afterEach(() => shop.end(...members))

/** A shop whose programme has some campaigns. */
async function open(campaigns: readonly Campaign[], more: Partial<typeof demoProgramme> = {}, now = '2026-03-10T10:00:00Z') {
  const laurel = await Laurel.start(now)
  const document = programmeDocument.parse({ ...demoProgramme, ...more, campaigns })
  await createProgramme(laurel.runtime.store, 'bonus', document, laurel.now)
  shop = await Journey.in(laurel, 'bonus')
  members = []
}

async function enrol(member: string, body: Parameters<Journey['enrol']>[1] = {}) {
  ok(await shop.enrol(member, body))
  members.push(member)
}

type EventBody = Asked<typeof recordEvent>['body']
const eventOf = (member: string, more: Partial<EventBody> = {}): EventBody => {
  return { member: { id: member }, type: 'training', occurredAt: shop.now, ...more }
}
const happen = (eventId: string, body: EventBody, explain = false) =>
  shop.till.ask(recordEvent, { params: { eventId }, body, query: explain ? { explain: 'true' } : {} })
const undo = (eventId: string) => shop.till.ask(undoEvent, { params: { eventId } })

const available = async (member: string) => (await shop.standing(member)).available
const bonusesOf = async (member: string) =>
  (await shop.activity(member)).flatMap(({ kind, trigger, sources, points }) =>
    kind.startsWith('bonus') ? [`${kind} ${trigger}: ${sources?.join(', ')} ${points}`] : [],
  )

const give = (id: string, trigger: Campaign['trigger'], points: number, more: Partial<Campaign> = {}): Campaign => {
  return { id, trigger, effect: { points }, ...more }
}

describe('enrolment', () => {
  test('is worth a bonus once, at a till and by a card alone', async () => {
    await open([give('hello', 'enrolment', 50)])
    const first = ok(await shop.enrol('ada', { name: 'Ada' }))
    members.push('ada')
    expect(first.balance).toMatchObject({ available: 50, expiring: [{ points: 50, expiresAt: '2027-03-31T23:00:00Z' }] })
    expect(await shop.enrol('ada', { name: 'Ada' })).toMatchObject({ status: 200, body: { balance: { available: 50 } } })
    const sold = ok(await shop.sell('leeds:1', { card: '6335550009' }, [1000]))
    expect(sold).toMatchObject({ points: { earned: 10 }, balance: { available: 60 } })
    members.push(sold.memberId)
    expect(await bonusesOf(sold.memberId)).toEqual(['bonus enrolment: hello 50'])
    ok(await shop.enrol(sold.memberId, { name: 'Bea' }))
    expect(await available(sold.memberId)).toBe(60)
  })

  test('is told in the quote of a card that nobody has, apart from the purchase, which is judged after it', async () => {
    await open([
      give('hello', 'enrolment', 50),
      { id: 'status', trigger: 'enrolment', effect: { tierCredit: 50_000 } },
      give('silver', { tierReached: 'silver' }, 25, { limits: { budget: 60 } }),
      { id: 'badge', trigger: 'enrolment', effect: { badge: 'spring' } },
      give('other', 'enrolment', 5, { when: { birthdayMonth: true } }),
    ])
    const before = await shop.dump()
    const quoted = ok(await shop.quote({ card: '6335550009' }, [1000]))
    expect(await shop.dump()).toEqual(before)
    const award = (source: string, points: number) => ({ source, revision: 1, points, lines: [] })
    expect(quoted).toMatchObject({
      memberId: null,
      // A silver member's, by the credit that the enrolment gives.
      points: { earned: 12 },
      enrolment: {
        points: { earned: 75 },
        awards: [award('hello', 50), award('silver', 25)],
        gifts: [
          { source: 'status', revision: 1, tierCredit: 50_000 },
          { source: 'badge', revision: 1, badge: 'spring' },
        ],
      },
      balance: { available: 0 },
      tier: { id: 'bronze' },
    })
    const sold = ok(await shop.sell('leeds:1', { card: '6335550009' }, [1000]))
    expect(sold).toMatchObject({
      points: quoted.points,
      awards: quoted.awards,
      balance: { available: 87 },
      tier: { id: 'silver' },
    })
    members.push(sold.memberId)
    // A member has no enrolment before them, and whoever says nothing may be a member.
    expect(ok(await shop.quote({ card: '6335550009' }, [1000])).enrolment).toBeUndefined()
    const { member: _, ...nobodys } = shop.saleOf('leeds:', { id: 'nobody' }, [1000])
    expect(ok(await shop.till.ask(quotePurchase, { body: nobodys })).enrolment).toBeUndefined()
    // What is left of the budget is all that the next but one can have.
    members.push(ok(await shop.sell('leeds:2', { card: '2' }, [0])).memberId)
    expect(ok(await shop.quote({ card: '3' }, [1000])).enrolment).toMatchObject({
      points: { earned: 60 },
      awards: [{}, { source: 'silver', points: 10, cut: { limit: 'budget', wanted: 25 } }],
    })
  })

  test('gives the best of a group, and only whom the conditions mean', async () => {
    await open([
      give('low', 'enrolment', 10, { exclusive: 'hello' }),
      give('high', 'enrolment', 30, { exclusive: 'hello', when: { weekdays: ['tue'] } }),
      { id: 'badge', trigger: 'enrolment', effect: { badge: 'spring' }, when: { birthdayMonth: true } },
    ])
    await enrol('ada')
    await enrol('bea', { birthday: '1990-03-30' })
    shop.travel('2026-03-11T10:00:00Z')
    await enrol('cleo')
    expect(await Promise.all(members.map(available))).toEqual([30, 30, 10])
    expect((await shop.member('bea')).gifts).toEqual([{ badge: 'spring', count: 1 }])
    expect((await shop.member('ada')).gifts).toBeUndefined()
  })
})

describe('an event', () => {
  test('counts once for its id, from a till or the office', async () => {
    await open([give('course', { event: 'training' }, 40)])
    await enrol('ada', { card: '6335550001' })
    const body = eventOf('ada', { attributes: { hours: 2, course: 'coffee' } })
    expect(await happen('e-1', body)).toMatchObject({
      status: 201,
      body: { type: 'training', points: { earned: 40 }, awards: [{ source: 'course', points: 40, lines: [] }] },
    })
    const office = (asked: Asked<typeof recordStaffEvent>) => shop.office.ask(recordStaffEvent, asked)
    const turned = { ...body, member: { id: 'ada' }, attributes: { course: 'coffee', hours: 2 } }
    expect(await office({ params: { eventId: 'e-1' }, body: turned })).toMatchObject({ status: 200, replayed: true })
    expect(await happen('e-1', { ...body, attributes: { hours: 3 } })).toMatchObject({ problem: { code: 'id-reused' } })
    expect(await happen('e-2', { ...body, member: { card: '6335550001' } })).toMatchObject({ status: 201 })
    ok(await shop.change('ada', { status: 'closed' }))
    expect(await happen('e-3', body)).toMatchObject({ status: 409, problem: { code: 'member-closed' } })
    expect(await happen('e-1', body)).toMatchObject({ status: 200, replayed: true, body: { points: { earned: 40 } } })
    expect(await available('ada')).toBe(80)
    expect(await bonusesOf('ada')).toEqual(Array(2).fill('bonus event training: course 40'))
  })

  test('that no campaign is for is taken, gives nothing, and its id is used', async () => {
    await open([give('course', { event: 'training' }, 40)])
    await enrol('ada')
    expect(await happen('e-1', eventOf('ada', { type: 'survey' }), true)).toMatchObject({
      status: 201,
      body: { points: { earned: 0 }, awards: [], explanation: [] },
    })
    expect(await happen('e-1', eventOf('ada'))).toMatchObject({ problem: { code: 'id-reused' } })
  })

  test('refused stores nothing', async () => {
    await open([give('course', { event: 'training' }, 40)], { stores: [{ id: 'leeds' }] })
    await enrol('ada')
    const before = await shop.dump()
    const refused = [
      [eventOf('nobody'), 404, 'member-unknown'],
      [eventOf('ada', { member: { card: '6335550077' } }), 404, 'member-unknown'],
      [eventOf('ada', { storeId: 'york' }), 422, 'store-unknown'],
      [eventOf('ada', { occurredAt: '2026-03-12T10:00:00Z' }), 422, 'occurred-in-future'],
      [eventOf('ada', { type: 'a b' }), 422, 'invalid-body'],
      [eventOf('ada', { attributes: { note: 1.5 } }), 422, 'invalid-body'],
    ] as const
    for (const [body, status, code] of refused) {
      expect(await happen('e-1', body)).toMatchObject({ status, problem: { code } })
    }
    expect(await undo('e-1')).toMatchObject({ status: 404, problem: { code: 'event-unknown' } })
    expect(await shop.dump()).toEqual(before)
  })

  test('is judged by what was in force when it happened, within the limits of then', async () => {
    const limits = { perMember: [{ window: 'month', times: 1 }], budget: 100 } as const
    await open([give('march', { event: 'training' }, 40, { limits, schedule: { until: '2026-04-01T00:00:00Z' } })])
    await enrol('ada')
    await enrol('bea')
    await enrol('cleo')
    shop.travel('2026-04-05T10:00:00Z')
    const late = { occurredAt: '2026-03-20T10:00:00Z' }
    expect(ok(await happen('e-1', eventOf('ada', late))).points).toEqual({ earned: 40 })
    expect(ok(await happen('e-2', eventOf('ada', late), true)).explanation).toMatchObject([
      { campaign: 'march', applied: false, because: 'limit', limit: 'per-member' },
    ])
    expect(ok(await happen('e-3', eventOf('ada'), true)).explanation).toEqual([])
    expect(ok(await happen('e-4', eventOf('bea', late))).points).toEqual({ earned: 40 })
    expect(ok(await happen('e-5', eventOf('cleo', late))).awards).toMatchObject([
      { points: 20, cut: { limit: 'budget', wanted: 40 } },
    ])
  })

  test('taken back gives its points and its limits back, once', async () => {
    const limits = { perMember: [{ window: 'year', times: 1 }], perStore: 60, budget: 60 } as const
    await open([give('course', { event: 'training' }, 40, { limits, when: { store: ['leeds'] } })])
    await enrol('ada')
    const inLeeds = eventOf('ada', { storeId: 'leeds' })
    ok(await happen('e-1', inLeeds))
    ok(await shop.adjust('ada', 'spent', -30))
    for (const _ of ['first', 'again']) {
      expect(await undo('e-1')).toMatchObject({ status: 200, body: { points: { clawedBack: 40 }, balance: { debt: 30 } } })
    }
    expect(await happen('e-1', inLeeds)).toMatchObject({ status: 200, replayed: true })
    expect(ok(await happen('e-2', eventOf('ada', { storeId: 'york' }))).points).toEqual({ earned: 0 })
    expect(ok(await happen('e-3', inLeeds)).points).toEqual({ earned: 40 })
    expect(await shop.standing('ada')).toMatchObject({ available: 10, debt: 0 })
    expect((await bonusesOf('ada'))[2]).toBe('bonus-undone event training: course -40')
  })
})

describe('a birthday', () => {
  const cake = give('cake', 'birthday', 100)

  test('is booked once a year, however often the sweep comes, and by when it was', async () => {
    await open([cake])
    await enrol('ada', { birthday: '1990-03-15' })
    await shop.laurel.settle('ada')
    expect(await available('ada')).toBe(0)
    shop.travel('2026-04-02T12:00:00Z')
    const sweeps = await Promise.all([shop.laurel.settle('ada'), shop.laurel.settle('ada')])
    expect(sweeps.map(({ failed }) => failed)).toEqual([0, 0])
    await shop.laurel.settle('ada')
    // Earned in March, though it is booked in April.
    expect(await shop.standing('ada')).toMatchObject({ expiring: [{ points: 100, expiresAt: '2027-03-31T23:00:00Z' }] })
    shop.travel('2027-03-15T00:00:00Z')
    await shop.laurel.settle('ada')
    expect(await available('ada')).toBe(200)
    expect(await bonusesOf('ada')).toEqual(['bonus birthday: cake 100', 'bonus birthday: cake 100'])
  })

  test('on 29 February is on the 28th in other years', async () => {
    await open([cake], {}, '2027-02-01T10:00:00Z')
    await enrol('ada', { birthday: '2004-02-29' })
    const points: (string | number)[] = []
    for (const day of ['2027-02-27', '2027-02-28', '2028-02-28', '2028-02-29']) {
      shop.travel(`${day}T12:00:00Z`)
      await shop.laurel.settle('ada')
      points.push((await bonusesOf('ada')).length)
    }
    expect(points).toEqual([0, 1, 1, 2])
  })

  test('that is changed gives nothing a second time in a year, and nothing on the day that it is told', async () => {
    await open([cake])
    await enrol('ada', { birthday: '1990-03-15' })
    await enrol('bea', { birthday: '1990-03-10' })
    shop.travel('2026-03-15T09:00:00Z')
    // Before any sweep: what is due is booked before it moves.
    ok(await shop.change('ada', { birthday: '1990-06-01' }))
    expect(await available('ada')).toBe(100)
    shop.travel('2026-06-01T09:00:00Z')
    await shop.laurel.settle('ada', 'bea')
    expect([await available('ada'), await available('bea')]).toEqual([100, 0])
    ok(await shop.change('ada', { birthday: null }))
    shop.travel('2027-06-01T09:00:00Z')
    await shop.laurel.settle('ada', 'bea')
    expect([await bonusesOf('ada'), await bonusesOf('bea')].map(({ length }) => length)).toEqual([1, 1])
  })

  test('of a closed member gives nothing', async () => {
    await open([cake])
    await enrol('ada', { birthday: '1990-03-15' })
    ok(await shop.change('ada', { status: 'closed' }))
    shop.travel('2026-03-15T09:00:00Z')
    expect((await shop.laurel.settle('ada')).failed).toBe(0)
    ok(await shop.change('ada', { status: 'active' }))
    await shop.laurel.settle('ada')
    expect(await bonusesOf('ada')).toEqual([])
  })

  test('that a later revision asks for makes known members due, from when it is in force', async () => {
    await open([])
    await enrol('ada', { birthday: '1990-03-15' })
    await enrol('bea', { birthday: '1990-03-25' })
    await enrol('cleo')
    const { store } = shop.laurel.runtime
    await publishNext(
      store,
      'bonus',
      { ...demoProgramme, campaigns: [cake, give('year', 'anniversary', 7)] },
      '2026-03-20T00:00:00Z',
    )
    shop.travel('2026-03-21T09:00:00Z')
    await shop.laurel.settle(...members)
    ok(await shop.change('cleo', { birthday: '1990-03-21' }))
    shop.travel('2026-03-30T09:00:00Z')
    await shop.laurel.settle(...members)
    await shop.laurel.settle(...members)
    expect(await Promise.all(members.map(available))).toEqual([0, 100, 0])
    shop.travel('2027-03-10T09:00:00Z')
    await shop.laurel.settle(...members)
    expect(await Promise.all(members.map(available))).toEqual([7, 107, 7])
  })
})

test('an anniversary is a year after the enrolment, and every year', async () => {
  await open([give('year', 'anniversary', 20), give('cake', 'birthday', 5)], {}, '2024-02-29T23:30:00Z')
  await enrol('ada', { birthday: '1990-02-28' })
  const points: number[] = []
  for (const day of ['2025-02-27', '2025-02-28', '2026-02-28', '2028-02-28', '2028-02-29']) {
    shop.travel(`${day}T12:00:00Z`)
    await shop.laurel.settle('ada')
    points.push((await bonusesOf('ada')).length)
  }
  // 2027's are booked late, with what is due by then.
  expect(points).toEqual([0, 2, 4, 7, 8])
})

describe('a tier reached', () => {
  test('gives its bonus once a year, in the purchase that brings it', async () => {
    await open([give('silver', { tierReached: 'silver' }, 25), give('gold', { tierReached: 'gold' }, 75)])
    await enrol('ada')
    expect(ok(await shop.sell('leeds:1', { id: 'ada' }, [49_999])).balance.available).toBe(499)
    expect(ok(await shop.sell('leeds:2', { id: 'ada' }, [100])).balance.available).toBe(525)
    ok(await shop.bring('leeds:2', 'r-1', [back('1', 100)]))
    expect((await shop.standing('ada')).tier).toBe('bronze')
    expect(ok(await shop.sell('leeds:3', { id: 'ada' }, [100])).tier.id).toBe('silver')
    expect(await bonusesOf('ada')).toEqual(['bonus tierReached silver: silver 25'])
    ok(await shop.sell('leeds:4', { id: 'ada' }, [200_000]))
    expect(await bonusesOf('ada')).toEqual(['bonus tierReached gold: gold 75', 'bonus tierReached silver: silver 25'])
  })

  test('by sending a purchase again is not: nothing is moved of its budget', async () => {
    await open([give('silver', { tierReached: 'silver' }, 25, { limits: { budget: 100 } })])
    await enrol('ada')
    ok(await shop.sell('leeds:1', { id: 'ada' }, [30_000]))
    const before = await shop.dump()
    const again = shop.saleOf('leeds:1', { id: 'ada' }, [30_000])
    expect(await shop.sell('leeds:1', { id: 'ada' }, [30_000], again)).toMatchObject({ status: 200, replayed: true })
    expect(await shop.dump()).toEqual(before)
  })

  test('by credit of an event is not held at a sale of before it that comes late', async () => {
    const credit: Campaign = { id: 'credit', trigger: { event: 'training' }, effect: { tierCredit: 50_000 } }
    await open([credit])
    await enrol('ada')
    shop.travel('2026-03-12T10:00:00Z')
    ok(await happen('e-1', eventOf('ada')))
    const before = { occurredAt: '2026-03-12T09:59:59Z' }
    expect(ok(await shop.sell('leeds:1', { id: 'ada' }, [10_000], before)).points.earned).toBe(100)
    expect(ok(await shop.sell('leeds:2', { id: 'ada' }, [10_000])).points.earned).toBe(125)
  })

  test('by credit that an event gives counts, too, and is lost with it', async () => {
    const credit: Campaign = { id: 'credit', trigger: { event: 'training' }, effect: { tierCredit: 50_000 } }
    await open([credit, give('silver', { tierReached: 'silver' }, 25)])
    await enrol('ada')
    expect(ok(await happen('e-1', eventOf('ada')))).toMatchObject({
      gifts: [{ source: 'credit', tierCredit: 50_000 }],
      balance: { available: 25 },
      tier: { id: 'silver' },
    })
    expect(ok(await undo('e-1')).tier.id).toBe('bronze')
  })
})
