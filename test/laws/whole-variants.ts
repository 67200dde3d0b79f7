import fc from 'fast-check'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'

/** What programmes of whole histories differ in, history by history and revision by revision: time, points, tiers and stores. */

/**
 * One for all revisions of a programme. Without a clock change; half an hour off; with changes at night; with a change that skips
 * midnight; with one of half an hour.
 */
export const timezones = ['UTC', 'Asia/Kolkata', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe']

const levels = (silver: number, gold: number) => [
  { id: 'bronze', threshold: 0, multiplier: 10_000 },
  { id: 'silver', threshold: silver, multiplier: 12_500 },
  { id: 'gold', threshold: gold, multiplier: 15_000 },
]

/** Every kind of window, of keeping and of falling. */
export const tiers = fc.constantFrom<ProgrammeDocument['tiers']>(
  { metric: 'spend', period: 'calendar-year', levels: levels(20_000, 60_000) },
  { metric: 'purchases', period: 'calendar-year', keep: { months: 2 }, levels: levels(2, 4) },
  {
    ...{ metric: 'spend', period: { rollingMonths: 6 }, keep: { months: 2 }, lapseWarningDays: 20 },
    levels: levels(9_000, 30_000),
  },
  { metric: 'visits', period: { rollingMonths: 3 }, downgrade: 'one-step', levels: levels(2, 4) },
  { metric: 'points', period: { rollingMonths: 4 }, keep: { months: 1 }, levels: levels(100, 400) },
  { metric: 'spend', period: 'anniversary', lapseWarningDays: 5, levels: levels(15_000, 40_000) },
  { metric: 'points', period: 'anniversary', keep: { months: 3 }, downgrade: 'one-step', levels: levels(100, 300) },
  { metric: 'purchases', period: 'lifetime', levels: levels(2, 5) },
)

/** When points may be spent and until when, and what becomes of what is taken back and is not there. */
export const pointsTerms = fc.record({
  expiry: fc.constantFrom<ProgrammeDocument['points']['expiry']>(
    { months: 12, roundTo: 'month' },
    { months: 2 },
    { months: 3, roundTo: 'month' },
    { fixedDate: '02-29' },
    { fixedDate: '12-31' },
    'none',
  ),
  holdDays: fc.constantFrom(0, 0, 1, 10),
  negative: fc.constantFrom('debt' as const, 'forgive' as const),
  attachDays: fc.constantFrom(undefined, 0, 60),
})

/** Registers of the stores where members buy; in the last, one of them is missing, and takes nothing. */
export const stores = fc.constantFrom<ProgrammeDocument['stores']>(
  undefined,
  [{ id: 'leeds', groups: ['north', 'cities'] }, { id: 'york', groups: ['north'] }, { id: 'elsewhere' }],
  [{ id: 'leeds', groups: ['south'] }, { id: 'york' }, { id: 'elsewhere', groups: ['cities', 'north'] }],
  [
    { id: 'leeds', groups: ['north'] },
    { id: 'york', groups: ['cities'] },
  ],
)

/** What depends on where, when and how somebody buys; the first two are worth naming in a register of stores alone. */
export const placeCampaigns: readonly Campaign[] = [
  { id: 'at-north', trigger: 'purchase', when: { storeGroup: ['north'] }, effect: { points: 4 } },
  { id: 'not-cities', trigger: 'purchase', when: { none: [{ storeGroup: ['cities'] }] }, effect: { points: 2 } },
  { id: 'at-web', trigger: 'purchase', when: { channel: ['web'] }, effect: { points: 3 } },
  { id: 'by-card', trigger: 'purchase', when: { tender: ['gift-card'] }, effect: { multiplier: 11_000 } },
  { id: 'at-night', trigger: 'purchase', when: { hours: { from: '21:30', until: '06:15' } }, effect: { points: 6 } },
  { id: 'weekend', trigger: 'purchase', when: { weekdays: ['sat', 'sun'] }, effect: { points: 5 } },
]
