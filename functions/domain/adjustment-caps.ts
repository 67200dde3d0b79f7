import type { Programme } from './programme.ts'
import { revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import type { Instant } from './units.ts'

/** Points that may be credited and debited; without a word, as many as one likes. */
interface MostPoints {
  readonly credit?: number | undefined
  readonly debit?: number | undefined
}

/** Vouchers that may be given out; without a word, as many as one likes. */
interface MostVouchers {
  readonly count?: number | undefined
  /** The most that they may take off in all, minor units. */
  readonly value?: number | undefined
}

interface AdjustmentCaps {
  readonly perAdjustment?: MostPoints | undefined
  /** Of one agent, whatever the members, in a local day. */
  readonly perAgentDay?: MostPoints | undefined
  /** The same of vouchers that the agent gives out. */
  readonly vouchersPerAgentDay?: MostVouchers | undefined
}

/** What an agent is to the programme: who is no supervisor is an agent. */
type AgentRole = 'agent' | 'supervisor'

/** Caps of the programme document, by role. A role without caps has none. */
export type AdjustmentPolicy = { readonly [role in AgentRole]?: AdjustmentCaps | undefined }

/** What one agent has credited and debited on a day, both positive, and which vouchers they gave out. */
export interface AgentDay {
  readonly credit: number
  readonly debit: number
  readonly vouchers: number
  /** The most that those take off, minor units. */
  readonly voucherValue: number
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

/**
 * An agent's day with one more voucher given out, or the refusal where that is beyond the caps. `worth` is the most that the voucher takes
 * off, minor units: one that takes off none is beyond no value.
 */
export function withVoucher({ vouchersPerAgentDay }: AdjustmentCaps, day: AgentDay, worth: number): AgentDay | Refusal {
  const vouchers = day.vouchers + 1
  // No cap is near it.
  const voucherValue = Math.min(day.voucherValue + worth, Number.MAX_SAFE_INTEGER)
  const { count, value } = vouchersPerAgentDay ?? {}
  const isBeyond = (count !== undefined && vouchers > count) || (value !== undefined && worth > 0 && voucherValue > value)
  return isBeyond ? refusal('voucher-cap') : { ...day, vouchers, voucherValue }
}
