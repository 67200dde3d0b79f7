import * as z from 'zod'
import type { Club } from '../domain/club.ts'
import { id, mostAmount, text } from './values.ts'

const term = z.strictObject({ months: z.int().min(1).max(1200) })

const anyClub = {
  id,
  name: text(256),
  description: text(4000).optional(),
  perks: z.array(text(256)).max(50).optional().meta({ description: 'What members have of it, as texts for people.' }),
  multiplier: z.int().min(10_001).max(100_000).optional().meta({
    description: 'What members earn by the base rule times so much, basis points, on top of the tier’s; the best club counts.',
  }),
  requires: z
    .strictObject({ tiers: z.array(id).min(1).max(50).optional(), clubs: z.array(id).min(1).max(50).optional() })
    .optional()
    .meta({ description: 'Who may join: whoever holds one of the tiers, and belongs to all of the clubs.' }),
}

/** A club of the programme document. What it names that is not there is found by validating. */
export const club = z.discriminatedUnion('kind', [
  z.strictObject({ ...anyClub, kind: z.literal('open'), term: term.optional() }),
  z.strictObject({ ...anyClub, kind: z.literal('invitation'), term: term.optional() }),
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
