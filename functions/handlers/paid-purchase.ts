import { type Problem, problem } from '../contract/problem.ts'
import { mostLimitRecords, mostPurchaseRedemptions, recordsOfRedemption } from '../domain/bounds.ts'
import type { EarnFact } from '../domain/entry.ts'
import { paysForBasket } from '../domain/paid-with-points.ts'
import { revisionAt } from '../domain/programme.ts'
import type { Reward } from '../domain/reward.ts'
import { limitRecordsOf } from '../domain/sale-facts.ts'
import type { MemberId } from '../domain/units.ts'
import { entryOf } from '../store/entry-item.ts'
import { versionAttribute } from '../store/head-item.ts'
import { receiptItem, receiptOf, type SoldReceipt } from '../store/receipt-item.ts'
import { type Redemption, redemptionOf } from '../store/redemption-item.ts'
import type { Write } from '../store/store.ts'
import { table } from '../store/table.ts'
import type { Ledger } from './account.ts'

/** The purchase that a redemption pays for, as far as one is known, and what is written so that a return of it finds the redemption. */
interface Paying {
  readonly receipt: SoldReceipt | undefined
  readonly writes: readonly Write[]
}

/**
 * The purchase that a redemption pays for: the one that it named before, or that is named now, which must be there, and the member's own; else
 * one of which goods came back while it was held. One that comes later names the redemption itself. Of a reward that pays for no basket
 * nothing comes back with goods, so that no purchase has to know of it.
 */
export async function payFor(
  ledger: Ledger,
  { id, memberId, purchaseId: known }: Pick<Redemption, 'id' | 'memberId' | 'purchaseId'>,
  reward: Reward,
  named: string | undefined,
): Promise<Paying | Problem> {
  if (known !== null) {
    const found = await readSold(ledger, known, memberId)
    if ('problem' in found) return found
    const { receipt } = found
    // What is said as points are spent outranks what a return alone told a hold: with a hold nothing was paid yet.
    const stays = named === undefined || named === known || receipt.redemptionIds?.includes(id)
    if (stays) return { receipt, writes: [] }
  }
  if (named === undefined) return { receipt: undefined, writes: [] }
  const found = await readSold(ledger, named, memberId)
  if ('problem' in found) return found
  const { receipt, stored } = found
  if (!paysForBasket(reward)) return { receipt, writes: [] }
  const room = await roomOf(ledger, receipt)
  const ids = receipt.redemptionIds ?? []
  const paying = ids.length < room ? ids : await stillPaying(ledger, ids)
  if (paying.length >= room) return problem('too-many-redemptions', '/purchaseId')
  const after = { ...receipt, version: receipt.version + 1, redemptionIds: [...paying, id] }
  const condition = { is: 'equal', attribute: versionAttribute, value: receipt.version } as const
  return { receipt, writes: [{ kind: 'put', item: receiptItem(ledger.programme.id, after), condition, replaces: stored }] }
}

async function readSold({ runtime, programme }: Ledger, purchaseId: string, memberId: MemberId) {
  const { items } = await runtime.store.read([table.receipt(programme.id, purchaseId)], { consistent: true })
  const receipt = items[0] && receiptOf(items[0])
  if (receipt?.state !== 'sold' || receipt.memberId !== memberId) return problem('purchase-unknown', '/purchaseId')
  return { receipt, stored: items[0] }
}

/** How many redemptions may name a sale: it named some itself, and a commit that brings it back has to have room for them all. */
async function roomOf({ runtime, programme }: Ledger, { memberId, entry }: SoldReceipt): Promise<number> {
  const key = table.entry(programme.id, memberId, entry.version, entry.n)
  const { items } = await runtime.store.read([key], { consistent: true })
  if (!items[0]) throw new Error('a receipt names an entry that is not there')
  const { at, fact } = entryOf(items[0])
  const sale = fact as EarnFact
  const free = mostLimitRecords - limitRecordsOf(revisionAt(programme, at), sale)
  const most = Math.min(mostPurchaseRedemptions, Math.floor(free / recordsOfRedemption))
  return most - (sale.details.redemptionIds?.length ?? 0)
}

/** Without those that were released or have lapsed: nothing was paid with them, and nothing will be. */
async function stillPaying({ runtime, programme, now }: Ledger, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return ids
  const keys = ids.map((id) => table.redemption(programme.id, id))
  const { items } = await runtime.store.read(keys, { consistent: true })
  return ids.filter((_, index) => {
    const { state, lapsesAt } = redemptionOf(items[index]!)
    return state !== 'released' && !(state === 'reserved' && lapsesAt !== null && lapsesAt <= now)
  })
}
