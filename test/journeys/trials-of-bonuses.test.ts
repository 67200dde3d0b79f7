import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { joinClubFor } from '../../functions/contract/clubs.ts'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { programmeDocument } from '../../functions/contract/programme-document.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { Club } from '../../functions/domain/club.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'
import { back, Journey } from './journey.ts'

/** A year in a hotel without campaigns, and what those that no purchase sets off would have done in it. */

const wine: Club = { id: 'wine', name: 'Wine', kind: 'open' }
const regulars: Club = {
  ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying', multiplier: 20_000 },
  qualifies: { metric: 'visits', atLeast: 20, period: { rollingMonths: 12 } },
}
const give = (id: string, trigger: Campaign['trigger'], points: number, more: Partial<Campaign> = {}): Campaign => {
  return { id, trigger, effect: { points }, ...more }
}
const friend = (more: Partial<Campaign> = {}) =>
  give('friend', 'referral', 200, { when: { spendAtLeast: { amount: 2000 } }, referrer: { effect: { points: 300 } }, ...more })
const documentOf = (campaigns: readonly Campaign[], clubs: readonly Club[] = [wine]) =>
  programmeDocument.parse({ ...demoProgramme, clubs, campaigns })
const year = { from: '2026-02-01T00:00:00Z', until: '2027-02-01T00:00:00Z' }

let hotel: Journey

