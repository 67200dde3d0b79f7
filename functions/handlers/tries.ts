import { revisionAt } from '../domain/programme.ts'
import type { Instant } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import type { Condition, Item, Key, Write } from '../store/store.ts'
import type { Ledger } from './account.ts'

/** Wrong tries in one local day of whoever a record is kept for: so that nobody guesses receipts, cards or codes. */
const mostWrongTries = 10

/** Whether there is a try left today. */
export const mayTry = (ledger: Ledger, stored: Item | undefined): boolean => triesToday(ledger, stored) < mostWrongTries

/** Counts a wrong try, unless another was counted since. */
export function countedTry(ledger: Ledger, key: Key, stored: Item | undefined): Write {
  const item = {
    ...key,
    [versionAttribute]: Number(stored?.[versionAttribute] ?? 0) + 1,
    day: today(ledger),
    n: triesToday(ledger, stored) + 1,
  }
  return { kind: 'put', item, condition: unchanged(stored), replaces: stored }
}

/** That no wrong try was counted since. */
export function unchangedTries(key: Key, stored: Item | undefined): Write {
  return { kind: 'check', key, condition: unchanged(stored) }
}

function unchanged(stored: Item | undefined): Condition {
  return stored ? { is: 'equal', attribute: versionAttribute, value: Number(stored[versionAttribute]) } : { is: 'absent' }
}

const triesToday = (ledger: Ledger, stored: Item | undefined) => (stored?.day === today(ledger) ? Number(stored.n) : 0)

const today = ({ programme, now }: Ledger): Instant => revisionAt(programme, now).calendar.dayOf(now).startsAt
