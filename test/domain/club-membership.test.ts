import { describe, expect, it } from 'vitest'
import { apply } from '../../functions/domain/apply.ts'
import type { Club } from '../../functions/domain/club.ts'
import { statusChange } from '../../functions/domain/membership.ts'
import { instant } from '../../functions/domain/units.ts'
import { ClubCounter, lounge, open, programmeWith, table, yearly } from './club-counter.ts'
import { at, demoDocument, programmeOf, written } from './programmes.ts'

const guest = (...clubs: readonly Club[]) => new ClubCounter(programmeWith(...clubs), '2026-01-01T00:00:00Z')

describe('joining', () => {
  it('an open club lasts until it is left', () => {
    const ada = guest(open)
    expect(ada.join('friends', '2026-03-10T12:00:00Z')).toBe('club-joined')
    expect(ada.held('friends')).toBe('member since 2026-03-10T12:00:00Z until never')
    expect(ada.settle('2036-01-01T00:00:00Z')).toEqual([])
    expect(ada.leave('friends')).toEqual({})
    expect(ada.held('friends')).toBe('none')
    expect(ada.leave('friends')).toBe('none')
  })

  it.each([
    // In London: at midnight as the day of the same number begins; in summer that is 23:00 in UTC.
    ['2026-01-20T12:00:00Z', '2027-01-20T00:00:00Z'],
    ['2026-03-10T23:59:00Z', '2027-03-10T00:00:00Z'],
    ['2026-06-10T12:00:00Z', '2027-06-09T23:00:00Z'],
    ['2026-06-10T23:30:00Z', '2027-06-10T23:00:00Z'],
    ['2028-02-29T12:00:00Z', '2029-02-28T00:00:00Z'],
  ])('a club of a year at %s lasts until %s', (joinedAt, until) => {
    const ada = guest(yearly)
    ada.join('yearly', joinedAt)
    expect(ada.held('yearly')).toBe(`member since ${joinedAt} until ${until}`)
    expect(ada.settle(instant(at(until) - 1))).toEqual([])
    expect(ada.settle(until)).toEqual([
      { at: at(until), fact: { kind: 'club-lapsed', clubId: 'yearly' }, effect: { club: { id: 'yearly', membership: null } } },
    ])
    expect(ada.join('yearly')).toBe('club-joined')
  })

  it('a club by invitation wants a good code, and its entry tells which', () => {
    const ada = guest(table)
    expect(ada.join('table', '2026-03-10T12:00:00Z')).toBe('invitation-invalid')
    expect(ada.join('table', '2026-03-10T12:00:00Z', 'i-1')).toBe('club-joined')
    expect(ada.entries.at(-1)?.fact).toEqual({ kind: 'club-joined', clubId: 'table', invitationId: 'i-1' })
  })

  it('an open club uses no code', () => {
    const ada = guest(open)
    ada.join('friends', '2026-03-10T12:00:00Z', 'i-1')
    expect(ada.entries.at(-1)?.fact).toEqual({ kind: 'club-joined', clubId: 'friends' })
  })

  it('is refused where there is no such club, where it is paid for, and to who is closed', () => {
    const ada = guest(open, lounge)
    expect(ada.join('nowhere')).toBe('club-unknown')
    expect(ada.join('lounge')).toBe('club-fee-due')
    ada.account = apply(ada.account, statusChange('closed', ada.now))
    expect(ada.join('friends')).toBe('member-closed')
    expect(ada.pay('lounge', 'p-1', 36_500, ada.now)).toBe('member-closed')
  })

  it.each([
    [{ tiers: ['silver', 'gold'] }, 'club-requirement'],
    [{ tiers: ['bronze', 'gold'] }, 'club-joined'],
    [{ clubs: ['friends'] }, 'club-joined'],
    [{ clubs: ['friends', 'yearly'] }, 'club-requirement'],
    [{ tiers: ['gold'], clubs: ['friends'] }, 'club-requirement'],
  ])('a bronze member of the friends, where %o is required: %s', (requires, outcome) => {
    const ada = guest(open, yearly, { id: 'inner', name: 'Inner circle', kind: 'open', requires })
    ada.join('friends')
    expect(ada.join('inner')).toBe(outcome)
  })

  it('nobody belongs to more than 50 clubs', () => {
    const clubs = Array.from({ length: 51 }, (_, n) => ({ id: `c-${n}`, name: 'A club', kind: 'open' as const }))
    const ada = guest(...clubs)
    const outcomes = clubs.map(({ id }) => ada.join(id))
    expect(outcomes.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 'club-joined'))
    expect(outcomes[50]).toBe('too-many-clubs')
  })
})

