import * as z from 'zod'
import { jobAnswer } from './backtests.ts'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { id, instant } from './values.ts'

const group = lazily(() =>
  z.object({
    mean: z.number().nullable().meta({ description: 'Of a member; null where the group has none.' }),
    deviation: z
      .number()
      .nullable()
      .meta({ description: 'Standard deviation; null where the group has fewer than two members.' }),
  }),
)

const comparison = lazily(() =>
  z.object({
    having: group(),
    heldOut: group(),
    difference: z.object({ difference: z.number(), low: z.number(), high: z.number() }).nullable().meta({
      description:
        'Mean of those who have it less that of those held out, with Welch’s interval; null where a group has fewer than two.',
    }),
  }),
)

const experimentAnswer = lazily(() =>
  jobAnswer(
    z.object({
      members: z.object({ having: z.int(), heldOut: z.int() }),
      spend: comparison().meta({ description: 'Eligible spend at what is kept of it, minor units a member.' }),
      visits: comparison().meta({ description: 'Local days with a purchase of which something is kept, a member.' }),
      confidence: z.number(),
      small: z.boolean().meta({ description: 'A group has fewer than 30 members: do not take the interval at its word.' }),
    }),
  )
    .extend({ campaign: z.string(), percent: z.int() })
    .meta({ id: 'Experiment' }),
)

const params = z.strictObject({ campaignId: id })

export const startExperimentReport = operation({
  name: 'startExperimentReport',
  summary: 'Compare those who have a campaign with those held out of it',
  description:
    'A job: read the report until it is done. All members of the end of the period are compared, whether or not the campaign ' +
    'ever applied to them. Without `percent` it is what the campaign says; with it a campaign need not hold out anybody: so it ' +
    'is seen how far the groups differ by chance.',
  audience: 'admin',
  method: 'POST',
  path: '/admin/reports/experiments/{campaignId}',
  scope: 'laurel/admin.marketing',
  params,
  query: z.strictObject({}),
  body: canonicalObject({ from: instant, until: instant, percent: z.int().min(1).max(99).optional() }).meta({
    id: 'ExperimentRequest',
  }),
  answers: () => ({ 202: experimentAnswer(), 200: experimentAnswer() }),
  problems: ['period-empty', 'experiment-unknown', 'too-many-jobs'],
  example: {
    params: { campaignId: 'double-candles' },
    body: { from: '2026-01-01T00:00:00Z', until: '2026-12-01T00:00:00Z', percent: 20 },
  },
})

export const readExperimentReport = operation({
  name: 'readExperimentReport',
  summary: 'The comparison of those who have a campaign with those held out of it',
  description: 'The one of that period, or where none is named the one that was asked for last.',
  audience: 'admin',
  method: 'GET',
  path: '/admin/reports/experiments/{campaignId}',
  scope: 'laurel/admin.read',
  params,
  query: z.strictObject({ from: instant.optional(), until: instant.optional() }),
  body: undefined,
  answers: () => ({ 200: experimentAnswer() }),
  problems: ['report-unknown'],
  example: { params: { campaignId: 'double-candles' } },
})
