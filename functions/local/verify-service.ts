import { isDeepStrictEqual } from 'node:util'
import type { Complaint } from '../domain/complaint.ts'
import type { Entry } from '../domain/entry.ts'
import type { Head } from '../domain/head.ts'
import type { Runtime } from '../runtime.ts'
import { complaintOf, complaintOwnerItem, queuedItem, queuedOf } from '../store/complaint-item.ts'
import { eachItem } from '../store/paging.ts'
import { satisfactionOf } from '../store/satisfaction-item.ts'
import { type Item, mostReadKeys } from '../store/store.ts'
import { complaintPrefix, openComplaints, satisfactionPrefix, table } from '../store/table.ts'

/** Whether an item of a member's partition is about complaints or satisfaction. */
export const isOfService = ({ sk }: Item): boolean => sk.startsWith(complaintPrefix) || sk.startsWith(satisfactionPrefix)

/** What does not add up of a member's complaints and of what they said of purchases, given the entries and the stored head. */
export async function serviceDifferences(
  runtime: Runtime,
  programme: string,
  head: Head,
  entries: readonly Entry[],
  items: readonly Item[],
): Promise<string[]> {
  const complaints = items.filter(({ sk }) => sk.startsWith(complaintPrefix)).map(complaintOf)
  const said = items.filter(({ sk }) => sk.startsWith(satisfactionPrefix)).map(satisfactionOf)
  const differences: string[] = []
  const check = (holds: boolean, what: string) => {
    if (!holds) differences.push(what)
  }
  const booked = stepsByComplaint(entries)
  check(complaints.length === booked.size, 'there are other complaints than the entries say')
  for (const complaint of complaints) {
    const steps = booked.get(complaint.id)
    check(isDeepStrictEqual(steps, stepsOf(complaint)), `complaint ${complaint.id} is not what the entries say`)
  }
  const open = complaints
    .filter(({ status }) => status !== 'resolved')
    .map(({ id, severity, dueAt }) => ({ id, severity, dueAt }))
  const known = head.complaints.map(({ id, severity, dueAt }) => ({ id, severity, dueAt }))
  check(isDeepStrictEqual(open, known), 'the head has other complaints open than there are')
  const answers = entries.flatMap(({ fact }) => (fact.kind === 'satisfaction' ? [`${fact.purchaseId} ${fact.score}`] : []))
  const kept = said.map(({ purchaseId, score }) => `${purchaseId} ${score}`)
  check(isDeepStrictEqual(answers.sort(), kept.sort()), 'what was said of purchases is not what the entries say')
  const asked = entries.flatMap(({ fact }) => (fact.kind === 'survey-asked' ? [fact.purchaseId] : []))
  check(new Set(asked).size === asked.length, 'a purchase was asked about twice')
  for (let start = 0; start < complaints.length; start += mostReadKeys / 2) {
    const part = complaints.slice(start, start + mostReadKeys / 2)
    const keys = part.flatMap(({ id, dueAt }) => [table.complaintOwner(programme, id), table.openComplaint(programme, dueAt, id)])
    const found = (await runtime.store.read(keys, { consistent: true })).items
    for (const [index, complaint] of part.entries()) {
      const queued = complaint.status === 'resolved' ? undefined : queuedItem(programme, complaint)
      const wanted = [complaintOwnerItem(programme, complaint), queued]
      const stored = found.slice(2 * index, 2 * index + 2)
      check(isDeepStrictEqual(stored, wanted), `complaint ${complaint.id} is not listed as what it is`)
    }
  }
  return differences
}

/** What is in the queue of the staff and not to be resolved. */
export async function* queueDifferences({ store }: Runtime, programme: string): AsyncGenerator<string> {
  for await (const listed of eachItem(store, { pk: openComplaints(programme) })) {
    const { id, memberId, dueAt } = queuedOf(listed)
    const [item] = (await store.read([table.complaint(programme, memberId, id)], { consistent: true })).items
    const complaint = item && complaintOf(item)
    if (complaint && complaint.status !== 'resolved' && complaint.dueAt === dueAt) continue
    // Resolved or reopened meanwhile, it is listed no more: that is done in one commit.
    const [still] = (await store.read([listed], { consistent: true })).items
    if (still) yield `complaint ${id} is listed as open, and is not, or not until then`
  }
}

/** What happened to each complaint, in a form that entries and complaints have in common. */
function stepsByComplaint(entries: readonly Entry[]): Map<string, string[]> {
  const steps = new Map<string, string[]>()
  const ratings = new Map<string, number>()
  const goodwill = new Map<string, number>()
  for (const { fact, effect } of entries) {
    if (fact.kind === 'goodwill') goodwill.set(fact.id, (goodwill.get(fact.id) ?? 0) + (effect.totals?.adjusted ?? 0))
    if (fact.kind === 'complaint-rated') ratings.set(`${fact.complaintId}#${fact.resolutionId}`, fact.score)
  }
  for (const { fact } of entries) {
    if (!('complaintId' in fact)) continue
    const known = steps.get(fact.complaintId) ?? []
    steps.set(fact.complaintId, known)
    switch (fact.kind) {
      case 'complaint-opened':
        known.push(`opened ${fact.category} ${fact.purchaseId ?? '-'} ${fact.storeId ?? '-'}`)
        break
      case 'complaint-answered':
        known.push(`reply ${fact.replyId}`)
        break
      case 'complaint-resolved': {
        const id = `${fact.complaintId}#${fact.resolutionId}`
        known.push(`resolution ${fact.resolutionId} ${goodwill.get(id) ?? 0} ${ratings.get(id) ?? '-'}`)
        break
      }
      case 'complaint-reopened':
        known.push(`reopening ${fact.reopeningId}`)
        break
    }
  }
  return steps
}

const stepsOf = ({ category, purchaseId, storeId, messages }: Complaint): string[] => [
  `opened ${category} ${purchaseId ?? '-'} ${storeId ?? '-'}`,
  ...messages.map((message) =>
    message.kind === 'resolution'
      ? `resolution ${message.id} ${message.points ?? 0} ${message.rating ?? '-'}`
      : `${message.kind} ${message.id}`,
  ),
]