describe('a term that renews by itself', () => {
  const season: Club = {
    ...{ id: 'season', name: 'For a season', kind: 'open', term: { months: 3, renews: true } },
    requires: { clubs: ['friends'] },
  }
  const facts = (entries: readonly { readonly at: number; readonly fact: object }[]) =>
    entries.map((entry) => `${new Date(entry.at).toISOString()} ${(entry.fact as { kind: string }).kind}`)

  it('goes on as long as the member has what the club requires, each from the day of the first', () => {
    const ada = guest(open, season)
    ada.join('friends', '2026-08-31T12:00:00Z')
    ada.join('season')
    expect(facts(ada.settle('2027-06-01T00:00:00Z'))).toEqual([
      '2026-11-30T00:00:00.000Z club-renewed',
      '2027-02-28T00:00:00.000Z club-renewed',
      '2027-05-30T23:00:00.000Z club-renewed',
    ])
    expect(ada.held('season')).toBe('member since 2026-08-31T12:00:00Z until 2027-08-30T23:00:00Z')
    ada.leave('friends')
    expect(facts(ada.settle('2028-01-01T00:00:00Z'))).toEqual(['2027-08-30T23:00:00.000Z club-lapsed'])
  })

  it('wants no second code, and ends with the term for who is closed, or where a later revision renews no more', () => {
    const seasonal: Club = { id: 'table', name: 'The table', kind: 'invitation', term: { months: 6, renews: true } }
    const ada = guest(seasonal)
    ada.join('table', '2026-03-10T12:00:00Z', 'i-1')
    expect(facts(ada.settle('2026-10-01T00:00:00Z'))).toEqual(['2026-09-09T23:00:00.000Z club-renewed'])
    ada.account = apply(ada.account, statusChange('closed', ada.now))
    expect(facts(ada.settle('2028-01-01T00:00:00Z'))).toEqual(['2027-03-10T00:00:00.000Z club-lapsed'])

    const later = programmeOf({ ...demoDocument, clubs: [seasonal] }, [
      at('2026-08-01T00:00:00Z'),
      { ...demoDocument, clubs: [table] },
    ])
    const bob = new ClubCounter(later, '2026-01-01T00:00:00Z')
    bob.join('table', '2026-03-10T12:00:00Z', 'i-1')
    expect(facts(bob.settle('2028-01-01T00:00:00Z'))).toEqual(['2026-09-09T23:00:00.000Z club-lapsed'])
  })
})

