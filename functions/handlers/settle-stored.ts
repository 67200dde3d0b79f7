import type { Account } from '../domain/entry.ts'
import type { Head } from '../domain/head.ts'
import { type Settled, settle } from '../domain/settle.ts'
import type { Instant } from '../domain/units.ts'
import { headOf, isUncounted } from '../store/head-item.ts'
import type { Item } from '../store/store.ts'
import type { Ledger } from './account.ts'
import { readEntries } from './read-entries.ts'

/**
 * Where reservations or claims lapse: what is held may expire at once, and comes back to stocks and counters, or budgets, of their own. A
 * round of settling may go beyond it, by one of everything that time brings.
 */
const mostLapsingEntries = 6

/**
 * Settles a head as it was read, by `most` entries where they are to be committed; undefined where the entries are needed for it.
 * Nearly always the head says enough.
 */
export function settleByHead(
  { programme, now }: Ledger,
  stored: Item,
  closed: Account['closed'],
  most?: number,
): Settled | undefined {
  if (isUncounted(stored)) return undefined
  const head = headOf(stored)
  const settled = settle(programme, { head, closed }, now, mostOf(head, now, most))
  return settled.needsHistory ? undefined : settled
}

/**
 * The same by all entries: how many purchases there were, where a version before this one did not write it down, and what the
 * tiers count, where they have begun to count something else.
 */
export async function settleByEntries(ledger: Ledger, stored: Item, closed: Account['closed'], most?: number): Promise<Settled> {
  const head = headOf(stored)
  const entries = await readEntries(ledger, head.memberId, head.version)
  const purchases = isUncounted(stored) ? entries.filter(({ effect }) => effect.purchase).length : head.purchases
  const account = { head: { ...head, purchases }, closed }
  return settle(ledger.programme, account, ledger.now, mostOf(head, ledger.now, most), entries)
}

/** Entries of settling that one commit takes of a head, where it is to be committed. */
function mostOf({ reservations, claims }: Head, now: Instant, most: number | undefined): number | undefined {
  if (most === undefined) return undefined
  const isLapsing =
    reservations.some(({ lapsesAt }) => lapsesAt <= now) ||
    claims.some(({ taken, dueAt }) => taken !== undefined && dueAt !== null && dueAt <= now)
  return isLapsing ? mostLapsingEntries : most
}
