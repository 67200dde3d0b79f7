import type { ProgrammeDocument, TierPolicy } from '../../functions/domain/programme.ts'
import {
  forgiving,
  freeCampaigns,
  limitedCampaigns,
  otherLimits,
  withAllCampaigns,
  withCampaigns,
  zoned,
} from './campaign-documents.ts'
import { at, demoDocument, documentWith } from './programmes.ts'

/** A programme: its first document, and the later ones with the instants from which they are in force. */
export type Case = readonly [name: string, first: ProgrammeDocument, ...later: [inForceFrom: number, ProgrammeDocument][]]

/** When members of these programmes enrol. */
export const begin = at('2023-10-05T09:00:00Z')

const level = (id: string, threshold: number, multiplier: number) => ({ id, threshold, multiplier })
/** For metrics of small numbers. */
const few = [level('bronze', 0, 10_000), level('silver', 2, 12_500), level('gold', 4, 15_000)]
const withTiers = (tiers: Partial<TierPolicy>) => documentWith({}, { tiers: { ...demoDocument.tiers, ...tiers } })

export const cases: readonly Case[] = [
  ['the demo', demoDocument],
  ['debt forgiven, a hold', documentWith({ negative: 'forgive', holdDays: 14, earn: { points: 3, per: 70 } })],
  ['months to the day, a hold longer than the points live', documentWith({ expiry: { months: 1 }, holdDays: 45 })],
  [
    'a fixed date, a zone that skips midnights',
    documentWith({ expiry: { fixedDate: '02-29' }, holdDays: 1 }, { timezone: 'Africa/Cairo' }),
  ],
  ['inactivity', documentWith({ expiry: { inactivity: 3 } })],
  [
    'inactivity with a hold, a half-hour zone',
    documentWith({ expiry: { inactivity: 6 }, holdDays: 30 }, { timezone: 'Asia/Kolkata' }),
  ],
  [
    'inactivity that gives way to months',
    documentWith({ expiry: { inactivity: 4 }, holdDays: 5 }),
    [at('2024-08-17T12:00:00Z'), documentWith({ expiry: { months: 3 } })],
  ],
  ['no expiry', documentWith({ expiry: 'none', holdDays: 3 })],
  [
    'a second revision',
    documentWith({ expiry: { months: 2 } }),
    [
      at('2024-08-17T12:00:00Z'),
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
  ],
  ['rolling months', withTiers({ period: { rollingMonths: 4 } })],
  ['rolling months, down one step at a time', withTiers({ period: { rollingMonths: 3 }, downgrade: 'one-step' })],
  ['calendar years, kept for months', withTiers({ keep: { months: 5 }, lapseWarningDays: 20 })],
  [
    'visits in years of membership, one step down, a warning',
    withTiers({ metric: 'visits', period: 'anniversary', downgrade: 'one-step', levels: few, lapseWarningDays: 40 }),
  ],
  [
    'purchases of a membership year, kept for months',
    withTiers({ metric: 'purchases', period: 'anniversary', keep: { months: 2 }, levels: few }),
  ],
  [
    'points of a lifetime',
    withTiers({ metric: 'points', period: 'lifetime', levels: [level('bronze', 0, 10_000), level('silver', 700, 12_500)] }),
  ],
  ['calendar years, one step down', withTiers({ downgrade: 'one-step', lapseWarningDays: 400 })],
  [
    'tiers that are made harder, then have a step more, then other names',
    withTiers({ downgrade: 'one-step' }),
    [
      at('2024-03-10T12:00:00Z'),
      withTiers({ downgrade: 'one-step', levels: [level('bronze', 0, 10_000), level('gold', 90_000, 15_000)] }),
    ],
    [at('2024-09-01T00:00:00Z'), withTiers({ lapseWarningDays: 10 })],
    [
      at('2025-02-01T00:00:00Z'),
      withTiers({ levels: [level('basic', 0, 10_000), level('plus', 40_000, 11_000), level('top', 150_000, 13_000)] }),
    ],
  ],
  [
    'a calendar year’s spend that gives way to rolling visits, then to membership years of points',
    demoDocument,
    [at('2024-05-10T12:00:00Z'), withTiers({ metric: 'visits', period: { rollingMonths: 2 }, levels: few })],
    [
      at('2024-12-24T00:00:00Z'),
      withTiers({ metric: 'points', period: 'anniversary', levels: [level('basic', 0, 10_000), level('plus', 300, 14_000)] }),
    ],
  ],
  [
    'visits of a lifetime that give way to calendar years',
    withTiers({ metric: 'visits', period: 'lifetime', levels: few }),
    [at('2024-05-10T12:00:00Z'), demoDocument],
  ],
  ['campaigns of all kinds', withCampaigns(freeCampaigns)],
  ['campaigns in New York, debt and a hold', zoned],
  [
    'campaigns whose credit counts as points, in rolling months',
    {
      ...withCampaigns(freeCampaigns),
      tiers: {
        metric: 'points',
        period: { rollingMonths: 4 },
        levels: [level('bronze', 0, 10_000), level('silver', 9_400, 12_500)],
      },
    },
  ],
  [
    'campaigns whose credit is no visit',
    { ...withCampaigns(freeCampaigns), tiers: { metric: 'visits', period: 'anniversary', levels: few } },
  ],
  ['limited campaigns', withCampaigns(limitedCampaigns)],
  ['limited campaigns, debt forgiven', forgiving],
  [
    'campaigns and budgets that a second revision changes',
    withAllCampaigns,
    [at('2024-08-17T12:00:00Z'), withCampaigns([...otherLimits, ...freeCampaigns.slice(0, 9)], { holdDays: 1 })],
  ],
]
