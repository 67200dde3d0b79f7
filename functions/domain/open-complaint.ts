import type { Entry } from './entry.ts'
import type { Head } from './head.ts'
import type { Severity } from './service-policy.ts'
import type { Instant } from './units.ts'

/** A complaint that is not resolved, as the member's head has it. */
export interface OpenComplaint {
  /** Unique in the programme. */
  readonly id: string
  readonly severity: Severity
  /** From this instant on it is overdue. */
  readonly dueAt: Instant
  /** Whether that was booked. */
  readonly overdue: boolean
}

/** What became of a complaint. What anybody wrote is in none of them: that is the complaint's alone. */
export type ComplaintFact = { readonly complaintId: string } & (
  | {
      readonly kind: 'complaint-opened'
      readonly category: string
      readonly severity: Severity
      readonly purchaseId?: string
      /** The store that posted it. */
      readonly storeId?: string
      /** That a low score of the purchase opened it. */
      readonly byScore?: true
    }
  | { readonly kind: 'complaint-answered'; readonly replyId: string; readonly actor: string }
  | { readonly kind: 'complaint-resolved'; readonly resolutionId: string; readonly actor: string }
  | { readonly kind: 'complaint-rated'; readonly resolutionId: string; readonly score: number }
  | { readonly kind: 'complaint-reopened'; readonly reopeningId: string; readonly severity: Severity }
  | { readonly kind: 'complaint-overdue'; readonly severity: Severity }
)

/** The earliest instant at which an open complaint of a head becomes overdue. */
export function nextOverdue({ complaints }: Head): Instant | null {
  let due: Instant | null = null
  for (const { dueAt, overdue } of complaints) if (!overdue && (due === null || dueAt < due)) due = dueAt
  return due
}

/** Books that a complaint is overdue at an instant, once for its deadline; null where none is. */
export function complaintOverdue({ complaints }: Head, at: Instant): Entry | null {
  const late = complaints.find(({ dueAt, overdue }) => !overdue && dueAt <= at)
  if (!late) return null
  const { id, severity, dueAt } = late
  return {
    at,
    fact: { kind: 'complaint-overdue', complaintId: id, severity },
    effect: { complaint: { id, open: { severity, dueAt, overdue: true } } },
  }
}

/** A head's complaints with one as an entry makes it: none, where it is resolved. */
export function changedComplaints(
  complaints: readonly OpenComplaint[],
  { id, open }: { readonly id: string; readonly open: Omit<OpenComplaint, 'id'> | null },
): readonly OpenComplaint[] {
  const others = complaints.filter((complaint) => complaint.id !== id)
  return open ? [...others, { id, ...open }].sort((a, b) => (a.id < b.id ? -1 : 1)) : others
}
