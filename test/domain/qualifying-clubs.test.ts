import { describe, expect, it } from 'vitest'
import type { Club, QualifyingClub } from '../../functions/domain/club.ts'
import { joinClub, leaveClub, payForClub } from '../../functions/domain/club-membership.ts'
import { qualifyingProgress } from '../../functions/domain/qualifying-progress.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { nextDue } from '../../functions/domain/settle.ts'
import { Counter, goods } from './counter.ts'
import { at, demo, demoDocument, programmeOf, written } from './programmes.ts'

const club = (qualifies: QualifyingClub['qualifies'], id = 'regulars'): Club => ({
  id,
  name: 'Regulars',
  kind: 'qualifying',
  qualifies,
})
const withClubs = (...clubs: readonly Club[]) => ({ ...demoDocument, clubs })
const twentyVisits = club({ metric: 'visits', atLeast: 20, period: 'calendar-year' })
const threeVisits = (keep?: 'while-met', period: 'lifetime' | { rollingMonths: number } = { rollingMonths: 3 }) =>
  club({ metric: 'visits', atLeast: 3, period, ...(keep && { keep }) })

const isIn = ({ account: { head } }: Counter, id = 'regulars') => head.clubs.some(({ clubId }) => clubId === id)
const clubKinds = ({ entries }: Counter) =>
  entries.flatMap(({ at: when, fact }) => ('clubId' in fact ? [`${fact.kind} ${written(when).slice(0, 10)}`] : []))
const due = ({ programme, account }: Counter) => written(nextDue(programme, account.head))
const day = (n: number) => String(n).padStart(2, '0')

/** A guest of a programme of these documents who buys for 10.00 on each of some days, at ten. */
function guest(programme: ReturnType<typeof programmeOf>, ...days: readonly string[]): Counter {
  const counter = new Counter(programme, '2026-01-01T08:00:00Z')
  for (const date of days) counter.buy(`p-${date}`, `${date}T10:00:00Z`, goods(1000))
  return counter
}
const back = (counter: Counter, date: string, when: string, returnId = 'r-1', amount = 1000) =>
  counter.bringBack(`p-${date}`, returnId, when, [{ lineId: '1', quantity: 1, amount }])

describe('the hotel that takes in its guests at the 20th stay', () => {
  const march = Array.from({ length: 19 }, (_, n) => `2026-03-${day(n + 1)}`)

  it('takes in with the purchase that is the 20th visit, when it is booked', () => {
    const counter = guest(programmeOf(withClubs(twentyVisits)), ...march)
    expect(isIn(counter)).toBe(false)
    counter.buy('p-20', '2026-03-20T10:00:00Z', goods(500))
    expect(isIn(counter)).toBe(true)
    expect(clubKinds(counter)).toEqual(['club-joined 2026-03-20'])
    expect(counter.account.head.clubs).toMatchObject([{ clubId: 'regulars', since: at('2026-03-20T10:00:00Z'), until: null }])
  })

  it('counts two purchases of a day as one visit', () => {
    const counter = guest(programmeOf(withClubs(twentyVisits)), ...march)
    counter.buy('again', '2026-03-19T18:00:00Z', goods(500))
    expect(isIn(counter)).toBe(false)
  })

  it('lets go when a visit is wholly returned, not when a part of it is, and takes in again with the next one', () => {
    const counter = guest(programmeOf(withClubs(twentyVisits)), ...march, '2026-03-20')
    back(counter, '2026-03-04', '2026-03-21T10:00:00Z', 'r-0', 400)
    // All pieces came back: nothing is left of the visit, whatever was paid back for them.
    expect(isIn(counter)).toBe(false)
    counter.buy('more', '2026-03-22T10:00:00Z', goods(500, 700))
    expect(isIn(counter)).toBe(true)
    counter.bringBack('more', 'r-2', '2026-03-23T10:00:00Z', [{ lineId: '1', quantity: 1, amount: 500 }])
    expect(isIn(counter)).toBe(true)
    counter.bringBack('more', 'r-3', '2026-03-24T10:00:00Z', [{ lineId: '2', quantity: 1, amount: 700 }])
    expect(isIn(counter)).toBe(false)
    expect(clubKinds(counter)).toEqual([
      'club-joined 2026-03-20',
      'club-lapsed 2026-03-21',
      'club-joined 2026-03-22',
      'club-lapsed 2026-03-24',
    ])
  })

  it('does not let go where another purchase of that day is kept', () => {
    const counter = guest(programmeOf(withClubs(twentyVisits)), ...march, '2026-03-20')
    counter.buy('evening', '2026-03-20T20:00:00Z', goods(500))
    back(counter, '2026-03-20', '2026-03-21T10:00:00Z')
    expect(isIn(counter)).toBe(true)
  })

  it('counts a late purchase on the day it was made, and a return that waited for it', () => {
    const counter = guest(programmeOf(withClubs(twentyVisits)), ...march)
    counter.buy('late', '2026-02-02T10:00:00Z', goods(500), '2026-04-01T10:00:00Z')
    expect(clubKinds(counter)).toEqual(['club-joined 2026-04-01'])

    const waited = guest(programmeOf(withClubs(twentyVisits)), ...march)
    waited.bringBack('late', 'r-1', '2026-03-30T10:00:00Z', [{ lineId: '1', quantity: 1, amount: 500 }])
    waited.buy('late', '2026-02-02T10:00:00Z', goods(500), '2026-04-01T10:00:00Z')
    expect(isIn(waited)).toBe(false)
  })

  it('keeps for the rest of the year and the next one', () => {
    const counter = guest(programmeOf(withClubs(twentyVisits)), ...march, '2026-03-20')
    expect(qualifyingProgress(counter.programme, counter.account.head, 'regulars', counter.now)).toEqual({
      metric: 'visits',
      current: 20,
      needed: 0,
      by: at('2027-01-01T00:00:00Z'),
      until: at('2028-01-01T00:00:00Z'),
    })
    counter.settle('2027-12-31T23:59:59Z')
    expect(isIn(counter)).toBe(true)
    counter.settle('2028-01-01T00:00:00Z')
    expect(clubKinds(counter).at(-1)).toBe('club-lapsed 2028-01-01')
    expect(isIn(counter)).toBe(false)
  })
})

