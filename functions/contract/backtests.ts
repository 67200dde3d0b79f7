import * as z from 'zod'
import { under } from './candidate.ts'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, id, instant, points } from './values.ts'

const jobId = id.optional().meta({ description: 'The client’s own id for it; without one it is made of the request.' })

/** Where a job stands, and its report once it is done. */
export const jobAnswer = <Report extends z.ZodType>(report: Report) =>
  z.object({
    status: z.enum(['running', 'done', 'failed']),
    progress: z.object({
      done: z.int().meta({ description: 'Parts of the members that were looked at.' }),
      total: z.int().meta({ description: 'It grows where a budget turns out to run out: then all are looked at once more.' }),
    }),
    startedAt: answeredInstant(),
    from: answeredInstant(),
    until: answeredInstant(),
    report: report.optional(),
  })

const compared = <Kind extends z.ZodType>(kind: Kind) => z.object({ recorded: kind, under: kind })
const cost = lazily(() =>
  compared(z.int().nullable()).meta({
    description: 'Minor units, by the value of a point of the programme as it was and as it would be; null where it has none.',
  }),
)

export const backtestAnswer = lazily(() =>
  jobAnswer(
    z.object({
      members: z.object({
        looked: z.int(),
        touched: z.int().meta({ description: 'Whose points, gifts, tier or clubs would be others.' }),
      }),
      purchases: z.int(),
      occasions: compared(z.int())
        .optional()
        .meta({
          description:
            'What else than purchases campaigns gave something for: enrolments, birthdays, anniversaries, events, tiers reached, clubs ' +
            'joined, and referrals, each with the friend.',
        }),
      points: compared(points()).meta({
        description: 'Of the purchases of the period and of what else campaigns gave something for, what is kept of them now.',
      }),
      cost: cost(),
      tiers: z.object({
        up: z.int().meta({ description: 'Members whose tier at the end would be a higher one.' }),
        down: z.int(),
        members: z.array(z.object({ tier: z.string(), recorded: z.int(), under: z.int() })),
      }),
      clubs: z
        .array(z.object({ club: z.string(), recorded: z.int(), under: z.int() }))
        .optional()
        .meta({ description: 'Members by club at the end.' }),
      sources: z
        .array(
          z.object({
            source: z.string(),
            points: compared(points()),
            cost: cost(),
            purchases: compared(z.int()),
            occasions: compared(z.int()).optional(),
            members: compared(z.int()),
          }),
        )
        .meta({ description: 'The base rule and each campaign that gave something.' }),
      budgets: z.object({
        runOut: z
          .array(
            z.object({
              campaign: z.string(),
              storeId: z.string().optional(),
              after: answeredInstant(),
              before: answeredInstant(),
            }),
          )
          .meta({ description: 'Budgets that would have run out, and between which instants.' }),
        omitted: z.int(),
      }),
      refused: z
        .int()
        .meta({ description: 'Sales, returns and bonuses that the accounts would not have taken; they are left out.' }),
      approximations: z.array(z.string()).meta({ description: 'What it cannot know or leaves out, in words.' }),
    }),
  )
    .extend({ id })
    .meta({ id: 'Backtest' }),
)

export const startBacktest = operation({
  name: 'startBacktest',
  summary: 'Try the draft, or any revision, on the recorded purchases of a period',
  description:
    'A job: ask for it by its id until it is done. Purchases are those dated from `from` and before `until`, judged anew in the ' +
    'order in which they were booked, as if it had been in force from `from` on; so are enrolments, birthdays, anniversaries, events, ' +
    'and the tiers reached, clubs joined and referrals that would have come of it.',
  audience: 'admin',
  office: 'programme',
  method: 'POST',
  path: '/admin/programme/draft/backtest',
  scope: 'laurel/admin.marketing',
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: canonicalObject({ id: jobId, from: instant, until: instant, under }).meta({ id: 'BacktestRequest' }),
  answers: () => ({ 202: backtestAnswer(), 200: backtestAnswer() }),
  problems: ['period-empty', 'revision-unknown', 'currency-mismatch', 'id-reused', 'too-many-jobs', 'record-too-large'],
  example: {
    params: {},
    body: {
      id: 'christmas-draft',
      from: '2026-01-01T00:00:00Z',
      until: '2026-12-01T00:00:00Z',
      under: { revision: 1 },
    },
  },
})

export const readBacktest = operation({
  name: 'readBacktest',
  summary: 'How far a backtest has come, and its report',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/backtests/{id}',
  scope: 'laurel/admin.read',
  params: z.strictObject({ id }),
  query: z.strictObject({}),
  body: undefined,
  answers: () => ({ 200: backtestAnswer() }),
  problems: ['backtest-unknown'],
  example: { params: { id: 'christmas-draft' } },
})
