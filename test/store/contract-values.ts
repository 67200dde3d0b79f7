import { describe, expect, test } from 'vitest'
import type { Item, Store, Value } from '../../functions/store/store.ts'
import { found, must, newPartition, put } from './items.ts'

const values: readonly (readonly [string, Value])[] = [
  ['empty text', ''],
  ['text of every width', 'aé߿ࠀ中\uffee😀\u{10fffd}'],
  ['text that has to be escaped', '"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028\u2029</script>'],
  ['text that looks like something else', '{"S":"x"}'],
  ['decomposed text, kept so', 'e\u0301'],
  ['zero', 0],
  ['a negative number', -42],
  ['the largest number', Number.MAX_SAFE_INTEGER],
  ['the least number', Number.MIN_SAFE_INTEGER],
  ['an instant', 1764590012345],
  ['true', true],
  ['false', false],
  ['null', null],
  ['an empty list', []],
  ['an empty map', {}],
  ['a list of everything', [0, -1, '', 'x', true, false, null, [], {}, [[]], [{}]]],
  ['a map with names that mean something elsewhere', { S: 'x', N: '1', NULL: true, L: [], M: {}, toString: 1, length: 0 }],
  ['names of any text', { 'a b': 1, é: 2, '😀': 3, '#a': 4, ':v': 5, 'a.b': 6, '0': 7 }],
  ['a programme in small', { tiers: [{ id: 'gold', at: 200000, perks: { multiplier: 15000, tags: ['a', 'b'] } }], note: null }],
]

export function valueContract(store: () => Store): void {
  describe('values', () => {
    test.each(values)('%s survives, alone, in a list and in a map', async (_, value) => {
      const item: Item = { pk: newPartition(), sk: 'A', value, list: [value, value], map: { value, in: { value: [value] } } }
      must(await store().commit([put(item)]))
      expect(await found(store(), item)).toStrictEqual(item)
      expect((await store().query({ pk: item.pk, consistent: true })).items).toStrictEqual([item])
    })

    test('what is undefined is not there, and there is no negative zero', async () => {
      const key = { pk: newPartition(), sk: 'A' }
      must(
        await store().commit([
          put({ ...key, none: undefined, zero: -0, map: { none: undefined, zero: -0 } as unknown as Value }),
        ]),
      )
      expect(await found(store(), key)).toStrictEqual({ ...key, zero: 0, map: { zero: 0 } })
    })

    test('keys of any text are kept apart', async () => {
      const pk = newPartition()
      const keys = ['e\u0301', 'é', 'E', 'e', ' e', 'e ', "'", '"', '%', '_', '\u0000', 'e\u0000', '0', '00'].map((sk) => ({
        pk,
        sk,
      }))
      must(await store().commit(keys.map((key, n) => put({ ...key, n }))))
      const { items } = await store().read(keys, { consistent: true })
      expect(items).toEqual(keys.map((key, n) => ({ ...key, n })))
    })

    test('items come in the order asked for, with gaps where there is none', async () => {
      const pk = newPartition()
      must(await store().commit(['B', 'D', 'A'].map((sk) => put({ pk, sk, is: sk }))))
      const read = (...sks: string[]) =>
        store().read(
          sks.map((sk) => ({ pk, sk })),
          { consistent: false },
        )
      expect((await read('D', 'C', 'A', 'E', 'B')).items.map((item) => item?.is)).toEqual(['D', undefined, 'A', undefined, 'B'])
      expect((await read('C')).items).toEqual([undefined])
    })
  })
}
