import { problem, problemOf } from '../contract/problem.ts'
import { recordReturn } from '../contract/purchases.ts'
import { mostReturns, mostWaitingReturns } from '../domain/bounds.ts'
import type { EarnFact } from '../domain/entry.ts'
import { isRefusal } from '../domain/refusal.ts'
import { bookReturn, type GoodsReturn } from '../domain/returns.ts'
import { entryOf } from '../store/entry-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import {
  type AwaitedReceipt,
  claimedAt,
  type Receipt,
  type ReturnRecord,
  receiptItem,
  receiptOf,
  type SoldReceipt,
} from '../store/receipt-item.ts'
import type { Condition, Item, Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import { bookingWrites, openAccount, peekAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { bookingOf } from './bonuses.ts'
import { type Context, type Handle, implement, mayPostFor } from './context.ts'
import { countReturned } from './goods-back.ts'
import { bodyHash } from './hash.ts'
import { checkOccurredAt, repeatedLine } from './sale.ts'
import { keptReturnAnswer, recordKeptReturn } from './unattached-purchase.ts'
import { instantOf, returnedPoints, standing } from './views.ts'

type Answer = Awaited<ReturnType<Handle<typeof recordReturn>>>

/** A posted return, and the receipt as it was found. */
interface Posting {
  readonly context: Context
  readonly goods: GoodsReturn
  readonly hash: string
  readonly stored: Item | undefined
}

/** Books goods brought back; one that comes before its sale waits in the receipt. */
export const recordReturnImplementation = implement(recordReturn, async (request, context) => {
  const { params, body } = request
  const { runtime, programme, now } = context
  if (body.storeId !== undefined && !mayPostFor(context.caller, body.storeId)) return problem('store-forbidden', '/storeId')
  const goods = { returnId: params.returnId, ...body, occurredAt: instantOf(body.occurredAt) }
  const wrong = checkOccurredAt(goods.occurredAt, now) ?? repeatedLine(body.lines)
  if (wrong) return wrong
  const hash = bodyHash(body)
  const key = table.receipt(programme.id, params.purchaseId)
  return attempt<Answer>(runtime, (uncertain) =>
    runtime.turns.take(key.pk, async () => {
      const { items } = await runtime.store.read([key], { consistent: true })
      const receipt = items[0] && receiptOf(items[0])
      const known = receipt?.returns.find((record) => record.returnId === goods.returnId)
      if (known) return replayOf(context, receipt, known, hash, uncertain)
      const posting = { context, goods, hash, stored: items[0] }
      if (receipt?.state === 'unattached') return recordKeptReturn(context, receipt, items[0], goods, hash)
      if (receipt?.state !== 'sold') return wait(posting, params.purchaseId, receipt)
      return runtime.turns.take(`${programme.id} ${receipt.memberId}`, () => book(posting, receipt))
    }),
  )
})

async function wait(
  { context, goods, hash, stored }: Posting,
  purchaseId: string,
  receipt: AwaitedReceipt | undefined,
): Promise<Answer | Again> {
  const { runtime, programme } = context
  const returns = receipt?.returns ?? []
  if (returns.length >= mostWaitingReturns) return problem('too-many-waiting-returns')
  const waiting: AwaitedReceipt = {
    state: 'awaited',
    purchaseId,
    version: (receipt?.version ?? 0) + 1,
    voucherLocks: receipt?.voucherLocks,
    returns: [...returns, { returnId: goods.returnId, hash, status: 'waiting', goods }],
  }
  const writes: Write[] = [putReceipt(programme.id, waiting, receipt, stored)]
  if (!receipt) writes.push({ kind: 'put', item: { ...table.awaited(programme.id, purchaseId) } })
  const result = await runtime.store.commit(writes)
  return result.outcome === 'committed' ? { status: 202, body: { returnId: goods.returnId, status: 'waiting' } } : again
}

async function book({ context, goods, hash, stored }: Posting, receipt: SoldReceipt): Promise<Answer | Again> {
  const { runtime, programme } = context
  if (receipt.returns.length + receipt.claims.length >= mostReturns) return problem('too-many-returns')
  const { memberId, entry, bucket } = receipt
  const saleKey = table.entry(programme.id, memberId, entry.version, entry.n)
  const { open, ledger, others } = await openAccount(context, memberId, { closed: bucket.id, others: [saleKey], alone: true })
  if (!open || !others[0]) throw new Error(`receipt ${receipt.purchaseId} names an entry that is not there`)
  const sale = entryOf(others[0])
  const fact = sale.fact as EarnFact
  const claimed = claimedAt(receipt, ledger.now)
  const kept = { sale: { at: sale.at, fact }, bucket, returned: receipt.returned, points: receipt.points, claimed }
  const booked = bookReturn(programme, open.account, kept, goods, ledger.now)
  if (isRefusal(booked)) return problemOf(booked)
  const { clawedBack } = booked
  const { returnId } = goods
  const counted = await countReturned(ledger, bookingOf(open), booked, receipt)
  if (isRefusal(counted)) return problemOf(counted)
  const { booking, restored } = counted
  const after: SoldReceipt = {
    ...receipt,
    version: receipt.version + 1,
    points: booked.kept.points,
    returned: booked.kept.returned,
    returns: [...receipt.returns, { returnId, hash, status: 'booked', clawedBack, restored }],
  }
  const result = await runtime.store.commit([
    putReceipt(programme.id, after, receipt, stored),
    ...(await bookingWrites(ledger, booking.open, booking.account, booking.entries)),
    ...booking.writes,
  ])
  if (result.outcome !== 'committed') return again
  const points = returnedPoints({ clawedBack, restored })
  return { status: 201, body: { returnId, status: 'booked', points, ...standing(ledger, booking.account.head) } }
}

function putReceipt(programme: string, receipt: Receipt, before: Receipt | undefined, stored: Item | undefined): Write {
  const condition: Condition = before ? { is: 'equal', attribute: versionAttribute, value: before.version } : { is: 'absent' }
  return { kind: 'put', item: receiptItem(programme, receipt), condition, replaces: stored }
}

async function replayOf(
  context: Context,
  receipt: Receipt | undefined,
  record: ReturnRecord,
  hash: string,
  mayBeOwn: boolean,
): Promise<Answer> {
  if (record.hash !== hash) return problem('id-reused')
  const body = await returnView(context, receipt, record)
  if (!mayBeOwn || body.status === 'refused') return { status: 200, body, replayed: true }
  return body.status === 'booked' ? { status: 201, body } : { status: 202, body }
}

/** A return as it stands now: booked with balance and tier, waiting, or refused. */
export async function returnView(context: Context, receipt: Receipt | undefined, record: ReturnRecord) {
  const { returnId, status } = record
  if (status === 'waiting') return receipt?.state === 'unattached' ? keptReturnAnswer(returnId) : { returnId, status }
  if (status === 'refused') return { returnId, status, code: record.code }
  if (receipt?.state !== 'sold') throw new Error(`a return is booked on a sale that is not there: ${returnId}`)
  const { settled, ledger } = await peekAccount(context, receipt.memberId)
  if (!settled) throw new Error(`receipt ${receipt.purchaseId} names a member who is not there`)
  return { returnId, status, points: returnedPoints(record), ...standing(ledger, settled.account.head) }
}
