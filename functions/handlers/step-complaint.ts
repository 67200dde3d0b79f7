import { type ProblemCode, problem, problemOf } from '../contract/problem.ts'
import type { Complaint } from '../domain/complaint.ts'
import type { Account, Entry } from '../domain/entry.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import { settle } from '../domain/settle.ts'
import type { MemberId } from '../domain/units.ts'
import { complaintOf, complaintVersion } from '../store/complaint-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, type Ledger, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { changedComplaintWrites, complaintIdOf, complaintView, ownerOf } from './complaint-record.ts'
import type { Context } from './context.ts'
import { ownMember } from './own-member.ts'

/** Where a complaint is: with whom, and under which ids it may be found there, the first that is there. */
export interface Whereabouts {
  readonly memberId: MemberId
  readonly ids: readonly string[]
}

/** What staff name by the id that the whole programme knows it by. */
export async function whereabouts({ runtime, programme }: Context, complaintId: string): Promise<Whereabouts | undefined> {
  const { items } = await runtime.store.read([table.complaintOwner(programme.id, complaintId)], { consistent: true })
  const memberId = ownerOf(items[0])
  return memberId && { memberId, ids: [complaintId] }
}

/** What a member names: by the id that they gave it, or the one that the whole programme knows it by. */
export async function ownWhereabouts(context: Context, id: string): Promise<Whereabouts | undefined> {
  const memberId = await ownMember(context)
  return memberId && { memberId, ids: [complaintIdOf(memberId, id), id] }
}

export const complaintKeys = ({ programme }: Context, { memberId, ids }: Whereabouts): Key[] =>
  ids.map((id) => table.complaint(programme.id, memberId, id))

/** What a step is decided by. */
interface Found {
  readonly ledger: Ledger
  readonly account: Account
  readonly complaint: Complaint
  readonly also: Item | undefined
}

interface Decided {
  readonly complaint: Complaint
  readonly entries: readonly Entry[]
  readonly account: Account
  readonly writes?: readonly Write[]
}

/** One step of a complaint, which is done once for its id. */
interface Step {
  /** What else is read with it. */
  readonly also?: Key | undefined
  /** Whether it was done already, or something else under its id. */
  readonly done: (complaint: Complaint) => 'same' | ProblemCode | undefined
  readonly decide: (found: Found) => Decided | Refusal
}

/** Whether what was posted under an id was posted with the same body. */
export function doneBefore(
  { messages }: Complaint,
  kind: Complaint['messages'][number]['kind'],
  id: string,
  hash: string,
): 'same' | ProblemCode | undefined {
  const known = messages.find((message) => message.kind === kind && message.id === id)
  return known && (known.hash === hash ? 'same' : 'id-reused')
}

/** Takes a step of a complaint: load, settle, decide, commit. */
export async function stepComplaint(context: Context, where: Whereabouts, { also, done, decide }: Step) {
  const { runtime, programme } = context
  const { memberId } = where
  const keys = complaintKeys(context, where)
  return attempt(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: [...keys, ...(also ? [also] : [])] })
      const stored = others.slice(0, keys.length).find((item) => item !== undefined)
      if (!open || !stored) return problem('complaint-unknown')
      const complaint = complaintOf(stored)
      const known = done(complaint)
      if (known === 'same') {
        const body = complaintView(ledger, complaint)
        return uncertain ? { status: 201 as const, body } : { status: 200 as const, body, replayed: true }
      }
      if (known) return problem(known)
      const decided = decide({ ledger, account: open.account, complaint, also: others[keys.length] })
      if (isRefusal(decided)) {
        // Several items read together are no snapshot: the complaint may be of before this very step.
        const [latest] = (await runtime.store.read([stored], { consistent: true })).items
        return latest?.[complaintVersion] === stored[complaintVersion] ? problemOf(decided) : again
      }
      const settled = settle(programme, decided.account, ledger.now)
      const entries = [...decided.entries, ...settled.entries]
      const result = await runtime.store.commit([
        ...changedComplaintWrites(programme.id, stored, decided.complaint),
        ...(await bookingWrites(ledger, open, settled.account, entries)),
        ...(decided.writes ?? []),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201 as const, body: complaintView(ledger, decided.complaint) }
    }),
  )
}
