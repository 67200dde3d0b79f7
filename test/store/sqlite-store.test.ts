import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item } from '../../functions/store/store.ts'
import { absent, equal, found, must, newPartition, put } from './items.ts'
import { counter, write } from './sqlite-writer.ts'

let directory: string
let path: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'laurel-store-'))
  path = join(directory, 'data', 'laurel.db')
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('the data file', () => {
  test('is for its owner alone, with all that lies beside it', async () => {
    const store = new SqliteStore(path)
    must(await store.commit([put({ pk: 'A', sk: 'A' })]))
    const files = readdirSync(join(directory, 'data')).sort()
    expect(files).toEqual(['laurel.db', 'laurel.db-shm', 'laurel.db-wal'])
    for (const file of files) expect((statSync(join(directory, 'data', file)).mode & 0o777).toString(8)).toBe('600')
    expect((statSync(join(directory, 'data')).mode & 0o777).toString(8)).toBe('700')
    await store.close()
  })

  test('keeps what was committed, also what was still under way when it was closed', async () => {
    const item: Item = { pk: 'A', sk: 'é', due: 'DUE', dueAt: 7, nested: { list: [1, null, '😀'] } }
    const store = new SqliteStore(path)
    const commit = store.commit([put(item)])
    await store.close()
    expect(await commit).toMatchObject({ outcome: 'committed', units: 3 })
    const again = new SqliteStore(path)
    expect(await found(again, item)).toStrictEqual(item)
    expect((await again.queryDue({ due: 'DUE', notAfter: 7 })).items).toEqual([{ pk: 'A', sk: 'é', due: 'DUE', dueAt: 7 }])
    await again.close()
  })
})

describe('commits that share a transaction', () => {
  let store: SqliteStore
  beforeEach(() => {
    store = new SqliteStore(path)
    // Stands for whatever makes SQLite refuse a statement (a full disk, a broken page): it fails in the midst of a commit.
    const other = new DatabaseSync(path)
    const failing = (sk: string, how: string) =>
      `CREATE TRIGGER fail_${sk} BEFORE INSERT ON items WHEN new.sk = '${sk}' BEGIN SELECT RAISE(${how}, '${sk} fails'); END;`
    other.exec(failing('ALONE', 'ABORT') + failing('ALL', 'ROLLBACK'))
    other.close()
  })
  afterEach(() => store.close())

  /** One commit for each list of sort keys, all in one turn. Gives each outcome or message. */
  async function together(pk: string, groups: readonly (readonly string[])[]): Promise<unknown[]> {
    const settled = await Promise.allSettled(groups.map((sks) => store.commit(sks.map((sk) => put({ pk, sk }, absent)))))
    return settled.map((each) => (each.status === 'fulfilled' ? each.value.outcome : (each.reason as Error).message))
  }
  const kept = async (pk: string) => (await store.query({ pk, consistent: true })).items.map((item) => item.sk)

  test('one of which a write fails fails alone, with all of its writes', async () => {
    const pk = newPartition()
    expect(await together(pk, [['A'], ['B', 'ALONE', 'C'], ['D'], ['A', 'E'], ['ALONE'], ['F']])).toEqual([
      ...['committed', 'ALONE fails', 'committed', 'refused', 'ALONE fails', 'committed'],
    ])
    expect(await kept(pk)).toEqual(['A', 'D', 'F'])
    expect(await together(pk, [['ALONE']])).toEqual(['ALONE fails'])
    expect(await together(pk, [['B']])).toEqual(['committed'])
  })

  test('all fail where SQLite ends the transaction, and nothing is kept', async () => {
    const pk = newPartition()
    expect(await together(pk, [['A'], ['ALL'], ['B']])).toEqual(['ALL fails', 'ALL fails', 'ALL fails'])
    expect(await kept(pk)).toEqual([])
    expect(await together(pk, [['A'], ['B']])).toEqual(['committed', 'committed'])
    expect(await kept(pk)).toEqual(['A', 'B'])
  })

  test('a later one sees what an earlier one wrote', async () => {
    const key = { pk: newPartition(), sk: 'COUNT' }
    const outcomes = await Promise.all(
      [0, 1, 2, 2].map((n) => store.commit([put({ ...key, n: n + 1 }, n === 0 ? absent : equal('n', n))])),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['committed', 'committed', 'committed', 'refused'])
  })
})

describe('two stores on one file', () => {
  test('both writing, one of them in another process, lose nothing', async () => {
    const store = new SqliteStore(path)
    const child = fork(new URL('sqlite-writer.ts', import.meta.url), [path, 'theirs'], { execArgv: [] })
    try {
      // It writes from before ours begin until after they end.
      await once(child, 'message')
      const ours = await write(store, 'ours', (items, others) => items < 300 || others < 50)
      child.send('stop')
      const [theirs] = await once(child, 'message')
      expect(theirs).toBeGreaterThanOrEqual(50)
      const all = async (pk: string) => (await store.query({ pk, consistent: true })).items
      expect((await all('ours')).slice(0, 1000)).toHaveLength(Math.min(ours, 1000))
      expect((await all('theirs')).slice(0, 1000)).toHaveLength(Math.min(Number(theirs), 1000))
      expect(await found(store, counter)).toEqual({ ...counter, n: ours + Number(theirs) })
    } finally {
      child.kill()
      await store.close()
    }
  })
})
