import fc from 'fast-check'
import type { Campaign, CampaignEffect, CampaignLimits, Condition, LineSelector } from '../../functions/domain/campaign.ts'
import { limitNames, weekdays } from '../../functions/domain/campaign.ts'
import type { Room } from '../../functions/domain/campaign-awards.ts'
import type { SaleFacts } from '../../functions/domain/conditions.ts'
import type { EarningLine } from '../../functions/domain/earning.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { type Instant, memberId } from '../../functions/domain/units.ts'
import { demoDocument } from './programmes.ts'

/** Random campaigns, and baskets that meet them: few names, so that they often do. */

const weighted = <Value>(...choices: readonly (readonly [weight: number, fc.Arbitrary<Value>])[]): fc.Arbitrary<Value> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const skus = ['s-1', 's-2', 's-3', 's-4', 's-5']
const categories = ['candles', 'tea', 'cups']
const tenders = ['cash', 'card', 'gift-card']
const channels = ['shop', 'web']
const clubs = ['walkers', 'readers']
const segments = ['staff', 'students']
export const stores = [
  { id: 'leeds', groups: ['north', 'cities'] },
  { id: 'york', groups: ['north'] },
  { id: 'bath', groups: ['south'] },
  { id: 'hull' },
]
const groups = ['north', 'south', 'cities', 'nowhere']
const tierIds = ['bronze', 'silver', 'gold']
const rewards = [{ id: 'tea' }, { id: 'cup' }]

const someOf = (names: readonly string[]) => fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
const branches = <Part>(part: fc.Arbitrary<Part>) => fc.array(part, { minLength: 1, maxLength: 3 })

const { selector } = fc.letrec<{ selector: LineSelector }>((tie) => ({
  selector: weighted<LineSelector>(
    [4, someOf(skus).map((sku) => ({ sku }))],
    [4, someOf(categories).map((category) => ({ category }))],
    [1, branches(tie('selector')).map((all) => ({ all }))],
    [1, branches(tie('selector')).map((any) => ({ any }))],
    [1, branches(tie('selector')).map((none) => ({ none }))],
  ),
}))

const amount = weighted(
  [1, fc.constant(0)],
  [8, fc.integer({ min: 1, max: 6_000 })],
  [1, fc.integer({ min: 6_001, max: 10 ** 12 })],
)
const of = fc.constantFrom('matching' as const, 'basket' as const, undefined)
const time = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
const day = fc.integer({ min: 0, max: 800 }).map((days) => new Date(Date.UTC(2025, 5, 1 + days)).toISOString().slice(0, 10))
const bounds = fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]) => ({ atLeast: Math.min(a, b), atMost: Math.max(a, b) }))

/** Conditions that hold of the basket that is asked, whatever the member. */
const ofBasket = weighted<Condition>(
  [2, someOf(skus).map((sku) => ({ sku }))],
  [2, someOf(categories).map((category) => ({ category }))],
  [2, fc.record({ amount, of }).map((spendAtLeast) => ({ spendAtLeast }))],
  [1, fc.record({ quantity: fc.integer({ min: 1, max: 12 }), of }).map((quantityAtLeast) => ({ quantityAtLeast }))],
  [1, fc.record({ count: fc.integer({ min: 1, max: 4 }), of }).map((distinctSkusAtLeast) => ({ distinctSkusAtLeast }))],
)

const number = fc.integer({ min: 1, max: 6 })

