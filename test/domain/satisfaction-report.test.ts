import { describe, expect, it } from 'vitest'
import {
  addSatisfaction,
  emptySatisfactionSums,
  reportOfSatisfaction,
  type SatisfactionReport,
  type SatisfactionSums,
  satisfactionFigures,
} from '../../functions/domain/satisfaction-report.ts'
import { exampleService } from '../support/service.ts'
import { goods } from './counter.ts'
import { at, demo, demoDocument, programmeOf } from './programmes.ts'
import { deskOf, type ServiceDesk } from './service-desk.ts'

const survey = { afterHours: 24, quietDays: 1, lowScore: { atMost: 6, opens: 'unhappy' } }
const programme = programmeOf({ ...demoDocument, service: { ...exampleService, survey } })

/** What a report on some members says of a period: of all that happened to them, where none is named. */
function reportOn(
  desks: readonly ServiceDesk[],
  from = '2026-01-01T00:00:00Z',
  until = '2027-01-01T00:00:00Z',
): SatisfactionReport {
  const sums = emptySatisfactionSums()
  for (const desk of desks) {
    const found = satisfactionFigures(programme, desk.entries, at(from), at(until))
    if (found) addSatisfaction(sums, found)
  }
  return reportOfSatisfaction(JSON.parse(JSON.stringify(sums)) as SatisfactionSums)
}

/** A member who gives scores of their purchases, one a day from 1 March on. */
function whoSays(...scores: readonly number[]): ServiceDesk {
  const desk = deskOf(programme)
  for (const [index, score] of scores.entries()) {
    const day = `2026-03-${String(index + 1).padStart(2, '0')}`
    desk.buy(`leeds:${index}`, `${day}T10:00:00Z`, goods(1_000))
    desk.say(`leeds:${index}`, score, `${day}T11:00:00Z`)
  }
  return desk
}

describe('the figures of answers', () => {
  // Promoters say 9 or 10, detractors 0 to 6. A half is rounded away from 0.
  it.each([
    { scores: [], promoters: 0, passives: 0, detractors: 0, nps: null, average: null },
    { scores: [9, 10], promoters: 2, passives: 0, detractors: 0, nps: 100, average: 950 },
    { scores: [0, 6], promoters: 0, passives: 0, detractors: 2, nps: -100, average: 300 },
    { scores: [7, 8], promoters: 0, passives: 2, detractors: 0, nps: 0, average: 750 },
    { scores: [10, 8, 5], promoters: 1, passives: 1, detractors: 1, nps: 0, average: 767 },
    { scores: [10, 9, 3], promoters: 2, passives: 0, detractors: 1, nps: 33, average: 733 },
    { scores: [10, 2, 3], promoters: 1, passives: 0, detractors: 2, nps: -33, average: 500 },
    { scores: [10, 10, 8], promoters: 2, passives: 1, detractors: 0, nps: 67, average: 933 },
    { scores: [9, 8, 8, 8, 8, 8, 8, 8], promoters: 1, passives: 7, detractors: 0, nps: 13, average: 813 },
    { scores: [6, 8, 8, 8, 8, 8, 8, 8], promoters: 0, passives: 7, detractors: 1, nps: -13, average: 775 },
  ])('are of $scores: NPS $nps, average $average', ({ scores, ...figures }) => {
    const { all } = reportOn([whoSays(...scores)])
    const distribution = Array.from({ length: 11 }, (_, score) => scores.filter((said) => said === score).length)
    expect(all).toMatchObject({ ...figures, answers: scores.length, distribution, asked: 0, responseRate: null })
    expect(all.complaints).toBe(scores.filter((score) => score <= 6).length)
  })

  it('are of the month of London in which they were given, and of the store of the purchase', () => {
    const desk = deskOf(programme)
    desk.purchase({
      ...{ kind: 'purchase', id: 'york:1', storeId: 'york', lines: goods(1_000) },
      ...{ occurredAt: at('2026-03-31T20:00:00Z'), arrivedAt: at('2026-03-31T20:00:00Z') },
    })
    desk.buy('leeds:1', '2026-03-31T20:00:00Z', goods(1_000))
    desk.say('york:1', 10, '2026-03-31T22:59:59.999Z')
    desk.say('leeds:1', 7, '2026-03-31T23:00:00Z')
    const { by } = reportOn([desk])
    const told = (rows: typeof by.store) => rows.map(({ name, answers, average }) => [name, answers, average])
    expect(told(by.month)).toEqual([
      ['2026-03', 1, 1000],
      ['2026-04', 1, 700],
    ])
    expect(told(by.store)).toEqual([
      ['leeds', 1, 700],
      ['york', 1, 1000],
    ])
  })
})

