import type * as z from 'zod'
import type { explainedPurchase } from '../contract/purchases.ts'
import type { EarnFact } from '../domain/entry.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { entryOf } from '../store/entry-item.ts'
import { type ReturnRecord, receiptOf } from '../store/receipt-item.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'
import { awardsView, rfc3339 } from './views.ts'

/**
 * A purchase with the explanation of its points, or undefined where there is none — or none of `owner`, where one is
 * given: whose it is instead is not told.
 */
export async function explain(
  { runtime, programme }: Context,
  purchaseId: string,
  owner?: MemberId,
): Promise<z.input<ReturnType<typeof explainedPurchase>> | undefined> {
  const found = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = found.items[0] && receiptOf(found.items[0])
  if (receipt?.state !== 'sold' || (owner !== undefined && receipt.memberId !== owner)) return undefined
  const { memberId, entry, bucket } = receipt
  const { items } = await runtime.store.read([table.entry(programme.id, memberId, entry.version, entry.n)], { consistent: true })
  if (!items[0]) throw new Error(`receipt ${purchaseId} names an entry that is not there`)
  const { at, bookedAt, fact } = entryOf(items[0])
  const sale = fact as EarnFact
  const returned = new Map(receipt.returned.map((line) => [line.lineId, line]))
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
    awards: awardsView(sale.awards),
    lines: sale.lines.map(({ lineId, sku, name, quantity, amount, excluded }) => ({
      lineId,
      sku,
      ...(name !== undefined && { name }),
      quantity,
      amount,
      excluded: excluded ?? false,
      returned: { quantity: returned.get(lineId)?.quantity ?? 0, amount: returned.get(lineId)?.amount ?? 0 },
    })),
    returns: receipt.returns.map(summary),
  }
}

function summary(record: ReturnRecord) {
  const { returnId } = record
  switch (record.status) {
    case 'booked':
      return { returnId, status: record.status, points: { clawedBack: record.clawedBack } }
    case 'refused':
      return { returnId, status: record.status, code: record.code }
    case 'waiting':
      return { returnId, status: record.status }
  }
}