/** Conditions that hold of the sale and the member, whatever is kept of it. */
const ofSale = weighted<Condition>(
  [1, someOf(stores.map(({ id }) => id)).map((store) => ({ store }))],
  [1, someOf(groups).map((storeGroup) => ({ storeGroup }))],
  [1, someOf(channels).map((channel) => ({ channel }))],
  [1, fc.tuple(day, day).map(([a, b]) => ({ dates: a < b ? { from: a, until: b } : { from: b } }))],
  [1, day.map((until) => ({ dates: { until } }))],
  [1, someOf(weekdays).map((days) => ({ weekdays: days as (typeof weekdays)[number][] }))],
  [
    1,
    fc
      .tuple(time, time)
      .filter(([from, until]) => from !== until)
      .map(([from, until]) => ({ hours: { from, until } })),
  ],
  [1, someOf(tierIds).map((tier) => ({ tier }))],
  [1, someOf(tenders).map((tender) => ({ tender }))],
  [1, number.map((is) => ({ purchaseNumber: { is } }))],
  [1, number.map((atMost) => ({ purchaseNumber: { atMost } }))],
  [1, number.map((every) => ({ purchaseNumber: { every } }))],
  [1, bounds.map((daysSinceLastPurchase) => ({ daysSinceLastPurchase }))],
  [1, fc.nat(30).map((atLeast) => ({ daysSinceLastPurchase: { atLeast } }))],
  [1, fc.constant({ birthdayMonth: true as const })],
)

const ofMember = weighted<Condition>(
  [1, someOf(clubs).map((club) => ({ club }))],
  [1, someOf(segments).map((segment) => ({ segment }))],
)

/** Combined with all, any and none, nested. */
const combined = (leaf: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> =>
  fc.letrec<{ condition: Condition }>((tie) => ({
    condition: weighted<Condition>(
      [6, leaf],
      [2, branches(tie('condition')).map((all) => ({ all }))],
      [2, branches(tie('condition')).map((any) => ({ any }))],
      [2, branches(tie('condition')).map((none) => ({ none }))],
    ),
  })).condition

/** `most` bounds what one campaign gives, so that sums of many stay whole numbers that a double holds. */
const effect = (most: number) =>
  weighted<CampaignEffect>(
    [3, fc.integer({ min: 1, max: most }).map((points) => ({ points }))],
    [3, fc.record({ points: fc.integer({ min: 1, max: 30 }), per: fc.integer({ min: 1, max: 900 }) })],
    [2, fc.record({ points: fc.integer({ min: 1, max: most }), everyItems: fc.integer({ min: 1, max: 5 }) })],
    [3, fc.integer({ min: 10_001, max: 60_000 }).map((multiplier) => ({ multiplier }))],
    [1, fc.constantFrom(...rewards).map(({ id }) => ({ reward: id }))],
    [1, fc.integer({ min: 1, max: 40_000 }).map((tierCredit) => ({ tierCredit }))],
    [1, fc.constantFrom('early', 'loyal').map((badge) => ({ badge }))],
  )

const schedule = fc
  .tuple(day, day)
  .map(([a, b]) => ({ from: `${a < b ? a : b}T00:00:00Z`, ...(a !== b && { until: `${a < b ? b : a}T12:30:00+02:00` }) }))

const perMember = fc.array(
  fc
    .record({
      window: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const, 'campaign' as const),
      times: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      points: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ points, ...cap }) => (cap.times === undefined || points % 2 ? { ...cap, points } : cap)),
  { minLength: 1, maxLength: 3 },
)

const perPurchase = fc.integer({ min: 1, max: 50 }).map((points): CampaignLimits => ({ perPurchase: points }))
const limited = fc
  .record(
    {
      perPurchase: fc.integer({ min: 1, max: 50 }),
      perMember,
      perStore: fc.integer({ min: 1, max: 300 }),
      budget: fc.integer({ min: 1, max: 500 }),
    },
    { requiredKeys: [] },
  )
  .filter(({ perMember: caps, perStore, budget }) => caps !== undefined || perStore !== undefined || budget !== undefined)

export interface Kind {
  readonly most: number
  /** Whether there are conditions on clubs and segments, which no part of the program sets yet. */
  readonly members: boolean
  readonly limited: boolean
}

