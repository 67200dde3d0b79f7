import { addDays, toString as dateText } from 'temporal-polyfill/fns/PlainDate'
import type { ReturnedLine, SaleLine } from './entry.ts'
import { type Programme, revisionAt } from './programme.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { addReturned, type GoodsReturn } from './returns.ts'
import type { Instant } from './units.ts'

/** Whole local days after the day of a sale in which it may be attached to a member, where the programme says nothing. */
const defaultAttachDays = 30

/** Whether a sale dated `at` may no longer be attached at `now`: by the revision in force at the sale, like all that it earns. */
export function isAttachWindowOver(programme: Programme, at: Instant, now: Instant): boolean {
  const { calendar, document } = revisionAt(programme, at)
  const days = document.points.attachDays ?? defaultAttachDays
  return now >= calendar.startOfDay(addDays(calendar.dayOf(at).date, days + 1))
}

/** What a receipt says that was paid for all of it, minor units. */
export function receiptTotal(lines: readonly SaleLine[]): number {
  return lines.reduce((total, line) => total + line.amount, 0)
}

/** The local day of an instant, `YYYY-MM-DD`. */
export function localDay(programme: Programme, at: Instant): string {
  return dateText(revisionAt(programme, at).calendar.dayOf(at).date)
}

/** By `occurredAt`, then id: the order in which returns that wait for a sale or its member are applied. */
export function inReturnOrder(a: GoodsReturn, b: GoodsReturn): number {
  return a.occurredAt - b.occurredAt || (a.returnId < b.returnId ? -1 : 1)
}

/**
 * Keeps a return with a sale that has no member: what of it came back in all, or why the return does not fit. It takes nothing
 * back, because nobody earned anything yet.
 */
export function keepReturn(
  lines: readonly SaleLine[],
  returned: readonly ReturnedLine[],
  goods: GoodsReturn,
): readonly ReturnedLine[] | Refusal {
  const sum = addReturned({ sale: { fact: { lines } }, returned }, goods.lines)
  return isRefusal(sum) ? sum : sum.lines
}
