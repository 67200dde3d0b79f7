import fc from 'fast-check'
import type { Campaign, CampaignLimits } from '../../functions/domain/campaign.ts'
import type { Club } from '../../functions/domain/club.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { demoDocument } from '../domain/programmes.ts'
import { campaigns } from '../domain/random-campaigns.ts'
import { exampleService } from '../support/service.ts'
import { dayMs } from './plans.ts'
import { catalogue } from './whole-catalogue.ts'
import { wholeGuarantees } from './whole-guarantees.ts'
import { placeCampaigns, pointsTerms, stores, tiers, timezones } from './whole-variants.ts'

/** Random programmes with all of it on at once, of one or several revisions that have little in common. */

export interface WholeProgramme {
  /** Of all revisions. */
  readonly timezone: string
  readonly first: ProgrammeDocument
  /** Published before a round, in force so much later. */
  readonly later: readonly { readonly round: number; readonly afterMs: number; readonly document: ProgrammeDocument }[]
}

/** The same in all revisions. */
export const giftPolicy = { perDay: { points: 90, times: 3 }, receivedPerDay: { points: 100, times: 4 }, undoHours: 24 }

const points = fc.record({
  earn: fc.constantFrom({ points: 1, per: 100 }, { points: 3, per: 70 }),
  terms: pointsTerms,
})

const multiplier = fc.constantFrom(undefined, 11_000, 20_000)

/** What whoever is taken in must have bought. */
const rules = fc.oneof(
  { weight: 3, arbitrary: fc.record({ metric: fc.constant('visits' as const), atLeast: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ metric: fc.constant('spend' as const), atLeast: fc.constantFrom(4_000, 25_000) }) },
  { weight: 1, arbitrary: fc.record({ metric: fc.constant('points' as const), atLeast: fc.constantFrom(60, 300) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ metric: fc.constant('items' as const), category: fc.constantFrom(['tea'], ['tea', 'cups']) },
      atLeast: fc.integer({ min: 3, max: 9 }),
    }),
  },
)
const windows = fc.constantFrom(
  ...([{ rollingMonths: 3 }, { rollingMonths: 3 }, { rollingMonths: 1 }, 'calendar-year', 'anniversary', 'lifetime'] as const),
)
const keeps = fc.constantFrom('while-met' as const, 'next-period' as const, { months: 2 })
const term = fc.constantFrom(undefined, { months: 2 })

/** What whoever comes in must have already. */
const requirement = fc.constantFrom<NonNullable<Club['requires']> | undefined>(
  undefined,
  undefined,
  { tiers: ['silver', 'gold'] },
  { clubs: ['walkers'] },
)

/** Who may join and who is taken in: the ids are those that random conditions ask for. */
const clubs = fc
  .record({
    multipliers: fc.tuple(multiplier, multiplier, multiplier),
    qualifies: fc
      .tuple(rules, windows, keeps)
      // What is never forgotten cannot be kept for some months after.
      .map(([rule, period, keep]) => ({ ...rule, period, ...(period !== 'lifetime' && { keep }) })),
    isWide: fc.boolean(),
    terms: fc.tuple(term, term),
    requires: fc.tuple(requirement, requirement),
  })
  .map(
    ({ multipliers: [some, more, most], qualifies, isWide, terms: [open, invited], requires: [ofPaid, ofInvited] }): Club[] => [
      {
        ...{ id: 'walkers', name: 'Walkers', kind: 'open' },
        ...(some !== undefined && { multiplier: some }),
        ...(open && { term: open }),
      },
      { ...{ id: 'readers', name: 'Readers', kind: 'qualifying', qualifies }, ...(more !== undefined && { multiplier: more }) },
      { id: 'best', name: 'Our best', kind: 'qualifying', qualifies: { tier: isWide ? ['silver', 'gold'] : ['gold'] } },
      {
        ...{ id: 'lounge', name: 'The lounge', kind: 'paid', term: { months: 3 } },
        paid: { fee: { amount: 2_000 }, graceDays: 10, refund: 'pro-rata' as const },
        ...(ofPaid && { requires: ofPaid }),
      },
      {
        ...{ id: 'circle', name: 'The circle', kind: 'invitation' },
        ...{
          ...(most !== undefined && { multiplier: most }),
          ...(invited && { term: invited }),
          ...(ofInvited && { requires: ofInvited }),
        },
      },
    ],
  )

export const clubFee = 2_000

const limits: fc.Arbitrary<CampaignLimits> = fc.record(
  {
    perMember: fc.constant([{ window: 'month' as const, times: 2 }]),
    perStore: fc.integer({ min: 10, max: 200 }),
    budget: fc.integer({ min: 10, max: 300 }),
  },
  { requiredKeys: [] },
)

