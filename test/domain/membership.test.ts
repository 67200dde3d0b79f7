import { describe, expect, it } from 'vitest'
import { apply } from '../../functions/domain/apply.ts'
import { emptyHead } from '../../functions/domain/head.ts'
import { enrolment, statusChange } from '../../functions/domain/membership.ts'
import { memberId } from '../../functions/domain/units.ts'
import { at, demoDocument, documentWith, programmeOf } from './programmes.ts'

const nobody = { head: emptyHead(memberId('m-1')), closed: new Map() }

describe('enrolment', () => {
  const kolkata = documentWith({}, { timezone: 'Asia/Kolkata' })
  const programme = programmeOf(kolkata, [
    at('2026-06-01T00:00:00Z'),
    {
      ...kolkata,
      tiers: {
        ...demoDocument.tiers,
        levels: [
          { id: 'gold', threshold: 10, multiplier: 20_000 },
          { id: 'basic', threshold: 0, multiplier: 10_000 },
        ],
      },
    },
  ])

  it.each([
    ['2026-03-01T00:00:00Z', { id: 'bronze', year: 2026, revision: 1 }],
    ['2025-12-31T18:30:00Z', { id: 'bronze', year: 2026, revision: 1 }],
    ['2026-06-01T00:00:00Z', { id: 'basic', year: 2026, revision: 2 }],
  ])('at %s gives the lowest tier of then', (enrolledAt, tier) => {
    const entry = enrolment(programme, at(enrolledAt))
    expect(entry).toMatchObject({ at: at(enrolledAt), fact: { kind: 'enrol' } })
    expect(apply(nobody, entry).head).toEqual({ ...nobody.head, tier })
  })
})

it('closes a member, and opens them again', () => {
  const now = at('2026-03-01T00:00:00Z')
  const closing = statusChange('closed', now)
  const closed = apply(nobody, closing)
  expect([closing.at, closing.fact.kind, closed.head.status]).toEqual([now, 'close', 'closed'])
  const reopening = statusChange('active', now)
  expect([reopening.fact.kind, apply(closed, reopening).head]).toEqual(['reopen', nobody.head])
})
