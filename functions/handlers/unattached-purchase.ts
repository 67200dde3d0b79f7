import { problem, problemOf } from '../contract/problem.ts'
import { inReturnOrder, keepReturn } from '../domain/attaching.ts'
import { mostWaitingReturns } from '../domain/bounds.ts'
import type { ReturnedLine } from '../domain/entry.ts'
import type { Sale } from '../domain/purchase.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { GoodsReturn } from '../domain/returns.ts'
import { versionAttribute } from '../store/head-item.ts'
import {
  type AwaitedReceipt,
  type Receipt,
  type ReturnRecord,
  receiptItem,
  receiptOf,
  type UnattachedReceipt,
} from '../store/receipt-item.ts'
import type { Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type Again, again } from './attempt.ts'
import type { Context } from './context.ts'
import { voucherUsesBack } from './vouchers-back.ts'

/**
 * Keeps a purchase without a member in its receipt, until somebody is found who made it. Nothing is read for it: if a receipt
 * is there, the commit fails and hands it back. It is listed with the purchases that returns wait for, because nobody's records
 * name it.
 */
export async function keepUnattached(
  context: Context,
  { purchaseId, occurredAt, details, lines }: Sale,
  hash: string,
  awaited: AwaitedReceipt | undefined,
): Promise<'kept' | Again | Receipt> {
  const { runtime, programme, now } = context
  const receipt: UnattachedReceipt = {
    state: 'unattached',
    purchaseId,
    version: (awaited?.version ?? 0) + 1,
    hash,
    voucherLocks: awaited?.voucherLocks,
    sale: { occurredAt, details, lines },
    arrivedAt: now,
    ...keepWaiting(lines, awaited?.returns ?? []),
  }
  const put: Write = {
    kind: 'put',
    item: receiptItem(programme.id, receipt),
    condition: awaited ? { is: 'equal', attribute: versionAttribute, value: awaited.version } : { is: 'absent' },
  }
  const listing: Write[] = awaited ? [] : [{ kind: 'put', item: { ...table.awaited(programme.id, purchaseId) } }]
  const vouchers = await voucherUsesBack(context, receipt.voucherLocks, lines, receipt.returned)
  const result = await runtime.store.commit([put, ...listing, ...vouchers])
  if (result.outcome === 'committed') return 'kept'
  const found = result.outcome === 'refused' ? result.failed.find(({ index }) => index === 0)?.found : undefined
  return found ? receiptOf(found) : again
}

/** Returns that came before their sale go on waiting, now for its member; those that do not fit it are refused. */
function keepWaiting(lines: Sale['lines'], before: readonly ReturnRecord[]): Pick<UnattachedReceipt, 'returned' | 'returns'> {
  let returned: readonly ReturnedLine[] = []
  const returns: ReturnRecord[] = []
  const waiting = before.flatMap((record) => (record.status === 'waiting' ? [record] : []))
  for (const record of waiting.sort((a, b) => inReturnOrder(a.goods, b.goods))) {
    const sum = keepReturn(lines, returned, record.goods)
    if (isRefusal(sum)) {
      const { returnId, hash } = record
      returns.push({ returnId, hash, status: 'refused', code: sum.refused })
      continue
    }
    returned = sum
    returns.push(record)
  }
  return { returned, returns }
}

/** What a till is told of a purchase that has no member. */
export const unattachedAnswer = (purchaseId: string) => ({
  purchaseId,
  memberId: null,
  points: { earned: 0, pending: 0 },
  awards: [],
})

/** What a till is told of goods brought back from a purchase that has no member: they are booked, and took nobody's points. */
export const keptReturnAnswer = (returnId: string) => ({ returnId, status: 'booked' as const, points: { clawedBack: 0 } })

/** Keeps goods brought back with a purchase that has no member; they are applied when it is attached, in one commit with it. */
export async function recordKeptReturn(
  context: Context,
  receipt: UnattachedReceipt,
  stored: Item | undefined,
  goods: GoodsReturn,
  hash: string,
) {
  if (receipt.returns.length >= mostWaitingReturns) return problem('too-many-waiting-returns')
  const { runtime, programme } = context
  const { returnId } = goods
  const returned = keepReturn(receipt.sale.lines, receipt.returned, goods)
  if (isRefusal(returned)) return problemOf(returned)
  const after: UnattachedReceipt = {
    ...receipt,
    version: receipt.version + 1,
    returned,
    returns: [...receipt.returns, { returnId, hash, status: 'waiting', goods }],
  }
  const result = await runtime.store.commit([
    {
      kind: 'put',
      item: receiptItem(programme.id, after),
      condition: { is: 'equal', attribute: versionAttribute, value: receipt.version },
      replaces: stored,
    },
    ...(await voucherUsesBack(context, receipt.voucherLocks, receipt.sale.lines, returned)),
  ])
  return result.outcome === 'committed' ? { status: 201 as const, body: keptReturnAnswer(returnId) } : again
}