const bonuses = fc
  .tuple(
    limits,
    limits,
    limits.map(({ budget }) => (budget === undefined ? {} : { budget })),
    fc.integer({ min: 1, max: 60 }),
  )
  .map(([course, fair, friends, gives]): Campaign[] => [
    { id: 'hello', trigger: 'enrolment', effect: { points: 5 } },
    { id: 'course', trigger: { event: 'training' }, effect: { points: gives }, limits: course, exclusive: 'training' },
    { id: 'first', trigger: { event: 'training' }, when: { segment: ['staff'] }, effect: { points: 30 }, exclusive: 'training' },
    { id: 'fair', trigger: { event: 'fair' }, when: { club: ['walkers', 'readers'] }, effect: { points: 20 }, limits: fair },
    { id: 'credit', trigger: { event: 'fair' }, effect: { tierCredit: gives * 300 } },
    { id: 'badge', trigger: { event: 'fair' }, when: { tier: ['silver'] }, effect: { badge: 'fair' } },
    { id: 'silver', trigger: { tierReached: 'silver' }, effect: { points: 25 } },
    { id: 'gold', trigger: { tierReached: 'gold' }, effect: { reward: 'tea' } },
    { id: 'walker', trigger: { clubJoined: 'walkers' }, effect: { points: 3 } },
    { id: 'reader', trigger: { clubJoined: 'readers' }, effect: { points: gives } },
    { id: 'noble', trigger: { clubJoined: 'best' }, effect: { points: 100 } },
    { id: 'guest', trigger: { clubJoined: 'lounge' }, effect: { points: 7 } },
    { id: 'invited', trigger: { clubJoined: 'circle' }, effect: { points: 2 } },
    {
      ...{ id: 'friends', trigger: 'referral', when: { spendAtLeast: { amount: 1_000 } }, effect: { points: 30 } },
      ...{ referrer: { effect: { points: 70 } }, limits: friends },
    },
    { id: 'cake', trigger: 'birthday', effect: { points: 100 } },
    { id: 'year', trigger: 'anniversary', effect: { points: 20 } },
  ])

/** How points are spent: the holds are such that some lapse while others are spent days later. */
const rewards = fc.record({
  gold: fc.constantFrom(undefined, 12),
  holdMinutes: fc.constantFrom(60, 2 * 24 * 60, 20 * 24 * 60),
  expiredMeanwhile: fc.constantFrom(undefined, 'expire' as const, { graceDays: 0 }, { graceDays: 9 }),
})

/** What a flyer takes off: the same in all revisions. */
export const flyerOff = 100

/** Those that anybody may use, made by chance, and the member's own, from a pool. */
const vouchers = fc
  .record({
    uses: fc.constantFrom(undefined, 2, 3),
    days: fc.constantFrom(undefined, 0, 20),
    lockMinutes: fc.constantFrom(undefined, 60, 3 * 24 * 60),
  })
  .map(
    ({ uses, days, lockMinutes }): NonNullable<ProgrammeDocument['vouchers']> => [
      {
        ...{ id: 'flyer', codes: { generated: { length: 10 } }, value: { kind: 'money-off', amount: flyerOff }, bearer: true },
        ...{ ...(uses && { uses }), ...(days !== undefined && { valid: { days } }), ...(lockMinutes && { lockMinutes }) },
      },
      { id: 'film', codes: { pool: { lowMark: 2 } }, value: { kind: 'product', sku: 'cinema' } },
    ],
  )

/** When members are asked, and what staff have to do by when. */
const services = fc
  .record({
    survey: fc.option(
      fc.record({
        afterHours: fc.constantFrom(1, 24, 24 * 10),
        quietDays: fc.constantFrom(0, 3, 60),
        minimumAmount: fc.constantFrom(undefined, 3_000),
        lowScore: fc.constantFrom(undefined, { atMost: 6, opens: 'unhappy' }, { atMost: 0, opens: 'rude' }),
      }),
      { nil: undefined, freq: 6 },
    ),
    normal: fc.constantFrom({ days: 3 }, { hours: 10 }),
    reopenDays: fc.constantFrom(20, 60),
  })
  .map(({ survey, normal, reopenDays }): NonNullable<ProgrammeDocument['service']> => {
    const { categories, deadlines } = exampleService
    return { categories, deadlines: { ...deadlines, normal }, reopenDays, ...(survey && { survey }) }
  })

const document = fc
  .tuple(
    points,
    tiers,
    clubs,
    campaigns(6, { most: 100, members: true, limited: true }),
    bonuses,
    rewards,
    wholeGuarantees,
    vouchers,
    services,
    stores,
  )
  .map(
    ([
      { earn, terms },
      ladder,
      some,
      list,
      gifts,
      { gold, ...redemptions },
      promises,
      series,
      service,
      register,
    ]): ProgrammeDocument => ({
      ...demoDocument,
      points: { ...terms, earn, autoEnrol: false, gifts: giftPolicy },
      ...(register && { stores: register }),
      tiers: ladder,
      clubs: some,
      rewards: catalogue(gold),
      redemptions,
      guarantees: promises,
      vouchers: series,
      service,
      campaigns: [...list, ...placeCampaigns, ...gifts],
    }),
  )

export const wholeProgrammes = (rounds: number): fc.Arbitrary<WholeProgramme> =>
  fc
    .record({
      timezone: fc.constantFrom(...timezones),
      first: document,
      later: fc.array(
        fc.record({ round: fc.nat(rounds - 1), afterMs: fc.constantFrom(60_000, 3 * dayMs, 40 * dayMs), document }),
        { maxLength: 2 },
      ),
    })
    .map(({ timezone, first, later }) => ({
      timezone,
      first: { ...first, timezone },
      later: later.map((one) => ({ ...one, document: { ...one.document, timezone } })),
    }))