describe('paying', () => {
  const paid = (...times: readonly string[]) => {
    const ada = guest(lounge)
    for (const [n, time] of times.entries()) ada.pay('lounge', `p-${n + 1}`, 36_500, time)
    return ada
  }

  it.each([
    [
      'once',
      ['2026-03-10T12:00:00Z'],
      'member since 2026-03-10T12:00:00Z until 2027-03-10T00:00:00Z, grace until 2027-03-24T00:00:00Z',
    ],
    [
      'again within the term: from its end',
      ['2026-03-10T12:00:00Z', '2026-12-24T12:00:00Z'],
      'member since 2026-03-10T12:00:00Z until 2028-03-10T00:00:00Z, grace until 2028-03-24T00:00:00Z',
    ],
    [
      'again within the grace: from the end of the term',
      ['2026-03-10T12:00:00Z', '2027-03-23T23:59:59Z'],
      'member since 2026-03-10T12:00:00Z until 2028-03-10T00:00:00Z, grace until 2028-03-24T00:00:00Z',
    ],
    [
      'again after the grace: from then',
      ['2026-03-10T12:00:00Z', '2027-03-24T00:00:00Z'],
      'member since 2027-03-24T00:00:00Z until 2028-03-24T00:00:00Z, grace until 2028-04-06T23:00:00Z',
    ],
  ])('%s', (_what, times, held) => {
    expect(paid(...times).held('lounge')).toBe(held)
  })

  it('what ends passes through the grace, which goes on giving, and then lapses', () => {
    const ada = paid('2026-03-10T12:00:00Z')
    expect(ada.settle('2027-03-10T00:00:00Z').map(({ fact }) => fact.kind)).toEqual(['club-grace'])
    expect(ada.held('lounge')).toMatch(/^grace since 2026-03-10/)
    expect(ada.settle('2027-03-23T23:59:59Z')).toEqual([])
    expect(ada.settle('2027-03-24T00:00:00Z').map(({ fact }) => fact.kind)).toEqual(['club-lapsed'])
    expect(ada.held('lounge')).toBe('none')
  })

  it('without days of grace it lapses at once', () => {
    const ada = guest({ ...lounge, paid: { ...lounge.paid, graceDays: 0 } })
    ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
    expect(ada.settle('2030-01-01T00:00:00Z').map(({ at: then, fact }) => `${written(then)} ${fact.kind}`)).toEqual([
      '2027-03-10T00:00:00Z club-lapsed',
    ])
  })

  it('monthly terms from the 31st come back to the 31st', () => {
    const ada = guest({ ...lounge, term: { months: 1 } })
    const untils = ['2026-01-31', '2026-02-20', '2026-03-20', '2026-04-20'].map((day, n) => {
      ada.pay('lounge', `p-${n}`, 36_500, `${day}T12:00:00Z`)
      return written(ada.account.head.clubs[0]!.until)
    })
    expect(untils).toEqual(['2026-02-28T00:00:00Z', '2026-03-30T23:00:00Z', '2026-04-29T23:00:00Z', '2026-05-30T23:00:00Z'])
  })

  it('is dated when it was paid; what of it is over when it arrives is booked as over', () => {
    const ada = guest({ ...lounge, term: { months: 1 } })
    expect(ada.pay('lounge', 'p-1', 36_500, '2026-01-10T12:00:00Z', '2026-02-15T12:00:00Z')).toBe('club-joined')
    expect(ada.held('lounge')).toMatch(/^grace since 2026-01-10T12:00:00Z until 2026-02-10/)
    expect(ada.pay('lounge', 'p-2', 36_500, '2026-02-09T12:00:00Z', '2026-02-16T12:00:00Z')).toBe('club-renewed')
    expect(ada.held('lounge')).toMatch(/^member since 2026-01-10T12:00:00Z until 2026-03-10/)
  })

  it('a till that is ahead pays from now', () => {
    const ada = guest(lounge)
    ada.pay('lounge', 'p-1', 36_500, '2026-03-11T09:00:00Z', '2026-03-10T12:00:00Z')
    expect(ada.held('lounge')).toMatch(/^member since 2026-03-10T12:00:00Z/)
  })

  it('another amount, another kind of club, or more terms ahead than may be are refused', () => {
    const ada = guest(lounge, open)
    expect(ada.pay('lounge', 'p-1', 36_499, '2026-03-10T12:00:00Z')).toBe('club-fee-differs')
    expect(ada.pay('friends', 'p-1', 36_500, '2026-03-10T12:00:00Z')).toBe('club-without-fee')
    expect(ada.pay('nowhere', 'p-1', 36_500, '2026-03-10T12:00:00Z')).toBe('club-unknown')
    const outcomes = Array.from({ length: 6 }, (_, n) => ada.pay('lounge', `p-${n}`, 36_500, '2026-03-10T12:00:00Z'))
    const renewed = 'club-renewed'
    expect(outcomes).toEqual(['club-joined', renewed, renewed, renewed, renewed, 'too-many-paid-terms'])
    // A term that is over makes room for another.
    expect(ada.pay('lounge', 'p-7', 36_500, '2027-03-10T12:00:00Z')).toBe(renewed)
  })

  it('who may not join may not pay, and who belongs to it renews whatever is required now', () => {
    const noble = { ...lounge, requires: { tiers: ['gold'] } }
    expect(guest(noble).pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')).toBe('club-requirement')
    const stricter = programmeOf({ ...demoDocument, clubs: [lounge] }, [
      at('2026-06-01T00:00:00Z'),
      { ...demoDocument, clubs: [noble] },
    ])
    const ada = new ClubCounter(stricter, '2026-01-01T00:00:00Z')
    expect(ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')).toBe('club-joined')
    expect(ada.pay('lounge', 'p-2', 36_500, '2026-07-10T12:00:00Z')).toBe('club-renewed')
  })
})

describe('what comes back of a fee of 365.00 for the 365 days from 10 March 2026 to 9 March 2027', () => {
  it.each([
    // The day on which it is left is used; the last whole day is 9 March.
    ['2026-03-10T12:30:00Z', 36_400],
    ['2026-03-11T00:30:00Z', 36_300],
    ['2027-03-07T12:00:00Z', 200],
    ['2027-03-08T23:59:59Z', 100],
  ])('left at %s: %i', (leftAt, back) => {
    const ada = guest(lounge)
    ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
    expect(ada.leave('lounge', leftAt)).toEqual({ 'p-1': back })
    expect(ada.entries.at(-1)?.fact).toEqual({
      kind: 'club-left',
      clubId: 'lounge',
      refund: { amount: back, payments: [{ paymentId: 'p-1', amount: back }] },
    })
    expect(ada.leave('lounge', leftAt)).toBe('none')
  })

  it.each(['2027-03-09T00:00:00Z', '2027-03-09T23:59:59Z', '2027-03-10T00:00:00Z', '2027-03-20T12:00:00Z'])(
    'left at %s, on the last day or in the grace: nothing',
    (leftAt) => {
      const ada = guest(lounge)
      ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
      expect(ada.leave('lounge', leftAt)).toEqual({})
      expect(ada.entries.at(-1)?.fact).toEqual({ kind: 'club-left', clubId: 'lounge' })
    },
  )

  it('a term that has not begun comes back whole', () => {
    const ada = guest(lounge)
    ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
    ada.pay('lounge', 'p-2', 36_500, '2026-03-11T12:00:00Z')
    expect(ada.leave('lounge', '2027-03-08T12:00:00Z')).toEqual({ 'p-1': 100, 'p-2': 36_500 })
  })

  it('is rounded down', () => {
    const ada = guest({ ...lounge, paid: { ...lounge.paid, fee: { amount: 1000 } } })
    ada.pay('lounge', 'p-1', 1000, '2026-03-10T12:00:00Z')
    // 264 of 365 days: 723.28…
    expect(ada.leave('lounge', '2026-06-18T12:00:00Z')).toEqual({ 'p-1': 723 })
  })

  it('goes by the rule of when it was paid', () => {
    const none = { ...lounge, paid: { ...lounge.paid, refund: 'none' as const } }
    const changed = programmeOf({ ...demoDocument, clubs: [lounge] }, [
      at('2026-06-01T00:00:00Z'),
      { ...demoDocument, clubs: [none] },
    ])
    const ada = new ClubCounter(changed, '2026-01-01T00:00:00Z')
    ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
    ada.pay('lounge', 'p-2', 36_500, '2026-07-10T12:00:00Z')
    expect(ada.leave('lounge', '2027-03-07T12:00:00Z')).toEqual({ 'p-1': 200 })
  })
})

describe('a club that a later revision no longer has', () => {
  const closing = programmeOf({ ...demoDocument, clubs: [lounge] }, [at('2026-06-01T00:00:00Z'), demoDocument])

  it('keeps its members until their term and grace are over, pays back, and takes no fee', () => {
    const ada = new ClubCounter(closing, '2026-01-01T00:00:00Z')
    ada.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
    expect(ada.pay('lounge', 'p-2', 36_500, '2026-07-10T12:00:00Z')).toBe('club-unknown')
    ada.settle('2027-03-20T00:00:00Z')
    expect(ada.held('lounge')).toMatch(/^grace/)
    const bert = new ClubCounter(closing, '2026-01-01T00:00:00Z')
    bert.pay('lounge', 'p-1', 36_500, '2026-03-10T12:00:00Z')
    expect(bert.leave('lounge', '2027-03-08T12:00:00Z')).toEqual({ 'p-1': 100 })
  })
})

describe('at one instant', () => {
  it('points expire first, then the tier is judged, then clubs end, by their ids', () => {
    const ada = guest({ ...yearly, id: 'b' }, { ...yearly, id: 'a' })
    ada.join('b', '2026-01-01T12:00:00Z')
    ada.join('a', '2026-01-01T13:00:00Z')
    const entries = ada.settle('2027-01-01T00:00:00Z')
    expect(entries.map(({ fact }) => ('clubId' in fact ? fact.clubId : fact.kind))).toEqual(['a', 'b'])
  })
})
