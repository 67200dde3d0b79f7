import type * as z from 'zod'
import type { explainedPurchase } from '../contract/purchases.ts'
import { awardedPoints } from '../domain/earning.ts'
import type { EarnFact } from '../domain/entry.ts'
import { revisionAt } from '../domain/programme.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import { entryOf } from '../store/entry-item.ts'
import { type ReturnRecord, receiptOf } from '../store/receipt-item.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'
import { awardsView, explanationView, rfc3339 } from './views.ts'

/** A receipt that was sold, and the entry of its sale; undefined where there is none. */
async function readSale({ runtime, programme }: Context, purchaseId: string) {
  const found = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = found.items[0] && receiptOf(found.items[0])
  if (receipt?.state !== 'sold') return undefined
  const { memberId, entry } = receipt
  const { items } = await runtime.store.read([table.entry(programme.id, memberId, entry.version, entry.n)], { consistent: true })
  if (!items[0]) throw new Error(`receipt ${purchaseId} names an entry that is not there`)
  const { at, bookedAt, fact } = entryOf(items[0])
  return { receipt, at, bookedAt, fact: fact as EarnFact }
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
  const found = await readSale(context, purchaseId)
  if (!found || (owner !== undefined && found.receipt.memberId !== owner)) return undefined
  const { receipt, at, bookedAt, fact: sale } = found
  const { memberId, bucket } = receipt
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
    ...awardsView(sale.awards),
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

/** Why a purchase earned what it did, campaign by campaign; undefined where there is none. */
export async function explainByCampaign(context: Context, purchaseId: string) {
  const found = await readSale(context, purchaseId)
  if (!found) return undefined
  const { receipt, at, fact } = found
  return {
    purchaseId,
    memberId: receipt.memberId,
    judgedAt: rfc3339(at),
    revision: revisionAt(context.programme, at).number,
    tier: fact.tier,
    points: { earned: awardedPoints(fact.awards) },
    ...awardsView(fact.awards),
    explanation: explanationView(context.programme, receipt.memberId, { at, fact }),
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
