import { expect, test } from 'vitest'
import { serverOf } from '../../functions/contract/operation.ts'
import { readPool } from '../../functions/contract/voucher-office.ts'
import { instant } from '../../functions/domain/units.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { pooledCodesWrite } from '../../functions/store/pool-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item, Page, PartitionQuery } from '../../functions/store/store.ts'
import { seriesPartition } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { PassingStore } from '../support/passing-store.ts'
import { processOn } from '../support/process-on.ts'
import { noon } from './calls.ts'

class CountingStore extends PassingStore {
  items = 0

  override async query(query: PartitionQuery): Promise<Page<Item>> {
    const page = await super.query(query)
    if (query.pk === seriesPartition('demo', 'flyer')) this.items += page.items.length
    return page
  }
}

const perItem = 20

test.each([
  ['few', 3, 60],
  ['just below', 999, 19_980],
  ['as many as are counted', 1_000, 20_000],
  ['more', 2_500, 20_000],
])('codes of a pool are counted up to 20,000, whatever there is: %s', async (_, items, left) => {
  const inner = new SqliteStore(':memory:')
  const series = { id: 'flyer', codes: { pool: {} }, value: { kind: 'money-off', amount: 100 } } as const
  await createProgramme(inner, 'demo', { ...demoDocument, vouchers: [series] }, instant(noon))
  for (let start = 0; start < items; start += 100) {
    const numbers = Array.from({ length: Math.min(100, items - start) }, (_, n) => start + n)
    const codes = Array.from({ length: perItem }, (_, n) => `CODE${n}`)
    await inner.commit(numbers.map((n) => pooledCodesWrite('demo', { seriesId: 'flyer', uploadId: 'u', n: n * perItem }, codes)))
  }
  const store = new CountingStore(inner)
  const caller = { ...demoTill, scopes: 'laurel/admin.read', stores: '', role: '' }
  const serve = servedBy[serverOf(readPool)](processOn(store, () => noon))
  const { statusCode, body } = await callAs(serve, caller, readPool, { params: { id: 'flyer' } })
  expect([statusCode, JSON.parse(body!)]).toEqual([200, { voucherId: 'flyer', left }])
  expect(store.items).toBe(Math.min(items, 1_000))
  await inner.close()
})
