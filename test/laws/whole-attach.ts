import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { type Receipt, receiptOf, type UnattachedReceipt } from '../../functions/store/receipt-item.ts'
import { table } from '../../functions/store/table.ts'
import { isAttachableNoMore } from '../model/naive-dates.ts'
import { people } from './operation.ts'
import { entriesOf } from './whole-checks.ts'
import type { Done, Whole } from './whole-history.ts'
import { programmeId } from './world.ts'

interface Owned {
  readonly memberId: string
  readonly bookedAt: number
}

/**
 * A purchase that came without a member is nobody's until it is attached, once, within its days, and by whom the answer says; what
 * came back of it meanwhile is kept with it. What a named one earns is never late. Answers how many were attached, how many of
 * these had something back already, and how often somebody was refused.
 */
export function areAttachedOnce(whole: Whole): { attached: number; afterReturns: number; refused: number } {
  const { done, world } = whole
  const owners = ownersOf(whole)
  const counts = { attached: 0, afterReturns: 0, refused: 0 }
  for (const [purchaseId, states] of world.trace.receipts) {
    const known = states.flatMap(({ state }) => (state ? [state] : []))
    const unnamed = known.filter((state) => state.state === 'unattached')
    const owned = owners.get(purchaseId) ?? []
    ok(owned.length <= 1, `${purchaseId} earns twice`)
    strictEqual(owned[0]?.memberId, memberOf(known.at(-1)!), `whose ${purchaseId} is`)
    for (const state of unnamed) isKeptWhole(state)
    if (!owned[0] || unnamed.length === 0) continue
    counts.attached += 1
    counts.afterReturns += Number(unnamed.at(-1)!.returned.length > 0)
    ok(!isOver(whole, unnamed[0]!, owned[0].bookedAt), `${purchaseId} is attached after its days`)
    deepStrictEqual(unnamed.at(-1)!.returned, firstReturned(known), `what came back of ${purchaseId} before it was attached`)
  }
  for (const one of done) if (one.name === 'attach') counts.refused += Number(!isAnswered(whole, one))
  return counts
}

/** Who has the points of each purchase. */
function ownersOf({ world: { trace } }: Whole): ReadonlyMap<string, readonly Owned[]> {
  const owners = new Map<string, Owned[]>()
  for (const memberId of people) {
    for (const { bookedAt, fact } of entriesOf(trace, memberId).bookings.flat()) {
      if (fact.kind !== 'earn') continue
      owners.set(fact.purchaseId, [...(owners.get(fact.purchaseId) ?? []), { memberId, bookedAt }])
    }
  }
  return owners
}

const memberOf = (receipt: Receipt) => (receipt.state === 'sold' ? receipt.memberId : undefined)

/** What is back is the sum of the returns that wait for a member, and no more than was sold. */
function isKeptWhole({ sale, returned, returns, purchaseId }: UnattachedReceipt): void {
  const goods = returns.flatMap((one) => (one.status === 'waiting' ? one.goods.lines : []))
  for (const { lineId, quantity, amount } of sale.lines) {
    const own = goods.filter((line) => line.lineId === lineId)
    const sum = { quantity: 0, amount: 0 }
    for (const line of own) {
      sum.quantity += line.quantity
      sum.amount += line.amount
    }
    ok(sum.quantity <= quantity && sum.amount <= amount, `more came back of ${purchaseId} than was sold`)
    const kept = returned.find((line) => line.lineId === lineId)
    deepStrictEqual(kept ? { quantity: kept.quantity, amount: kept.amount } : { quantity: 0, amount: 0 }, sum, purchaseId)
  }
}

/** What had come back when it first had a member. */
function firstReturned(known: readonly Receipt[]) {
  const sold = known.find((state) => state.state === 'sold')
  return sold?.state === 'sold' ? sold.returned : []
}

function isOver({ naive }: Whole, { sale, arrivedAt }: UnattachedReceipt, now: number): boolean {
  const soldAt = Math.min(sale.occurredAt, arrivedAt)
  const { document } = naive.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= soldAt)!
  return isAttachableNoMore(document, soldAt, now)
}

/** Whether somebody has what they asked for; throws where that is not so, or where they are refused without cause. */
function isAnswered(whole: Whole, { call, answer }: Done): boolean {
  const { trace, timeline } = whole.world
  const purchaseId = (call.params!.purchaseId ?? call.params!.id)!
  const asking = call.member ?? (call.body as { member: { id: string } }).member.id
  const { pk, sk } = table.receipt(programmeId, purchaseId)
  const item = trace.items.get(`${pk} ${sk}`)
  const receipt = item && receiptOf(item)
  const owner = receipt && memberOf(receipt)
  if (answer.status < 300) {
    strictEqual(owner, asking, `${purchaseId} is told to be attached`)
    return true
  }
  const { code } = answer.body as { code: string }
  const first = trace.receipts.get(purchaseId)?.find(({ state }) => state?.state === 'unattached')?.state
  const causes: { readonly [code: string]: boolean } = {
    'purchase-attached': owner !== undefined && owner !== asking,
    'attach-window-over': first?.state === 'unattached' && isOver(whole, first, timeline.now),
    // A member is told no more than that, whatever is wrong; and what is unknown to staff may have come since.
    'purchase-unknown': true,
    'too-many-tries': call.member !== undefined,
    'member-unknown': true,
    'member-closed': true,
  }
  ok(causes[code], `${purchaseId} is refused to ${asking}: ${code}`)
  return false
}
