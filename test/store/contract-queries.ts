import { describe, expect, test } from 'vitest'
import type { DueQuery, IndexEntry, Item, Key, PartitionQuery, Range, Store, Write } from '../../functions/store/store.ts'
import { itemBytes } from '../../functions/store/units.ts'
import { must, newPartition, put, sized, store as storeAll } from './items.ts'

/** One to four bytes in UTF-8, and such that UTF-16 would order some the other way round. */
const texts = ['\u0001', ' ', '#', 'A', 'A#', 'A#1', 'A#10', 'A#2', 'A$', 'Aé', 'B', 'a', '~', '\u00a0', 'é', 'ÿ', '߿', 'ࠀ', '中']
const sortKeys = [...texts, '퟿', '\ue000', '\uffee', '\uffee#', '𐀀', '𝒳', '😀', '😀1', '\u{1fbf9}']
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const ranges: readonly (Range | undefined)[] = [
  undefined,
  ...['', 'A', 'A#', 'A#1', 'A#10', 'Z', '\uffee', '😀', '\ud83d\ude00'].map((prefix) => ({ prefix })),
  ...[
    ['A', 'A'],
    ['A#', 'A$'],
    ['', 'B'],
    ['A#3', '中'],
    ['\uffee', '😀'],
    ['😀', '\uffee'],
    ['Z', 'Y'],
    ['', ''],
    [' ', '\u{1fbf9}'],
  ].map(([from, to]) => ({ from: from!, to: to! })),
]

/** What a query has to answer: the plain way. */
function model(pk: string, { range, after, descending }: Pick<PartitionQuery, 'range' | 'after' | 'descending'>): string[] {
  const inRange = (sk: string) => {
    if (!range) return true
    return 'prefix' in range ? sk.startsWith(range.prefix) : byBytes(sk, range.from) >= 0 && byBytes(sk, range.to) <= 0
  }
  const direction = descending ? -1 : 1
  return sortKeys
    .filter((sk) => inRange(sk) && (!after || (after.pk === pk && byBytes(sk, after.sk) * direction > 0)))
    .sort((a, b) => byBytes(a, b) * direction)
}

