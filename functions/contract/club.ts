import * as z from 'zod'
import type { Club } from '../domain/club.ts'
import { ladderWindow } from './tier-policy.ts'
import { id, mostAmount, text } from './values.ts'

const term = z.strictObject({ months: z.int().min(1).max(1200) })

const renewingTerm = z
  .strictObject({ ...term.shape, renews: z.literal(true).optional() })
  .meta({ description: 'Where it renews, it goes on for another term as long as the member has what the club requires then.' })

const freeClub = {
  id,
  name: text(256),
  description: text(4000).optional(),
  perks: z.array(text(256)).max(50).optional().meta({ description: 'What members have of it, as texts for people.' }),
  multiplier: z.int().min(10_001).max(100_000).optional().meta({
    description: 'What members earn by the base rule times so much, basis points, on top of the tier’s; the best club counts.',
  }),
}

const anyClub = {
  ...freeClub,
  requires: z
    .strictObject({ tiers: z.array(id).min(1).max(50).optional(), clubs: z.array(id).min(1).max(50).optional() })
    .optional()
    .meta({ description: 'Who may join: whoever holds one of the tiers, and belongs to all of the clubs.' }),
}

const rule = {
  atLeast: z.int().min(1).max(mostAmount),
  period: ladderWindow,
  keep: z
    .union([z.literal('next-period'), z.literal('while-met'), z.strictObject({ months: z.int().min(1).max(120) })])
    .optional()
    .meta({
      description:
        'How long what was reached is kept: to the end of the window after it (where windows roll, as many months as one has), ' +
        'no longer than it is met, or so many months after the month in which it was last met.',
    }),
}
const counted = z
  .discriminatedUnion('metric', [
    z.strictObject({ metric: z.enum(['visits', 'spend', 'purchases', 'points']), ...rule }),
    z.strictObject({ metric: z.literal('items'), category: z.array(text(128)).min(1).max(50), ...rule }),
  ])
  .refine(({ period, keep }) => period !== 'lifetime' || keep === undefined || typeof keep === 'string', {
    message: 'what a lifetime counts is kept for ever',
    path: ['keep'],
  })

/** A club of the programme document. What it names that is not there is found by validating. */
export const club = z.discriminatedUnion('kind', [
  z.strictObject({ ...anyClub, kind: z.literal('open'), term: renewingTerm.optional() }),
  z.strictObject({
    ...freeClub,
    kind: z.literal('qualifying'),
    qualifies: z.union([counted, z.strictObject({ tier: z.array(id).min(1).max(50) })]).meta({
      description: 'Members belong to it as long as they have bought so much, or hold one of the tiers.',
    }),
  }),
  z.strictObject({ ...anyClub, kind: z.literal('invitation'), term: renewingTerm.optional() }),
  z.strictObject({
    ...anyClub,
    kind: z.literal('paid'),
    term,
    paid: z.strictObject({
      fee: z.strictObject({ amount: z.int().min(1).max(mostAmount) }).meta({ description: 'For one term, minor units.' }),
      graceDays: z.int().min(0).max(3650),
      refund: z.enum(['none', 'pro-rata']),
    }),
  }),
]) satisfies z.ZodType<Club>

export const mostClubs = 100
/** Each is looked at in every purchase. */
export const mostQualifyingClubs = 10