describe('what is counted', () => {
  const spa = (quantity: number, excluded = false) => ({
    lineId: '1',
    quantity,
    amount: 1000,
    categories: ['drinks', 'spa'],
    excluded,
  })
  it('is items of the categories that are kept', () => {
    const counter = guest(programmeOf(withClubs(club({ metric: 'items', category: ['spa'], atLeast: 5, period: 'lifetime' }))))
    counter.buy('p-1', '2026-02-01T10:00:00Z', [spa(4), { lineId: '2', quantity: 9, amount: 10, categories: ['bar'] }])
    counter.buy('p-2', '2026-02-02T10:00:00Z', [spa(9, true)])
    expect(isIn(counter)).toBe(false)
    counter.buy('p-3', '2026-02-03T10:00:00Z', [spa(1)])
    expect(isIn(counter)).toBe(true)
    counter.bringBack('p-1', 'r-1', '2026-02-04T10:00:00Z', [{ lineId: '2', quantity: 9, amount: 10 }])
    expect(isIn(counter)).toBe(true)
    counter.bringBack('p-1', 'r-2', '2026-02-05T10:00:00Z', [{ lineId: '1', quantity: 1, amount: 0 }])
    expect(isIn(counter)).toBe(false)
  })

  it.each([
    ['spend', 2000, 'p-2'],
    ['spend', 2001, 'none'],
    ['purchases', 2, 'p-2'],
    ['points', 20, 'p-2'],
    ['points', 10, 'p-1'],
    ['visits', 2, 'none'],
  ] as const)('is %s: with at least %i members are taken in by %s', (metric, atLeast, by) => {
    const counter = guest(programmeOf(withClubs(club({ metric, atLeast, period: 'anniversary' }))))
    let taken = 'none'
    for (const id of ['p-1', 'p-2']) {
      counter.buy(id, '2026-05-01T10:00:00Z', goods(1000))
      if (isIn(counter) && taken === 'none') taken = id
    }
    expect(taken).toBe(by)
  })
})

