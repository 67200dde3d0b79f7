import { describe, expect, test } from 'vitest'
import type { Club } from '../../functions/domain/club.ts'
import { compileRevision, type Programme, type ProgrammeDocument } from '../../functions/domain/programme.ts'
import { type MadeUpMember, madeUpAccount } from '../../functions/domain/simulation.ts'
import { instant, memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'

/** What a made-up member is before a sale, whatever it is that tiers and clubs count and over which time. */

const at = instant(Date.parse('2026-03-10T10:00:00Z'))
const programmeOf = (document: Partial<ProgrammeDocument>): Programme => ({
  id: 'shop',
  revisions: [compileRevision(7, instant(0), { ...demoProgramme, ...document })],
})
const madeUp = (document: Partial<ProgrammeDocument>, member: MadeUpMember) =>
  madeUpAccount(programmeOf(document), memberId('nobody'), member, at).head

const periods = ['calendar-year', { rollingMonths: 3 }, 'anniversary', 'lifetime'] as const
const ofTiers = ['spend', 'points', 'visits', 'purchases'] as const
const metrics = [...ofTiers, 'items'] as const
const over = <Kind extends string>(some: readonly Kind[]) =>
  some.flatMap((metric) => periods.map((period) => ({ metric, period })))

describe('a made-up member', () => {
  test.each(over(metrics))('belongs to a club by $metric in $period from the last one on', ({ metric, period }) => {
    const rule = { metric, atLeast: 5, period, ...(metric === 'items' && { category: ['wine'] }) }
    const clubs: Club[] = [{ id: 'five', name: 'Five', kind: 'qualifying', qualifies: rule }]
    const clubsOf = (counted: number) => madeUp({ clubs }, { [metric]: counted }).clubs.map(({ clubId }) => clubId)
    expect([0, 4, 5, 6].map(clubsOf)).toEqual([[], [], ['five'], ['five']])
    const others = metrics.filter((other) => other !== metric)
    expect(madeUp({ clubs }, Object.fromEntries(others.map((other) => [other, 9]))).clubs).toEqual([])
  })

  test.each(over(ofTiers))('holds a tier by $metric in $period from its threshold on', (rule) => {
    const [bronze, silver] = demoProgramme.tiers.levels
    const tiers = { ...demoProgramme.tiers, ...rule, levels: [bronze!, { ...silver!, threshold: 5 }] }
    const tierOf = (counted: number) => madeUp({ tiers }, { [rule.metric]: counted }).tier.id
    expect([4, 5].map(tierOf)).toEqual(['bronze', 'silver'])
  })

  test('is taken in by a club for the tier that they are said to hold', () => {
    const clubs: Club[] = [{ id: 'golden', name: 'Golden', kind: 'qualifying', qualifies: { tier: ['gold'] } }]
    expect(madeUp({ clubs }, { tier: 'gold' }).clubs.map(({ clubId }) => clubId)).toEqual(['golden'])
    expect(madeUp({ clubs }, { tier: 'silver' }).clubs).toEqual([])
  })

  test('has the clubs and tags that are said, in order and once', () => {
    const { clubs, segments, referral } = madeUp({}, { clubs: ['b', 'a', 'b'], segments: ['y', 'x'] })
    expect([clubs.map(({ clubId }) => clubId), segments, referral]).toEqual([['a', 'b'], ['x', 'y'], null])
  })

  test('was recommended by somebody, where that is said, who was not rewarded', () => {
    const by = memberId('other')
    const { head } = madeUpAccount(programmeOf({}), memberId('nobody'), {}, at, by)
    expect(head.referral).toEqual({ by, rewarded: false })
  })
})
