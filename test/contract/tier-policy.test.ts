import { describe, expect, it } from 'vitest'
import { tierPolicy } from '../../functions/contract/tier-policy.ts'
import type { TierPolicy } from '../../functions/domain/programme.ts'
import { demoProgramme } from '../../functions/local/seed.ts'

const level = (id: string, threshold: number, multiplier = 10_000) => ({ id, threshold, multiplier })
const fine: TierPolicy = {
  metric: 'visits',
  period: { rollingMonths: 12 },
  keep: { months: 6 },
  downgrade: 'one-step',
  lapseWarningDays: 30,
  levels: [
    level('basic', 0),
    { ...level('plus', 10, 12_000), name: 'Plus', perks: ['Free alterations', 'A seat in the lounge'] },
  ],
}

/** Where the faults of a policy are, and what is said of them. */
function faults(policy: unknown): string[] {
  const parsed = tierPolicy.safeParse(policy)
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`)
}

describe('a tier policy', () => {
  it.each<[string, TierPolicy]>([
    ['the demo’s', demoProgramme.tiers],
    ['rolling months', fine],
    ['years of membership', { ...fine, period: 'anniversary', keep: 'next-period' }],
    ['a lifetime', { metric: 'points', period: 'lifetime', levels: fine.levels }],
    ['levels in any order', { ...fine, levels: [...fine.levels].reverse() }],
  ])('may be %s', (_name, policy) => {
    expect(tierPolicy.parse(policy)).toEqual(policy)
  })

  it.each<[string, object, string]>([
    ['an unknown metric', { metric: 'miles' }, '/metric'],
    ['no month at all', { period: { rollingMonths: 0 } }, '/period/rollingMonths'],
    ['half a month', { period: { rollingMonths: 1.5 } }, '/period'],
    ['more months than are counted', { period: { rollingMonths: 61 } }, '/period/rollingMonths'],
    ['a window of another name', { period: 'fiscal-year' }, '/period'],
    ['kept for no month', { keep: { months: 0 } }, '/keep/months'],
    ['a warning of no day', { lapseWarningDays: 0 }, '/lapseWarningDays'],
    ['a lifetime kept for months', { period: 'lifetime', downgrade: 'to-met', lapseWarningDays: undefined }, '/keep'],
    ['a lifetime that steps down', { period: 'lifetime', keep: undefined, lapseWarningDays: undefined }, '/downgrade'],
    ['a lifetime that lapses', { period: 'lifetime', keep: undefined, downgrade: undefined }, '/lapseWarningDays'],
    ['no level', { levels: [] }, '/levels'],
    ['no level of 0', { levels: [level('basic', 1)] }, '/levels'],
    ['two levels of one id', { levels: [level('basic', 0), level('basic', 1)] }, '/levels'],
    ['two levels of one threshold', { levels: [level('basic', 0), level('plus', 0)] }, '/levels'],
    ['a higher level that earns less', { levels: [level('plus', 10, 9_000), level('basic', 0)] }, '/levels/0/multiplier'],
    ['a perk without words', { levels: [{ ...level('basic', 0), perks: [''] }] }, '/levels/0/perks/0'],
    ['a field that is not known', { period: { rollingMonths: 3, rollingDays: 1 } }, '/period'],
  ])('is refused with %s', (_name, change, pointer) => {
    const found = faults({ ...fine, ...change })
    expect([...new Set(found.map((fault) => fault.slice(0, fault.indexOf(':'))))]).toEqual([pointer])
  })
})
