import type { Complaint, Message } from '../domain/complaint.ts'
import type { OpenComplaint } from '../domain/open-complaint.ts'
import { type Severity, severities } from '../domain/service-policy.ts'
import type { Instant, MemberId, Points } from '../domain/units.ts'
import type { Item, Value } from './store.ts'
import { complaintPrefix, memberOfPartition, table } from './table.ts'

type PackedOpen = [dueAt: Instant, severity: number, overdue: boolean]

const packOpen = ({ dueAt, severity, overdue }: Omit<OpenComplaint, 'id'>): PackedOpen => {
  return [dueAt, severities.indexOf(severity), overdue]
}

const unpackOpen = ([dueAt, severity, overdue]: PackedOpen): Omit<OpenComplaint, 'id'> => {
  return { severity: severities[severity]!, dueAt, overdue }
}

/** An open complaint as a head has it. */
export const packOpenComplaint = ({ id, ...open }: OpenComplaint): Value[] => [id, ...packOpen(open)]

export function unpackOpenComplaint(packed: Value): OpenComplaint {
  const [id, ...open] = packed as [string, ...PackedOpen]
  return { id, ...unpackOpen(open) }
}

/** What an entry makes of it. */
type Change = { readonly id: string; readonly open: Omit<OpenComplaint, 'id'> | null }

export const packComplaintChange = ({ id, open }: Change): Value[] => (open ? [id, ...packOpen(open)] : [id])

export function unpackComplaintChange(packed: Value): Change {
  const [id, ...open] = packed as [string, ...PackedOpen] | [string]
  return { id, open: open.length > 0 ? unpackOpen(open as PackedOpen) : null }
}

/** Attribute by which changes of a complaint know of each other: how many there were. */
export const complaintVersion = 'v'

/** A complaint as it is stored with its member: what is personal about it is here and nowhere else. */
export function complaintItem(programme: string, complaint: Complaint, version: number): Item {
  const { id, memberId, category, severity, status, openedAt, dueAt, purchaseId, storeId, text, hash, messages } = complaint
  return {
    ...table.complaint(programme, memberId, id),
    [complaintVersion]: version,
    h: hash,
    c: category,
    s: severity,
    st: status,
    o: openedAt,
    d: dueAt,
    ...(purchaseId !== undefined && { p: purchaseId }),
    ...(storeId !== undefined && { sr: storeId }),
    ...(text !== undefined && { t: text }),
    ...(messages.length > 0 && { m: messages.map(packMessage) }),
  }
}

export function complaintOf(item: Item): Complaint {
  return {
    id: item.sk.slice(complaintPrefix.length),
    memberId: memberOfPartition(item.pk).member as MemberId,
    category: item.c as string,
    severity: item.s as Severity,
    status: item.st as Complaint['status'],
    openedAt: item.o as Instant,
    dueAt: item.d as Instant,
    ...(item.p !== undefined && { purchaseId: item.p as string }),
    ...(item.sr !== undefined && { storeId: item.sr as string }),
    ...(item.t !== undefined && { text: item.t as string }),
    hash: item.h as string,
    messages: ((item.m ?? []) as Value[]).map(unpackMessage),
  }
}

type PackedMessage = { readonly [name: string]: Value }

function packMessage({ kind, id, hash, at, text, ...more }: Message): PackedMessage {
  return {
    ...{ k: kind, i: id, h: hash, a: at },
    ...(text !== undefined && { t: text }),
    ...('points' in more && more.points !== undefined && { p: more.points }),
    ...('rating' in more && more.rating !== undefined && { r: more.rating }),
  }
}

function unpackMessage(packed: Value): Message {
  const { k, i, h, a, t, p, r } = packed as PackedMessage
  return {
    ...{ kind: k, id: i, hash: h, at: a },
    ...(t !== undefined && { text: t }),
    ...(p !== undefined && { points: p as Points }),
    ...(r !== undefined && { rating: r }),
  } as Message
}

/** Whose complaint it is: kept for ever, so that an id is taken once. */
export const complaintOwnerItem = (programme: string, { id, memberId }: Pick<Complaint, 'id' | 'memberId'>): Item => ({
  ...table.complaintOwner(programme, id),
  m: memberId,
})

/** What the queue shows of a complaint that is not resolved. */
export type QueuedComplaint = Pick<
  Complaint,
  'id' | 'memberId' | 'category' | 'severity' | 'status' | 'openedAt' | 'dueAt' | 'storeId'
>

export const queuedItem = (programme: string, complaint: QueuedComplaint): Item => ({
  ...table.openComplaint(programme, complaint.dueAt, complaint.id),
  m: complaint.memberId,
  c: complaint.category,
  s: complaint.severity,
  st: complaint.status,
  o: complaint.openedAt,
  ...(complaint.storeId !== undefined && { sr: complaint.storeId }),
})

export function queuedOf(item: Item): QueuedComplaint {
  const [dueAt, id] = item.sk.split('#') as [string, string]
  return {
    id,
    memberId: item.m as MemberId,
    category: item.c as string,
    severity: item.s as Severity,
    status: item.st as Complaint['status'],
    openedAt: item.o as Instant,
    dueAt: Number(dueAt) as Instant,
    ...(item.sr !== undefined && { storeId: item.sr as string }),
  }
}