describe('a window that rolls', () => {
  const days = ['2026-01-10', '2026-02-10', '2026-03-10']

  it.each([
    [undefined, '2026-07-01T00:00:00+01:00'],
    ['while-met', '2026-04-01T00:00:00+01:00'],
  ] as const)('keeps %s: three visits in three months hold until %s', (keep, until) => {
    const counter = guest(programmeOf(withClubs(threeVisits(keep))), ...days)
    expect(isIn(counter)).toBe(true)
    expect(due(counter)).toBe(written(at(until)))
    counter.settle(at(until) - 1)
    expect(isIn(counter)).toBe(true)
    counter.settle(at(until))
    expect(isIn(counter)).toBe(false)
  })

  it('keeps a lifetime of visits for ever', () => {
    const counter = guest(programmeOf(withClubs(threeVisits(undefined, 'lifetime'))), ...days)
    counter.settle('2060-01-01T00:00:00Z')
    expect(isIn(counter)).toBe(true)
  })

  it('forgets what no purchase to come can need', () => {
    const counter = guest(programmeOf(withClubs(threeVisits('while-met'))), ...days, '2026-11-10')
    expect(counter.account.head.clubCounts).toMatchObject([{ sums: [{ amount: 1 }] }])
  })
})

describe('a club for a tier', () => {
  const best = programmeOf(withClubs(club({ tier: ['silver', 'gold'] }), club({ tier: ['bronze'] }, 'beginners')))

  it('takes in with the purchase that reaches it, and lets go with the return that undoes it', () => {
    const counter = guest(best)
    expect([isIn(counter), isIn(counter, 'beginners')]).toEqual([false, true])
    counter.buy('p', '2026-02-01T10:00:00Z', goods(60_000))
    expect([isIn(counter), isIn(counter, 'beginners')]).toEqual([true, false])
    counter.bringBack('p', 'r', '2026-02-02T10:00:00Z', [{ lineId: '1', quantity: 1, amount: 60_000 }])
    expect([isIn(counter), isIn(counter, 'beginners')]).toEqual([false, true])
  })

  it('takes in with a grant and lets go as it ends', () => {
    const counter = guest(best)
    counter.grant('g', 'gold', at('2026-06-01T00:00:00Z'), at('2026-03-01T00:00:00Z'))
    expect(isIn(counter)).toBe(true)
    counter.settle('2026-06-01T00:00:00Z')
    expect(isIn(counter)).toBe(false)
    expect(clubKinds(counter).filter((kind) => kind.endsWith('06-01'))).toHaveLength(2)
  })
})

describe('another revision', () => {
  const july = at('2026-07-01T12:00:00Z')
  const days = ['2026-01-10', '2026-02-10', '2026-03-10', '2026-04-10']

  it('that brings a club counts what was bought before, and takes in as it takes effect', () => {
    const counter = guest(programmeOf(demoDocument, [july, withClubs(threeVisits(undefined, 'lifetime'))]), ...days)
    expect(due(counter)).toBe('2026-07-01T12:00:00Z')
    counter.settle('2026-08-01T00:00:00Z')
    expect(clubKinds(counter)).toEqual(['club-joined 2026-07-01'])
    for (const date of days.slice(0, 2)) back(counter, date, '2026-08-02T10:00:00Z')
    expect(isIn(counter)).toBe(false)
  })

  it('that asks for more lets nobody go before what they reached is over, that asks for less takes in', () => {
    const harder = programmeOf(withClubs(threeVisits()), [
      at('2026-05-01T00:00:00Z'),
      withClubs(club({ metric: 'visits', atLeast: 9, period: { rollingMonths: 3 } })),
    ])
    const counter = guest(harder, ...days.slice(0, 3))
    counter.settle('2026-05-02T00:00:00Z')
    expect(isIn(counter)).toBe(true)
    expect(due(counter)).toBe('2026-06-30T23:00:00Z')

    const easier = programmeOf(withClubs(twentyVisits), [
      july,
      withClubs(club({ metric: 'visits', atLeast: 4, period: 'calendar-year' })),
    ])
    const other = guest(easier, ...days)
    other.settle(july)
    expect(clubKinds(other)).toEqual(['club-joined 2026-07-01'])
  })

  it('without the club takes nobody in, and keeps whoever is in it as long as they would have stayed', () => {
    const counter = guest(programmeOf(withClubs(threeVisits()), [at('2026-04-01T00:00:00Z'), demoDocument]), ...days)
    expect(isIn(counter)).toBe(true)
    counter.settle('2026-12-01T00:00:00Z')
    expect(clubKinds(counter)).toEqual(['club-joined 2026-03-10', 'club-lapsed 2026-06-30'])
    const newcomer = guest(programmeOf(withClubs(threeVisits()), [at('2026-03-01T00:00:00Z'), demoDocument]), ...days)
    expect(isIn(newcomer)).toBe(false)
  })

  it('that opens the club to all lets whoever joined by themselves stay when it is qualifying again', () => {
    const open: Club = { id: 'regulars', name: 'Regulars', kind: 'open' }
    const counter = guest(programmeOf(withClubs(open), [july, withClubs(twentyVisits)]))
    const joined = joinClub(counter.programme, counter.account, 'regulars', undefined, counter.now)
    if (isRefusal(joined)) throw new Error(joined.refused)
    counter.account = joined.account
    counter.entries.push(joined.entry)
    counter.settle('2029-08-01T00:00:00Z')
    expect(isIn(counter)).toBe(true)
  })
})

