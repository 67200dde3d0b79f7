import { expect, test } from 'vitest'
import { candidateOf, underFrom } from '../../functions/domain/candidate.ts'
import type { Club } from '../../functions/domain/club.ts'
import { tryOn } from '../../functions/domain/trial.ts'
import { memberId } from '../../functions/domain/units.ts'
import { ClubCounter, open, programmeWith } from './club-counter.ts'
import { at, demoDocument } from './programmes.ts'

const season: Club = { id: 'season', name: 'For a season', kind: 'open', term: { months: 3, renews: true } }
const unlimited = { budgets: { left: () => undefined, take: () => {} }, referrers: new Map() }

test.each<[what: string, clubs: readonly Club[], tried: readonly string[]]>([
  ['renews as it did', [open, season], ['friends', 'season']],
  ['renews no more', [open, { ...season, term: { months: 3 } }], ['friends']],
])('a term that renewed by itself is tried under a revision that %s', (_, clubs, tried) => {
  const programme = programmeWith(open, season)
  const ada = new ClubCounter(programme, '2026-01-01T00:00:00Z')
  ada.join('friends', '2026-02-01T12:00:00Z')
  ada.join('season')
  ada.settle('2026-09-01T00:00:00Z')
  expect(ada.entries.filter(({ fact }) => fact.kind === 'club-renewed')).toHaveLength(2)
  const [from, until] = [at('2026-03-01T00:00:00Z'), at('2026-09-01T00:00:00Z')]
  const entries = ada.entries.map((entry, index) => ({ ...entry, bookedAt: entry.at, version: index }))
  const candidate = candidateOf(programme, { ...demoDocument, clubs })
  const trial = { recorded: programme, under: underFrom(programme, candidate, from), from, until, asOf: until }
  expect(tryOn(trial, memberId('m-1'), entries, unlimited).clubs).toEqual({ recorded: ['friends', 'season'], tried })
})
