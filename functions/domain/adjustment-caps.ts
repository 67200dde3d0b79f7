import type { Programme } from './programme.ts'
import { revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Instant } from './units.ts'

/** Points that may be credited and debited; without a word, as many as one likes. */
interface MostPoints {
  readonly credit?: number | undefined
  readonly debit?: number | undefined
}

interface AdjustmentCaps {
  readonly perAdjustment?: MostPoints | undefined
  /** Of one agent, whatever the members, in a local day. */
  readonly perAgentDay?: MostPoints | undefined
}

/** What an agent is to the programme: who is no supervisor is an agent. */
type AgentRole = 'agent' | 'supervisor'

/** Caps of the programme document, by role. A role without caps has none. */
export type AdjustmentPolicy = { readonly [role in AgentRole]?: AdjustmentCaps | undefined }

/** What one agent has credited and debited on a day, both positive. */
export interface AgentDay {
  readonly credit: number
  readonly debit: number
}

/** The caps of a role now; undefined where it has none. */
export function capsAt(programme: Programme, role: AgentRole, now: Instant): AdjustmentCaps | undefined {
  return revisionAt(programme, now).document.adjustments?.[role]
}

/** An agent's day with one more adjustment of so many points, signed, or the refusal where that is beyond the caps. */
export function withAdjustment(caps: AdjustmentCaps, day: AgentDay, points: number): AgentDay | Refusal {
  const kind = points > 0 ? 'credit' : 'debit'
  const amount = Math.abs(points)
  const after = { ...day, [kind]: day[kind] + amount }
  const isBeyond = (most: MostPoints | undefined, sum: number) => most?.[kind] !== undefined && sum > most[kind]
  if (isBeyond(caps.perAdjustment, amount) || isBeyond(caps.perAgentDay, after[kind])) return refusal('adjustment-cap', '/points')
  return after
}
