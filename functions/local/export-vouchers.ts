import { seriesEver } from '../domain/voucher-series.ts'
import { voucherHash } from '../handlers/voucher-key.ts'
import type { Runtime } from '../runtime.ts'
import { eachItem } from '../store/paging.ts'
import { pooledCodesOf } from '../store/pool-item.ts'
import type { Item } from '../store/store.ts'
import {
  pooledCodesPrefix,
  seriesPartition,
  table,
  voucherIssuePrefix,
  voucherLockPrefix,
  voucherPartition,
} from '../store/table.ts'

/** A voucher with all that holds and held its uses, and what leads to them. */
export async function* exportVoucher({ store }: Runtime, programme: string, hash: string): AsyncGenerator<Item> {
  for await (const item of eachItem(store, { pk: voucherPartition(programme, hash) })) {
    yield item
    if (!item.sk.startsWith(voucherLockPrefix)) continue
    const name = table.lockName(programme, item.sk.slice(voucherLockPrefix.length))
    const { items } = await store.read([name], { consistent: true })
    if (items[0]) yield items[0]
  }
}

/** Pools and uploads of all kinds of vouchers, codes that are left, and vouchers that were given to nobody who is known. */
export async function* exportSeries(runtime: Runtime, programme: string): AsyncGenerator<Item> {
  const known = (await runtime.programmes.get(programme))!
  for (const series of seriesEver(known).keys()) {
    for await (const item of eachItem(runtime.store, { pk: seriesPartition(programme, series) })) {
      yield item
      if (item.sk.startsWith(pooledCodesPrefix)) {
        for (const code of pooledCodesOf(item).codes) yield* exportVoucher(runtime, programme, voucherHash(known, code))
      } else if (item.sk.startsWith(voucherIssuePrefix)) yield* exportUnlessListed(runtime, programme, String(item.k))
    }
  }
}

/** What is a member's is exported with them. */
async function* exportUnlessListed(runtime: Runtime, programme: string, hash: string): AsyncGenerator<Item> {
  const { items } = await runtime.store.read([table.voucher(programme, hash)], { consistent: true })
  if (items[0] && items[0].m === undefined) yield* exportVoucher(runtime, programme, hash)
}
