import type * as z from 'zod'
import type { explainedPurchase } from '../contract/purchases.ts'
import { awardedPoints } from '../domain/earning.ts'
import type { EarnFact, ReturnedLine, SaleLine } from '../domain/entry.ts'
import { revisionAt } from '../domain/programme.ts'
import { earlier, type Instant, type MemberId } from '../domain/units.ts'
import { entryOf } from '../store/entry-item.ts'
import { type ReturnRecord, receiptOf, type SoldReceipt, type UnattachedReceipt } from '../store/receipt-item.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'
import { followedFrom } from './followed-purchase.ts'
import { keptReturnAnswer, unattachedAnswer } from './unattached-purchase.ts'
import { awardsView, explanationView, returnedPoints, rfc3339 } from './views.ts'

/** The entry of a sale that a receipt names. */
async function readSale({ runtime, programme }: Context, { purchaseId, memberId, entry }: SoldReceipt) {
  const { items } = await runtime.store.read([table.entry(programme.id, memberId, entry.version, entry.n)], { consistent: true })
  if (!items[0]) throw new Error(`receipt ${purchaseId} names an entry that is not there`)
  const { at, bookedAt, fact } = entryOf(items[0])
  return { at, bookedAt, fact: fact as EarnFact }
}

async function readReceipt({ runtime, programme }: Context, purchaseId: string) {
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  return items[0] && receiptOf(items[0])
}

/**
 * A purchase with the explanation of its points, or undefined where there is none — or none of `owner`, where one is
 * given: whose it is instead is not told.
 */
export async function explain(
  context: Context,
  purchaseId: string,
  owner?: MemberId,
): Promise<z.input<ReturnType<typeof explainedPurchase>> | undefined> {
  const receipt = await readReceipt(context, purchaseId)
  if (receipt?.state === 'unattached' && owner === undefined) return unattached(receipt)
  if (receipt?.state !== 'sold' || (owner !== undefined && receipt.memberId !== owner)) return undefined
  const { at, bookedAt, fact: sale } = await readSale(context, receipt)
  const { memberId, bucket } = receipt
  const expiresAt = Number(bucket.id)
  return {
    purchaseId,
    memberId,
    storeId: sale.details.storeId,
    occurredAt: rfc3339(at),
    bookedAt: rfc3339(bookedAt),
    tier: sale.tier,
    points: {
      earned: sale.awards.reduce((sum, award) => sum + award.points, 0),
      kept: receipt.points,
      expiresAt: Number.isSafeInteger(expiresAt) ? rfc3339(expiresAt as Instant) : null,
      spendableAt: bucket.spendableAt === null ? null : rfc3339(bucket.spendableAt),
    },
    ...awardsView(sale.awards),
    lines: linesView(sale.lines, receipt.returned),
    returns: receipt.returns.map(summary),
  }
}

/** Why a purchase earned what it did, campaign by campaign; undefined where there is none. */
export async function explainByCampaign(context: Context, purchaseId: string) {
  const receipt = await readReceipt(context, purchaseId)
  if (receipt?.state !== 'sold') return undefined
  const sale = await readSale(context, receipt)
  const { at, fact } = sale
  return {
    purchaseId,
    memberId: receipt.memberId,
    judgedAt: rfc3339(at),
    revision: revisionAt(context.programme, at).number,
    tier: fact.tier,
    points: { earned: awardedPoints(fact.awards) },
    ...awardsView(fact.awards),
    explanation: explanationView(context.programme, receipt.memberId, sale),
    ...(await followedFrom(context, receipt, sale)),
  }
}

/** A purchase without a member: what was sold and what of it came back, and no points yet. */
function unattached({ purchaseId, sale, arrivedAt, returned, returns }: UnattachedReceipt) {
  return {
    ...unattachedAnswer(purchaseId),
    storeId: sale.details.storeId,
    occurredAt: rfc3339(earlier(sale.occurredAt, arrivedAt)),
    bookedAt: rfc3339(arrivedAt),
    tier: null,
    points: { earned: 0, kept: 0, expiresAt: null, spendableAt: null },
    lines: linesView(sale.lines, returned),
    returns: returns.map((record) => (record.status === 'waiting' ? keptReturnAnswer(record.returnId) : summary(record))),
  }
}

function linesView(lines: readonly SaleLine[], returns: readonly ReturnedLine[]) {
  const returned = new Map(returns.map((line) => [line.lineId, line]))
  return lines.map(({ lineId, sku, name, quantity, amount, excluded }) => ({
    lineId,
    sku,
    ...(name !== undefined && { name }),
    quantity,
    amount,
    excluded: excluded ?? false,
    returned: { quantity: returned.get(lineId)?.quantity ?? 0, amount: returned.get(lineId)?.amount ?? 0 },
  }))
}

function summary(record: ReturnRecord) {
  const { returnId } = record
  switch (record.status) {
    case 'booked':
      return { returnId, status: record.status, points: returnedPoints(record) }
    case 'refused':
      return { returnId, status: record.status, code: record.code }
    case 'waiting':
      return { returnId, status: record.status }
  }
}
