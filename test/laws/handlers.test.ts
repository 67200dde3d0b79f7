import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Club } from '../../functions/domain/club.ts'
import { freeCampaigns, limitedCampaigns, withAllCampaigns, withCampaigns } from '../domain/campaign-documents.ts'
import { at, demoDocument, documentWith } from '../domain/programmes.ts'
import { type Engine, engines } from '../store/engines.ts'
import { examine } from './aftermath.ts'
import { happen, type Programme } from './history.ts'
import { loggedErrors } from './logged-errors.ts'
import { plans } from './plans.ts'
import type { Weather } from './world.ts'

const few = [
  { id: 'bronze', threshold: 0, multiplier: 10_000 },
  { id: 'silver', threshold: 2, multiplier: 12_500 },
  { id: 'gold', threshold: 4, multiplier: 15_000 },
]
const visits = documentWith({}, { tiers: { metric: 'visits', period: { rollingMonths: 3 }, downgrade: 'one-step', levels: few } })

const inQuarter = { period: { rollingMonths: 3 }, keep: 'while-met' } as const
const regulars = {
  ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying' },
  qualifies: { ...inQuarter, metric: 'visits', atLeast: 2 },
} as const satisfies Club
const best: Club = { id: 'best', name: 'Our best', kind: 'qualifying', qualifies: { tier: ['silver', 'gold'] } }
const buyers: Club = {
  ...{ id: 'buyers', name: 'Buyers', kind: 'qualifying' },
  qualifies: { metric: 'purchases', atLeast: 3, period: 'anniversary' },
}

const programmes: readonly (readonly [name: string, programme: Programme])[] = [
  ['the demo', { first: demoDocument }],
  [
    'debt forgiven, a hold, cards that do not enrol',
    {
      first: documentWith({ negative: 'forgive', holdDays: 14, autoEnrol: false, earn: { points: 3, per: 70 }, attachDays: 400 }),
    },
  ],
  [
    'months to the day, a hold longer than the points live',
    { first: documentWith({ expiry: { months: 1 }, holdDays: 45, attachDays: 60 }) },
  ],
  [
    'a fixed date, a zone that skips midnights',
    { first: documentWith({ expiry: { fixedDate: '02-29' }, holdDays: 1 }, { timezone: 'Africa/Cairo' }) },
  ],
  [
    'inactivity with a hold, a half-hour zone',
    { first: documentWith({ expiry: { inactivity: 3 }, holdDays: 10, attachDays: 900 }, { timezone: 'Asia/Kolkata' }) },
  ],
  ['no expiry', { first: documentWith({ expiry: 'none', holdDays: 3 }) }],
  [
    'a second revision',
    {
      first: documentWith({ expiry: { months: 2 } }),
      later: [
        at('2026-03-17T12:00:00Z'),
        documentWith(
          { earn: { points: 5, per: 90 }, expiry: { months: 7, roundTo: 'month' }, holdDays: 2, negative: 'forgive' },
          {
            tiers: {
              ...demoDocument.tiers,
              levels: [
                { id: 'bronze', threshold: 0, multiplier: 10_000 },
                { id: 'silver', threshold: 20_000, multiplier: 11_000 },
                { id: 'platinum', threshold: 120_000, multiplier: 20_000 },
              ],
            },
          },
        ),
      ],
    },
  ],
  [
    'purchases of membership years, a warning before they lapse',
    { first: documentWith({}, { tiers: { metric: 'purchases', period: 'anniversary', lapseWarningDays: 60, levels: few } }) },
  ],
  [
    'clubs for whoever qualifies, one of which comes later',
    {
      first: { ...visits, clubs: [regulars, best] },
      later: [
        at('2026-03-17T12:00:00Z'),
        {
          ...demoDocument,
          clubs: [best, { ...regulars, qualifies: { ...inQuarter, metric: 'spend', atLeast: 20_000 } }, buyers],
        },
      ],
    },
  ],
  ['a year’s spend that gives way to visits', { first: demoDocument, later: [at('2026-03-17T12:00:00Z'), visits] }],
  ['campaigns with caps, store limits and budgets', { first: withAllCampaigns }],
  [
    'campaigns that a second revision ends',
    {
      first: withCampaigns(freeCampaigns),
      later: [at('2026-03-17T12:00:00Z'), withCampaigns(limitedCampaigns, { holdDays: 1 })],
    },
  ],
]

/** What goes wrong: nothing, a little of everything, a lot, or processes that die in the middle of it. */
const weather = fc.constantFrom<Weather>(
  { torn: 0.3 },
  {
    conflict: 0.08,
    throttled: 0.04,
    timeoutBefore: 0.05,
    timeoutAfter: 0.08,
    timeoutLate: 0.06,
    unread: 0.04,
    staleIndex: 0.3,
    torn: 0.3,
  },
  {
    conflict: 0.15,
    throttled: 0.1,
    timeoutBefore: 0.15,
    timeoutAfter: 0.15,
    timeoutLate: 0.15,
    unread: 0.15,
    staleIndex: 0.6,
    torn: 0.3,
  },
  { timeoutAfter: 0.05, timeoutLate: 0.05, torn: 0.3, kill: 0.01 },
)

const logged = loggedErrors()

/** Lets random histories happen on stores of an engine, each on an empty one, and examines what is left of them. */
const law = (engine: Engine, programme: fc.Arbitrary<Programme>, mostRounds: number, runs: number) =>
  fc.assert(
    fc.asyncProperty(programme, plans(mostRounds), weather, async (under, plan, wrong) => {
      const store = await engine.make()
      try {
        await examine(await happen(store, under, plan, wrong, logged), under)
      } finally {
        await store.close()
      }
    }),
    { numRuns: Number(process.env.RUNS ?? runs), interruptAfterTimeLimit: 500_000 },
  )

const [sqlite] = engines
const dynamo = engines.find(({ name }) => name.startsWith('DynamoStore'))

describe('any history is what a naive recomputation of the acknowledged facts says', () => {
  it.each(programmes)('under %s', { timeout: 580_000 }, (_name, programme) => law(sqlite!, fc.constant(programme), 4, 70))

  // Without Java the whole run says loudly that DynamoDB Local is left out.
  it.runIf(dynamo)('on DynamoDB', { timeout: 580_000 }, () =>
    law(dynamo!, fc.constantFrom(...programmes.map(([, programme]) => programme)), 2, 20),
  )
})
