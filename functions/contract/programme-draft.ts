import * as z from 'zod'
import { differenceAnswer } from './difference.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import type { ProblemCode } from './problem.ts'
import { programmeDocument } from './programme-document.ts'
import { answeredInstant } from './values.ts'

export const none = z.strictObject({})

/** Bytes of a document as JSON: 1,000 campaigns of 2 KB each. */
export const mostDocumentBytes = 2 * 1024 * 1024

/** How an edit is answered: where the draft stands. */
export const draftState = lazily(() =>
  z
    .object({
      isOpen: z.boolean().meta({ description: 'Whether there is a draft; without one the latest revision stands for it.' }),
      latestRevision: z.int(),
      editor: z.string().nullable().meta({ description: 'The subject who edited it last.' }),
      editedAt: answeredInstant().nullable(),
    })
    .meta({ id: 'DraftState' }),
)

/** What any edit of the draft may refuse. */
export const editProblems: readonly ProblemCode[] = ['precondition-failed', 'record-too-large']

/** A draft as the examples of the operations on its parts make it: none of them then changes it again. */
const exampleDraft = {
  name: 'Laurel demo',
  currency: 'GBP',
  timezone: 'Europe/London',
  stores: [{ id: 'leeds', name: 'Leeds', groups: ['north'] }],
  points: {
    earn: { points: 1, per: 100 },
    expiry: { months: 12, roundTo: 'month' },
    holdDays: 0,
    negative: 'debt',
    autoEnrol: true,
  },
  tiers: {
    metric: 'spend',
    period: 'calendar-year',
    levels: [
      { id: 'bronze', threshold: 0, multiplier: 10_000 },
      { id: 'silver', threshold: 50_000, multiplier: 12_500 },
      { id: 'gold', threshold: 150_000, multiplier: 15_000 },
    ],
  },
  campaigns: [
    {
      id: 'double-candles',
      name: 'Double points on candles at weekends',
      trigger: 'purchase',
      lines: { category: ['candles'] },
      when: { all: [{ weekdays: ['sat', 'sun'] }, { tier: ['gold'] }] },
      effect: { multiplier: 20_000 },
      limits: { budget: 100_000 },
    },
  ],
  clubs: [{ id: 'candle-friends', name: 'Candle friends', kind: 'open', perks: ['A candle for your birthday'] }],
  rewards: [{ id: 'tea-for-two', name: 'Tea for two' }],
  vouchers: [{ id: 'tea-voucher', name: 'Tea for two', codes: { pool: {} }, value: { kind: 'money-off', amount: 500 }, uses: 2 }],
  guarantees: [
    {
      id: 'year-of-light',
      name: 'A year of light, or your money back',
      covers: { categories: ['candles'] },
      window: { days: 365 },
      remedy: { refund: { rate: 10_000 } },
      goodsBack: false,
      days: { decide: 3, settle: 7 },
    },
  ],
} as const satisfies z.input<typeof programmeDocument>

export const examples = {
  campaign: exampleDraft.campaigns[0],
  club: exampleDraft.clubs[0],
  reward: exampleDraft.rewards[0],
  voucher: exampleDraft.vouchers[0],
  guarantee: exampleDraft.guarantees[0],
  store: exampleDraft.stores[0],
  tiers: exampleDraft.tiers,
}

export const readDraft = operation({
  name: 'readDraft',
  summary: 'The draft of the programme, or the latest revision where there is none',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/programme/draft',
  scope: 'laurel/admin.read',
  params: none,
  query: none,
  body: undefined,
  etag: true,
  answers: () => ({ 200: programmeDocument }),
  problems: [],
  example: { params: {} },
})

export const putDraft = operation({
  name: 'putDraft',
  summary: 'Write the whole draft',
  description: 'It may be unfinished: what it contradicts is found by validating, and keeps it from being published.',
  audience: 'admin',
  office: 'programme',
  method: 'PUT',
  path: '/admin/programme/draft',
  scope: 'laurel/admin.marketing',
  params: none,
  query: none,
  body: programmeDocument,
  ifMatch: 'required',
  etag: true,
  mostBodyBytes: mostDocumentBytes,
  answers: () => ({ 200: draftState() }),
  problems: ['precondition-required', 'document-too-large', ...editProblems],
  example: { params: {}, ifMatch: '*', body: exampleDraft },
})

export const compareDraft = operation({
  name: 'compareDraft',
  summary: 'What the draft changes of the latest revision',
  audience: 'admin',
  office: 'programme',
  method: 'GET',
  path: '/admin/programme/draft/diff',
  scope: 'laurel/admin.read',
  params: none,
  query: none,
  body: undefined,
  etag: true,
  answers: () => ({ 200: differenceAnswer().extend({ latestRevision: z.int() }) }),
  problems: [],
  example: { params: {} },
})

const findings = lazily(() =>
  z
    .array(
      z.object({
        pointer: z.string().meta({ description: 'RFC 6901, into the draft.', example: '/campaigns/3/when/tier/0' }),
        code: z.string().meta({ example: 'unknown-tier' }),
        detail: z.string(),
      }),
    )
    .meta({ id: 'Findings' }),
)

export const validateDraft = operation({
  name: 'validateDraft',
  summary: 'What the draft contradicts',
  description: 'Errors keep a draft from being published; warnings do not.',
  audience: 'admin',
  office: 'programme',
  method: 'POST',
  path: '/admin/programme/draft/validate',
  scope: 'laurel/admin.read',
  params: none,
  query: none,
  body: undefined,
  etag: true,
  asksOnly: true,
  answers: () => ({ 200: z.object({ valid: z.boolean(), errors: findings(), warnings: findings() }) }),
  problems: [],
  example: { params: {} },
})