beforeAll(async () => {
  const laurel = await Laurel.start('2026-01-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'hotel', documentOf([]), laurel.now)
  hotel = await Journey.in(laurel, 'hotel')
  const on = (date: string) => hotel.travel(`2026-${date}T12:00:00Z`)
  const event = async (eventId: string, member: string) =>
    ok(
      await hotel.till.ask(recordEvent, {
        params: { eventId },
        body: { member: { id: member }, type: 'training', occurredAt: hotel.now },
      }),
    )
  ok(await hotel.enrol('ada', { birthday: '1990-05-04' }))
  on('02-10')
  ok(await hotel.enrol('bea', { referredBy: 'ada', birthday: '1988-01-30' }))
  ok(await hotel.sell('leeds:bea', { id: 'bea' }, [2500]))
  on('02-20')
  ok(await hotel.bring('leeds:bea', 'r-1', [back('1', 2500)]))
  on('02-21')
  ok(await hotel.enrol('cleo', { referredBy: 'ada' }))
  ok(await hotel.sell('leeds:cleo', { id: 'cleo' }, [3000]))
  for (let day = 1; day <= 22; day += 1) {
    on(`03-${String(day).padStart(2, '0')}`)
    ok(await hotel.sell(`leeds:stay-${day}`, { id: 'ada' }, [1000]))
  }
  on('04-01')
  await event('e-ada', 'ada')
  await event('e-bea', 'bea')
  ok(await hotel.till.ask(undoEvent, { params: { eventId: 'e-bea' } }))
  on('06-01')
  ok(await hotel.till.ask(joinClubFor, { params: { memberId: 'ada', clubId: 'wine' }, body: {} }))
  on('07-01')
  ok(await hotel.sell('leeds:suite', { id: 'ada' }, [60_000]))
  hotel.travel('2027-01-20T12:00:00Z')
})

afterAll(() => hotel.end('ada', 'bea', 'cleo'))

async function backtest(id: string, document: ReturnType<typeof documentOf>, period = year) {
  const under = { document } as never
  expect(await hotel.office.ask(startBacktest, { body: { id, ...period, under } })).toMatchObject({ status: 202 })
  expect(await hotel.laurel.runJobs()).toMatchObject({ done: 1, failed: 0 })
  return ok(await hotel.office.ask(readBacktest, { params: { id } })).report!
}

test('a club of 20 visits and a reward for friends: who would have been a regular, what it costs, and whom it touches', async () => {
  const campaigns = [friend(), give('guest', { clubJoined: 'regulars' }, 500)]
  const report = await backtest('regulars', documentOf(campaigns, [wine, regulars]))
  expect(report).toMatchObject({
    // Cleo as a friend, with what Ada has of it; Bea brought hers back.
    members: { looked: 3, touched: 2 },
    purchases: 25,
    occasions: { recorded: 0, under: 2 },
    points: { recorded: 850, under: 2470 },
    tiers: { up: 0, down: 0 },
    refused: 0,
    budgets: { runOut: [] },
    approximations: [expect.stringContaining('counts with the friend')],
  })
  expect(report.clubs).toEqual([
    { club: 'wine', recorded: 1, under: 1 },
    { club: 'regulars', recorded: 0, under: 1 },
  ])
  const told = new Map(report.sources.map(({ source, ...sums }) => [source, sums]))
  // Two stays after the 20th and the suite, twice.
  expect(told.get('base')).toMatchObject({ points: { recorded: 850, under: 1470 }, occasions: { recorded: 0, under: 0 } })
  const once = { recorded: 0, under: 1 }
  for (const source of ['friend', 'guest']) {
    const none = { recorded: 0, under: 0 }
    expect(told.get(source)).toMatchObject({
      points: { recorded: 0, under: 500 },
      purchases: none,
      occasions: once,
      members: once,
    })
  }
})

describe('every trigger', () => {
  test.each<[what: string, campaign: Campaign, occasions: number, points: number]>([
    ['enrolments', give('c', 'enrolment', 50), 2, 100],
    ['enrolments of those who have their birthday soon', give('c', 'enrolment', 50, { when: { birthdayMonth: true } }), 0, 0],
    ['a birthday; one that is still to come is none', give('c', 'birthday', 100), 1, 100],
    ['an anniversary', give('c', 'anniversary', 70), 1, 70],
    ['an event that no campaign wanted then; one that was undone is none', give('c', { event: 'training' }, 40), 1, 40],
    ['another event', give('c', { event: 'survey' }, 40), 0, 0],
    ['a tier', give('c', { tierReached: 'silver' }, 25), 1, 25],
    ['a tier that nobody reached', give('c', { tierReached: 'gold' }, 25), 0, 0],
    ['a club', give('c', { clubJoined: 'wine' }, 5), 1, 5],
    ['a friend', friend({ id: 'c' }), 1, 500],
    ['a friend who buys too little', friend({ id: 'c', when: { spendAtLeast: { amount: 3001 } } }), 0, 0],
    ['friends, one a year', friend({ id: 'c', limits: { perMember: [{ window: 'year', times: 1 }] } }), 1, 500],
    [
      'friends, whose points are limited together',
      friend({ id: 'c', limits: { perMember: [{ window: 'year', points: 250 }] } }),
      1,
      250,
    ],
    ['a budget that runs out', give('c', 'enrolment', 50, { limits: { budget: 60 } }), 2, 60],
    ['a tier by credit', give('c', 'birthday', 0, { effect: { tierCredit: 200_000 } }), 1, 0],
  ])('%s', async (what, campaign, occasions, points) => {
    const report = await backtest(what.replaceAll(/[^a-z]+/g, '-'), documentOf([campaign]))
    expect(report).toMatchObject({ purchases: 25, occasions: { recorded: 0, under: occasions }, points: { recorded: 850 } })
    const given = report.sources.find(({ source }) => source === 'c')
    expect([given?.occasions?.under ?? 0, given?.points.under ?? 0]).toEqual([occasions, points])
    expect(report.tiers.up).toBe('tierCredit' in campaign.effect ? 1 : 0)
  })

  test('of after the beginning of the period alone, and before its end', async () => {
    const both = [give('hello', 'enrolment', 50), give('cake', 'birthday', 100)]
    const period = { from: '2026-02-15T00:00:00Z', until: '2026-05-03T23:00:00Z' }
    const report = await backtest('part', documentOf(both), period)
    expect(report).toMatchObject({ occasions: { recorded: 0, under: 1 }, approximations: [expect.stringContaining('Birthdays')] })
    const birthday = { from: '2026-05-03T23:00:00Z', until: '2026-05-03T23:00:01Z' }
    expect(await backtest('midnight', documentOf(both), birthday)).toMatchObject({ occasions: { under: 1 } })
  })
})

test('what such campaigns gave is what was recorded: points, gifts and the credit that made a tier', async () => {
  const { laurel } = hotel
  const credit = give('medal', { event: 'training' }, 0, { effect: { tierCredit: 60_000 } })
  const campaigns = [credit, give('silver', { tierReached: 'silver' }, 25), friend()]
  await createProgramme(laurel.runtime.store, 'club', documentOf(campaigns), laurel.now)
  const club = await Journey.in(laurel, 'club')
  ok(await club.enrol('ada'))
  ok(await club.enrol('bea', { referredBy: 'ada' }))
  const body = { member: { id: 'ada' }, type: 'training', occurredAt: club.now }
  ok(await club.till.ask(recordEvent, { params: { eventId: 'e-1' }, body }))
  ok(await club.sell('leeds:1', { id: 'bea' }, [2000, 3000]))
  const period = { from: '2027-01-01T00:00:00Z', until: year.until }
  const trying = async (id: string, under: unknown) => {
    ok(await club.office.ask(startBacktest, { body: { id, ...period, under: under as never } }))
    await laurel.runJobs()
    return ok(await club.office.ask(readBacktest, { params: { id } })).report!
  }
  const given = 50 + 25 + 200 + 300
  expect(await trying('same', { revision: 1 })).toMatchObject({
    members: { touched: 0 },
    points: { recorded: given, under: given },
    occasions: { recorded: 3, under: 3 },
    tiers: { members: expect.arrayContaining([{ tier: 'silver', recorded: 1, under: 1 }]) },
  })
  expect(await trying('without', { document: documentOf([]) })).toMatchObject({
    members: { touched: 2 },
    points: { recorded: given, under: 50 },
    occasions: { recorded: 3, under: 0 },
    tiers: { down: 1, members: expect.arrayContaining([{ tier: 'silver', recorded: 1, under: 0 }]) },
  })
  // A part of the friend’s purchase is brought back: it does not qualify any more, for either side, in either revision.
  ok(await club.bring('leeds:1', 'r-1', [back('2', 3000)]))
  ok(await club.bring('leeds:1', 'r-2', [back('1', 2000)]))
  expect(await trying('returned', { revision: 1 })).toMatchObject({
    members: { touched: 0 },
    points: { recorded: 25, under: 25 },
    occasions: { recorded: 2, under: 2 },
  })
})
