import { attachMyPurchase, attachPurchase } from '../contract/attaching.ts'
import { isProblem, problem } from '../contract/problem.ts'
import { isAttachWindowOver, localDay, receiptTotal } from '../domain/attaching.ts'
import type { Attachment } from '../domain/entry.ts'
import { datedAt, type Sale } from '../domain/purchase.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { type Receipt, receiptOf, type SoldReceipt, type UnattachedReceipt } from '../store/receipt-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Again, again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, type Handle, implement } from './context.ts'
import { findNamed } from './find-member.ts'
import { ownMember } from './own-member.ts'
import { replayOf, tryBooking } from './record-purchase.ts'
import { countedTry, mayTry, unchangedTries } from './tries.ts'

type Answer = Awaited<ReturnType<Handle<typeof attachPurchase>>>

/** To whom a purchase is attached, and by whom. */
interface Attaching {
  readonly context: Context
  readonly memberId: MemberId
  readonly by: Pick<Attachment, 'actor' | 'reason'>
  readonly alongside: readonly Write[]
}

/** Attaches a purchase to the member whom staff name, once. */
export const attachPurchaseImplementation = implement(attachPurchase, ({ params, body }, context) => {
  const { runtime, programme, caller } = context
  return attempt<Answer>(runtime, async (uncertain) => {
    const receipt = await readReceipt(context, params.purchaseId)
    if (!receipt || receipt.state === 'awaited') return problem('purchase-unknown')
    // Whose a purchase is already is found by any card that they ever had.
    const boughtAt = receipt.state === 'sold' ? (0 as Instant) : receipt.sale.occurredAt
    const named = await findNamed(context, body.member, boughtAt)
    if (isProblem(named)) return named
    if (receipt.state === 'sold') {
      const isTheirs = named.known && named.memberId === receipt.memberId
      return isTheirs ? attachedAnswer(context, receipt, uncertain) : problem('purchase-attached')
    }
    if (!named.known) return problem('member-unknown', '/member/card')
    const { memberId } = named
    const by = { actor: caller.subject, reason: body.reason }
    const target = `purchases/${params.purchaseId}/member`
    const alongside = [auditWrite(context, { action: attachPurchase.name, target, after: { memberId } })]
    return runtime.turns.take(`${programme.id} ${memberId}`, () => tryAttaching({ context, memberId, by, alongside }, receipt))
  })
})

/**
 * Attaches a purchase to the member who can say what its receipt says. Whatever is wrong is answered alike, and counted before
 * it is answered; the right word is good only while no other try was counted meanwhile, so that many at once are no more than
 * as many one after another.
 */
export const attachMyPurchaseImplementation = implement(attachMyPurchase, async ({ params, body }, context) => {
  const { runtime, programme } = context
  const memberId = await ownMember(context)
  if (!memberId) return problem('member-unknown')
  const tries = table.attachTries(programme.id, memberId)
  const keys = [table.receipt(programme.id, params.id), tries]
  return attempt<Answer>(runtime, (uncertain) =>
    runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const { items } = await runtime.store.read(keys, { consistent: true })
      const receipt = items[0] && receiptOf(items[0])
      if (receipt?.state === 'sold' && receipt.memberId === memberId) return attachedAnswer(context, receipt, uncertain)
      if (!mayTry(context, items[1])) return problem('too-many-tries')
      if (receipt?.state !== 'unattached' || !isSaid(context, receipt, body)) {
        const result = await runtime.store.commit([countedTry(context, tries, items[1])])
        return result.outcome === 'committed' ? problem('purchase-unknown') : again
      }
      const alongside = [unchangedTries(tries, items[1])]
      const outcome = await tryAttaching({ context, memberId, by: {}, alongside }, receipt)
      // The body names no member that a pointer could show.
      return outcome !== again && isProblem(outcome) ? problem(outcome.problem) : outcome
    }),
  )
})

/** Whether somebody says what the receipt says, with the day as the till had it. */
function isSaid({ programme }: Context, { sale }: UnattachedReceipt, said: { total: number; day: string }): boolean {
  return said.total === receiptTotal(sale.lines) && said.day === localDay(programme, sale.occurredAt)
}

async function tryAttaching(
  { context, memberId, by, alongside }: Attaching,
  receipt: UnattachedReceipt,
): Promise<Answer | Again> {
  const { programme, now } = context
  const { purchaseId, arrivedAt, hash } = receipt
  const sale: Sale = { purchaseId, ...receipt.sale, attached: { arrivedAt, ...by } }
  const posting = { context, sale, hash, alongside }
  const outcome = isAttachWindowOver(programme, datedAt(sale, now), now)
    ? problem('attach-window-over')
    : await tryBooking(posting, { known: true, memberId }, receipt, false)
  if (outcome === again || 'awaited' in outcome) return again
  if (isProblem(outcome)) {
    // What is done is recognised before anything is refused.
    const known = await readReceipt(context, purchaseId)
    return known?.version === receipt.version ? outcome : again
  }
  // Anything but 201 says that the receipt is no longer what it was.
  const { status, body } = outcome
  return status === 201 && body.memberId !== null ? { status, body } : again
}

async function attachedAnswer(context: Context, receipt: SoldReceipt, mayBeOwn: boolean): Promise<Answer> {
  const { hash } = receipt
  const answer = await replayOf({ context, hash }, receipt, mayBeOwn)
  if (isProblem(answer) || answer.body.memberId === null) throw new Error(`receipt ${receipt.purchaseId} has no member`)
  return { ...answer, body: answer.body }
}

async function readReceipt({ runtime, programme }: Context, purchaseId: string): Promise<Receipt | undefined> {
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  return items[0] && receiptOf(items[0])
}
