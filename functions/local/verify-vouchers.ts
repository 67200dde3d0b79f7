import type { Programme } from '../domain/programme.ts'
import { seriesEver } from '../domain/voucher-series.ts'
import { voucherHash } from '../handlers/voucher-key.ts'
import type { Runtime } from '../runtime.ts'
import { eachItem } from '../store/paging.ts'
import { pooledCodesOf } from '../store/pool-item.ts'
import type { Item } from '../store/store.ts'
import {
  hashOfMemberVoucher,
  pooledCodesPrefix,
  seriesPartition,
  table,
  voucherIssuePrefix,
  voucherLockPrefix,
  voucherPartition,
} from '../store/table.ts'
import { voucherOf } from '../store/voucher-item.ts'
import { lockOf } from '../store/voucher-lock-item.ts'

/** What is wrong with vouchers that are listed with a member. */
export async function memberVoucherDifferences(runtime: Runtime, { id }: Programme, member: string, listed: readonly Item[]) {
  const differences: string[] = []
  for (const { sk } of listed) {
    const hash = hashOfMemberVoucher(sk)
    const found = await voucherDifference(runtime, id, hash, member)
    if (found !== undefined) differences.push(found)
  }
  return differences
}

/**
 * What is wrong with pools, and with vouchers that staff gave out: every code that is left is nobody's, and is there once; every issue has its
 * voucher.
 */
export async function* seriesDifferences(runtime: Runtime, programme: Programme): AsyncGenerator<string> {
  const pooled = new Set<string>()
  for (const series of seriesEver(programme).keys()) {
    for await (const item of eachItem(runtime.store, { pk: seriesPartition(programme.id, series) })) {
      if (item.sk.startsWith(pooledCodesPrefix)) {
        for (const code of pooledCodesOf(item).codes) {
          const hash = voucherHash(programme, code)
          if (pooled.has(hash) || !(await isPooled(runtime, programme.id, hash, series))) {
            yield `a code of the pool of ${series} is not there once, and nobody's`
          }
          pooled.add(hash)
        }
      }
      if (!item.sk.startsWith(voucherIssuePrefix)) continue
      const [hash, source] = [String(item.k), `issue:${item.sk.slice(voucherIssuePrefix.length)}`]
      const found = await voucherDifference(runtime, programme.id, hash, undefined, source)
      if (found !== undefined) yield found
    }
  }
}

async function isPooled({ store }: Runtime, programme: string, hash: string, series: string): Promise<boolean> {
  const { items } = await store.read([table.voucher(programme, hash)], { consistent: true })
  return items[0] !== undefined && voucherOf(items[0]) === undefined && items[0].s === series
}

/** What is wrong with a voucher that was given out: its owner, what it was given for, or its uses. */
export async function voucherDifference(
  { store }: Runtime,
  programme: string,
  hash: string,
  member?: string,
  source?: string,
): Promise<string | undefined> {
  let item: Item | undefined
  let [used, open] = [0, new Set<string>()]
  for await (const each of eachItem(store, { pk: voucherPartition(programme, hash) })) {
    if (!each.sk.startsWith(voucherLockPrefix)) {
      item = each
      continue
    }
    const lock = lockOf(each.sk.slice(voucherLockPrefix.length), each)
    if (lock.state === 'used') used += 1
    else if (lock.state === 'locked') open = open.add(lock.lockId)
  }
  const voucher = item && voucherOf(item)
  if (!voucher) return `voucher ${hash} is not there`
  if (member !== undefined && voucher.memberId !== member) return `voucher ${hash} is listed with another than whose it is`
  if (source !== undefined && voucher.source !== source) return `voucher ${hash} was given for something else`
  const isRight = voucher.used === used && used <= voucher.uses && voucher.held.every(({ lockId }) => open.has(lockId))
  return isRight ? undefined : `the uses of voucher ${hash} are not what its locks say`
}
