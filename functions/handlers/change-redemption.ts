import { type Problem, problem, problemOf } from '../contract/problem.ts'
import {
  captureRedemption,
  readRedemption,
  releaseMyRedemption,
  releaseRedemption,
  reverseRedemption,
  reverseRedemptionAsStaff,
} from '../contract/redemptions.ts'
import type { Account, Entry } from '../domain/entry.ts'
import { revisionAt } from '../domain/programme.ts'
import { capture, type Restoring, release, restore } from '../domain/redemption.ts'
import { isRefusal } from '../domain/refusal.ts'
import { type BasketLine, handOutFault, moneyFor } from '../domain/reward-terms.ts'
import { followed } from '../domain/settle.ts'
import { type MemberId, points } from '../domain/units.ts'
import { type Redemption, redemptionOf, redemptionWrite } from '../store/redemption-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, type Handle, type Implementation, implement, mayPostFor } from './context.ts'
import { giveGrantBack, grantOf, useWrite } from './granted-rewards.ts'
import { handOut, takeBack } from './hand-out.ts'
import { ownMember } from './own-member.ts'
import { payFor } from './paid-purchase.ts'
import { bookCapture } from './points-back.ts'
import { rewardOfRedemption } from './redeemed.ts'
import { foundBody, idOfOwn, openRedemption, redemptionBody, stateProblems, toldTill, voucherOf } from './redemptions.ts'
import { giveBackRewards } from './reward-stock.ts'
import { storeFault } from './till-stores.ts'
import { type IssuedVoucher, issued } from './vouchers.ts'

type Answer = Awaited<ReturnType<Handle<typeof captureRedemption>>>
type Open = Exclude<Awaited<ReturnType<typeof openRedemption>>, Again>

/** What a step makes of a redemption: entries on the settled account, what follows from them, and what it writes beside. */
interface Step {
  readonly entries: readonly Entry[]
  readonly account: Account
  readonly after: Partial<Redemption> & Pick<Redemption, 'state'>
  readonly writes: readonly Write[]
  readonly voucher?: IssuedVoucher
}

/** How whoever changes a redemption is judged by what it is. */
interface Judged {
  /** Whether they may not. */
  readonly fault?: (found: Redemption) => Problem | undefined
  /** Whether it is theirs, where it is in the wanted state already. */
  readonly isOwn?: (done: Redemption) => boolean
}

/** Takes a redemption from one state to the next, once: where it is in that already, that is success, unless somebody else did it. */
function change(
  context: Context,
  id: string,
  to: Redemption['state'],
  step: (found: Open) => Promise<Step | Problem>,
  { fault = () => undefined, isOwn = () => true }: Judged = {},
): Promise<Answer> {
  const { runtime, programme } = context
  const key = table.redemption(programme.id, id)
  return attempt<Answer>(runtime, async (uncertain) => {
    const { items } = await runtime.store.read([key], { consistent: true })
    if (!items[0]) return problem('redemption-unknown')
    const memberId: MemberId = redemptionOf(items[0]).memberId
    return runtime.turns.take(`${programme.id} ${memberId}`, async () => {
      const found = await openRedemption(context, memberId, id)
      if (found === again) return again
      const { open, ledger, stored, redemption, state } = found
      const forbidden = fault(redemption)
      if (forbidden) return forbidden
      if (state === to) {
        if (!isOwn(redemption)) return stateProblems[to]
        const voucher = await voucherOf(ledger, redemption)
        const body = redemptionBody(ledger, redemption, state, open.account.head, voucher)
        return uncertain ? { status: 200, body } : { status: 200, body, replayed: true }
      }
      const made = await step(found)
      if ('problem' in made) return made
      const { entries, account } = made
      const after = { ...redemption, ...made.after, changedAt: ledger.now }
      const result = await runtime.store.commit([
        redemptionWrite(programme.id, after, stored),
        ...(await bookingWrites(ledger, open, account, entries)),
        ...made.writes,
      ])
      if (result.outcome !== 'committed') return again
      const voucher = made.voucher ? issued(ledger, made.voucher) : await voucherOf(ledger, after)
      return { status: 200, body: redemptionBody(ledger, after, after.state, account.head, voucher) }
    })
  })
}

/** What is wrong with a till that lets go or undoes a redemption: in its own name any store may. */
const faultOf =
  ({ caller }: Context, storeId: string | undefined) =>
  (redemption: Pick<Redemption, 'storeId'>) =>
    storeFault(caller, storeId, [redemption.storeId])

/** How a till captures. */
interface Capturing {
  readonly storeId: string
  readonly basket?: { readonly lines: readonly BasketLine[] } | undefined
  readonly purchaseId?: string | undefined
}

