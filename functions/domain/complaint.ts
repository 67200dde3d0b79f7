import { apply } from './apply.ts'
import { mostComplaints, mostMessages } from './bounds.ts'
import type { Account, Entry } from './entry.ts'
import type { ComplaintFact, OpenComplaint } from './open-complaint.ts'
import { type Programme, revisionAt } from './programme.ts'
import { type Refusal, refusal } from './refusal.ts'
import { endOfTerm, escalated, type Severity } from './service-policy.ts'
import type { Instant, MemberId, Points } from './units.ts'

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

/** The member says how good the resolution that stands is: 1 to 5, once, whatever becomes of the complaint later. */
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
  const reopened = withMessage({ ...complaint, status: 'open', severity, dueAt }, { ...reopening, kind: 'reopening', at: now })
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
