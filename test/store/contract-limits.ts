import { describe, expect, test } from 'vitest'
import {
  type Condition,
  type Item,
  type Limit,
  mostItemBytes,
  mostTransactionBytes,
  type Store,
  type Value,
  type Write,
} from '../../functions/store/store.ts'
import { checkCommit, itemBytes } from '../../functions/store/units.ts'
import { absent, equal, found, must, newPartition, put, sized } from './items.ts'

/** Values whose bytes are counted each in its own way. */
const countedValues: readonly Value[] = [
  ...[0, 1, 9, 10, 99, 100, 101, 120, 123, 1000, 1010, 12300, 123456, 1001001, 1764590012345, Number.MAX_SAFE_INTEGER],
  ...[-1, -10, -12, -123, -12300, Number.MIN_SAFE_INTEGER, '', 'é', '中', '😀', true, false, null],
  ...[[], {}, [0, -1, 'é'], [[]], { a: 1 }, { é: { b: [true, null, { c: [] }] } }],
]

const nested = (levels: number): Value => (levels === 1 ? 'deep' : levels % 2 ? [nested(levels - 1)] : { in: nested(levels - 1) })

export function limitContract(store: () => Store): void {
  const numbered = (pk: string, count: number) => Array.from({ length: count }, (_, n): Item => ({ pk, sk: `I#${n}` }))

  async function expectRefused(writes: readonly Write[], limit: Limit): Promise<void> {
    await expect(store().commit(writes)).rejects.toMatchObject({ name: 'LimitError', limit })
  }

  /** The items of the largest transaction there is: ten of 400 KB, and one that takes what is left. */
  function largest(pk: string, over = 0): Item[] {
    const full = numbered(pk, 10).map((key) => sized(key, mostItemBytes, { version: 1 }))
    return [...full, sized({ pk, sk: 'REST' }, mostTransactionBytes - 10 * mostItemBytes + over, { version: 1 })]
  }

  describe('limits of a commit', () => {
    test('a hundred writes are taken, none or one more refused', async () => {
      const pk = newPartition()
      const items = numbered(pk, 101)
      const writes = items.map((item) => put(item, absent))
      await expectRefused(writes, 'writes')
      await expectRefused([], 'writes')
      must(await store().commit(writes.slice(0, 100)))
      expect((await store().query({ pk, consistent: true })).items).toHaveLength(100)
    })

    test('a key is written once', async () => {
      const key = { pk: newPartition(), sk: 'A' }
      await expectRefused([put(key), { kind: 'delete', key }], 'distinct-keys')
      await expectRefused([put(key), { kind: 'check', key, condition: absent }], 'distinct-keys')
      expect(await found(store(), key)).toBeUndefined()
    })

    test.each(countedValues)('an item of 400 KB is taken, of a byte more refused: one with %j', async (value) => {
      const key = { pk: newPartition(), sk: 'A' }
      const item = sized(key, mostItemBytes, { value })
      expect(itemBytes(item)).toBe(409_600)
      must(await store().commit([put(item)]))
      expect(await found(store(), key)).toEqual(item)
      await expectRefused([put({ ...item, filler: `${item.filler}x` })], 'item-bytes')
      expect(await found(store(), key)).toEqual(item)
    })

    test('4 MB are taken, a byte more refused', async () => {
      const pk = newPartition()
      await expectRefused(
        largest(pk, 1).map((item) => put(item)),
        'transaction-bytes',
      )
      expect((await store().query({ pk, consistent: true })).items).toEqual([])
      must(await store().commit(largest(pk).map((item) => put(item))))
      const { items } = await store().read(numbered(pk, 10), { consistent: true })
      expect(items.map((item) => item && itemBytes(item))).toEqual(Array(10).fill(mostItemBytes))
    })

    test.each<[string, Condition]>([
      ['absent', absent],
      ['equal', equal('version', 1)],
      ['at least', { is: 'at-least', attribute: 'a-long-name-of-an-attribute', value: Number.MIN_SAFE_INTEGER }],
    ])('conditions, deletes and checks count too, so what passes the check passes the engine: %s', async (_, condition) => {
      const pk = newPartition()
      const others: Write[] = [
        { kind: 'delete', key: { pk, sk: 'OTHER' }, condition },
        { kind: 'check', key: { pk, sk: 'ONE MORE' }, condition },
      ]
      const writes = (bytesLess: number) => [...largest(pk, -bytesLess).map((item) => put(item, condition)), ...others]
      let [tooFew, enough] = [0, 10_000]
      while (enough - tooFew > 1) {
        const half = (tooFew + enough) >> 1
        if (passes(writes(half))) enough = half
        else tooFew = half
      }
      expect(passes(writes(tooFew))).toBe(false)
      expect((await store().commit(writes(enough))).outcome).toBe(condition.is === 'absent' ? 'committed' : 'refused')
    })

    test.each<[string, Item]>([
      ['empty partition key', { pk: '', sk: 'A' }],
      ['empty sort key', { pk: 'A', sk: '' }],
      ['partition key of 2049 bytes', { pk: `${'é'.repeat(1024)}x`, sk: 'A' }],
      ['sort key of 1025 bytes', { pk: 'A', sk: `${'é'.repeat(512)}x` }],
    ])('%s is refused, written or read', async (_, key) => {
      await expectRefused([put(key)], 'key-bytes')
      await expectRefused([{ kind: 'delete', key }], 'key-bytes')
      await expectRefused([{ kind: 'check', key, condition: absent }], 'key-bytes')
      await expect(store().read([key], { consistent: true })).rejects.toMatchObject({ limit: 'key-bytes' })
    })

    test('keys of 2048 and 1024 bytes are taken', async () => {
      const item = { pk: newPartition().padEnd(2048, 'x'), sk: 'é'.repeat(512) }
      must(await store().commit([put(item)]))
      expect(await found(store(), item)).toEqual(item)
    })

    test.each(['', 'x'.repeat(2049)])('`due` has 1 to 2048 bytes', async (due) => {
      await expectRefused([put({ pk: newPartition(), sk: 'A', due, dueAt: 1 })], 'key-bytes')
    })

    test.each<[string, Value]>([
      ['a fraction', 1.5],
      ['no number', Number.NaN],
      ['a number that is not safe', 2 ** 53],
      ['half a surrogate pair', 'a\ud800b'],
      ['an empty name', { '': 1 }],
      ['a name the SDK loses', JSON.parse('{"__proto__": 1}')],
      ['a name the SDK takes for a class', { constructor: 1 }],
      ['33 levels', nested(33)],
    ])('%s is refused wherever it is', async (_, value) => {
      const key = { pk: newPartition(), sk: 'A' }
      for (const refused of [value, [value], { in: value }]) await expectRefused([put({ ...key, refused })], 'value')
      expect(await found(store(), key)).toBeUndefined()
    })

    test('32 levels are taken', async () => {
      const item = { pk: newPartition(), sk: 'A', deep: nested(32) }
      must(await store().commit([put(item)]))
      expect(await found(store(), item)).toEqual(item)
    })
  })

  describe('limits of a read', () => {
    test('a hundred keys are read, none or one more refused', async () => {
      const pk = newPartition()
      const items = numbered(pk, 101)
      must(await store().commit(items.slice(0, 100).map((item) => put(item))))
      expect((await store().read(items.slice(0, 100), { consistent: true })).items).toEqual(items.slice(0, 100))
      for (const keys of [items, []])
        await expect(store().read(keys, { consistent: true })).rejects.toMatchObject({ limit: 'keys' })
    })

    test('a key is asked for once', async () => {
      const key = { pk: newPartition(), sk: 'A' }
      await expect(store().read([key, { ...key }], { consistent: true })).rejects.toMatchObject({ limit: 'distinct-keys' })
    })
  })
}

function passes(writes: readonly Write[]): boolean {
  try {
    checkCommit(writes)
    return true
  } catch {
    return false
  }
}
