import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { memberId } from '../../functions/domain/units.ts'
import { lowerWatermarks } from '../../functions/handlers/sweep.ts'
import { exportItems } from '../../functions/local/export-data.ts'
import { importFile } from '../../functions/local/import-file.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { type Store, UnavailableError } from '../../functions/store/store.ts'
import { duePartition, shardOf, shards, table } from '../../functions/store/table.ts'
import { dump, scratch } from './data-file.ts'
import { allDue, dailyProgramme, dueMembers, entriesOf, fill, posted, sale, sweep, watermark, withFile } from './due-members.ts'
import { at, ndjsonFile } from './posting.ts'

const newFile = () => join(scratch(), 'laurel.db')

/** A file with the programme `daily` and nobody who is due. */
async function empty(created: string): Promise<string> {
  const path = newFile()
  await withFile(path, created, ({ store }) => createProgramme(store, 'daily', dailyProgramme, at(created)))
  return path
}

const watermarks = (path: string) => new Set(Array.from({ length: shards }, (_, shard) => watermark(path, shard)))

describe('a watermark', () => {
  test('begins with the day of the oldest programme, and passes a day once it is over by an hour', async () => {
    const path = await empty('2025-12-20T12:00:00Z')
    expect(watermark(path, 0)).toBe(undefined)
    for (const [now, day] of [
      ['2025-12-20T12:00:00Z', '2025-12-20'],
      ['2025-12-21T00:00:00Z', '2025-12-20'],
      ['2025-12-21T00:59:59.999Z', '2025-12-20'],
      ['2025-12-21T01:00:00Z', '2025-12-21'],
      ['2025-12-25T00:30:00Z', '2025-12-24'],
      ['2025-12-25T12:00:00Z', '2025-12-25'],
    ] as const) {
      await withFile(path, now, sweep)
      expect(watermarks(path), now).toEqual(new Set([day]))
    }
  })

  test('goes back for nobody: a clock that is behind leaves it', async () => {
    const path = await empty('2025-12-20T12:00:00Z')
    await withFile(path, '2025-12-25T12:00:00Z', sweep)
    await withFile(path, '2025-12-22T12:00:00Z', sweep)
    expect(watermarks(path)).toEqual(new Set(['2025-12-25']))
  })

  test('moves as the sweep goes: one that is cut off is gone on with from where it was', async () => {
    const path = await empty('2025-01-01T12:00:00Z')
    const asked: string[] = []
    /** Cut off at the 450th day of the first shard, and in all others. */
    const cutOff = (store: Store): Store =>
      Object.assign(Object.create(store) as Store, {
        queryDue: async (query: Parameters<Store['queryDue']>[0]) => {
          if (asked.push(query.due) >= 450) throw new UnavailableError('none', 'by the test')
          return store.queryDue(query)
        },
        read: store.read.bind(store),
        query: store.query.bind(store),
        commit: store.commit.bind(store),
      })
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await withFile(path, '2026-07-01T12:00:00Z', sweep, cutOff)).toEqual({ settled: 0, idle: 0, failed: shards })
    expect(watermark(path, 0)).toBe('2026-02-05')
    expect(watermark(path, 1)).toBe(undefined)
    asked.length = 0
    expect((await withFile(path, '2026-07-01T12:00:00Z', sweep, cutOff)).failed).toBeGreaterThan(0)
    quiet.mockRestore()
    expect(asked[0]).toBe(duePartition(at('2026-02-05T00:00:00Z'), 0))
    expect(watermark(path, 0)).toBe('2026-07-01')
  })

  test('stays before a member who could not be settled, while all others are', async () => {
    const path = newFile()
    await fill(path)
    const unlucky = 'm-2'
    const shard = shardOf(unlucky)
    // Another of the same shard who is due on a later day, so that a sweep that gave up would leave them out.
    const mate = Array.from({ length: 10_000 }, (_, n) => `mate-${n}`).find((id) => shardOf(id) === shard)!
    await withFile(path, '2025-12-24T12:00:00Z', async (_, { post }) => {
      await post({ op: 'member', id: mate, body: {} }, 'daily')
      expect((await post(sale('mate', mate, -4), 'daily')).status).toBe(201)
    })
    const refusing = (store: Store): Store =>
      Object.assign(Object.create(store) as Store, {
        commit: async (writes: Parameters<Store['commit']>[0]) => {
          const head = table.head('daily', memberId(unlucky))
          if (writes.some((write) => write.kind === 'put' && write.item.pk === head.pk))
            throw new UnavailableError('none', 'by the test')
          return store.commit(writes)
        },
        read: store.read.bind(store),
        query: store.query.bind(store),
        queryDue: store.queryDue.bind(store),
      })
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    try {
      expect(await withFile(path, allDue, sweep, refusing)).toEqual({ settled: dueMembers.length, idle: 0, failed: 1 })
      expect(log).toHaveBeenCalledOnce()
      expect(log.mock.calls[0]?.[0]).toContain('"job":"settle-members"')
      expect(log.mock.calls[0]?.[0]).not.toContain(unlucky)
    } finally {
      log.mockRestore()
    }
    expect(entriesOf(dump(path), mate)).toEqual(['enrol', 'earn', 'mature', 'expire'])
    expect(watermark(path, shard)).toBe('2025-12-23')
    const others = Array.from({ length: shards }, (_, other) => other).filter((other) => other !== shard)
    expect(new Set(others.map((other) => watermark(path, other)))).toEqual(new Set(['2026-01-25']))

    expect(await withFile(path, allDue, sweep)).toEqual({ settled: 1, idle: 0, failed: 0 })
    expect(watermarks(path)).toEqual(new Set(['2026-01-25']))
    expect(entriesOf(dump(path), unlucky).at(-1)).toBe('expire')
  })
})