export function queryContract(store: () => Store): void {
  async function pages<Kind, Next>(
    ask: (after: Next | undefined) => Promise<{ items: readonly Kind[]; next: Next | undefined }>,
  ) {
    const all: Kind[][] = []
    let after: Next | undefined
    do {
      const page = await ask(after)
      all.push([...page.items])
      after = page.next
    } while (after && all.length < 1000)
    return all
  }

  const queryAll = (query: PartitionQuery): Promise<Item[][]> =>
    pages<Item, Key>((after) => store().query({ consistent: true, ...query, after }))

  describe('query', () => {
    test('sort keys are in the order of their UTF-8 bytes', async () => {
      expect([...sortKeys].sort(byBytes)).not.toEqual([...sortKeys].sort())
      const pk = newPartition()
      await storeAll(
        store(),
        sortKeys.map((sk) => ({ pk, sk })),
      )
      const { items, next } = await store().query({ pk, consistent: true })
      expect(items.map((item) => item.sk)).toEqual([...sortKeys].sort(byBytes))
      expect(next).toBeUndefined()
    })

    test('every range, up and down, from everywhere, whole and page by page, answers what it has to', async () => {
      const pk = newPartition()
      await storeAll(
        store(),
        [pk, `${pk}x`].flatMap((each) => sortKeys.map((sk) => ({ pk: each, sk }))),
      )
      for (const range of ranges) {
        for (const descending of [false, true]) {
          for (const sk of [undefined, '\u0000', 'A#1', 'A#15', '\uffef', '\u{1ffff}']) {
            const query = { pk, range, descending, after: sk === undefined ? undefined : { pk, sk } } as PartitionQuery
            const { items } = await store().query({ ...query, consistent: true })
            expect(
              items.map((item) => item.sk),
              JSON.stringify(query),
            ).toEqual(model(pk, query))
          }
          for (const limit of [1, 4, 28]) {
            const query = { pk, limit, descending, ...(range && { range }) }
            const parts = await queryAll(query)
            expect(
              parts.flat().map((item) => item.sk),
              JSON.stringify(query),
            ).toEqual(model(pk, query))
            expect(parts.slice(0, -1).every((part) => part.length === limit)).toBe(true)
          }
        }
      }
    })

    test('a partition nobody wrote to is empty', async () => {
      expect(await store().query({ pk: newPartition() })).toEqual({ items: [], next: undefined, units: 0.5 })
    })

    test('a page ends at about 1 MB, and the next one goes on after it', async () => {
      const pk = newPartition()
      const items = Array.from({ length: 9 }, (_, n) => sized({ pk, sk: `I#${n}` }, 300_000))
      for (let from = 0; from < items.length; from += 3) await storeAll(store(), items.slice(from, from + 3))
      const parts = await queryAll({ pk })
      expect(parts.flat()).toEqual(items)
      expect(parts.length).toBeGreaterThanOrEqual(3)
      for (const part of parts) expect(part.reduce((sum, item) => sum + itemBytes(item), 0)).toBeLessThan(1_500_000)
    })

    test('a page has at most a thousand items', async () => {
      const pk = newPartition()
      const keys = Array.from({ length: 1001 }, (_, n) => ({ pk, sk: `I#${String(n).padStart(4, '0')}` }))
      await storeAll(store(), keys)
      expect((await queryAll({ pk })).map((part) => part.length)).toEqual([1000, 1])
      expect((await queryAll({ pk, limit: 5000 })).flat()).toEqual(keys)
    })
  })

  describe('due index', () => {
    const newDue = () => `DUE#${crypto.randomUUID()}`
    const dueAll = (query: DueQuery): Promise<IndexEntry[][]> =>
      pages<IndexEntry, IndexEntry>((after) => store().queryDue({ ...query, after }))
    const dueNow = async (due: string) => (await dueAll({ due, notAfter: Number.MAX_SAFE_INTEGER })).flat()

    test('holds the keys alone of items with `due`, by instant, up to and with `notAfter`', async () => {
      const [pk, due] = [newPartition(), newDue()]
      const entry = (sk: string, dueAt: number) => ({ pk, sk, due, dueAt })
      await storeAll(store(), [
        { ...entry('later', 2000), more: 'not in the index' },
        entry('B', 1000),
        entry('first', -5),
        entry('last', 1764590012345),
        { pk, sk: 'never' },
        { pk, sk: 'elsewhere', due: newDue(), dueAt: 1 },
      ])
      const upTo = async (notAfter: number) => (await dueAll({ due, notAfter })).flat()
      expect(await upTo(1764590012345)).toEqual([
        entry('first', -5),
        entry('B', 1000),
        entry('later', 2000),
        entry('last', 1764590012345),
      ])
      expect(await upTo(2000)).toEqual([entry('first', -5), entry('B', 1000), entry('later', 2000)])
      expect(await upTo(1999)).toEqual([entry('first', -5), entry('B', 1000)])
      expect(await upTo(-6)).toEqual([])
    })

    test('an item leaves it without `due` or when deleted, and moves when `due` or `dueAt` changes', async () => {
      const [pk, due, other] = [newPartition(), newDue(), newDue()]
      const items = ['A', 'B', 'C', 'D', 'E'].map((sk) => ({ pk, sk, due, dueAt: 10 }))
      await storeAll(store(), items)
      expect(await dueNow(due)).toHaveLength(5)
      must(
        await store().commit([
          put({ pk, sk: 'A' }),
          { kind: 'delete', key: { pk, sk: 'B' } },
          put({ pk, sk: 'C', due, dueAt: 5 }),
          put({ pk, sk: 'D', due: other, dueAt: 10 }),
          put({ ...items[4]!, kept: true }),
        ]),
      )
      expect(await dueNow(due)).toEqual([
        { pk, sk: 'C', due, dueAt: 5 },
        { pk, sk: 'E', due, dueAt: 10 },
      ])
      expect(await dueNow(other)).toEqual([{ pk, sk: 'D', due: other, dueAt: 10 }])
    })

    test('an item is where it was put last, whatever it is said to replace at the same version', async () => {
      const [pk, due] = [newPartition(), newDue()]
      const item = { pk, sk: 'A', v: 1, due, dueAt: 10 }
      const isFirst = { is: 'equal', attribute: 'v', value: 1 } as const
      const replacing = (other: Item): Write => ({ kind: 'put', item: other, condition: isFirst, replaces: item })
      await storeAll(store(), [item])
      must(await store().commit([replacing({ ...item, dueAt: 20 })]))
      must(await store().commit([replacing({ ...item, v: 2 })]))
      expect(await dueNow(due)).toEqual([{ pk, sk: 'A', due, dueAt: 10 }])
    })

    test.each([1, 2, 3, 7, 12, 100])('paged by %i nothing is missed or doubled, equal instants neither', async (limit) => {
      const due = newDue()
      const items = Array.from({ length: 12 }, (_, n) => ({
        pk: newPartition(),
        sk: `I#${n}`,
        due,
        dueAt: [1, 2, 2, 2, 2, 3][n % 6]!,
      }))
      await storeAll(store(), items)
      const parts = await dueAll({ due, notAfter: 3, limit })
      const entries = parts.flat()
      expect(entries.map((entry) => entry.dueAt)).toEqual([1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3])
      expect(new Set(entries.map((entry) => entry.pk))).toEqual(new Set(items.map((item) => item.pk)))
      expect(entries).toEqual(expect.arrayContaining(items))
      expect(parts.every((part) => part.length <= limit)).toBe(true)
    })

    test('goes on after an entry that has left it, and ends where that is past `notAfter`', async () => {
      const [pk, due] = [newPartition(), newDue()]
      await storeAll(store(), [
        { pk, sk: 'A', due, dueAt: 1 },
        { pk, sk: 'C', due, dueAt: 3 },
      ])
      const after = { pk, sk: 'B', due, dueAt: 2 }
      expect((await store().queryDue({ due, notAfter: 9, after })).items).toEqual([{ pk, sk: 'C', due, dueAt: 3 }])
      expect(await store().queryDue({ due, notAfter: 1, after })).toEqual({ items: [], next: undefined, units: 0.5 })
    })
  })
}
