import { type Refusal, refusal } from '../domain/refusal.ts'
import type { VoucherSeries } from '../domain/voucher-series.ts'
import { eachItem } from '../store/paging.ts'
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

/** Whether no code is left in a pool, perhaps of a moment ago: for who looks, and takes none. */
export async function isPoolEmpty({ runtime, programme }: Ledger, seriesId: string): Promise<boolean> {
  const pk = seriesPartition(programme.id, seriesId)
  const { items } = await runtime.store.query({ pk, range: { prefix: pooledCodesPrefix }, limit: 1 })
  return items.length === 0
}

/** Of more codes than these it is not told how many there are: a pool may have millions, in items of a few. */
const mostCounted = 20_000

/** How many codes are left in a pool, counted up to 20,000. */
export async function leftInPool({ runtime, programme }: Ledger, seriesId: string): Promise<number> {
  const query = { pk: seriesPartition(programme.id, seriesId), range: { prefix: pooledCodesPrefix } }
  let left = 0
  for await (const item of eachItem(runtime.store, query)) {
    left += pooledCodesOf(item).codes.length
    if (left >= mostCounted) return mostCounted
  }
  return left
}
