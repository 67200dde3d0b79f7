import { afterAll, expect, test } from 'vitest'
import { revisionAt } from '../../functions/domain/programme.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme, Programmes, revisionCacheMs } from '../../functions/store/programmes.ts'
import { revisionItem } from '../../functions/store/revision-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { PartitionQuery } from '../../functions/store/store.ts'
import { table } from '../../functions/store/table.ts'
import { PassingStore } from '../support/passing-store.ts'

/** Tells what is asked for, and passes it on. */
class AskedStore extends PassingStore {
  readonly queries: PartitionQuery[] = []

  override query(query: PartitionQuery) {
    this.queries.push(query)
    return super.query(query)
  }
}

const sqlite = new SqliteStore(':memory:')
const store = new AskedStore(sqlite)
afterAll(() => store.close())

const publish = (number: number, inForceFrom: Instant) =>
  sqlite.commit([
    { kind: 'put', item: { ...table.current('demo'), n: number } },
    {
      ...{ kind: 'put', condition: { is: 'absent' } },
      item: revisionItem('demo', {
        ...{ number, inForceFrom, publishedAt: instant(0), document: { ...demoProgramme, name: `Revision ${number}` } },
      }),
    },
  ])

test('a warm function loads the revisions that it does not know, when it looks again, and no others', async () => {
  let now = instant(1_000_000)
  const programmes = new Programmes(store, () => now)
  const numbers = async () => (await programmes.get('demo'))?.revisions.map(({ number }) => number)
  await createProgramme(sqlite, 'demo', demoProgramme, now)
  for (const number of [2, 3]) await publish(number, instant(number * 1000))
  expect(await numbers()).toEqual([1, 2, 3])
  await publish(4, instant(4000))
  now = instant(now + revisionCacheMs - 1)
  expect(await numbers()).toEqual([1, 2, 3])
  now = instant(now + 1)
  store.queries.length = 0
  expect(await numbers()).toEqual([1, 2, 3, 4])
  expect(store.queries.map(({ range }) => range)).toEqual([
    { from: table.revision('demo', 4).sk, to: table.revision('demo', 4).sk },
  ])
  const programme = (await programmes.get('demo'))!
  expect([2999, 3000, 4000].map((at) => revisionAt(programme, instant(at)).document.name)).toEqual([
    ...['Revision 2', 'Revision 3', 'Revision 4'],
  ])
  const latest = revisionAt(programme, now)
  expect(latest.tiers.map(({ id }) => id)).toEqual(['bronze', 'silver', 'gold'])
  expect(latest.storeIds).toBeUndefined()
  expect(latest.calendar.yearOf(instant(Date.parse('2026-12-31T23:59:59Z')))).toBe(2026)
})
