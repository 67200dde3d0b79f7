import { ok, strictEqual } from 'node:assert/strict'
import type { MemberId } from '../../functions/domain/units.ts'
import type { UnattachedReceipt } from '../../functions/store/receipt-item.ts'
import { table } from '../../functions/store/table.ts'
import { addGoods } from '../model/naive-returns.ts'
import { meaningOf } from '../support/meaning.ts'
import type { Sent } from './clients.ts'
import { isDone, type Judge } from './judge.ts'
import { factOf, nameOf } from './ledger.ts'
import type { Adjustment, Attach, GoodsReturn, PurchaseBody, Request } from './requests.ts'
import { programmeId } from './world.ts'

/** Whether a client was rightly told no: at some point between request and answer that was so. */
export function refusals(judge: Judge, one: Sent): void {
  const { code } = one.answer!.body as { code: string }
  const { request } = one
  ok(isRight(judge, one, code), `${request.kind} ${nameOf(request) ?? ''} was refused with ${code}, and that was never so`)
  const name = nameOf(request)
  const held = name === undefined ? undefined : judge.ledger.held.get(name)
  if (!held || held.commit > one.from.commit) return
  strictEqual(code, 'id-reused', `${name} was there already, and refused with ${code}`)
}

function isRight(judge: Judge, one: Sent, code: string): boolean {
  const { request } = one
  if (code === 'id-reused') return isReused(judge, one)
  switch (request.kind) {
    case 'purchase':
    case 'quote':
      return isUnfit(judge, one, request.body, code)
    case 'return':
      return isOverReturn(judge, one, request, code)
    case 'adjust':
      return isNotAdjusted(judge, one, request, code)
    case 'tag':
      return code === 'member-unknown' && isUnknown(judge, one, request.member)
    case 'attach':
      return isNotAttached(judge, one, request, code)
    case 'enrol':
    case 'change': {
      if (code === 'member-unknown') return isUnknown(judge, one, request.member)
      const { card } = request.body
      if (code !== 'card-taken' || !card) return false
      return judge.ownersDuring(card, one).some((owner) => owner && owner.memberId !== request.member)
    }
    case 'enrol me':
      return false
    case 'read':
      return isMissing(judge, one, request, code)
  }
}

const isUnknown = (judge: Judge, one: Sent, member: string) => judge.versionsDuring(member, one).includes(0)

function isClosed(judge: Judge, one: Sent, member: string): boolean {
  const versions = judge.versionsDuring(member, one).filter((version) => version > 0)
  return versions.some((version) => judge.ledger.members.get(member)!.statusAt(version) === 'closed')
}

/** The same id was sent with another body, and that is what is there. */
function isReused(judge: Judge, { request, from, to }: Sent): boolean {
  if (request.kind === 'enrol') {
    const isOther = ({ request: other, from }: Sent) =>
      other.kind === 'enrol' && other.member === request.member && other !== request && from.commit <= to.commit
    return judge.sent.some(isOther) || [...judge.linked.values()].includes(request.member)
  }
  if (request.kind === 'purchase') {
    const hash = meaningOf(request.body)
    const receipts = judge.ledger.receiptsDuring(request.id, { from, to })
    return receipts.some((receipt) => receipt && receipt.state !== 'awaited' && receipt.hash !== hash)
  }
  const held = judge.ledger.held.get(nameOf(request)!)
  if (held) return held.request !== request && (held.waited || held.commit <= to.commit)
  if (request.kind !== 'return') return false
  const waiting = judge.ledger.receipts.get(request.purchaseId)?.returns.find(({ returnId }) => returnId === request.id)
  return waiting !== undefined && waiting.hash !== meaningOf(request.body)
}

function isUnfit(judge: Judge, one: Sent, body: PurchaseBody, code: string): boolean {
  const { member } = body
  if (!member) return false
  if ('id' in member) {
    if (code === 'member-unknown') return isUnknown(judge, one, member.id)
    return code === 'member-closed' && isClosed(judge, one, member.id)
  }
  const owners = judge.ownersDuring(member.card, one)
  switch (code) {
    case 'member-unknown':
      return !judge.autoEnrol && owners.includes(undefined)
    case 'card-replaced':
      return owners.some((owner) => owner?.replacedAt !== undefined && owner.replacedAt <= Date.parse(body.occurredAt))
    case 'member-closed':
      return owners.some((owner) => owner && isClosed(judge, one, owner.memberId))
    default:
      return false
  }
}