async function captureAt(found: Open, { storeId, basket, purchaseId }: Capturing): Promise<Step | Problem> {
  const { open, ledger, redemption, state, reservation } = found
  if (!reservation) return stateProblems[state]
  const { head } = open.account
  if (head.status === 'closed') return problem('member-closed')
  const { storeIds } = revisionAt(ledger.programme, redemption.at)
  if (storeIds && !storeIds.has(storeId)) return problem('store-unknown', '/storeId')
  const reward = rewardOfRedemption(ledger, redemption)
  const fault = handOutFault(reward, redemption.price, storeId, basket?.lines)
  if (fault) return problemOf(fault)
  const granted = await grantOf(ledger, redemption)
  if (granted?.grant.isTakenBack) return problem('granted-reward-taken-back')
  const { id: redemptionId, memberId, at } = redemption
  const paid = await payFor(ledger, redemption, reward, purchaseId)
  if ('problem' in paid) return paid
  const handed = await handOut(ledger, { redemptionId, memberId, reward, at })
  if ('problem' in handed) return handed
  const captured = capture(open.account, reservation, storeId, ledger.now)
  const { taken } = captured
  const { entries, account, restored } = await bookCapture(ledger, captured, { ...redemption, taken }, paid.receipt)
  const money = moneyFor(reward, redemption.price, basket?.lines)
  const voucher = handed.voucher?.hash ?? null
  const after = {
    state: 'captured',
    taken,
    restored,
    storeId,
    money,
    voucher,
    purchaseId: paid.receipt?.purchaseId ?? null,
  } as const
  const used = granted ? [useWrite(granted.stored, granted.place, { redemptionId, isCaptured: true })] : []
  return { entries, account, after, ...handed, writes: [...handed.writes, ...paid.writes, ...used] }
}

async function releaseHeld({ open, ledger, redemption, state, reservation }: Open, storeId?: string): Promise<Step | Problem> {
  if (!reservation) return stateProblems[state]
  const released = followed(ledger.programme, release(open.account, reservation, ledger.now, storeId), ledger.now)
  const back = [
    ...(await giveBackRewards(ledger, redemption.memberId, [redemption])),
    ...(await giveGrantBack(ledger, redemption)),
  ]
  return { ...released, after: { state: 'released' }, writes: back }
}

async function reverseWhole({ open, ledger, redemption, state }: Open, why: Restoring): Promise<Step | Problem> {
  if (state !== 'captured') return stateProblems[state]
  const { id: redemptionId, rewardId, taken, restored, price, memberId } = redemption
  const spent = { redemptionId, rewardId, taken, restored }
  const given = restore(ledger.programme, open.account, spent, points(price - restored), { reversed: true, ...why }, ledger.now)
  if (isRefusal(given)) return problemOf(given)
  const voided = await takeBack(ledger, redemption.voucher)
  if ('problem' in voided) return voided
  const back = await giveBackRewards(ledger, memberId, [redemption])
  const writes = [...voided, ...back, ...(await giveGrantBack(ledger, redemption))]
  return { ...followed(ledger.programme, given, ledger.now), after: { state: 'reversed', restored: price }, writes }
}

/** What tills and staff do to a redemption that is there. */
export const redemptionChangeImplementations: readonly Implementation[] = [
  implement(captureRedemption, async ({ params, body }, context) => {
    const { storeId } = body
    // Who hands something out at another store must not take it for theirs.
    const isOwn = (done: Redemption) => done.storeId === null || done.storeId === storeId
    if (!mayPostFor(context.caller, storeId)) return problem('store-forbidden', '/storeId')
    return change(context, params.redemptionId, 'captured', (found) => captureAt(found, body), { isOwn })
  }),
  implement(releaseRedemption, async ({ params, body: { storeId } }, context) => {
    const fault = faultOf(context, storeId)
    return change(context, params.redemptionId, 'released', (found) => releaseHeld(found, storeId), { fault })
  }),
  implement(releaseMyRedemption, async ({ params }, context) => {
    const memberId = await ownMember(context)
    if (!memberId) return problem('member-unknown')
    return change(context, idOfOwn(memberId, params.redemptionId), 'released', (found) => releaseHeld(found))
  }),
  implement(reverseRedemption, async ({ params, body }, context) => {
    const { storeId, reason } = body
    const fault = faultOf(context, storeId)
    const reverse = (found: Open) => reverseWhole(found, { storeId, reason })
    const answer = await change(context, params.redemptionId, 'reversed', reverse, { fault })
    return 'problem' in answer ? answer : { ...answer, body: toldTill(context, answer.body) }
  }),
  implement(reverseRedemptionAsStaff, ({ params, body: { reason } }, context) => {
    const { redemptionId } = params
    // The reason is of the member's entry: it may be personal, and can be erased with it.
    const audited = { action: reverseRedemptionAsStaff.name, target: `redemptions/${redemptionId}`, after: { state: 'reversed' } }
    return change(context, redemptionId, 'reversed', async (found) => {
      const step = await reverseWhole(found, { reason, actor: context.caller.subject })
      return 'problem' in step ? step : { ...step, writes: [...step.writes, auditWrite(context, audited)] }
    })
  }),
  implement(readRedemption, ({ params }, context) => {
    const key = table.redemption(context.programme.id, params.redemptionId)
    return attempt<Answer>(context.runtime, async () => {
      const { items } = await context.runtime.store.read([key], { consistent: true })
      if (!items[0]) return problem('redemption-unknown')
      const body = await foundBody(context, items[0])
      return body === again ? again : { status: 200, body: toldTill(context, body) }
    })
  }),
]
