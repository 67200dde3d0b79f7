import { type Problem, problem } from '../contract/problem.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Ledger } from './account.ts'

/** Whom a purchase names: a member, or a card that nobody has yet. */
export type Named = { readonly known: true; readonly memberId: MemberId } | { readonly known: false; readonly card: string }

export const namedById = ({ id }: { id: string }): Named => ({ known: true, memberId: id as MemberId })

/**
 * The member that a purchase names by id or card. What was bought with a card before it was replaced still comes to its
 * member; what is bought with it later is refused.
 */
export async function findNamed(
  { runtime, programme }: Ledger,
  member: { id: string } | { card: string },
  at: Instant,
): Promise<Named | Problem> {
  if ('id' in member) return namedById(member)
  const lookup = await runtime.lookups.find(programme.id, 'card', member.card)
  if (!lookup) return { known: false, card: member.card }
  const { memberId, replacedAt } = lookup
  if (replacedAt !== undefined && at >= replacedAt) return problem('card-replaced', '/member/card')
  return { known: true, memberId }
}
