import { describe, expect, test } from 'vitest'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { ServicePolicy } from '../../functions/domain/service-policy.ts'
import { instant } from '../../functions/domain/units.ts'
import { validate } from '../../functions/domain/validation.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { exampleService } from '../support/service.ts'

const now = instant(Date.parse('2026-11-21T12:00:00Z'))
const campaign = (id: string, more: Partial<Campaign> = {}): Campaign => ({
  ...{ id, trigger: 'purchase', effect: { points: 10 } },
  ...more,
})
const among = (...campaigns: Campaign[]): ProgrammeDocument => ({ ...demoProgramme, campaigns })
const [bronze, silver, gold] = demoProgramme.tiers.levels
const withLevels = (...levels: readonly (typeof bronze)[]): ProgrammeDocument => ({
  ...demoProgramme,
  tiers: { ...demoProgramme.tiers, levels: levels.map((level) => level!) },
})
const withPoints = (points: Partial<ProgrammeDocument['points']>): ProgrammeDocument => ({
  ...demoProgramme,
  points: { ...demoProgramme.points, ...points },
})
const withClubs = (...clubs: readonly object[]) => ({ ...demoProgramme, clubs }) as ProgrammeDocument

const withService = (service: Partial<ServicePolicy>): ProgrammeDocument => ({
  ...demoProgramme,
  service: { ...exampleService, ...service },
})

/** `code pointer` of each finding, the errors before the warnings. */
function found(document: ProgrammeDocument, spent: readonly (readonly [string, number])[] = []): string[] {
  const { errors, warnings } = validate(document, { published: demoProgramme, spent: new Map(spent), now })
  return [...errors, ...warnings.map((warning) => ({ ...warning, code: `(${warning.code})` }))].map(
    ({ code, pointer }) => `${code} ${pointer}`,
  )
}

