import { listComplaints, listMyComplaints, readComplaint, readMyComplaint } from '../contract/complaints.ts'
import { problem } from '../contract/problem.ts'
import { complaintOf, queuedOf } from '../store/complaint-item.ts'
import type { Key } from '../store/store.ts'
import { complaintPrefix, memberPartition, openComplaints } from '../store/table.ts'
import { complaintView, queuedView } from './complaint-record.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { ownMember } from './own-member.ts'
import { complaintKeys, ownWhereabouts, type Whereabouts, whereabouts } from './step-complaint.ts'

/** All complaints of a member. */
export const listMyComplaintsImplementation: Implementation = implement(listMyComplaints, async ({ query }, context) => {
  const { runtime, programme } = context
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  const pk = memberPartition(programme.id, own)
  const after = keyOfCursor(pk, complaintPrefix, /^[A-Za-z0-9._:-]{1,128}$/, query.cursor)
  if (after === null) return problem('invalid-cursor')
  const range = { prefix: complaintPrefix }
  const page = await runtime.store.query({ pk, range, consistent: true, limit: Number(query.limit ?? 50), after })
  const complaints = page.items.map(complaintOf).sort((a, b) => b.openedAt - a.openedAt)
  const items = complaints.map((complaint) => complaintView(context, complaint))
  return { status: 200 as const, body: { items, nextCursor: cursorOf(complaintPrefix, page.next) } }
})

/** One of the member's own complaints; another's is as unknown as one that never was. */
export const readMyComplaintImplementation: Implementation = implement(readMyComplaint, async ({ params }, context) => {
  const where = await ownWhereabouts(context, params.id)
  return where ? read(context, where) : problem('member-unknown')
})

/** Complaints that are not resolved, the one that is due first first. */
export const listComplaintsImplementation: Implementation = implement(listComplaints, async ({ query }, context) => {
  const { runtime, programme } = context
  const pk = openComplaints(programme.id)
  const after = keyOfCursor(pk, '', /^\d{15}#[A-Za-z0-9._:-]{1,128}$/, query.cursor)
  if (after === null) return problem('invalid-cursor')
  const page = await runtime.store.query({ pk, consistent: true, limit: Number(query.limit ?? 50), after })
  const items = page.items.map((item) => queuedView(context, queuedOf(item)))
  return { status: 200 as const, body: { items, nextCursor: cursorOf('', page.next) } }
})

/** A complaint as staff read it. */
export const readComplaintImplementation: Implementation = implement(readComplaint, async ({ params }, context) => {
  const where = await whereabouts(context, params.complaintId)
  return where ? read(context, where) : problem('complaint-unknown')
})

async function read(context: Context, where: Whereabouts) {
  const { items } = await context.runtime.store.read(complaintKeys(context, where), { consistent: true })
  const stored = items.find((item) => item !== undefined)
  return stored ? { status: 200 as const, body: complaintView(context, complaintOf(stored)) } : problem('complaint-unknown')
}

/** The key that a cursor stands for, in its own partition whatever it says; null where no page gave it. */
function keyOfCursor(pk: string, prefix: string, form: RegExp, cursor: string | undefined): Key | null | undefined {
  if (cursor === undefined) return undefined
  const position = Buffer.from(cursor, 'base64url').toString()
  return form.test(position) ? { pk, sk: prefix + position } : null
}

const cursorOf = (prefix: string, next: Key | undefined) =>
  next ? Buffer.from(next.sk.slice(prefix.length)).toString('base64url') : null
