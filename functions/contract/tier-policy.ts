import * as z from 'zod'
import type { TierPolicy } from '../domain/programme.ts'
import { id, text } from './values.ts'

const basisPoints = z.int().min(0).max(1_000_000)
const months = (most: number) => z.int().min(1).max(most)

/** Over which time purchases are counted. */
export const ladderWindow = z.union([
  z.literal('calendar-year'),
  z.strictObject({ rollingMonths: months(60) }),
  z.literal('anniversary'),
  z.literal('lifetime'),
])

const level = z.strictObject({
  id,
  name: text(256).optional(),
  threshold: z.int().min(0),
  multiplier: basisPoints,
  perks: z.array(text(512)).max(50).optional(),
})

const unique = <Part extends { id: string }>(parts: readonly Part[]) =>
  new Set(parts.map((part) => part.id)).size === parts.length

/** How members climb and fall from tier to tier, as marketing writes it. What contradicts itself is named by where it stands. */
export const tierPolicy = z
  .strictObject({
    metric: z.enum(['spend', 'points', 'visits', 'purchases']),
    period: ladderWindow,
    keep: z.union([z.literal('next-period'), z.strictObject({ months: months(120) })]).optional(),
    downgrade: z.enum(['to-met', 'one-step']).optional(),
    lapseWarningDays: z.int().min(1).max(365).optional(),
    levels: z
      .array(level)
      .min(1)
      .max(50)
      .refine(unique, 'two tiers have the same id')
      .refine((levels) => levels.some(({ threshold }) => threshold === 0), 'the lowest tier has threshold 0')
      .refine(
        (levels) => new Set(levels.map(({ threshold }) => threshold)).size === levels.length,
        'two tiers have one threshold',
      ),
  })
  .superRefine((policy, { addIssue }) => {
    const contradicts = (message: string, ...path: (string | number)[]) => addIssue({ code: 'custom', message, path })
    if (policy.period === 'lifetime') {
      if (typeof policy.keep === 'object') contradicts('what a lifetime counts is kept for ever', 'keep')
      if (policy.downgrade === 'one-step') contradicts('what a lifetime counts never ends', 'downgrade')
      if (policy.lapseWarningDays !== undefined) contradicts('what a lifetime counts never lapses', 'lapseWarningDays')
    }
    const rising = [...policy.levels.entries()].sort(([, a], [, b]) => a.threshold - b.threshold)
    for (const [place, [index, { multiplier }]] of rising.entries()) {
      const lower = rising[place - 1]?.[1]
      if (lower && multiplier < lower.multiplier)
        contradicts(`must not be less than that of ${lower.id}`, 'levels', index, 'multiplier')
    }
  }) satisfies z.ZodType<TierPolicy>