describe('members who come in from elsewhere', () => {
  async function exported(): Promise<string> {
    const path = newFile()
    await fill(path)
    const lines: string[] = []
    await withFile(path, posted, async (runtime) => {
      for await (const item of exportItems(runtime)) lines.push(JSON.stringify({ op: 'item', item }))
    })
    return ndjsonFile(lines)
  }

  /** A file whose watermarks are far beyond what comes in; or that was never swept, though its programmes are younger. */
  test.each([['swept'], ['never swept']])(
    'with due instants that have passed are swept here too: a file that was %s',
    async (how) => {
      const file = await exported()
      const path = await empty('2026-06-01T00:00:00Z')
      const later = '2026-07-01T12:00:00Z'
      if (how === 'swept') await withFile(path, later, sweep)
      const { restored } = await withFile(path, later, (runtime) => importFile(runtime, 'daily', file))
      expect(restored.items).toBeGreaterThan(dueMembers.length * 5)
      expect(await withFile(path, later, sweep)).toEqual({ settled: dueMembers.length, idle: 0, failed: 0 })
      for (const member of dueMembers) expect(entriesOf(dump(path), member).at(-1)).toBe('expire')
      expect(watermarks(path)).toEqual(new Set(['2026-07-01']))
    },
  )

  test('take the watermark back also while a sweep moves it on', async () => {
    const path = await empty('2025-12-01T00:00:00Z')
    await withFile(path, '2026-07-01T12:00:00Z', sweep)
    const raced = new Set<string>()
    /** Just before a watermark is taken back another sweep has written it. */
    const racing = (store: Store): Store =>
      Object.assign(Object.create(store) as Store, {
        commit: async (writes: Parameters<Store['commit']>[0]) => {
          const [write] = writes
          if (write?.kind === 'put' && write.item.pk === 'SWEEP' && !raced.has(write.item.sk)) {
            raced.add(write.item.sk)
            const { items } = await store.read([write.item], { consistent: true })
            await store.commit([{ kind: 'put', item: { ...items[0]!, v: Number(items[0]!.v) + 1 } }])
          }
          return store.commit(writes)
        },
        read: store.read.bind(store),
        query: store.query.bind(store),
        queryDue: store.queryDue.bind(store),
      })
    await withFile(path, '2026-07-01T13:00:00Z', (runtime) => lowerWatermarks(runtime, at('2026-02-03T04:05:06Z')), racing)
    expect(raced.size).toBe(shards)
    expect(watermarks(path)).toEqual(new Set(['2026-02-03']))
  })

  test('leave a watermark that is before them', async () => {
    const path = await empty('2025-12-01T00:00:00Z')
    await withFile(path, '2025-12-10T12:00:00Z', sweep)
    await withFile(path, '2025-12-10T13:00:00Z', (runtime) => lowerWatermarks(runtime, at('2026-02-03T00:00:00Z')))
    expect(watermarks(path)).toEqual(new Set(['2025-12-10']))
  })

  test('are not passed by a sweep that is under way, and that was past them when they came', async () => {
    const path = await empty('2025-12-01T00:00:00Z')
    await withFile(path, '2025-12-10T12:00:00Z', sweep)
    /** They come in when the sweep of the first shard is at the 20th. */
    const meanwhile = (store: Store): Store =>
      Object.assign(Object.create(store) as Store, {
        queryDue: async (query: Parameters<Store['queryDue']>[0]) => {
          const page = await store.queryDue(query)
          if (query.due === duePartition(at('2025-12-20T00:00:00Z'), 0)) {
            await withFile(path, '2025-12-25T12:00:00Z', (runtime) => lowerWatermarks(runtime, at('2025-12-15T00:00:00Z')))
          }
          return page
        },
        read: store.read.bind(store),
        query: store.query.bind(store),
        commit: store.commit.bind(store),
      })
    await withFile(path, '2025-12-25T12:00:00Z', sweep, meanwhile)
    expect(watermark(path, 0)).toBe('2025-12-10')
  })
})