describe('leaving', () => {
  const programme = programmeOf(withClubs(threeVisits(undefined, 'lifetime')))
  const days = ['2026-01-10', '2026-02-10', '2026-03-10']
  const leave = (counter: Counter) => {
    const left = leaveClub(counter.programme, counter.account, 'regulars', counter.now)
    if (!left) throw new Error('there is nothing to leave')
    counter.entries.push(left.entry)
    counter.account = left.account
    counter.settle(counter.now)
  }
  const join = (counter: Counter) => {
    const joined = joinClub(counter.programme, counter.account, 'regulars', undefined, counter.now)
    if (isRefusal(joined)) return joined.refused
    counter.entries.push(joined.entry)
    counter.account = joined.account
    counter.settle(counter.now)
    return joined.entry.fact.kind
  }

  it('holds until they ask, whatever they buy', () => {
    const counter = guest(programme, ...days)
    leave(counter)
    counter.buy('p', '2026-05-01T10:00:00Z', goods(1000))
    expect(isIn(counter)).toBe(false)
    expect(join(counter)).toBe('club-joined')
    expect(isIn(counter)).toBe(true)
    for (const date of days.slice(0, 2)) back(counter, date, '2026-08-02T10:00:00Z')
    expect(isIn(counter)).toBe(false)
  })

  it('and asking is no way in for who does not qualify', () => {
    const counter = guest(programme, ...days.slice(0, 2))
    expect(join(counter)).toBe('club-requirement')
  })
})

describe('a fee that comes when its term is long over', () => {
  const lounge: Club = {
    ...{ id: 'lounge', name: 'The lounge', kind: 'paid', term: { months: 1 } },
    paid: { fee: { amount: 2000 }, graceDays: 0, refund: 'none' as const },
  }

  it('moves nobody in or out of the clubs that they qualified for since', () => {
    const counter = guest(programmeOf(withClubs(threeVisits('while-met'), lounge)), '2026-05-02', '2026-05-03', '2026-05-04')
    counter.settle('2026-05-10T10:00:00Z')
    const payment = { paymentId: 'f-1', occurredAt: at('2026-01-05T10:00:00Z'), amount: 2000 }
    const paid = payForClub(counter.programme, counter.account, 'lounge', payment, counter.now)
    if (isRefusal(paid)) throw new Error(paid.refused)
    counter.entries.push(paid.entry)
    counter.account = paid.account
    counter.settle(counter.now)
    expect(clubKinds(counter)).toEqual(['club-joined 2026-05-04', 'club-joined 2026-01-05', 'club-lapsed 2026-02-05'])
    expect(isIn(counter)).toBe(true)
    expect(due(counter)).toBe('2026-07-31T23:00:00Z')
  })
})

describe('a programme without such clubs', () => {
  it('writes nothing of them', () => {
    const counter = guest(demo, '2026-01-10')
    const { clubCounts, clubsJudgedAt, declinedClubs } = counter.account.head
    expect({ clubCounts, clubsJudgedAt, declinedClubs }).toEqual({ clubCounts: [], clubsJudgedAt: null, declinedClubs: [] })
    for (const { effect } of counter.entries) expect(Object.keys(effect).filter((name) => name.startsWith('club'))).toEqual([])
  })
})
