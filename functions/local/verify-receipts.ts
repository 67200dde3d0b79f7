import { isDeepStrictEqual } from 'node:util'
import { awardedPoints, earn, heldOfLimited } from '../domain/earning.ts'
import type { Entry } from '../domain/entry.ts'
import { usesBetween } from '../domain/limits.ts'
import { type Programme, revisionAt } from '../domain/programme.ts'
import { keptLines } from '../domain/returns.ts'
import { factsOfSale, roomAtSale } from '../domain/sale-facts.ts'
import { memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { receiptOf } from '../store/receipt-item.ts'
import { type Item, mostReadKeys } from '../store/store.ts'
import { entryPosition, table } from '../store/table.ts'
import type { KeptUses } from './verify-limits.ts'

/** Every purchase has its receipt, which says what the returns took back and what earning gives for the lines kept. */
export async function compareReceipts(
  runtime: Runtime,
  programme: Programme,
  member: string,
  items: readonly Item[],
  entries: readonly Entry[],
) {
  const differences: string[] = []
  const kept: KeptUses[] = []
  const clawedBack = new Map<string, number>()
  for (const { fact, effect } of entries) {
    if (fact.kind !== 'return') continue
    clawedBack.set(fact.purchaseId, (clawedBack.get(fact.purchaseId) ?? 0) + (effect.totals?.clawedBack ?? 0))
  }
  const sales = entries.flatMap((entry, index) =>
    entry.fact.kind === 'earn' ? [{ at: entry.at, fact: entry.fact, sk: items[index]!.sk }] : [],
  )
  for (let start = 0; start < sales.length; start += mostReadKeys) {
    const part = sales.slice(start, start + mostReadKeys)
    const found = await runtime.store.read(
      part.map(({ fact }) => table.receipt(programme.id, fact.purchaseId)),
      { consistent: true },
    )
    for (const [index, { at, fact, sk }] of part.entries()) {
      const item = found.items[index]
      const receipt = item && receiptOf(item)
      const position = entryPosition(sk)
      if (receipt?.state !== 'sold' || receipt.memberId !== member || !isDeepStrictEqual(receipt.entry, position)) {
        differences.push(`purchase ${fact.purchaseId} has no receipt that names it`)
        continue
      }
      const revision = revisionAt(programme, at)
      const facts = factsOfSale(revision, memberId(member), { at, fact })
      const lines = keptLines(fact, receipt.returned)
      const room = roomAtSale(revision, fact)
      const evaluated = awardedPoints(earn(revision, facts, lines, room))
      const held = heldOfLimited(revision, facts, lines, room)
      kept.push({ at, revision, storeId: fact.details.storeId, uses: usesBetween(revision.campaigns, [], held) })
      const awarded = awardedPoints(fact.awards)
      if (receipt.points !== evaluated) differences.push(`purchase ${fact.purchaseId} keeps other points than its lines earn`)
      if (receipt.points + (clawedBack.get(fact.purchaseId) ?? 0) !== awarded) {
        differences.push(`purchase ${fact.purchaseId}: kept and clawed back are not what was awarded`)
      }
    }
  }
  return { differences, sales: kept }
}
