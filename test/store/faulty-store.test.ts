import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { IndexEntry, Item, Store } from '../../functions/store/store.ts'
import { type Faults, FaultyStore } from './faulty-store.ts'
import { absent, equal, found, must, newPartition, put } from './items.ts'

describe('an injected fault', () => {
  let inner: SqliteStore
  beforeEach(() => {
    inner = new SqliteStore(':memory:')
  })
  afterEach(() => inner.close())

  const faulty = (faults: Partial<Faults>, random: () => number = () => 0) => new FaultyStore(inner, random, faults)
  const key = { pk: newPartition(), sk: 'A' }

  test('conflict: says so, and nothing is written', async () => {
    expect(await faulty({ conflict: 1 }).commit([put(key), put({ ...key, sk: 'B' })])).toEqual({ outcome: 'conflict', units: 4 })
    expect(await found(inner, key)).toBeUndefined()
  })

  test('throttled: known to have done nothing', async () => {
    await expect(faulty({ throttled: 1 }).commit([put(key)])).rejects.toMatchObject({ name: 'UnavailableError', effect: 'none' })
    expect(await found(inner, key)).toBeUndefined()
  })

  test('time-out before the commit: not known, and nothing is written', async () => {
    await expect(faulty({ timeoutBefore: 1 }).commit([put(key)])).rejects.toMatchObject({ effect: 'unknown' })
    expect(await found(inner, key)).toBeUndefined()
  })

  test('time-out after the commit: not known, and it is written', async () => {
    const store = faulty({ timeoutAfter: 1 })
    await expect(store.commit([put(key, absent)])).rejects.toMatchObject({ name: 'UnavailableError', effect: 'unknown' })
    expect(await found(inner, key)).toEqual(key)
    // Its conditions are judged all the same.
    await expect(store.commit([put({ ...key, again: true }, absent)])).rejects.toMatchObject({ effect: 'unknown' })
    expect(await found(inner, key)).toEqual(key)
  })

  test('time-out, and the commit lands after the next read', async () => {
    const store = faulty({ timeoutLate: 1 })
    await expect(store.commit([put(key, absent)])).rejects.toMatchObject({ effect: 'unknown' })
    expect(await found(store, key)).toBeUndefined()
    expect(await found(store, key)).toEqual(key)
  })

  test('time-out, and the commit comes too late for its condition', async () => {
    const store = faulty({ timeoutLate: 1 })
    await expect(store.commit([put({ ...key, by: 'the late one' }, absent)])).rejects.toMatchObject({ effect: 'unknown' })
    must(await inner.commit([put({ ...key, by: 'another' }, absent)]))
    await found(store, key)
    expect(await found(store, key)).toEqual({ ...key, by: 'another' })
  })

  test('unread: no read or query is answered', async () => {
    const store = faulty({ unread: 1 })
    const unread = { name: 'UnavailableError', effect: 'none' }
    await expect(store.read([key], { consistent: true })).rejects.toMatchObject(unread)
    await expect(store.query({ pk: key.pk })).rejects.toMatchObject(unread)
    await expect(store.queryDue({ due: 'DUE', notAfter: 1 })).rejects.toMatchObject(unread)
  })

  test('limits come first', async () => {
    const store = faulty({ timeoutAfter: 1, unread: 1 })
    await expect(store.commit([put(key), put(key)])).rejects.toMatchObject({ name: 'LimitError' })
    await expect(store.read([], { consistent: true })).rejects.toMatchObject({ name: 'LimitError' })
  })

  test('is switched off and on while it runs', async () => {
    const store = faulty({ throttled: 1, unread: 1 })
    store.on = false
    must(await store.commit([put(key)]))
    expect(await found(store, key)).toEqual(key)
    store.on = true
    await expect(store.commit([put(key)])).rejects.toThrow('injected')
    await expect(found(store, key)).rejects.toThrow('injected')
  })

  test('comes as often as its chance says, and each in its turn', async () => {
    let step = 0
    const store = faulty({ conflict: 0.2, throttled: 0.3, timeoutBefore: 0.1, timeoutAfter: 0.1, timeoutLate: 0.1 }, () => {
      step += 1
      return ((step - 0.5) % 10) / 10
    })
    const seen: string[] = []
    for (let n = 0; n < 10; n += 1) {
      const ended = store.commit([put({ pk: 'N', sk: String(n) })])
      seen.push(await ended.then(({ outcome }) => outcome).catch((error: Error) => error.message.replace('injected: ', '')))
    }
    expect(seen).toEqual([
      ...['conflict', 'conflict', 'throttled', 'throttled', 'throttled'],
      ...[
        'timed out before the commit',
        'timed out after the commit',
        'timed out, and still under way',
        'committed',
        'committed',
      ],
    ])
  })

  describe('in the due index', () => {
    const due = 'DUE#1'
    const entry = (sk: string, dueAt: number) => ({ pk: key.pk, sk, due, dueAt })
    /** Always stale, by so many of the changes there were. */
    const stale = (changes: number, of: number) => faulty({ staleIndex: 1 }, () => (changes - 0.5) / of)
    const dueIn = async (store: Store) => (await store.queryDue({ due, notAfter: 100 })).items

    test.each([
      [1, ['B', 'C']],
      [2, ['B']],
      [3, ['A', 'B']],
      [4, ['A']],
      [5, []],
    ])('shows it as it was %i changes ago', async (changes, shown) => {
      const commits: Item[] = [entry('A', 1), entry('B', 2), { pk: key.pk, sk: 'A' }, entry('C', 3), entry('C', 30)]
      const store = stale(changes, commits.length)
      for (const item of commits) must(await store.commit([put(item)]))
      expect((await dueIn(store)).map((each) => each.sk)).toEqual(shown)
      expect(await dueIn(inner)).toEqual([entry('B', 2), entry('C', 30)])
      const strong = await store.read([entry('A', 1)], { consistent: true })
      expect(strong.items).toEqual([{ pk: key.pk, sk: 'A' }])
    })

    test('shows the old instant of an entry that moved', async () => {
      const store = stale(1, 3)
      for (const item of [entry('A', 1), entry('A', 5), entry('A', 9)]) must(await store.commit([put(item)]))
      expect(await dueIn(store)).toEqual([entry('A', 5)])
    })

    test('keeps to its limits, and paging gets to the end', async () => {
      const store = faulty({ staleIndex: 0.5 }, Math.random)
      const entries = Array.from({ length: 40 }, (_, n) => entry(`I#${n}`, n % 7))
      for (const item of entries) must(await store.commit([put(item)]))
      for (const [n, item] of entries.entries())
        if (n % 3 === 0) must(await store.commit([put({ ...item, dueAt: item.dueAt + 1 })]))
      for (const limit of [1, 2, 5, 100]) {
        const instants: number[] = []
        let after: IndexEntry | undefined
        for (let pages = 0; pages < 100; pages += 1) {
          const page = await store.queryDue({ due, notAfter: 6, limit, after })
          expect(page.items.length).toBeLessThanOrEqual(limit)
          instants.push(...page.items.map((each) => each.dueAt))
          after = page.next
          if (!after) break
        }
        expect(after).toBeUndefined()
        expect(instants).toEqual(instants.toSorted((a, b) => a - b))
        expect(Math.max(...instants)).toBeLessThanOrEqual(6)
      }
    })
  })
})

test('faults off, nothing but what was held up is changed', async () => {
  const store = new FaultyStore(new SqliteStore(':memory:'), () => 0, { timeoutLate: 1, staleIndex: 1 })
  const key = { pk: newPartition(), sk: 'A' }
  await expect(store.commit([put({ ...key, version: 1 }, absent)])).rejects.toThrow('under way')
  store.on = false
  expect(await found(store, key)).toBeUndefined()
  must(await store.commit([put({ ...key, version: 2 }, equal('version', 1))]))
  expect(await found(store, key)).toEqual({ ...key, version: 2 })
  await store.close()
})
