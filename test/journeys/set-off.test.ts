import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { joinClubFor, leaveClubFor } from '../../functions/contract/clubs.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import { endTierGrant, grantTier } from '../../functions/contract/tier-grants.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Club, QualifyingClub } from '../../functions/domain/club.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { publishNext } from '../support/publish.ts'
import { back, Journey } from './journey.ts'

/** Bonuses for a tier reached or a club joined, whatever brought it: a purchase, staff, a return, or time alone. */

const regulars = (atLeast: number, months = 12): QualifyingClub => {
  return {
    ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying' },
    qualifies: { metric: 'visits', atLeast, period: { rollingMonths: months }, keep: 'while-met' },
  }
}
const best: Club = { id: 'best', name: 'Our best', kind: 'qualifying', qualifies: { tier: ['gold'] } }
const newcomers: Club = { id: 'newcomers', name: 'Newcomers', kind: 'qualifying', qualifies: { tier: ['bronze'] } }
const give = (id: string, trigger: Campaign['trigger'], points: number, more: Partial<Campaign> = {}): Campaign => {
  return { id, trigger, effect: { points }, ...more }
}
const campaigns = [
  give('hello', { clubJoined: 'newcomers' }, 1),
  give('guest', { clubJoined: 'regulars' }, 10),
  give('noble', { clubJoined: 'best' }, 100),
  give('golden', { tierReached: 'gold' }, 1000),
]
const documentWith = (clubs: readonly Club[], more: Partial<typeof demoProgramme> = {}) =>
  programmeDocument.parse({ ...demoProgramme, ...more, clubs, campaigns })

let hotel: Journey
beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'hotel', documentWith([newcomers, best, regulars(3)]), laurel.now)
  hotel = await Journey.in(laurel, 'hotel')
  ok(await hotel.enrol('ada'))
})
afterEach(() => hotel.end('ada'))

const bonuses = async () =>
  (await hotel.activity('ada')).flatMap(({ kind, at, sources }) => (kind === 'bonus' ? [`${sources} ${at.slice(0, 16)}`] : []))
const clubs = async () => (await hotel.member('ada')).clubs.map(({ id }) => id)
const stay = async (date: string) => {
  hotel.travel(`2026-${date}T12:00:00Z`)
  return ok(await hotel.sell(`leeds:${date}`, { id: 'ada' }, [1000]))
}
const grant = (grantId: string, until: string) =>
  hotel.office.ask(grantTier, { params: { id: 'ada', grantId }, body: { tier: 'gold', until, reason: 'a bad night' } })
const sweep = async () => {
  expect((await hotel.laurel.settle('ada')).failed).toBe(0)
  expect(await hotel.laurel.settle('ada')).toMatchObject({ settled: 0, idle: 0 })
}

