import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { developmentIssuer } from '../../functions/local/development-issuer.ts'
import { functionsOf } from '../../functions/local/functions.ts'
import { scheduleSweeps } from '../../functions/local/sweeps.ts'
import { type Verified, verify } from '../../functions/local/verify.ts'
import { sweepsInParts } from '../../functions/settle-members.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { CommitResult, IndexEntry, Item, Store } from '../../functions/store/store.ts'
import { shards } from '../../functions/store/table.ts'
import { dump, seeded } from './data-file.ts'
import { allDue, copyOf, dailyProgramme, dueMembers, entriesOf, fill, posted, sale, sweep, withFile } from './due-members.ts'
import { at, dawdling, posting } from './posting.ts'

const directory = mkdtempSync(join(tmpdir(), 'laurel-sweep-'))
const unswept = join(directory, 'laurel.db')
/** What one sweep that nothing disturbs makes of it. */
let swept: Map<string, Item>
let commits = 0

beforeAll(async () => {
  await fill(unswept)
  const path = join(directory, 'swept.db')
  copyFileSync(unswept, path)
  await withFile(path, allDue, sweep, (store) => counting(store, () => (commits += 1)))
  swept = dump(path)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A store with some of its functions in the place of its own. */
const withOwn = (store: Store, own: Partial<Store>): Store => ({
  read: store.read.bind(store),
  query: store.query.bind(store),
  queryDue: store.queryDue.bind(store),
  commit: store.commit.bind(store),
  close: store.close.bind(store),
  ...own,
})

function counting(store: Store, count: () => void): Store {
  return withOwn(store, {
    commit: (writes) => {
      count()
      return store.commit(writes)
    },
  })
}

async function sumsOf(path: string, now: string) {
  return withFile(path, now, async (runtime) => {
    const differences: unknown[] = []
    const verified = await verify(runtime, 'daily', (difference) => differences.push(difference))
    expect(differences).toEqual([])
    return verified
  })
}

/** Sums are as of now, whether or not it is booked; only booking makes entries. */
const withoutEntries = ({ entries: _, ...sums }: Verified) => sums

describe('a sweep', () => {
  test('books what matured, what expired and which tiers ran out', async () => {
    const path = copyOf(unswept)
    const before = await sumsOf(path, allDue)
    expect(await withFile(path, allDue, sweep)).toEqual({ settled: dueMembers.length, idle: 0, failed: 0 })
    const items = dump(path)
    expect(entriesOf(items, 'm-1')).toEqual(['enrol', 'earn', 'expire', 'earn', 'earn', 'mature', 'tier', 'expire', 'expire'])
    const sums = await sumsOf(path, allDue)
    expect(withoutEntries(sums)).toEqual(withoutEntries(before))
    expect(sums.entries).toBeGreaterThan(before.entries)
    expect(sums).toMatchObject({ available: 0, pending: 0, expired: sums.issued })
    for (const member of dueMembers)
      expect(items.get(`P#daily#M#${member} HEAD`)).toMatchObject({ b: [], ti: ['bronze', 2026, 1] })
    expect([...items.values()].filter(({ pk, due }) => pk.startsWith('P#daily#M#') && due !== undefined).length).toBe(0)
  })

  test('books at each instant what is true then, and no more', async () => {
    const path = copyOf(unswept)
    const kinds = async (now: string) => {
      await withFile(path, now, sweep)
      return entriesOf(dump(path), 'm-1').slice(5)
    }
    expect(await kinds('2025-12-22T23:59:59.999Z')).toEqual([])
    expect(await kinds('2025-12-23T00:00:00Z')).toEqual(['mature'])
    expect(await kinds('2025-12-31T23:59:59.999Z')).toEqual(['mature'])
    expect(await kinds('2026-01-01T00:00:00Z')).toEqual(['mature', 'tier'])
    expect(await kinds('2026-01-11T00:00:00Z')).toEqual(['mature', 'tier', 'expire'])
    expect(await kinds(allDue)).toEqual(['mature', 'tier', 'expire', 'expire'])
    expect((await sumsOf(path, allDue)).ok).toBe(true)
  })

  test('again changes nothing', async () => {
    const path = copyOf(unswept)
    await withFile(path, allDue, sweep)
    expect(await withFile(path, allDue, sweep)).toEqual({ settled: 0, idle: 0, failed: 0 })
    expect(dump(path)).toEqual(swept)
  })

  test('finds nothing for a member who came back first, and who was settled on the way', async () => {
    const path = copyOf(unswept)
    const answer = await withFile(path, allDue, async (_, { post }) => post(sale('m-1:back', 'm-1', -35, 700), 'daily'))
    expect(answer).toMatchObject({ status: 201, body: { balance: { available: 0, pending: 7 }, tier: { id: 'bronze' } } })
    const settling = ['mature', 'tier', 'expire', 'expire']
    expect(entriesOf(dump(path), 'm-1').slice(5)).toEqual([...settling, 'earn'])
    expect(await withFile(path, allDue, sweep)).toEqual({ settled: dueMembers.length - 1, idle: 0, failed: 0 })
    expect(entriesOf(dump(path), 'm-1').slice(5)).toEqual([...settling, 'earn'])
  })

  test('settles a member with more than a hundred due instants whole', async () => {
    const days = 130
    const { runtime, post, clock } = await posting(posted)
    await createProgramme(
      runtime.store,
      'daily',
      { ...dailyProgramme, points: { ...dailyProgramme.points, expiry: { months: 12 } } },
      at(posted),
    )
    await post({ op: 'member', id: 'm-1', body: {} }, 'daily')
    for (let day = days; day > 0; day -= 1) await post(sale(`${day}`, 'm-1', day + 5, 300), 'daily')
    expect((await verify(runtime, 'daily', () => {})).available).toBe(days * 3)
    clock.now = at('2027-01-25T12:00:00Z')
    let [bookings, largest] = [0, 0]
    const { commit } = runtime.store
    Object.assign(runtime.store, {
      commit: (writes: Parameters<typeof commit>[0]): Promise<CommitResult> => {
        if (writes.some((write) => write.kind === 'put' && write.item.sk === 'HEAD')) bookings += 1
        largest = Math.max(largest, writes.length)
        return commit.call(runtime.store, writes)
      },
    })
    expect(await sweep(runtime)).toEqual({ settled: 1, idle: 0, failed: 0 })
    expect(bookings).toBeGreaterThan(2)
    expect(largest).toBeLessThanOrEqual(100)
    expect(await verify(runtime, 'daily', () => {})).toMatchObject({
      ok: true,
      expired: days * 3,
      available: 0,
      entries: days * 2 + 1,
    })
  })

  test('spends nothing on an index entry that is out of date', async () => {
    const path = copyOf(unswept)
    const stale = await withFile(path, allDue, async ({ store }) => {
      const due = String(dump(path).get('P#daily#M#m-1 HEAD')?.due)
      const { items } = await store.queryDue({ due, notAfter: Number.MAX_SAFE_INTEGER })
      return items.find(({ pk }) => pk === 'P#daily#M#m-1')!
    })
    await withFile(path, allDue, sweep)
    // The index still shows the entry where it was; the watermark has not passed that day.
    const remembering = (store: Store): Store =>
      withOwn(store, {
        read: async (keys, options) => {
          const answer = await store.read(keys, options)
          const days = (item: Item | undefined) => item && item.pk === 'SWEEP' && { ...item, day: at('2025-12-20T00:00:00Z') }
          return { ...answer, items: answer.items.map((item) => days(item) || item) }
        },
        queryDue: async (query) => {
          const page = await store.queryDue(query)
          return query.due === stale.due ? { ...page, items: [...page.items, stale as IndexEntry] } : page
        },
      })
    const settled = await withFile(path, allDue, sweep, remembering)
    expect(settled).toEqual({ settled: 0, idle: 1, failed: 0 })
    const withoutVersions = (items: Map<string, Item>) => [...items].filter(([key]) => !key.startsWith('SWEEP'))
    expect(withoutVersions(dump(path))).toEqual(withoutVersions(swept))
  })
})

describe('a sweep that is cut off', () => {
  /** A store whose process ends with its n-th commit: that one is done, and nothing is answered ever after. */
  function ending(store: Store, after: number): { readonly store: Store; readonly ended: Promise<void> } {
    let left = after
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const never = new Promise<never>(() => {})
    const while_ = <Arguments extends readonly unknown[], Answer>(work: (...given: Arguments) => Promise<Answer>) => {
      return (...given: Arguments): Promise<Answer> => (left > 0 ? work(...given) : never)
    }
    const commit: Store['commit'] = async (writes) => {
      if (left <= 0) return never
      left -= 1
      const result = await store.commit(writes)
      if (left > 0) return result
      end()
      return never
    }
    return {
      store: withOwn(store, {
        read: while_(store.read.bind(store)),
        query: while_(store.query.bind(store)),
        queryDue: while_(store.queryDue.bind(store)),
        commit,
      }),
      ended,
    }
  }

  test('anywhere, and run again, comes to the same', async () => {
    // A booking for each member, one more for the member who needs two, and a watermark for each shard.
    expect(commits).toBeGreaterThan(64 + dueMembers.length)
    const path = copyOf(unswept)
    const sums = withoutEntries(await sumsOf(path, allDue))
    for (let after = 1; after <= commits; after += 1) {
      const cut = copyOf(unswept)
      await withFile(cut, allDue, async (runtime) => {
        const { store, ended } = ending(runtime.store, after)
        await Promise.race([sweep({ ...runtime, store }), ended])
      })
      expect(withoutEntries(await sumsOf(cut, allDue)), `after ${after} commits`).toEqual(sums)
      await withFile(cut, allDue, sweep)
      expect(dump(cut), `after ${after} commits`).toEqual(swept)
    }
  }, 120_000)
})

test.each([1, 2, 3])('two sweeps at once settle every member once (chance %i)', async (chance) => {
  const path = copyOf(unswept)
  const random = seeded(chance)
  const settle = () => withFile(path, allDue, sweep, (store) => dawdling(store, random))
  const [one, two] = await Promise.all([settle(), settle()])
  expect(one.settled + two.settled).toBe(dueMembers.length)
  expect(one.failed + two.failed).toBe(0)
  expect(dump(path)).toEqual(swept)
})

test('a server sweeps when it starts, and does not keep whoever stops it waiting', async () => {
  const path = copyOf(unswept)
  const settled = () => dueMembers.filter((member) => entriesOf(dump(path), member).includes('mature')).length
  const serve = (until: () => Promise<unknown>) =>
    withFile(path, allDue, async (runtime, { secrets }) => {
      const { settle } = functionsOf(runtime, developmentIssuer(secrets.issuerKey))
      const sweeps = scheduleSweeps(settle, sweepsInParts(shards))
      await until()
      await sweeps.stop()
    })
  await serve(() => Promise.resolve())
  expect(settled()).toBeLessThan(dueMembers.length)
  await serve(() => vi.waitUntil(() => settled() === dueMembers.length, 10_000))
  expect((await sumsOf(path, allDue)).ok).toBe(true)
})
