import * as z from 'zod'
import type { Club } from '../domain/club.ts'
import type { ProgrammeDocument } from '../domain/programme.ts'
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

const club = z.discriminatedUnion('kind', [
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

/** The clubs of a programme document. What they say of its tiers is checked by `checkClubs`. */
export const clubs = z.array(club).max(100)

/** What contradicts itself in the clubs of a document: an id twice, a tier or club that is not there, clubs that require each other. */
export function checkClubs(
  document: Pick<ProgrammeDocument, 'clubs' | 'tiers'>,
  fault: (path: PropertyKey[], message: string) => void,
): void {
  const all = document.clubs ?? []
  const byId = new Map(all.map((one) => [one.id, one]))
  const tiers = new Set(document.tiers.levels.map((tier) => tier.id))
  for (const [index, { id: own, requires }] of all.entries()) {
    if (all.findIndex((other) => other.id === own) !== index) fault(['clubs', index, 'id'], 'two clubs have the same id')
    for (const [place, tier] of (requires?.tiers ?? []).entries()) {
      if (!tiers.has(tier)) fault(['clubs', index, 'requires', 'tiers', place], 'there is no such tier')
    }
    for (const [place, required] of (requires?.clubs ?? []).entries()) {
      const path = ['clubs', index, 'requires', 'clubs', place]
      if (!byId.has(required)) fault(path, 'there is no such club')
      else if (leadsTo(byId, required, own)) fault(path, 'a club that requires itself, at last, lets nobody in')
    }
  }
}

/** Whether a club requires another, or is it, over however many clubs between. */
function leadsTo(byId: ReadonlyMap<string, Club>, from: string, to: string): boolean {
  const seen = new Set([from])
  for (const id of seen) for (const required of byId.get(id)?.requires?.clubs ?? []) seen.add(required)
  return seen.has(to)
}
