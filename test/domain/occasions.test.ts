import { describe, expect, test } from 'vitest'
import type { Campaign } from '../../functions/domain/campaign.ts'
import { nextOccasion, occasionRevision, occasionsAt } from '../../functions/domain/occasions.ts'
import type { Instant } from '../../functions/domain/units.ts'
import { at, demoDocument, programmeOf, written } from './programmes.ts'

const cake: Campaign = { id: 'cake', trigger: 'birthday', effect: { points: 100 } }
const year: Campaign = { id: 'year', trigger: 'anniversary', effect: { points: 20 } }
const asking = (campaigns: readonly Campaign[], timezone = 'Europe/London') => ({ ...demoDocument, timezone, campaigns })

const enrolledAt = at('2024-02-29T23:59:00Z')

describe('the next occasion', () => {
  test.each([
    // birthday, after, the next
    ['1990-03-15', '2026-03-10T10:00:00Z', '2026-03-15T00:00:00Z'],
    ['1990-03-15', '2026-03-14T23:59:59Z', '2026-03-15T00:00:00Z'],
    ['1990-03-15', '2026-03-15T00:00:00Z', '2027-03-15T00:00:00Z'],
    ['1990-06-01', '2026-03-15T00:00:00Z', '2026-05-31T23:00:00Z'],
    ['2004-02-29', '2026-12-31T00:00:00Z', '2027-02-28T00:00:00Z'],
    ['2004-02-29', '2027-02-28T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['1990-01-01', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z'],
    [undefined, '2026-03-10T10:00:00Z', 'never'],
  ])('of a birthday %s after %s is %s', (birthday, after, expected) => {
    expect(written(nextOccasion(programmeOf(asking([cake])), { birthday, enrolledAt }, at(after)))).toBe(expected)
  })

  test.each([
    ['2024-02-29T23:59:00Z', '2025-02-28T00:00:00Z'],
    ['2025-02-28T00:00:00Z', '2026-02-28T00:00:00Z'],
    ['2027-12-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    // The enrolment's own day is none.
    ['2024-01-01T00:00:00Z', '2025-02-28T00:00:00Z'],
  ])('of an anniversary after %s is %s', (after, expected) => {
    expect(written(nextOccasion(programmeOf(asking([year])), { enrolledAt }, at(after)))).toBe(expected)
  })

  test('is of the revision in force on its day, and its time zone', () => {
    const programme = programmeOf(
      asking([]),
      [at('2026-04-01T00:00:00Z'), asking([cake], 'Asia/Tokyo')],
      [at('2026-08-01T00:00:00Z'), asking([])],
      [at('2027-01-01T00:00:00Z'), asking([year])],
    )
    const next = (birthday: string, after: string) => written(nextOccasion(programme, { birthday, enrolledAt }, at(after)))
    expect(next('1990-03-15', '2026-01-01T00:00:00Z')).toBe('2027-02-28T00:00:00Z')
    expect(next('1990-06-15', '2026-01-01T00:00:00Z')).toBe('2026-06-14T15:00:00Z')
    expect(next('1990-06-15', '2026-06-14T15:00:00Z')).toBe('2027-02-28T00:00:00Z')
    expect(
      [1, 2, 3, 4].map((number) => programme.revisions[number - 1]!.inForceFrom).map((by) => occasionRevision(programme, by)),
    ).toEqual([0, 2, 2, 4])
  })

  test('is both where both fall on a day', () => {
    const programme = programmeOf(asking([cake, year]))
    const dates = { birthday: '1990-02-28', enrolledAt }
    expect(occasionsAt(programme, dates, at('2025-02-28T00:00:00Z'))).toEqual(['birthday', 'anniversary'])
    expect(occasionsAt(programme, dates, at('2028-02-29T00:00:00Z'))).toEqual(['anniversary'])
    expect(occasionsAt(programme, dates, at('2025-02-28T00:00:01Z') as Instant)).toEqual([])
  })
})

test('a revision that asks as the one before did makes nobody due anew', () => {
  const programme = programmeOf(asking([cake]), [1, asking([{ ...cake, id: 'pie' }])], [2, asking([cake, year])])
  expect([0, 1, 2].map((by) => occasionRevision(programme, by as Instant))).toEqual([1, 1, 3])
})