describe('those who were asked', () => {
  const desk = deskOf(programme)
  // Asked a day later about each; the second is answered in the next month, the third unasked, the fourth never.
  desk.buy('leeds:1', '2026-03-01T12:00:00Z', goods(1_000))
  desk.say('leeds:1', 9, '2026-03-03T12:00:00Z')
  desk.buy('leeds:2', '2026-03-30T12:00:00Z', goods(1_000))
  desk.say('leeds:2', 4, '2026-04-02T12:00:00Z')
  desk.buy('leeds:3', '2026-04-10T12:00:00Z', goods(1_000))
  desk.say('leeds:3', 8, '2026-04-10T13:00:00Z')
  desk.buy('leeds:4', '2026-04-20T12:00:00Z', goods(1_000))
  desk.settle('2026-05-20T12:00:00Z')

  it.each([
    ['2026-03-01', '2026-05-01', { asked: 3, answered: 2, responseRate: 6_667, answers: 3 }],
    ['2026-03-01', '2026-04-01', { asked: 2, answered: 2, responseRate: 10_000, answers: 1 }],
    ['2026-04-01', '2026-05-01', { asked: 1, answered: 0, responseRate: 0, answers: 2 }],
    ['2026-05-01', '2026-06-01', { asked: 0, answered: 0, responseRate: null, answers: 0 }],
  ])('from %s until %s', (from, until, figures) => {
    expect(reportOn([desk], `${from}T00:00:00Z`, `${until}T00:00:00Z`).all).toMatchObject(figures)
  })

  it('in a period from its first instant on, and before its last', () => {
    expect(reportOn([desk], '2026-03-02T12:00:00Z', '2026-03-31T12:00:00Z').all).toMatchObject({ asked: 1 })
    expect(reportOn([desk], '2026-03-02T12:00:00.001Z', '2026-03-31T12:00:00.001Z').all).toMatchObject({ asked: 1 })
    expect(reportOn([desk], '2026-03-02T12:00:00.001Z', '2026-03-31T12:00:00Z').all).toMatchObject({ asked: 0 })
  })
})

