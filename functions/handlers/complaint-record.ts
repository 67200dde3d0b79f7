import { hash } from 'node:crypto'
import type * as z from 'zod'
import type { complaint as complaintSchema } from '../contract/complaints.ts'
import { type Complaint, reopenableUntil } from '../domain/complaint.ts'
import type { MemberId } from '../domain/units.ts'
import {
  complaintItem,
  complaintOf,
  complaintOwnerItem,
  complaintVersion,
  type QueuedComplaint,
  queuedItem,
} from '../store/complaint-item.ts'
import type { Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { rfc3339 } from './views.ts'

/**
 * The id by which the programme knows what a member named. No colon is in it, so that no store's complaint has it, and what it
 * begins with tells what members named from what followed from something else.
 */
export const complaintIdOf = (memberId: MemberId, id: string): string => `c-${digest(`${memberId} ${id}`)}`
/** The id of the complaint that a low score of a purchase opens. */
export const complaintIdOfScore = (purchaseId: string): string => `s-${digest(purchaseId)}`

const digest = (text: string) => hash('sha256', text, 'base64url').slice(0, 22)

/** Whose complaint it is; undefined where there is none. */
export const ownerOf = (item: Item | undefined): MemberId | undefined => item?.m as MemberId | undefined

/** What a new complaint is stored as: it fails where its id is taken, and that comes first. */
export const newComplaintWrites = (programme: string, complaint: Complaint): Write[] => [
  { kind: 'put', item: complaintOwnerItem(programme, complaint), condition: { is: 'absent' } },
  { kind: 'put', item: complaintItem(programme, complaint, 1), condition: { is: 'absent' } },
  { kind: 'put', item: queuedItem(programme, complaint) },
]

/** Puts a complaint after a step in the place of the one that was read, and in its place among those that are not resolved. */
export function changedComplaintWrites(programme: string, stored: Item, after: Complaint): Write[] {
  const before = complaintOf(stored)
  const version = Number(stored[complaintVersion])
  const wasQueued = before.status !== 'resolved'
  const isQueued = after.status !== 'resolved'
  const moves = wasQueued && !(isQueued && after.dueAt === before.dueAt)
  return [
    {
      kind: 'put',
      item: complaintItem(programme, after, version + 1),
      condition: { is: 'equal', attribute: complaintVersion, value: version },
      replaces: stored,
    },
    ...(moves ? [{ kind: 'delete', key: table.openComplaint(programme, before.dueAt, before.id) } satisfies Write] : []),
    ...(isQueued ? [{ kind: 'put', item: queuedItem(programme, after) } satisfies Write] : []),
  ]
}

/** What the queue shows of a complaint. */
export function queuedView({ now }: Pick<Ledger, 'now'>, complaint: QueuedComplaint) {
  const { id, memberId, category, severity, status, openedAt, dueAt, storeId } = complaint
  const isOpen = status !== 'resolved'
  return {
    ...{ id, memberId, category, severity, status },
    openedAt: rfc3339(openedAt),
    dueAt: isOpen ? rfc3339(dueAt) : null,
    overdue: isOpen && now >= dueAt,
    ...(storeId !== undefined && { storeId }),
  }
}

/** A complaint with all that was written, as of now. */
export function complaintView(
  ledger: Pick<Ledger, 'programme' | 'now'>,
  complaint: Complaint,
): z.input<ReturnType<typeof complaintSchema>> {
  const { purchaseId, text, messages } = complaint
  const until = reopenableUntil(ledger.programme, complaint)
  return {
    ...queuedView(ledger, complaint),
    ...(purchaseId !== undefined && { purchaseId }),
    ...(text !== undefined && { text }),
    messages: messages.map(({ hash: _, at, ...message }) => ({ ...message, at: rfc3339(at) })),
    reopenableUntil: until === null || ledger.now >= until ? null : rfc3339(until),
  }
}
