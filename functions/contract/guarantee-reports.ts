import * as z from 'zod'
import { jobAnswer } from './backtests.ts'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { instant, points } from './values.ts'

const figures = lazily(() =>
  z.object({
    promised: z
      .object({ lines: z.int(), value: z.int() })
      .meta({ description: 'Lines sold under a guarantee, and what was paid for them.' }),
    claimed: z.object({ claims: z.int(), value: z.int() }),
    approved: z.object({ claims: z.int(), value: z.int() }).meta({ description: 'And not undone.' }),
    refunded: z
      .object({ claims: z.int(), amount: z.int() })
      .meta({ description: 'What was given: money, the worth of other goods, or what a voucher takes off at the most.' }),
    points: points().meta({ description: 'Given as remedies, and beside them.' }),
    unpriced: z.int().optional().meta({
      description: 'Of those refunded, claims whose voucher has no worth that anybody can say; left out where there is none.',
    }),
  }),
)
const named = lazily(() => z.array(figures().extend({ name: z.string() })))
const group = lazily(() => z.object({ members: z.int(), mean: z.number().nullable() }))

const guaranteeReport = lazily(() =>
  jobAnswer(
    z.object({
      all: figures(),
      by: z.object({ guarantee: named(), store: named(), sku: named(), reason: named() }),
      later: z
        .object({
          claimants: group(),
          others: group(),
          difference: z.object({ difference: z.number(), low: z.number(), high: z.number() }).nullable(),
          small: z.boolean(),
        })
        .meta({
          description:
            'What members spent after the period, at what is kept of it, minor units a member: those who claimed in it, and others who ' +
            'bought in it; the difference with Welch’s interval of 95 %, `small` where a group has fewer than 30.',
        }),
    }),
  ).meta({ id: 'GuaranteeReport' }),
)

export const startGuaranteeReport = operation({
  name: 'startGuaranteeReport',
  summary: 'Ask what guarantees promised and what came of it',
  description:
    'A job: read the report until it is done. Promises are of purchases dated in the period, claims those made in it, with what has ' +
    'become of them until now. At most 500 names of a kind are told apart.',
  audience: 'admin',
  office: 'programme',
  method: 'POST',
  path: '/admin/reports/guarantees',
  scope: 'laurel/admin.marketing',
  params: z.strictObject({}),
  query: z.strictObject({}),
  body: canonicalObject({ from: instant, until: instant }).meta({ id: 'GuaranteeReportRequest' }),
  answers: () => ({ 202: guaranteeReport(), 200: guaranteeReport() }),
  problems: ['period-empty', 'too-many-jobs'],
  example: { params: {}, body: { from: '2026-01-01T00:00:00Z', until: '2026-12-01T00:00:00Z' } },
})

export const readGuaranteeReport = operation({
  name: 'readGuaranteeReport',
  summary: 'What guarantees promised and what came of it',
  description: 'The report of that period, or where none is named the one that was asked for last.',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/reports/guarantees',
  scope: 'laurel/admin.read',
  params: z.strictObject({}),
  query: z.strictObject({ from: instant.optional(), until: instant.optional() }),
  body: undefined,
  answers: () => ({ 200: guaranteeReport() }),
  problems: ['report-unknown'],
  example: { params: {} },
})