function isOverReturn(judge: Judge, one: Sent, request: GoodsReturn & Request, code: string): boolean {
  if (code !== 'return-exceeds-purchase' && code !== 'line-unknown') return false
  const receipts = judge.ledger.receiptsDuring(request.purchaseId, one)
  if (receipts.some((receipt) => receipt?.state === 'unattached' && misfit(receipt, request) === code)) return true
  const sale = judge.ledger.held.get(request.purchaseId)
  if (!sale) return false
  const ledger = judge.ledger.members.get(sale.member)!
  const name = nameOf(request)!
  return judge.versionsDuring(sale.member, one).some((version) => {
    if (version < sale.version || ledger.stateAt(version, 0).returns.has(name)) return false
    const outcome = ledger.stateWith(version, factOf(request, one.from.now)).returns.get(name)
    return outcome?.status === 'refused' && outcome.code === code
  })
}

/** Why goods do not fit a purchase that has no member, after all that is kept with it; null where they do. */
function misfit({ sale, returns }: UnattachedReceipt, { body }: GoodsReturn) {
  const returned = new Map<string, { quantity: number; amount: number }>()
  for (const record of returns) if (record.status === 'waiting') addGoods(sale.lines, returned, record.goods.lines)
  return addGoods(sale.lines, returned, body.lines)
}

function isNotAttached(judge: Judge, one: Sent, { purchaseId, member, said }: Attach, code: string): boolean {
  const receipts = judge.ledger.receiptsDuring(purchaseId, one)
  const isSaid = (receipt: UnattachedReceipt) =>
    said?.total === receipt.sale.lines.reduce((sum, { amount }) => sum + amount, 0) &&
    said.day === judge.ledger.dayOf(receipt.sale.occurredAt)
  switch (code) {
    case 'member-unknown':
      return isUnknown(judge, one, member)
    case 'member-closed':
      return isClosed(judge, one, member)
    case 'attach-window-over':
      return receipts.some((receipt) => receipt?.state === 'unattached' && judge.ledger.isWindowOver(receipt, one.to.now))
    case 'purchase-attached':
      return said === null && receipts.some((receipt) => receipt?.state === 'sold' && receipt.memberId !== member)
    case 'purchase-unknown':
      return receipts.some((receipt) => {
        if (!receipt || receipt.state === 'awaited') return true
        if (said === null) return false
        return receipt.state === 'sold' ? receipt.memberId !== member : !isSaid(receipt)
      })
    case 'too-many-tries':
      return said !== null && hasTriedOften(judge, one, member)
    default:
      return false
  }
}

/**
 * Ten tries, or one of which nobody knows how often its counting was tried; or as many as that were counted: one whose counting
 * timed out is counted again, so that the last of ten may come early, and never late.
 */
function hasTriedOften(judge: Judge, one: Sent, member: string): boolean {
  const tries = judge.sent.filter(
    ({ request, from }) =>
      request.kind === 'attach' && request.said !== null && request.member === member && from.commit <= one.to.commit,
  )
  const { pk, sk } = table.attachTries(programmeId, member as MemberId)
  const counted = Number(judge.trace.items.get(`${pk} ${sk}`)?.v ?? 0)
  return tries.length > 10 || tries.some(({ answer }) => answer === undefined) || counted >= 10
}

function isNotAdjusted(judge: Judge, one: Sent, request: Adjustment & Request, code: string): boolean {
  const { member, id } = request
  if (code === 'member-unknown') return isUnknown(judge, one, member)
  if (code === 'member-closed') return isClosed(judge, one, member)
  if (code !== 'insufficient-points') return false
  const ledger = judge.ledger.members.get(member)!
  return judge.versionsDuring(member, one).some((version) => {
    if (version === 0 || ledger.stateAt(version, 0).adjustments.has(id)) return false
    const outcomes = [one.from.now, one.to.now].map((now) => ledger.stateWith(version, factOf(request, now)).adjustments.get(id))
    return outcomes.includes('refused')
  })
}

function isMissing(judge: Judge, one: Sent, request: Extract<Request, { kind: 'read' }>, code: string): boolean {
  if (request.what === 'member' || request.what === 'balance') {
    return code === 'member-unknown' && isUnknown(judge, one, request.member)
  }
  if (request.what === 'purchase') {
    const since = judge.ledger.soldSince(request.purchaseId)
    return code === 'purchase-unknown' && (since === undefined || since > one.from.commit)
  }
  if (request.what !== 'return' || code !== 'return-unknown') return false
  const wasThere = (other: Sent) =>
    other.request.kind === 'return' && other.request.id === request.id && isDone(other) && other.to.commit <= one.from.commit
  return !judge.sent.some(wasThere)
}
