import { describe, expect, test } from 'vitest'
import type { BatchOperation } from '../../functions/contract/batch.ts'
import { importFile, isExport } from '../../functions/local/import-file.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { type Store, UnavailableError } from '../../functions/store/store.ts'
import { ndjsonFile, posting, postingOn } from './posting.ts'
import { purchase } from './processes.ts'

const now = '2026-11-22T12:00:00Z'
const sale = (n: number, card = `c-${n}`): BatchOperation => ({
  op: 'purchase',
  id: `leeds:${n}`,
  body: purchase({ card }, 1000, '2026-11-21T10:00:00Z'),
})

describe('lines', () => {
  // Each of these ends a line for some readers, and is a letter like others in JSON.
  test.each([['\u2028'], ['\u2029'], ['\u0085']])('only a line feed ends one, not %j', async (mark) => {
    const { runtime } = await posting(now)
    const body = { name: `Ada${mark}Lovelace` }
    expect(JSON.stringify(body)).toContain(mark)
    const file = ndjsonFile([{ op: 'member', id: 'm-1', body }, sale(1)])
    expect(await importFile(runtime, 'demo', file)).toMatchObject({ lines: 2, outcomes: { 201: 2 }, failures: [] })
  })

  test('carriage returns, blank lines and a last line without an end', async () => {
    const { runtime } = await posting(now)
    const file = ndjsonFile([
      `${JSON.stringify(sale(1))}\r`,
      '\r',
      '',
      `${JSON.stringify(sale(2))}\n\n${JSON.stringify(sale(3))}`,
    ])
    expect(await importFile(runtime, 'demo', file)).toMatchObject({ lines: 3, outcomes: { 201: 3 }, failures: [] })
  })

  test('lines longer than what is read at once, and many of them, with the bytes read told', async () => {
    const { runtime } = await posting(now)
    const long = { ...(sale(0).body as object), lines: manyLines(400) }
    const operations = [
      { ...sale(0), body: long } as BatchOperation,
      ...Array.from({ length: 1500 }, (_, n) => sale(n + 1, `c-${n % 40}`)),
    ]
    const told: [number, number][] = []
    const file = ndjsonFile(operations)
    const imported = await importFile(runtime, 'demo', file, (bytes, total) => told.push([bytes, total]))
    expect(imported).toMatchObject({ lines: 1501, outcomes: { 201: 1501 }, failures: [] })
    expect(told.length).toBeGreaterThan(2)
    expect(told.map(([bytes]) => bytes)).toEqual(told.map(([bytes]) => bytes).sort((a, b) => a - b))
    expect(new Set(told.map(([, total]) => total)).size).toBe(1)
    expect(told.at(-1)![0]).toBe(told.at(-1)![1])
  })

  test('of many that are no operation a hundred are listed, all counted', async () => {
    const { runtime } = await posting(now)
    const imported = await importFile(runtime, 'demo', ndjsonFile([...Array.from({ length: 150 }, () => '{'), sale(1)]))
    expect(imported).toMatchObject({ lines: 151, outcomes: { failed: 150, 201: 1 } })
    expect(imported.failures.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
  })

  test('an export is told from a queue by its first line', async () => {
    const item = JSON.stringify({ op: 'item', item: { pk: 'PROGRAMMES', sk: 'demo', created: 1 } })
    expect(await isExport(ndjsonFile(['', item]))).toBe(true)
    expect(await isExport(ndjsonFile([sale(1), item]))).toBe(false)
    expect(await isExport(ndjsonFile(['broken', item]))).toBe(false)
    expect(await isExport(ndjsonFile([]))).toBe(false)
  })
})

describe('a store that is not available', () => {
  /** Refuses the commits of one purchase a number of times. */
  function balking(store: Store, purchaseId: string, times: number): Store {
    let left = times
    return Object.assign(Object.create(store) as Store, {
      read: store.read.bind(store),
      query: store.query.bind(store),
      commit: async (writes: Parameters<Store['commit']>[0]) => {
        if (left > 0 && JSON.stringify(writes).includes(`#PURCHASE#${purchaseId}"`)) {
          left -= 1
          throw new UnavailableError('none', 'the test says so')
        }
        return store.commit(writes)
      },
    })
  }

  const operations = [sale(1, 'c-1'), sale(2, 'c-1'), sale(3, 'c-2')]

  test('for a while: the import waits for it', async () => {
    const store = new SqliteStore(':memory:')
    const { runtime } = await postingOn(balking(store, 'leeds:1', 30), now)
    const imported = await importFile(runtime, 'demo', ndjsonFile(operations))
    expect(imported).toMatchObject({ lines: 3, outcomes: { 201: 3 }, failures: [] })
    await store.close()
  })

  test('for good: the import stops there, and what comes after it does not overtake it', async () => {
    const store = new SqliteStore(':memory:')
    const { runtime, post } = await postingOn(balking(store, 'leeds:1', Number.POSITIVE_INFINITY), now)
    const file = ndjsonFile(operations)
    await expect(importFile(runtime, 'demo', file)).rejects.toThrow('line 1: unavailable; run the import again')
    const well = await postingOn(store, now)
    expect((await well.post(sale(2, 'c-1'))).status).toBe(201)
    expect((await post(sale(3, 'c-2'))).status).toBe(200)
    await store.close()
  })
})

const manyLines = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    lineId: String(n),
    sku: 'x'.repeat(128),
    name: 'é'.repeat(200),
    quantity: 1,
    amount: 1,
  }))
