import { isDeepStrictEqual } from 'node:util'
import { instant } from '../domain/units.ts'
import { lowerWatermarks } from '../handlers/sweep.ts'
import type { Runtime } from '../runtime.ts'
import { lookupItem, lookupKey } from '../store/lookups.ts'
import { profileOf } from '../store/profile-item.ts'
import { type Item, UnavailableError, type Write } from '../store/store.ts'
import { memberOfPartition, profileSort } from '../store/table.ts'

export interface Restored {
  /** Items that were not there and are now. */
  readonly items: number
  /** Items that were there already. */
  readonly known: number
  /** Items in whose place another stands: left as they are. */
  readonly different: number
}

/** Puts exported items where none are, and makes the look-ups anew, because every deployment has a secret of its own. */
export async function restoreItems(
  runtime: Runtime,
  items: readonly Item[],
  width: number,
  tally: { -readonly [name in keyof Restored]: number },
): Promise<void> {
  const queue = items.values()
  const work = async () => {
    for (const item of queue) tally[await restoreItem(runtime, item)] += 1
  }
  await Promise.all(Array.from({ length: width }, work))
  const dues = items.flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]))
  if (dues.length > 0) await lowerWatermarks(runtime, instant(Math.min(...dues)))
}

async function restoreItem(runtime: Runtime, item: Item): Promise<keyof Restored> {
  const wanted = [item, ...(item.sk === profileSort ? lookupsOf(runtime, item) : [])]
  const result = await commit(runtime, wanted)
  if (result.outcome === 'committed') return 'items'
  return result.failed.every(({ index, found }) => isDeepStrictEqual(found, wanted[index])) ? 'known' : 'different'
}

async function commit({ store, pause }: Runtime, items: readonly Item[]) {
  const writes = items.map((item): Write => ({ kind: 'put', item, condition: { is: 'absent' } }))
  for (let tries = 0; tries < 10; tries += 1) {
    const result = await store.commit(writes)
    if (result.outcome !== 'conflict') return result
    await pause(2 ** tries)
  }
  throw new UnavailableError('none', 'others kept changing the same records')
}

function lookupsOf({ lookupSecret }: Runtime, item: Item): Item[] {
  const { programme } = memberOfPartition(item.pk)
  const { memberId, data, replacedCards } = profileOf(item)
  const kinds = (['card', 'email', 'phone'] as const).flatMap((kind) => {
    const value = data[kind]
    return value === undefined ? [] : [lookupItem(lookupKey(lookupSecret, programme, kind, value), { memberId, version: 1 })]
  })
  const replaced = replacedCards.map(({ card, replacedAt }) =>
    lookupItem(lookupKey(lookupSecret, programme, 'card', card), { memberId, version: 1, replacedAt }),
  )
  return [...kinds, ...replaced]
}