describe('complaints', () => {
  const desk = deskOf(programme)
  // Broken goods, due on the 5th: a reply after 90 minutes, a resolution after 3 hours that is rated 4.
  desk.open('c-1', 'damaged', '2026-03-01T10:00:00Z')
  desk.reply('c-1', '2026-03-01T11:30:00Z')
  desk.resolve('c-1', '2026-03-01T13:00:00Z', undefined, 's-1')
  desk.rate('c-1', 's-1', 4, '2026-03-01T14:00:00Z')
  // Resolved at once after an hour, rated 1, reopened, overdue then, and resolved for good two days after it was opened.
  desk.open('c-2', 'rude', '2026-03-02T10:00:00Z')
  desk.resolve('c-2', '2026-03-02T11:00:59Z', undefined, 's-2')
  desk.rate('c-2', 's-2', 1, '2026-03-02T12:00:00Z')
  desk.reopen('c-2', '2026-03-02T13:00:00Z')
  desk.resolve('c-2', '2026-03-04T10:00:00Z', undefined, 's-3')
  // Of a low score, nobody says anything; and reopened, not resolved yet.
  desk.buy('leeds:1', '2026-03-05T10:00:00Z', goods(1_000))
  desk.say('leeds:1', 2, '2026-03-05T11:00:00Z')
  desk.open('c-4', 'damaged', '2026-04-01T10:00:00Z')
  desk.resolve('c-4', '2026-04-01T10:30:00Z', undefined, 's-4')
  desk.reopen('c-4', '2026-04-01T11:00:00Z')
  const { complaints } = reportOn([desk])
  const unrated = { distribution: [0, 0, 0, 0, 0], average: null }
  const damaged = {
    ...{ opened: 2, byScore: 0, reopened: 1, overdue: 0 },
    firstReply: { complaints: 2, meanMinutes: 60, longestMinutes: 90 },
    resolution: { complaints: 1, meanMinutes: 180, longestMinutes: 180 },
    ratings: { distribution: [0, 0, 0, 1, 0], average: 400 },
  }
  const rude = {
    ...{ opened: 1, byScore: 0, reopened: 1, overdue: 1 },
    firstReply: { complaints: 1, meanMinutes: 60, longestMinutes: 60 },
    resolution: { complaints: 1, meanMinutes: 2_880, longestMinutes: 2_880 },
    ratings: { distribution: [1, 0, 0, 0, 0], average: 100 },
  }
  const nothing = { complaints: 0, meanMinutes: null, longestMinutes: null }
  const unhappy = {
    ...{ opened: 1, byScore: 1, reopened: 0, overdue: 1 },
    ...{ firstReply: nothing, resolution: nothing, ratings: unrated },
  }

  it('are told by category, and by severity as it was when they were opened', () => {
    expect(complaints.by.category).toEqual([
      { name: 'damaged', ...damaged },
      { name: 'rude', ...rude },
      { name: 'unhappy', ...unhappy },
    ])
    expect(complaints.by.severity).toEqual([
      { name: 'low', ...unhappy },
      { name: 'normal', ...damaged },
      { name: 'high', ...rude },
    ])
  })

  it('add up', () => {
    expect(complaints.all).toEqual({
      ...{ opened: 4, byScore: 1, reopened: 2, overdue: 2 },
      firstReply: { complaints: 3, meanMinutes: 60, longestMinutes: 90 },
      resolution: { complaints: 2, meanMinutes: 1_530, longestMinutes: 2_880 },
      ratings: { distribution: [1, 0, 0, 1, 0], average: 250 },
    })
  })

  it('are those that were opened in the period, whenever they were dealt with', () => {
    const opened = (from: string, until: string) => reportOn([desk], from, until).complaints.all.opened
    expect(opened('2026-03-01T10:00:00Z', '2026-03-02T10:00:00Z')).toBe(1)
    expect(opened('2026-03-01T10:00:00.001Z', '2026-03-02T10:00:00.001Z')).toBe(1)
    expect(reportOn([desk], '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z').complaints.all).toEqual(rude)
  })
})

it('adds up members, and has nothing of whom nothing happened to', () => {
  const [one, other] = [whoSays(10, 3), whoSays(8)]
  expect(satisfactionFigures(demo, deskOf(demo).entries, at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'))).toBeUndefined()
  const { all, by } = reportOn([one, other, deskOf(programme)])
  expect(all).toMatchObject({ answers: 3, promoters: 1, passives: 1, detractors: 1, nps: 0, average: 700, complaints: 1 })
  expect(by.store).toEqual([{ name: 'leeds', ...all }])
})

it('tells five hundred stores apart, and the others together', () => {
  const sums = emptySatisfactionSums()
  for (let n = 0; n < 502; n += 1) {
    const row = { store: `store-${n}`, month: '2026-03', answer: { score: n < 500 ? 10 : 0, opened: false } }
    addSatisfaction(sums, { rows: [row], cases: [] })
  }
  const { store } = reportOfSatisfaction(sums).by
  expect(store).toHaveLength(501)
  expect(store.find(({ name }) => name === '(others)')).toMatchObject({ answers: 2, nps: -100 })
})
