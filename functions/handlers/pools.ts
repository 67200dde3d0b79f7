import { type Refusal, refusal } from '../domain/refusal.ts'
import type { VoucherSeries } from '../domain/voucher-series.ts'
import { lowPoolWrites, type PooledCodes, pooledCodesOf, poolStateOf, takenCodeWrite } from '../store/pool-item.ts'
import type { Item, Key, Write } from '../store/store.ts'
import { pooledCodesPrefix, seriesPartition, table } from '../store/table.ts'
import type { Ledger } from './account.ts'
import { voucherHash } from './voucher-key.ts'

/** Items of codes among which one is chosen, so that those who take codes at once seldom want the same. */
const itemsChosenFrom = 16

/** A code that is taken from a pool, and the item that it has from its upload. */
export interface TakenCode {
  readonly code: string
  readonly stored: Item
  readonly writes: readonly Write[]
}

/** Takes a code from a pool: it is nobody else's once the writes are committed. Says once, when the pool falls below its mark. */
export async function takeFromPool(ledger: Ledger, series: VoucherSeries): Promise<TakenCode | Refusal> {
  const { runtime, programme, now } = ledger
  const lowMark = 'pool' in series.codes ? series.codes.pool.lowMark : undefined
  const found = await readPooled(ledger, series.id, lowMark ?? 0)
  const candidates = found.items.slice(0, itemsChosenFrom)
  const chosen = candidates[Math.floor(runtime.random() * candidates.length)]
  if (!chosen) return refusal('pool-empty')
  const code = chosen.codes[Math.floor(runtime.random() * chosen.codes.length)]!
  const keys = [table.voucher(programme.id, voucherHash(programme, code)), table.pool(programme.id, series.id)]
  const [stored, state] = (await runtime.store.read(keys, { consistent: true })).items
  if (!stored) throw new Error('a code of a pool has no voucher')
  const writes = [takenCodeWrite(chosen, code)]
  const left = found.codes - 1
  if (lowMark !== undefined && found.isAll && left < lowMark && !poolStateOf(state).saidLow) {
    writes.push(...lowPoolWrites(programme.id, series.id, poolStateOf(state), { left, mark: lowMark, now }))
  }
  return { code, stored, writes }
}

/** The codes of a pool: some to choose from and, where there seem to be no more than so many, all. */
async function readPooled({ runtime, programme }: Ledger, seriesId: string, exactUpTo: number) {
  const items: PooledCodes[] = []
  let codes = 0
  let after: Key | undefined
  do {
    const page = await runtime.store.query({
      pk: seriesPartition(programme.id, seriesId),
      range: { prefix: pooledCodesPrefix },
      consistent: true,
      limit: itemsChosenFrom,
      after,
    })
    items.push(...page.items.map(pooledCodesOf))
    codes = items.reduce((sum, item) => sum + item.codes.length, 0)
    after = page.next
  } while (after && (codes === 0 || codes <= exactUpTo))
  return { items, codes, isAll: after === undefined }
}

/** How many codes are left in a pool. */
export async function leftInPool(ledger: Ledger, seriesId: string): Promise<number> {
  return (await readPooled(ledger, seriesId, Number.POSITIVE_INFINITY)).codes
}
