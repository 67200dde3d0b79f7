import { isDeepStrictEqual } from 'node:util'
import { keepReturn } from '../domain/attaching.ts'
import type { ReturnedLine } from '../domain/entry.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { Runtime } from '../runtime.ts'
import { eachItem } from '../store/paging.ts'
import { receiptOf, type UnattachedReceipt } from '../store/receipt-item.ts'
import { awaitedShard, shards, table } from '../store/table.ts'

/** What does not add up of the purchases that are nobody's: those that returns wait for, and those without a member. */
export async function* unownedDifferences(runtime: Runtime, programme: string): AsyncGenerator<string> {
  for (let shard = 0; shard < shards; shard += 1) {
    for await (const listing of eachItem(runtime.store, { pk: awaitedShard(programme, shard) })) {
      const what = await differenceOf(runtime, programme, listing.sk)
      if (what !== undefined) yield `purchase ${listing.sk}: ${what}`
    }
  }
}

async function differenceOf({ store }: Runtime, programme: string, purchaseId: string): Promise<string | undefined> {
  const keys = [table.receipt(programme, purchaseId), table.awaited(programme, purchaseId)]
  const read = async (key: number) => (await store.read([keys[key]!], { consistent: true })).items[0]
  const item = await read(0)
  const receipt = item && receiptOf(item)
  if (receipt?.state === 'unattached') return hasItsReturns(receipt) ? undefined : 'its returns are not what came back of it'
  if (receipt?.state === 'awaited') return undefined
  // Posted or attached meanwhile, it is listed no more: that is done in one commit.
  return (await read(1)) ? 'it is listed as nobody’s, and is somebody’s or not there' : undefined
}

/** Whether the returns that wait for the member fit the sale, and sum up to what its receipt says that came back. */
function hasItsReturns({ sale, returned, returns }: UnattachedReceipt): boolean {
  let sum: readonly ReturnedLine[] = []
  for (const record of returns) {
    if (record.status !== 'waiting') continue
    const next = keepReturn(sale.lines, sum, record.goods)
    if (isRefusal(next)) return false
    sum = next
  }
  return isDeepStrictEqual(sum, returned)
}