function campaignOf({ most, members, limited: mayBeLimited }: Kind): fc.Arbitrary<Omit<Campaign, 'id'>> {
  const leaf = members ? weighted([3, ofBasket], [5, ofSale], [1, ofMember]) : weighted([3, ofBasket], [5, ofSale])
  return fc
    .record({
      schedule: fc.option(schedule, { freq: 2, nil: undefined }),
      lines: fc.option(selector, { freq: 2, nil: undefined }),
      when: fc.option(combined(leaf), { freq: 4, nil: undefined }),
      effect: effect(most),
      limits: weighted<CampaignLimits | undefined>(
        [4, fc.constant(undefined)],
        [1, perPurchase],
        ...(mayBeLimited ? ([[3, limited]] as const) : []),
      ),
      exclusive: fc.option(fc.constantFrom('g-1', 'g-2', 'g-3'), { freq: 2, nil: undefined }),
      priority: fc.option(fc.integer({ min: -2, max: 2 }), { freq: 2, nil: undefined }),
      holdOut: fc.option(fc.constantFrom({ percent: 1 }, { percent: 50 }, { percent: 99 }), { freq: 1, nil: undefined }),
    })
    .map((campaign) => ({ trigger: 'purchase' as const, ...campaign }))
}

/** So many campaigns at most, of all kinds. */
export const campaigns = (mostCampaigns: number, kind: Kind): fc.Arbitrary<Campaign[]> =>
  fc
    .array(campaignOf(kind), { minLength: 1, maxLength: mostCampaigns, size: 'max' })
    .map((all) => all.map((campaign, index) => ({ id: `c-${index}`, ...campaign })))

/** A document with campaigns, its points and tiers the demo's. */
export const documentOf = (list: readonly Campaign[], more: Partial<ProgrammeDocument> = {}): ProgrammeDocument => ({
  ...demoDocument,
  stores,
  rewards,
  ...more,
  campaigns: list,
})

const tagged = fc.option(fc.uniqueArray(fc.constantFrom(...categories), { maxLength: 2 }), { nil: undefined })

/** Lines of a basket, each with an article and perhaps categories. */
export const basket: fc.Arbitrary<EarningLine[]> = fc
  .array(
    fc.record({
      sku: fc.constantFrom(...skus, 's-9'),
      quantity: fc.integer({ min: 1, max: 9 }),
      amount,
      categories: tagged,
      excluded: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    }),
    { maxLength: 8 },
  )
  .map((lines) => lines.map((line, index) => ({ lineId: String(index + 1), ...line })))

const instantIn2026 = fc.integer({ min: Date.parse('2025-12-01T00:00:00Z'), max: Date.parse('2027-02-01T00:00:00Z') })

/** Facts of a sale but for its lines and tier. */
export const saleFacts = fc.record({
  at: instantIn2026.map((at) => at as Instant),
  memberId: fc.nat(40).map((number) => memberId(`m-${number}`)),
  storeId: fc.constantFrom(...stores.map(({ id }) => id), 'elsewhere'),
  channel: fc.constantFrom(...channels, 'phone', undefined),
  tenders: fc.option(fc.array(fc.record({ type: fc.constantFrom(...tenders), amount: fc.nat(100) }), { maxLength: 2 }), {
    nil: undefined,
  }),
  clubs: fc.subarray(clubs),
  segments: fc.subarray(segments),
  purchaseNumber: fc.integer({ min: 1, max: 12 }),
  daysSinceLastPurchase: fc.option(fc.nat(70)),
  birthdayMonth: fc.boolean(),
}) satisfies fc.Arbitrary<Omit<SaleFacts, 'tier' | 'bought'>>

export const timezone = fc.constantFrom('Europe/London', 'Africa/Cairo', 'Asia/Kolkata', 'America/New_York')

/** What limits leave: by the campaign's place; undefined: as much as it gives. */
export const rooms: fc.Arbitrary<(Room | undefined)[]> = fc.array(
  fc.option(fc.record({ points: fc.integer({ min: -5, max: 40 }), limit: fc.constantFrom(...limitNames) }), { nil: undefined }),
  { minLength: 40, maxLength: 40 },
)