describe('a club joined', () => {
  test('with the enrolment, or by a purchase, gives its bonus with it', async () => {
    expect(await bonuses()).toEqual(['hello 2026-03-10T12:00'])
    for (const date of ['03-11', '03-12']) await stay(date)
    expect((await stay('03-13')).balance.available).toBe(1 + 30 + 10)
    expect(await bonuses()).toEqual(['guest 2026-03-13T12:00', 'hello 2026-03-10T12:00'])
  })

  test('by a tier that staff give, gives what tier and club give at the next run of the job', async () => {
    ok(await grant('g-1', '2026-06-01'))
    expect(await clubs()).toEqual(['best'])
    expect(await bonuses()).toEqual(['hello 2026-03-10T12:00'])
    await sweep()
    expect((await bonuses()).toSorted()).toEqual(['golden 2026-03-10T12:00', 'hello 2026-03-10T12:00', 'noble 2026-03-10T12:00'])
    ok(await hotel.office.ask(endTierGrant, { params: { id: 'ada', grantId: 'g-1' } }))
    ok(await grant('g-2', '2026-06-01'))
    await sweep()
    expect(await bonuses()).toHaveLength(3)
  })

  test('again by a return that takes a tier away, gives no second bonus', async () => {
    ok(await hotel.sell('leeds:suite', { id: 'ada' }, [200_000]))
    expect(await clubs()).toEqual(['best'])
    expect(await bonuses()).toHaveLength(3)
    ok(await hotel.bring('leeds:suite', 'r-1', [back('1', 200_000)]))
    expect(await clubs()).toEqual(['newcomers'])
    await sweep()
    expect(await bonuses()).toHaveLength(3)
  })

  test('by a return alone, gives its bonus at the next run of the job', async () => {
    const { laurel } = hotel
    // Enrolled when there was no club, and silver when it came.
    await createProgramme(laurel.runtime.store, 'pub', documentWith([]), laurel.now)
    const pub = await Journey.in(laurel, 'pub')
    ok(await pub.enrol('bea'))
    ok(await pub.sell('leeds:1', { id: 'bea' }, [60_000]))
    await publishNext(laurel.runtime.store, 'pub', documentWith([newcomers]), '2026-03-11T00:00:00Z')
    hotel.travel('2026-03-12T00:00:00Z')
    ok(await pub.bring('leeds:1', 'r-1', [back('1', 60_000)]))
    expect((await pub.member('bea')).clubs.map(({ id }) => id)).toEqual(['newcomers'])
    await laurel.settle('bea')
    expect((await pub.activity('bea')).filter(({ kind }) => kind === 'bonus')).toMatchObject([
      { at: '2026-03-12T00:00:00Z', sources: ['hello'], points: 1 },
    ])
  })

  test('by time alone, gives its bonus as of when it was joined, once, however late the job runs', async () => {
    for (const date of ['03-11', '03-12']) await stay(date)
    await publishNext(hotel.laurel.runtime.store, 'hotel', documentWith([newcomers, regulars(2)]), '2026-04-01T00:00:00Z')
    hotel.travel('2026-03-31T23:59:59Z')
    expect(await clubs()).toEqual(['newcomers'])
    hotel.travel('2026-04-20T08:00:00Z')
    expect(await clubs()).toEqual(['newcomers', 'regulars'])
    // Reading books nothing; the next booking does, and leaves the bonus to the job.
    expect(await bonuses()).toHaveLength(1)
    ok(await hotel.adjust('ada', 'a-1', 5))
    await sweep()
    expect(await bonuses()).toEqual(['guest 2026-04-01T00:00', 'hello 2026-03-10T12:00'])
    hotel.travel('2027-06-01T00:00:00Z')
    await sweep()
    hotel.travel('2027-06-02T00:00:00Z')
    for (const date of ['06-02', '06-03']) {
      hotel.travel(`2027-${date}T12:00:00Z`)
      ok(await hotel.sell(`leeds:2027-${date}`, { id: 'ada' }, [1000]))
    }
    expect(await clubs()).toEqual(['newcomers', 'regulars'])
    await sweep()
    expect((await bonuses()).filter((text) => text.startsWith('guest'))).toHaveLength(1)
  })

  test('is worth nothing to who is closed', async () => {
    ok(await grant('g-1', '2026-06-01'))
    ok(await hotel.change('ada', { status: 'closed' }))
    await sweep()
    ok(await hotel.change('ada', { status: 'active' }))
    await sweep()
    expect(await bonuses()).toHaveLength(1)
  })

  test('is what the revision of then gives, under the conditions of then', async () => {
    const silver = give('noble', { clubJoined: 'best' }, 100, { when: { tier: ['silver'] } })
    const document = { ...documentWith([newcomers, best]), campaigns: [silver] }
    await publishNext(hotel.laurel.runtime.store, 'hotel', document, '2026-03-11T00:00:00Z')
    hotel.travel('2026-03-12T00:00:00Z')
    ok(await grant('g-1', '2026-06-01'))
    await sweep()
    expect(await bonuses()).toEqual(['hello 2026-03-10T12:00'])
  })
})

test('who leaves a club and joins again has had its bonus', async () => {
  const open: Club = { id: 'regulars', name: 'Friends', kind: 'open' }
  await publishNext(hotel.laurel.runtime.store, 'hotel', documentWith([open]), '2026-03-11T00:00:00Z')
  hotel.travel('2026-03-12T00:00:00Z')
  const params = { memberId: 'ada', clubId: 'regulars' }
  ok(await hotel.till.ask(joinClubFor, { params, body: {} }))
  ok(await hotel.till.ask(leaveClubFor, { params }))
  ok(await hotel.till.ask(joinClubFor, { params, body: {} }))
  await sweep()
  expect(await bonuses()).toEqual(['guest 2026-03-12T00:00', 'hello 2026-03-10T12:00'])
})

test('a tier reached by time gives its bonus as of then', async () => {
  ok(await hotel.sell('leeds:1', { id: 'ada' }, [60_000]))
  const [bronze, , gold] = demoProgramme.tiers.levels
  const tiers = { ...demoProgramme.tiers, levels: [bronze!, { ...gold!, threshold: 60_000 }] }
  await publishNext(hotel.laurel.runtime.store, 'hotel', documentWith([best], { tiers }), '2026-04-01T00:00:00Z')
  hotel.travel('2026-04-20T08:00:00Z')
  expect((await hotel.member('ada')).tier.id).toBe('gold')
  ok(await hotel.adjust('ada', 'a-1', 5))
  await sweep()
  expect((await bonuses()).toSorted()).toEqual(['golden 2026-04-01T00:00', 'hello 2026-03-10T12:00', 'noble 2026-04-01T00:00'])
})
