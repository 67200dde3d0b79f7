import { mostComplaints, mostMessages } from './bounds.ts'
import { type Account, apply, type Entry } from './entry.ts'
import type { Head } from './head.ts'
import { type Programme, revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import { endOfTerm, escalated, type Severity } from './service-policy.ts'
import type { Instant, MemberId, Points } from './units.ts'

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

/** What is asked of a complaint once, by its id: the same body again is the same message. */
interface Posted {
  readonly id: string
  /** Of the body. */
  readonly hash: string
  readonly at: Instant
}

/** What was written after a complaint was made, in order. */
export type Message = Posted &
  (
    | { readonly kind: 'reply'; readonly text: string }
    | {
        readonly kind: 'resolution'
        readonly text: string
        /** What was given as goodwill. */
        readonly points?: Points
        /** How the member rates it: 1 to 5, once. */
        readonly rating?: number
      }
    | { readonly kind: 'reopening'; readonly text?: string | undefined }
  )
export type Resolution = Extract<Message, { readonly kind: 'resolution' }>

/** A complaint with all that was written. */
export interface Complaint {
  readonly id: string
  readonly memberId: MemberId
  readonly category: string
  readonly severity: Severity
  readonly status: 'open' | 'answered' | 'resolved'
  readonly openedAt: Instant
  /** When it is, or was, to be resolved. */
  readonly dueAt: Instant
  readonly purchaseId?: string | undefined
  readonly storeId?: string | undefined
  /** None where a low score opened it and said no more. */
  readonly text?: string | undefined
  /** Of the body that made it. */
  readonly hash: string
  readonly messages: readonly Message[]
}

/** One step of a complaint. */
export interface ComplaintStep {
  readonly complaint: Complaint
  readonly entry: Entry & { readonly fact: ComplaintFact }
  readonly account: Account
}

/** A complaint as it is made. */
export type NewComplaint = Pick<Complaint, 'id' | 'category' | 'purchaseId' | 'storeId' | 'text' | 'hash'> & {
  readonly byScore?: true
}

/** Opens a complaint of a member's settled account; the document says how severe it is and until when it is to be resolved. */
export function openComplaint(
  programme: Programme,
  account: Account,
  { byScore, ...made }: NewComplaint,
  now: Instant,
): ComplaintStep | Refusal {
  const { head } = account
  if (head.status === 'closed') return refusal('member-closed')
  const revision = revisionAt(programme, now)
  const { service } = revision.document
  const category = service?.categories.find(({ id }) => id === made.category)
  if (!service || !category) return refusal('category-unknown', '/category')
  if (head.complaints.length >= mostComplaints) return refusal('too-many-complaints')
  const { severity } = category
  const dueAt = endOfTerm(revision, service.deadlines[severity], now)
  const complaint: Complaint = {
    ...made,
    ...{ memberId: head.memberId, severity, status: 'open', openedAt: now, dueAt, messages: [] },
  }
  const fact: ComplaintFact = {
    kind: 'complaint-opened',
    complaintId: made.id,
    category: category.id,
    severity,
    ...(made.purchaseId !== undefined && { purchaseId: made.purchaseId }),
    ...(made.storeId !== undefined && { storeId: made.storeId }),
    ...(byScore && { byScore }),
  }
  return booked(account, complaint, fact, now, { severity, dueAt, overdue: false })
}

/** Answers a complaint without resolving it: its deadline stays. */
export function answerComplaint(
  account: Account,
  complaint: Complaint,
  reply: Pick<Extract<Message, { kind: 'reply' }>, 'id' | 'hash' | 'text'>,
  actor: string,
  now: Instant,
): ComplaintStep | Refusal {
  if (complaint.status === 'resolved') return refusal('complaint-resolved')
  // One place is kept for the resolution.
  if (complaint.messages.length >= mostMessages - 1) return refusal('too-many-messages')
  const answered = withMessage({ ...complaint, status: 'answered' }, { ...reply, kind: 'reply', at: now })
  return booked(account, answered, { kind: 'complaint-answered', complaintId: complaint.id, replyId: reply.id, actor }, now)
}

/** Resolves a complaint. Goodwill points that go with it are booked beside it, by an entry of their own. */
export function resolveComplaint(
  account: Account,
  complaint: Complaint,
  resolution: Pick<Resolution, 'id' | 'hash' | 'text' | 'points'>,
  actor: string,
  now: Instant,
): ComplaintStep | Refusal {
  if (complaint.status === 'resolved') return refusal('complaint-resolved')
  const resolved = withMessage({ ...complaint, status: 'resolved' }, { ...resolution, kind: 'resolution', at: now })
  const fact: ComplaintFact = {
    kind: 'complaint-resolved',
    complaintId: complaint.id,
    resolutionId: resolution.id,
    actor,
  }
  return booked(account, resolved, fact, now, null)
}

/** The member says how good the resolution that stands is: 1 to 5, once, whatever the complaint's becomes of it later. */
export function rateResolution(
  account: Account,
  complaint: Complaint,
  resolutionId: string,
  score: number,
  now: Instant,
): ComplaintStep | Refusal {
  const standing = standingResolution(complaint)
  if (standing?.id !== resolutionId) return refusal('resolution-not-standing')
  if (standing.rating !== undefined) return refusal('resolution-rated', '/score')
  const messages = complaint.messages.map((message) => (message === standing ? { ...standing, rating: score } : message))
  const fact: ComplaintFact = { kind: 'complaint-rated', complaintId: complaint.id, resolutionId, score }
  return booked(account, { ...complaint, messages }, fact, now)
}

/**
 * The member is not content: the complaint is open again, is more severe, and has another deadline by that. They may within
 * the days that the document said when it was resolved.
 */
export function reopenComplaint(
  programme: Programme,
  account: Account,
  complaint: Complaint,
  reopening: Pick<Extract<Message, { kind: 'reopening' }>, 'id' | 'hash' | 'text'>,
  now: Instant,
): ComplaintStep | Refusal {
  const standing = standingResolution(complaint)
  if (!standing) return refusal('complaint-not-resolved')
  const revision = revisionAt(programme, standing.at)
  const { service } = revision.document
  const until = reopenableUntil(programme, complaint)
  if (!service || until === null || now >= until) return refusal('reopening-too-late')
  if (account.head.complaints.length >= mostComplaints) return refusal('too-many-complaints')
  // Places are kept for another reply and the resolution.
  if (complaint.messages.length >= mostMessages - 2) return refusal('too-many-messages')
  const severity = escalated(complaint.severity)
  const dueAt = endOfTerm(revision, service.deadlines[severity], now)
  const reopened = withMessage(
    { ...complaint, status: 'open', severity, dueAt },
    { ...reopening, kind: 'reopening', at: now },
  )
  const fact: ComplaintFact = {
    kind: 'complaint-reopened',
    complaintId: complaint.id,
    reopeningId: reopening.id,
    severity,
  }
  return booked(account, reopened, fact, now, { severity, dueAt, overdue: false })
}

/** Until when a member may reopen a resolved complaint; null: they may not. */
export function reopenableUntil(programme: Programme, complaint: Complaint): Instant | null {
  const standing = standingResolution(complaint)
  if (!standing) return null
  const revision = revisionAt(programme, standing.at)
  const days = revision.document.service?.reopenDays
  return days === undefined ? null : endOfTerm(revision, { days }, standing.at)
}

/** The resolution of a complaint that is resolved. */
export function standingResolution({ status, messages }: Complaint): Resolution | undefined {
  const last = messages.at(-1)
  return status === 'resolved' && last?.kind === 'resolution' ? last : undefined
}

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

const withMessage = (complaint: Complaint, message: Message): Complaint => ({
  ...complaint,
  messages: [...complaint.messages, message],
})

/** `open` is what the head has of it from now on; left out where that stays. */
function booked(
  account: Account,
  complaint: Complaint,
  fact: ComplaintFact,
  at: Instant,
  open?: Omit<OpenComplaint, 'id'> | null,
): ComplaintStep {
  const entry = { at, fact, effect: open === undefined ? {} : { complaint: { id: complaint.id, open } } }
  return { complaint, entry, account: apply(account, entry) }
}
