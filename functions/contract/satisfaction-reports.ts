import * as z from 'zod'
import { jobAnswer } from './backtests.ts'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { instant } from './values.ts'

const said = lazily(() =>
  z.object({
    asked: z.int().meta({ description: 'Askings that went out in the period.' }),
    answered: z.int().meta({ description: 'Of those, how many were answered since.' }),
    responseRate: z.int().nullable().meta({ description: 'Answered of asked, basis points.' }),
    answers: z.int().meta({ description: 'Scores given in the period, whether asked for or not.' }),
    promoters: z.int().meta({ description: 'Scores of 9 and 10.' }),
    passives: z.int().meta({ description: 'Scores of 7 and 8.' }),
    detractors: z.int().meta({ description: 'Scores of 0 to 6.' }),
    nps: z.int().nullable().meta({
      description: 'Net Promoter Score, −100 to 100: promoters less detractors, percent of all answers, rounded to the nearest.',
    }),
    average: z.int().nullable().meta({ description: 'Mean score in hundredths, rounded to the nearest.' }),
    distribution: z.array(z.int()).meta({ description: 'How often each score from 0 to 10 was given.' }),
    complaints: z.int().meta({ description: 'Complaints that these scores opened.' }),
  }),
)

const times = lazily(() =>
  z.object({
    complaints: z.int().meta({ description: 'How many it was done for.' }),
    meanMinutes: z.int().nullable(),
    longestMinutes: z.int().nullable(),
  }),
)

const handled = lazily(() =>
  z.object({
    opened: z.int(),
    byScore: z.int().meta({ description: 'Of those, how many a low score opened.' }),
    reopened: z.int().meta({ description: 'Of those, how many their member opened again.' }),
    overdue: z.int().meta({ description: 'Of those, how many missed a deadline.' }),
    firstReply: times().meta({ description: 'From its opening to the first word of staff, whole minutes.' }),
    resolution: times().meta({ description: 'From its opening to the resolution that stands.' }),
    ratings: z
      .object({ distribution: z.array(z.int()), average: z.int().nullable() })
      .meta({ description: 'How often members gave each rating from 1 to 5 to a resolution, and the mean in hundredths.' }),
  }),
)

const satisfactionReport = lazily(() =>
  jobAnswer(
    z.object({
      all: said(),
      by: z.object({
        store: z.array(said().extend({ name: z.string() })).meta({ description: 'Of the purchase.' }),
        month: z.array(said().extend({ name: z.string() })).meta({ description: 'Of the programme’s time zone, `YYYY-MM`.' }),
      }),
      complaints: z
        .object({
          all: handled(),
          by: z.object({
            category: z.array(handled().extend({ name: z.string() })),
            severity: z.array(handled().extend({ name: z.string() })).meta({ description: 'As it was when it was opened.' }),
          }),
        })
        .meta({ description: 'Opened in the period, with what has become of them until now.' }),
    }),
  ).meta({ id: 'SatisfactionReport' }),
)

export const startSatisfactionReport = operation({
  name: 'startSatisfactionReport',
  summary: 'Ask how satisfied members are, and how complaints were dealt with',
  description:
    'A job: read the report until it is done. Askings, scores and complaints are those of the period, with what has become of them ' +
    'until now. At most 500 names of a kind are told apart.',
  audience: 'admin',
  office: 'programme',
  method: 'POST',
  path: '/admin/reports/satisfaction',
  scope: 'laurel/admin.marketing',
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: canonicalObject({ from: instant, until: instant }).meta({ id: 'SatisfactionReportRequest' }),
  answers: () => ({ 202: satisfactionReport(), 200: satisfactionReport() }),
  problems: ['period-empty', 'too-many-jobs'],
  example: { params: {}, body: { from: '2026-01-01T00:00:00Z', until: '2026-12-01T00:00:00Z' } },
})

export const readSatisfactionReport = operation({
  name: 'readSatisfactionReport',
  summary: 'How satisfied members are, and how complaints were dealt with',
  description: 'The report of that period, or where none is named the one that was asked for last.',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/reports/satisfaction',
  scope: 'laurel/admin.read',
  params: z.strictObject({}),
  query: z.strictObject({ from: instant.optional(), until: instant.optional() }),
  body: undefined,
  answers: () => ({ 200: satisfactionReport() }),
  problems: ['report-unknown'],
  example: { params: {} },
})