describe('what contradicts', () => {
  const cases: { readonly [what: string]: readonly [found: () => string[], expected: readonly string[]] } = {
    'nothing, in the demo programme': [() => found(demoProgramme), []],
    'another currency': [() => found({ ...demoProgramme, currency: 'EUR' }), ['currency-changed /currency']],
    'another time zone': [() => found({ ...demoProgramme, timezone: 'Europe/Paris' }), ['timezone-changed /timezone']],
    'nothing, in a programme with complaints': [() => found(withService({})), []],
    'a severe complaint that may take longer': [
      () => found(withService({ deadlines: { ...exampleService.deadlines, high: { days: 4 }, urgent: { hours: 121 } } })),
      ['deadlines-out-of-order /service/deadlines/high', 'deadlines-out-of-order /service/deadlines/urgent'],
    ],
    'a score that opens a complaint of no kind': [
      () => found(withService({ survey: { afterHours: 1, quietDays: 1, lowScore: { atMost: 6, opens: 'sad' } } })),
      ['unknown-category /service/survey/lowScore/opens'],
    ],
    'a tier that nobody has': [
      () => found(among(campaign('a', { when: { tier: ['gold', 'platinum'] } }))),
      ['unknown-tier /campaigns/0/when/tier/1'],
    ],
    'a tier deep inside': [
      () => found(among(campaign('a'), campaign('b', { when: { any: [{ none: [{ tier: ['x'] }] }, { birthdayMonth: true }] } }))),
      ['unknown-tier /campaigns/1/when/any/0/none/0/tier/0'],
    ],
    'a club that is not there': [
      () => found(among(campaign('a', { when: { club: ['tasters'] } }))),
      ['unknown-club /campaigns/0/when/club/0'],
    ],
    'a reward that is not there': [
      () => found(among(campaign('a', { effect: { reward: 'tea' } }))),
      ['unknown-reward /campaigns/0/effect/reward'],
    ],
    'points as money, granted': [
      () =>
        found({
          ...among(campaign('a'), campaign('b', { effect: { reward: 'cash', valid: { days: 3 } } })),
          rewards: [{ id: 'cash', kind: 'points-as-money', rate: { points: 2, amount: 1 } }],
        }),
      ['reward-not-grantable /campaigns/1/effect/reward'],
    ],
    'a voucher that is granted, of vouchers that are not there': [
      () =>
        found({
          ...among(campaign('a', { effect: { reward: 'tea' } })),
          rewards: [{ id: 'tea', kind: 'voucher', voucher: 'pot' }],
        }),
      ['unknown-voucher /rewards/0/voucher'],
    ],
    'a reward that is there': [
      () => found({ ...among(campaign('a', { effect: { reward: 'tea' } })), rewards: [{ id: 'tea' }] }),
      [],
    ],
    'a store that the register does not have': [
      () => found({ ...among(campaign('a', { when: { store: ['leeds', 'york'] } })), stores: [{ id: 'leeds' }] }),
      ['unknown-store /campaigns/0/when/store/1'],
    ],
    'any store, without a register': [() => found(among(campaign('a', { when: { store: ['york'] } }))), []],
    'a group that no store is of': [
      () =>
        found({
          ...among(campaign('a', { when: { storeGroup: ['north', 'south'] } })),
          stores: [{ id: 'l', groups: ['north'] }],
        }),
      ['unknown-store-group /campaigns/0/when/storeGroup/1'],
    ],
    'a group of stores, without a register': [
      () => found(among(campaign('a', { when: { storeGroup: ['north'] } }))),
      ['store-group-without-stores /campaigns/0/when/storeGroup'],
    ],
    'clubs that ask for a tier and a club that are not there': [
      () => found(withClubs({ id: 'a', requires: { tiers: ['gold', 'x'], clubs: ['b'] } })),
      ['unknown-tier /clubs/0/requires/tiers/1', 'unknown-club /clubs/0/requires/clubs/0'],
    ],
    'a club for whoever holds a tier that is not there': [
      () => found(withClubs({ id: 'a', kind: 'qualifying', qualifies: { tier: ['gold', 'x'] } })),
      ['unknown-tier /clubs/0/qualifies/tier/1'],
    ],
    'clubs of which each asks for the other first, and one that asks for them': [
      () =>
        found(
          withClubs(
            ...[
              { id: 'a', requires: { clubs: ['b'] } },
              { id: 'b', requires: { clubs: ['a'] } },
            ],
            ...[{ id: 'c', requires: { clubs: ['a', 'd'] } }, { id: 'd' }],
          ),
        ),
      [0, 1, 2].map((index) => `circular-club /clubs/${index}/requires/clubs`),
    ],
    'clubs that ask for one another in a line': [
      () => found(withClubs({ id: 'a', requires: { clubs: ['b'] } }, { id: 'b', requires: { clubs: ['c'] } }, { id: 'c' })),
      [],
    ],
    'tiers out of order': [
      () => found(withLevels(bronze, gold, silver)),
      [...['tiers-out-of-order /tiers/levels/2/threshold', '(tier-earns-less) /tiers/levels/2/multiplier']],
    ],
    'a higher tier that earns less': [
      () => found(withLevels(bronze, { ...silver!, multiplier: 9000 }, gold)),
      ['(tier-earns-less) /tiers/levels/1/multiplier'],
    ],
    'an end before its start': [
      () => found(among(campaign('a', { schedule: { from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' } }))),
      ['ends-before-start /campaigns/0/schedule/until'],
    ],
    'an end at its start, said in two zones': [
      () => found(among(campaign('a', { schedule: { from: '2026-12-02T00:00:00Z', until: '2026-12-02T01:00:00+01:00' } }))),
      ['ends-before-start /campaigns/0/schedule/until'],
    ],
    'what is given for coming up to the lowest tier': [
      () =>
        found(
          among(campaign('a', { trigger: { tierReached: 'silver' } }), campaign('b', { trigger: { tierReached: 'bronze' } })),
        ),
      ['never-applies /campaigns/1/trigger/tierReached'],
    ],
    'credit for tiers that count visits': [
      () =>
        found({
          ...among(campaign('a', { effect: { tierCredit: 5 } })),
          tiers: { ...demoProgramme.tiers, metric: 'visits' },
        }),
      ['credit-uncounted /campaigns/0/effect/tierCredit'],
    ],
    'credit for tiers that count points': [
      () =>
        found({
          ...among(campaign('a', { effect: { tierCredit: 5 } })),
          tiers: { ...demoProgramme.tiers, metric: 'points' },
        }),
      [],
    ],
    'points that are held longer than they are good': [
      () => found(withPoints({ expiry: { months: 3, roundTo: 'month' }, holdDays: 124 })),
      ['(expires-on-hold) /points/holdDays'],
    ],
    'points that are held as long as they may be': [
      () => found(withPoints({ expiry: { months: 3, roundTo: 'month' }, holdDays: 123 })),
      [],
    ],
    'points that are held for longer than a year, and expire every year': [
      () => found(withPoints({ expiry: { fixedDate: '12-31' }, holdDays: 366 })),
      ['(expires-on-hold) /points/holdDays'],
    ],
    'points that are held for long, and never expire': [() => found(withPoints({ expiry: 'none', holdDays: 3650 })), []],
    'a campaign that is over': [
      () => found(among(campaign('a', { schedule: { until: '2026-11-21T12:00:00Z' } }))),
      ['(in-the-past) /campaigns/0/schedule/until'],
    ],
    'a budget below what is spent': [
      () =>
        found(among(campaign('a', { limits: { budget: 99 } }), campaign('b', { limits: { budget: 100 } })), [
          ...([
            ['a', 100],
            ['b', 100],
          ] as const),
        ]),
      ['budget-below-spent /campaigns/0/limits/budget'],
    ],
  }
  test.each(Object.entries(cases))('%s', (_what, [find, expected]) => {
    expect(find()).toEqual(expected)
  })

  test('is told in words that name it', () => {
    const { errors } = validate(among(campaign('a', { when: { tier: ['platinum'] } })), {
      ...{ published: demoProgramme, spent: new Map(), now },
    })
    expect(errors.map(({ detail }) => detail)).toEqual(['there is no tier platinum'])
  })

  test('is not told for ever', () => {
    const many = Array.from({ length: 1000 }, (_, n) => campaign(`c-${n}`, { when: { tier: ['x'] }, exclusive: 'e' }))
    const { errors, warnings } = validate(among(...many), { published: demoProgramme, spent: new Map(), now })
    expect([errors.length, warnings.length]).toEqual([500, 0])
  })
})

describe('campaigns of which only one applies', () => {
  const exclusive = 'best'
  const weekend = { when: { weekdays: ['sat', 'sun'] }, exclusive } as const
  const december = { schedule: { from: '2026-12-01T00:00:00Z', until: '2027-01-01T00:00:00Z' } }
  const loses = (index: number) => `never-wins /campaigns/${index}/exclusive`
  const undecided = (index: number) => `(undecided) /campaigns/${index}/exclusive`
  const cases: { readonly [what: string]: readonly [campaigns: readonly Campaign[], expected: readonly string[]] } = {
    'of different groups': [[campaign('a', { exclusive }), campaign('b', { exclusive: 'other' })], []],
    'alike: the later never wins': [[campaign('a', weekend), campaign('b', weekend)], [loses(1)]],
    'alike, and the later of higher priority': [[campaign('a', weekend), campaign('b', { ...weekend, priority: 1 })], [loses(0)]],
    'alike, and the later gives more': [
      [campaign('a', weekend), campaign('b', { ...weekend, effect: { points: 11 } })],
      [loses(0)],
    ],
    'of which the better has a limit, and so may be spent': [
      [campaign('a', { ...weekend, limits: { budget: 5 } }), campaign('b', { ...weekend, effect: { points: 1 } })],
      [undecided(1)],
    ],
    'of which the better is held out from some members, who get the other': [
      [campaign('a', { ...weekend, holdOut: { percent: 10 } }), campaign('b', { ...weekend, effect: { points: 1 } })],
      [undecided(1)],
    ],
    'of which the better is not always in force': [
      [campaign('a', { ...weekend, ...december, effect: { points: 20 } }), campaign('b', weekend)],
      [undecided(1)],
    ],
    'of which the worse is in force only within the better’s time': [
      [campaign('a', { ...weekend, ...december }), campaign('b', { ...weekend, effect: { points: 20 } })],
      [loses(0)],
    ],
    'never in force at the same time': [
      [campaign('a', { ...weekend, ...december }), campaign('b', { ...weekend, schedule: { until: '2026-12-01T00:00:00Z' } })],
      [],
    ],
    'with other conditions and one priority': [
      [campaign('a', weekend), campaign('b', { exclusive, when: { tier: ['gold'] } })],
      [undecided(1)],
    ],
    'with other conditions, told apart by priority': [
      [campaign('a', weekend), campaign('b', { exclusive, when: { tier: ['gold'] }, priority: 5 })],
      [],
    ],
    'that give what cannot be compared': [
      [campaign('a', weekend), campaign('b', { ...weekend, effect: { multiplier: 20_000 } })],
      [undecided(1)],
    ],
  }
  test.each(Object.entries(cases))('%s', (_what, [campaigns, expected]) => {
    expect(found(among(...campaigns))).toEqual(expected)
  })
})
