import { expect, test } from 'vitest'
import type { Campaign } from '../../functions/domain/campaign.ts'
import { validate } from '../../functions/domain/validation.ts'
import { at, demoDocument } from './programmes.ts'

const findings = (...campaigns: readonly Campaign[]) => {
  const now = at('2026-03-10T10:00:00Z')
  const { errors, warnings } = validate({ ...demoDocument, campaigns }, { published: demoDocument, spent: new Map(), now })
  return [...errors, ...warnings].map(({ code, pointer }) => `${code} ${pointer}`)
}

test('what a trigger and a referral name must be there', () => {
  expect(
    findings(
      { id: 'a', trigger: { tierReached: 'platinum' }, effect: { points: 1 } },
      { id: 'b', trigger: { tierReached: 'gold' }, effect: { points: 1 } },
      { id: 'c', trigger: 'referral', effect: { points: 1 }, referrer: { effect: { reward: 'mug' } } },
    ),
  ).toEqual(['unknown-tier /campaigns/0/trigger/tierReached', 'unknown-reward /campaigns/2/referrer/effect/reward'])
})

test('campaigns of one group that different triggers set off do not meet', () => {
  const one: Campaign = { id: 'a', trigger: 'birthday', effect: { points: 1 }, exclusive: 'x' }
  expect(findings(one, { ...one, id: 'b', trigger: 'enrolment' })).toEqual([])
  expect(findings(one, { ...one, id: 'b' })).toEqual(['never-wins /campaigns/1/exclusive'])
})
