import { describe, expect, test } from 'vitest'
import type { Condition, Item, Store, Write } from '../../functions/store/store.ts'
import { absent, atLeast, equal, found, must, newPartition, put } from './items.ts'

/** Each condition against what is there: whether it holds. */
const cases: readonly (readonly [
  label: string,
  Condition,
  there: { readonly [name: string]: number | string } | undefined,
  boolean,
])[] = [
  ['absent, nothing there', absent, undefined, true],
  ['absent, an item there', absent, { version: 1 }, false],
  ['equal, nothing there', equal('version', 1), undefined, false],
  ['equal, the same number', equal('version', 1), { version: 1 }, true],
  ['equal, another number', equal('version', 1), { version: 2 }, false],
  ['equal, zero', equal('version', 0), { version: 0 }, true],
  ['equal, the number as text', equal('version', 1), { version: '1' }, false],
  ['equal, no such attribute', equal('version', 1), { other: 1 }, false],
  ['equal, an attribute with a reserved name', equal('count', 1), { count: 1 }, true],
  ['at least, nothing there', atLeast('left', 0), undefined, false],
  ['at least, the same number', atLeast('left', 5), { left: 5 }, true],
  ['at least, a greater number', atLeast('left', 5), { left: 10 }, true],
  ['at least, a lesser number', atLeast('left', 5), { left: 4 }, false],
  ['at least, below zero', atLeast('left', -2), { left: -1 }, true],
  ['at least, text', atLeast('left', 5), { left: '9' }, false],
  ['at least, no such attribute', atLeast('left', 0), { other: 1 }, false],
]

export function commitContract(store: () => Store): void {
  describe('conditions', () => {
    for (const kind of ['put', 'delete', 'check'] as const) {
      test.each(cases)(`${kind}: %s`, async (_, condition, there, holds) => {
        const key = { pk: newPartition(), sk: 'A' }
        const before = there && { ...key, ...there }
        if (before) must(await store().commit([put(before)]))
        const written = { ...key, written: true }
        const result = await store().commit([kind === 'put' ? put(written, condition) : { kind, key, condition }])
        const after = kind === 'put' ? written : kind === 'delete' ? undefined : before
        if (holds) expect(result.outcome).toBe('committed')
        else expect(result).toMatchObject({ outcome: 'refused', failed: [{ index: 0, found: before }] })
        expect(await found(store(), key)).toEqual(holds ? after : before)
      })
    }
  })

  describe('commit', () => {
    test('writes without conditions put, replace whole and delete, what is not there too', async () => {
      const pk = newPartition()
      must(await store().commit([put({ pk, sk: 'A', first: 1 }), { kind: 'delete', key: { pk, sk: 'B' } }]))
      must(await store().commit([put({ pk, sk: 'A', second: 2 })]))
      expect(await found(store(), { pk, sk: 'A' })).toEqual({ pk, sk: 'A', second: 2 })
      must(await store().commit([{ kind: 'delete', key: { pk, sk: 'A' } }]))
      expect(await found(store(), { pk, sk: 'A' })).toBeUndefined()
    })

    test('writes of several kinds and partitions are committed together', async () => {
      const [pk, other] = [newPartition(), newPartition()]
      must(await store().commit([put({ pk, sk: 'gone' }), put({ pk: other, sk: 'seen', version: 3 })]))
      must(
        await store().commit([
          put({ pk, sk: 'new' }, absent),
          { kind: 'delete', key: { pk, sk: 'gone' } },
          { kind: 'check', key: { pk: other, sk: 'seen' }, condition: equal('version', 3) },
        ]),
      )
      expect((await store().query({ pk, consistent: true })).items).toEqual([{ pk, sk: 'new' }])
      expect(await found(store(), { pk: other, sk: 'seen' })).toEqual({ pk: other, sk: 'seen', version: 3 })
    })

    test('one failed condition undoes all, and each that failed is named with what was found', async () => {
      const pk = newPartition()
      const there: Item[] = [
        { pk, sk: 'A', version: 7, nested: { list: [1, 'é', null] } },
        { pk, sk: 'B', version: 1 },
        { pk, sk: 'D', left: 2 },
      ]
      must(await store().commit(there.map((item) => put(item))))
      const writes: Write[] = [
        put({ pk, sk: 'A', version: 8 }, equal('version', 6)),
        put({ pk, sk: 'B', version: 2 }, equal('version', 1)),
        put({ pk, sk: 'C' }),
        { kind: 'delete', key: { pk, sk: 'D' }, condition: atLeast('left', 3) },
        { kind: 'check', key: { pk, sk: 'E' }, condition: equal('version', 1) },
      ]
      expect(await store().commit(writes)).toEqual({
        outcome: 'refused',
        failed: [
          { index: 0, found: there[0] },
          { index: 3, found: there[2] },
          { index: 4, found: undefined },
        ],
        units: 10,
      })
      expect((await store().query({ pk, consistent: true })).items).toEqual(there)
    })

    test('of thirty at once with one version condition exactly one is committed', async () => {
      const key = { pk: newPartition(), sk: 'HEAD' }
      must(await store().commit([put({ ...key, version: 1 })]))
      const numbers = Array.from({ length: 30 }, (_, number) => number)
      const results = await Promise.all(
        numbers.map((by) =>
          store().commit([put({ ...key, version: 2, by }, equal('version', 1)), put({ pk: key.pk, sk: `ENTRY#${by}` }, absent)]),
        ),
      )
      const winners = numbers.filter((number) => results[number]?.outcome === 'committed')
      expect(winners).toHaveLength(1)
      for (const { outcome } of results) expect(['committed', 'refused', 'conflict']).toContain(outcome)
      expect((await store().query({ pk: key.pk, consistent: true })).items).toEqual([
        { pk: key.pk, sk: `ENTRY#${winners[0]}` },
        { ...key, version: 2, by: winners[0] },
      ])
    })

    test('of thirty at once that each take 1 of a budget of 10 no more than ten do', async () => {
      const key = { pk: newPartition(), sk: 'BUDGET' }
      must(await store().commit([put({ ...key, left: 10 })]))
      const take = async (): Promise<boolean> => {
        for (;;) {
          const left = Number((await found(store(), key))?.left)
          if (left === 0) return false
          if ((await store().commit([put({ ...key, left: left - 1 }, equal('left', left))])).outcome === 'committed') return true
        }
      }
      const taken = await Promise.all(Array.from({ length: 30 }, take))
      expect(taken.filter(Boolean)).toHaveLength(10)
      expect(await found(store(), key)).toEqual({ ...key, left: 0 })
    })
  })
}
