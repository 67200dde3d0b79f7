import { isDeepStrictEqual } from 'node:util'
import { instant } from '../domain/units.ts'
import { lowerWatermarks } from '../handlers/sweep.ts'
import type { Runtime } from '../runtime.ts'
import { type Ring, ringCheck } from '../store/key-ring.ts'
import { lookupItem, lookupKeys } from '../store/lookups.ts'
import { lookupsOfProfile, profileOf } from '../store/profile-item.ts'
import { type Item, type Key, UnavailableError, type Write } from '../store/store.ts'
import { isRosterShard, memberOfPartition, profileSort } from '../store/table.ts'

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
  // Who has look-ups is on the roster by then: a rotation of their key that began meanwhile would pass by others.
  const [listed, others] = [true, false].map((isFirst) => items.filter(({ pk }) => isRosterShard(pk) === isFirst).values())
  for (const queue of [listed!, others!]) {
    const work = async () => {
      for (const item of queue) tally[await restoreItem(runtime, item)] += 1
    }
    await Promise.all(Array.from({ length: width }, work))
  }
  const dues = items.flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]))
  if (dues.length > 0) await lowerWatermarks(runtime, instant(Math.min(...dues)))
}

async function restoreItem(runtime: Runtime, item: Item): Promise<keyof Restored> {
  for (let tries = 0; tries < 10; tries += 1) {
    const wanted = item.sk === profileSort ? withLookups(await runtime.lookups.current(), item) : [put(item)]
    const result = await runtime.lookups.commit(wanted.map(({ write }) => write))
    if (result.outcome === 'committed') return 'items'
    if (result.outcome === 'refused') {
      return result.failed.every(({ index, found }) => isDeepStrictEqual(found, wanted[index]?.item)) ? 'known' : 'different'
    }
    await runtime.pause(2 ** tries)
  }
  throw new UnavailableError('none', 'others kept changing the same records')
}

/** A write, and what stands there if it was done before. */
interface Restoring {
  readonly write: Write
  readonly item?: Item
}

const absent = { is: 'absent' } as const
const put = (item: Item): Restoring => ({ write: { kind: 'put', item, condition: absent }, item })
const leave = (item: Item): Restoring => ({ write: { kind: 'check', key: item, condition: absent }, item })

/** A profile and its look-ups, under the first key of the ring and no other. */
function withLookups(ring: Ring, item: Item): Restoring[] {
  const { programme } = memberOfPartition(item.pk)
  const profile = profileOf(item)
  const { memberId } = profile
  const lookups = lookupsOfProfile(profile).flatMap(({ kind, value, ...replaced }) => {
    const [key, ...others] = lookupKeys(ring, programme, kind, value)
    const itemAt = (at: Key) => lookupItem(at, { memberId, version: 1, ...replaced })
    return [put(itemAt(key)), ...others.map(itemAt).map(leave)]
  })
  return [put(item), ...lookups, ...(lookups.length > 0 ? [{ write: ringCheck(ring, memberId) }] : [])]
}
