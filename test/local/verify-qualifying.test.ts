import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Club } from '../../functions/domain/club.ts'
import { memberId } from '../../functions/domain/units.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { verify } from '../../functions/local/verify.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import type { Item } from '../../functions/store/store.ts'
import { entryPrefix, memberPartition, table } from '../../functions/store/table.ts'
import { Journey } from '../journeys/journey.ts'
import { ok } from '../support/client.ts'
import { Laurel } from '../support/laurel.ts'

const regulars: Club = {
  ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying' },
  qualifies: { metric: 'visits', atLeast: 2, period: 'lifetime' },
}
const ada = memberId('ada')

let hotel: Journey
beforeEach(async () => {
  const laurel = await Laurel.start('2026-03-10T12:00:00Z')
  await createProgramme(laurel.runtime.store, 'hotel', { ...demoProgramme, clubs: [regulars] }, laurel.now)
  hotel = await Journey.in(laurel, 'hotel')
  ok(await hotel.enrol('ada'))
  for (const day of ['11', '12']) {
    hotel.travel(`2026-03-${day}T12:00:00Z`)
    ok(await hotel.sell(`leeds:${day}`, { id: 'ada' }, [1000]))
  }
})
afterEach(() => hotel.laurel.close())

async function differences(): Promise<string[]> {
  const found: string[] = []
  await verify(hotel.laurel.runtime, 'hotel', ({ what }) => found.push(what))
  return found
}
const put = (item: Item) => hotel.laurel.runtime.store.commit([{ kind: 'put', item }])

test('members whom the entries make are as they should be', async () => {
  expect(await differences()).toEqual([])
})

test('a member whom neither head nor entries let in, and who qualifies, is found', async () => {
  const { store } = hotel.laurel.runtime
  const [head] = (await store.read([table.head('hotel', ada)], { consistent: true })).items
  const page = await store.query({ pk: memberPartition('hotel', ada), range: { prefix: entryPrefix } })
  const joined = page.items.find(({ k }) => k === 'club-joined')
  expect(head?.cl).toHaveLength(1)
  const { cl: _, ...without } = head!
  await put(without as Item)
  expect(await differences()).toContain('the head is not what its entries make')
  // Both say alike that they left it, which nobody who left it by themselves would: they would have declined.
  await put({ ...joined!, k: 'club-left', x: { cl: ['regulars', null], cj: hotel.laurel.now + 1 } })
  await put({ ...without, cj: hotel.laurel.now + 1 } as Item)
  expect(await differences()).toContain('whether the member belongs to club regulars is not what the purchases give')
})
