import { problem, problemOf } from '../contract/problem.ts'
import { rateMyPurchase, ratePurchase } from '../contract/satisfaction.ts'
import { isRefusal } from '../domain/refusal.ts'
import { bookSatisfaction, type Satisfaction } from '../domain/satisfaction.ts'
import type { MemberId } from '../domain/units.ts'
import { receiptOf } from '../store/receipt-item.ts'
import { type StoredSatisfaction, satisfactionItem, satisfactionOf } from '../store/satisfaction-item.ts'
import type { Item } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount } from './account.ts'
import { again, attempt } from './attempt.ts'
import { complaintIdOfScore, newComplaintWrites } from './complaint-record.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { bodyHash } from './hash.ts'
import { ownMember } from './own-member.ts'
import { storeOfPurchase } from './till-stores.ts'
import { rfc3339 } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof rateMyPurchase>>>

/** A member says how satisfied they are with one of their purchases; another's is as unknown as one that never was. */
export const rateMyPurchaseImplementation = implement(rateMyPurchase, async ({ params, body }, context) => {
  const own = await ownMember(context)
  if (!own) return problem('member-unknown')
  return rate(context, { purchaseId: params.id, ...body, hash: saidHash(body) }, own)
})

/** A store posts what a member said of one of its own sales. */
export const ratePurchaseImplementation = implement(ratePurchase, async ({ params, body }, context) => {
  if (!mayPostFor(context.caller, body.storeId)) return problem('store-forbidden', '/storeId')
  if (!mayPostFor(context.caller, storeOfPurchase(params.purchaseId))) return problem('store-forbidden')
  return rate(context, { ...params, ...body, hash: saidHash(body) })
})

/** By what an answer is the same, whether it comes from the member or a store: it is one, whoever posts it. */
const saidHash = ({ score, text }: Pick<Satisfaction, 'score' | 'text'>) => bodyHash({ score, text })

/** Keeps what was said, once for a purchase, and opens a complaint in the same commit where the score is low. */
async function rate(context: Context, said: Satisfaction, owner?: MemberId): Promise<Answer> {
  const { runtime, programme } = context
  const { purchaseId, hash } = said
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (receipt?.state !== 'sold' || (owner !== undefined && receipt.memberId !== owner)) return problem('purchase-unknown')
  const { memberId } = receipt
  const key = table.satisfaction(programme.id, memberId, purchaseId)
  return attempt<Answer>(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { open, ledger, others } = await openAccount(context, memberId, { others: [key] })
      if (!open) throw new Error(`the purchase ${purchaseId} is of a member who is not there`)
      if (others[0]) return replayOf(others[0], hash, uncertain)
      const booked = bookSatisfaction(programme, open.account, said, complaintIdOfScore(purchaseId), ledger.now)
      if (isRefusal(booked)) {
        // No snapshot: the head may be of after this. What is done is recognised before anything is refused.
        const [done] = (await runtime.store.read([key], { consistent: true })).items
        return done ? again : problemOf(booked)
      }
      const { complaint } = booked
      const stored = { ...said, memberId, at: ledger.now, complaintId: complaint?.id ?? null }
      const result = await runtime.store.commit([
        { kind: 'put', item: satisfactionItem(programme.id, stored), condition: { is: 'absent' } },
        ...(complaint ? newComplaintWrites(programme.id, complaint) : []),
        ...(await bookingWrites(ledger, open, booked.account, booked.entries)),
      ])
      return result.outcome === 'committed' ? { status: 201, body: viewOf(stored) } : again
    }),
  )
}

function replayOf(item: Item, hash: string, mayBeOwn: boolean): Answer {
  const stored = satisfactionOf(item)
  if (stored.hash !== hash) return problem('id-reused')
  return mayBeOwn ? { status: 201, body: viewOf(stored) } : { status: 200, body: viewOf(stored), replayed: true }
}

const viewOf = ({ purchaseId, memberId, score, at, complaintId }: StoredSatisfaction) => {
  return { purchaseId, memberId, score, answeredAt: rfc3339(at), complaintId }
}
