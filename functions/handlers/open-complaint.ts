import { openComplaintFor, openMyComplaint } from '../contract/complaints.ts'
import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { openComplaint } from '../domain/complaint.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { MemberId } from '../domain/units.ts'
import { complaintOf } from '../store/complaint-item.ts'
import { receiptOf } from '../store/receipt-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { complaintIdOf, complaintView, newComplaintWrites, ownerOf } from './complaint-record.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { findNamed } from './find-member.ts'
import { bodyHash } from './hash.ts'
import { ownMember } from './own-member.ts'

type Answer = Awaited<ReturnType<Handle<typeof openMyComplaint>>>

/** A complaint as it was posted. */
interface Opening {
  readonly complaintId: string
  readonly body: { readonly category: string; readonly text: string; readonly purchaseId?: string | undefined }
  readonly storeId?: string
  /** Finds out whose it is, each time that it is tried. */
  readonly member: () => Promise<MemberId | Problem>
}

/** Takes down a complaint at a store. */
export const openComplaintForImplementation = implement(openComplaintFor, async ({ params, body }, context) => {
  const { complaintId } = params
  const { storeId } = body
  if (!mayPostFor(context.caller, storeId)) return problem('store-forbidden', '/storeId')
  if (!complaintId.startsWith(`${storeId}:`)) return problem('store-mismatch', '/storeId')
  const member = async () => {
    const { storeIds } = revisionAt(context.programme, context.now)
    if (storeIds && !storeIds.has(storeId)) return problem('store-unknown', '/storeId')
    const named = await findNamed(context, body.member, context.now)
    if (isProblem(named)) return named
    return named.known ? named.memberId : problem('member-unknown', '/member/card')
  }
  return open(context, { complaintId, body, storeId, member })
})

/** A member complains. */
export const openMyComplaintImplementation = implement(openMyComplaint, async ({ params, body }, context) => {
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  return open(context, { complaintId: complaintIdOf(own, params.id), body, member: async () => own })
})

/** Opens a complaint, once for its id, with its deadline in the queue of the staff. */
async function open(context: Context, opening: Opening): Promise<Answer> {
  const { runtime, programme } = context
  const { complaintId, body, storeId } = opening
  const hash = bodyHash(body)
  const ownerKey = table.complaintOwner(programme.id, complaintId)
  const { purchaseId } = body
  return attempt<Answer>(runtime, async (uncertain) => {
    /** What is done is recognised before anything is refused. */
    const refuse = async (refused: Problem) => {
      const { items } = await runtime.store.read([ownerKey], { consistent: true })
      return items[0] ? replayOf(context, items[0], complaintId, hash, uncertain) : refused
    }
    const memberId = await opening.member()
    if (typeof memberId === 'object') return refuse(memberId)
    return runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const receiptKeys = purchaseId === undefined ? [] : [table.receipt(programme.id, purchaseId)]
      const opened = await openAccount(context, memberId, { others: [ownerKey, ...receiptKeys] })
      const { ledger } = opened
      const [taken, sold] = opened.others
      if (taken) return replayOf(context, taken, complaintId, hash, uncertain)
      if (!opened.open) return refuse(problem('member-unknown', storeId === undefined ? undefined : '/member/id'))
      if (purchaseId !== undefined && !isBoughtBy(sold, memberId)) return refuse(problem('purchase-unknown', '/purchaseId'))
      const { category, text } = body
      const made = { id: complaintId, category, text, purchaseId, storeId, hash }
      const step = openComplaint(programme, opened.open.account, made, ledger.now)
      if (isRefusal(step)) return refuse(problemOf(step))
      const result = await runtime.store.commit([
        ...newComplaintWrites(programme.id, step.complaint),
        ...(await bookingWrites(ledger, opened.open, step.account, [step.entry])),
      ])
      if (result.outcome !== 'committed') return again
      return { status: 201, body: complaintView(ledger, step.complaint) }
    })
  })
}

function isBoughtBy(sold: Item | undefined, memberId: MemberId): boolean {
  const receipt = sold && receiptOf(sold)
  return receipt?.state === 'sold' && receipt.memberId === memberId
}

/** The complaint as of now; or a problem, where the id was used for something else. */
async function replayOf(context: Context, owner: Item, id: string, hash: string, mayBeOwn: boolean): Promise<Answer> {
  const { runtime, programme } = context
  const { items } = await runtime.store.read([table.complaint(programme.id, ownerOf(owner)!, id)], { consistent: true })
  if (!items[0]) throw new Error(`the owner of complaint ${id} does not have it`)
  const complaint = complaintOf(items[0])
  if (complaint.hash !== hash) return problem('id-reused')
  const body = complaintView(context, complaint)
  return mayBeOwn ? { status: 201, body } : { status: 200, body, replayed: true }
}
