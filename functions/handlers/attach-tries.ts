import { revisionAt } from '../domain/programme.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { versionAttribute } from '../store/head-item.ts'
import type { Condition, Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** Wrong tries of a member to attach a purchase, in one local day: so that nobody guesses another's receipt. */
const mostWrongTries = 10

/** Whether a member has a try left today. */
export const mayTry = (ledger: Ledger, stored: Item | undefined): boolean => triesToday(ledger, stored) < mostWrongTries

/** Counts a wrong try, unless another was counted since. */
export function countedTry(ledger: Ledger, memberId: MemberId, stored: Item | undefined): Write {
  const item = {
    ...table.attachTries(ledger.programme.id, memberId),
    [versionAttribute]: Number(stored?.[versionAttribute] ?? 0) + 1,
    day: today(ledger),
    n: triesToday(ledger, stored) + 1,
  }
  return { kind: 'put', item, condition: unchanged(stored), replaces: stored }
}

/** That no wrong try was counted since. */
export function unchangedTries({ programme }: Ledger, memberId: MemberId, stored: Item | undefined): Write {
  return { kind: 'check', key: table.attachTries(programme.id, memberId), condition: unchanged(stored) }
}

function unchanged(stored: Item | undefined): Condition {
  return stored ? { is: 'equal', attribute: versionAttribute, value: Number(stored[versionAttribute]) } : { is: 'absent' }
}

const triesToday = (ledger: Ledger, stored: Item | undefined) => (stored?.day === today(ledger) ? Number(stored.n) : 0)

const today = ({ programme, now }: Ledger): Instant => revisionAt(programme, now).calendar.dayOf(now).startsAt
