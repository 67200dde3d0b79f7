import { describe, expect, test } from 'vitest'
import type { Item, Store, Write } from '../../functions/store/store.ts'
import { absent, equal, must, newPartition, put, sized, store as storeAll } from './items.ts'

/** Numbers are written out: the engines have to agree with them, and so with each other. */
export function unitContract(store: () => Store): void {
  const key = () => ({ pk: newPartition(), sk: 'A' })
  const due = { due: 'DUE#units', dueAt: 1000 }

  describe('units of a commit', () => {
    const replacing = (item: Item, replaces: Item): Write => ({ kind: 'put', item, replaces })
    const cases: readonly (readonly [string, number, () => Write[]])[] = [
      ['a put of up to 1 KB', 2, () => [put(sized(key(), 1024))]],
      ['a put of a byte more', 4, () => [put(sized(key(), 1025))]],
      ['a put of 400 KB', 800, () => [put(sized(key(), 409_600))]],
      ['a condition costs nothing', 2, () => [put(key(), absent)]],
      ['a delete of what is not known', 2, () => [{ kind: 'delete', key: key() }]],
      ['a check', 2, () => [{ kind: 'check', key: key(), condition: absent }]],
      ['several', 2 + 6 + 2 + 2, () => [put(key()), put(sized(key(), 3000)), { kind: 'delete', key: key() }, put(key())]],
      ['a put of what goes into the index', 3, () => [put({ ...key(), ...due })]],
      ['a lesser item in place of a larger one', 8, () => [((at) => replacing(at, sized(at, 4000)))(key())]],
      ['a larger item in place of a lesser one', 8, () => [((at) => replacing(sized(at, 4000), at))(key())]],
      ['the index left as it is', 2, () => [((at) => replacing({ ...at, ...due, version: 2 }, { ...at, ...due }))(key())]],
      ['the instant in the index changed', 4, () => [((at) => replacing({ ...at, ...due, dueAt: 1 }, { ...at, ...due }))(key())]],
      ['taken into the index', 3, () => [((at) => replacing({ ...at, ...due }, at))(key())]],
      ['taken out of the index', 3, () => [((at) => replacing(at, { ...at, ...due }))(key())]],
      ['a delete of 3 KB that was in the index', 7, () => [deleting({ ...sized(key(), 3000), ...due })]],
    ]
    const deleting = (replaces: Item): Write => ({ kind: 'delete', key: { pk: replaces.pk, sk: replaces.sk }, replaces })

    test.each(cases)('%s: %i', async (_, units, writes) => {
      expect(await store().commit(writes())).toMatchObject({ outcome: 'committed', units })
    })

    test('a refused commit uses as many', async () => {
      const at = key()
      const result = await store().commit([put(sized(at, 1025), equal('version', 1)), put({ ...key(), ...due })])
      expect(result).toMatchObject({ outcome: 'refused', units: 7 })
    })
  })

  describe('units of a read', () => {
    test.each([
      [1, 1, 0.5],
      [4096, 1, 0.5],
      [4097, 2, 1],
      [409_600, 100, 50],
    ])('an item of %i bytes: %d, or %d where eventually consistent', async (bytes, strong, eventual) => {
      const item = sized(key(), Math.max(bytes, 100))
      must(await store().commit([put(item)]))
      expect(await store().read([item], { consistent: true })).toMatchObject({ items: [item], units: strong })
      expect(await store().read([item], { consistent: false })).toMatchObject({ items: [item], units: eventual })
    })

    test('each item by itself, one that is not there as the least', async () => {
      const items = [sized(key(), 4097), sized(key(), 100)]
      must(await store().commit(items.map((item) => put(item))))
      expect((await store().read([...items, key()], { consistent: true })).units).toBe(4)
      expect((await store().read([...items, key()], { consistent: false })).units).toBe(2)
      expect((await store().read([key()], { consistent: true })).units).toBe(1)
    })

    test('a page of a partition by the sum of its bytes', async () => {
      const pk = newPartition()
      await storeAll(
        store(),
        ['A', 'B', 'C'].map((sk) => sized({ pk, sk }, 3000)),
      )
      expect((await store().query({ pk, consistent: true })).units).toBe(3)
      expect((await store().query({ pk })).units).toBe(1.5)
      expect((await store().query({ pk, consistent: true, limit: 1 })).units).toBe(1)
      expect((await store().query({ pk: newPartition(), consistent: true })).units).toBe(1)
    })

    test('a page of the due index by the sum of its keys', async () => {
      const pk = newPartition()
      const partition = `DUE#${pk}`
      await storeAll(
        store(),
        Array.from({ length: 60 }, (_, n) => ({ pk, sk: `I#${n}`, due: partition, dueAt: 1, more: 'x'.repeat(500) })),
      )
      // 60 entries: pk 2 + 38, sk 2 + 3 or 4, due 3 + 42, dueAt 5 + 2
      expect((await store().queryDue({ due: partition, notAfter: 1 })).units).toBe(1)
      expect((await store().queryDue({ due: partition, notAfter: 1, limit: 10 })).units).toBe(0.5)
      expect((await store().queryDue({ due: partition, notAfter: 0 })).units).toBe(0.5)
    })
  })
}
