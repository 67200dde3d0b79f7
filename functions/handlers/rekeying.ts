import { type MemberId, memberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { versionAttribute } from '../store/head-item.ts'
import { keyOfSecret, type Ring, ringWrites } from '../store/key-ring.ts'
import { lookupKey } from '../store/lookups.ts'
import { lookupsOfProfile, profileOf } from '../store/profile-item.ts'
import { type Item, type Key, mostWrites, type Write } from '../store/store.ts'
import { rosterShard, shards, table } from '../store/table.ts'
import { type Again, again, attempt } from './attempt.ts'

/**
 * The look-ups' key is changed while everything runs. First the ring becomes [new, old]: from that commit on nothing is written
 * under the old key, because whatever writes look-ups hangs on the ring. Then every member's look-ups are moved, by walking the
 * rosters; who came to the roster later has none to move. Then the ring becomes [new]. All of it may be killed anywhere, begun
 * again where it was, and run twice at once: each move is one transaction, which only one of two can do.
 */

/** How a deployment keeps its keys: a write that goes into the very transaction which changes the ring. */
export type Alongside = (first: string, old?: string) => Promise<Write>

/** Puts a new key first, unless it is already or another is on its way. Gives the ring that is in force then. */
export async function beginRekeying(runtime: Runtime, secret: string, alongside?: Alongside): Promise<Ring> {
  const key = keyOfSecret(secret)
  return attempt(runtime, async () => {
    const ring = await runtime.lookups.refresh()
    const [old, ...further] = ring.keys
    if (further.length > 0 || old.id === key.id) return ring
    const kept = alongside ? [await alongside(secret, old.secret)] : []
    const result = await runtime.store.commit([...ringWrites(ring, [key.id, old.id]), ...kept])
    return result.outcome === 'committed' ? runtime.lookups.refresh() : again
  })
}

export interface Walk {
  /** Members whose look-ups are moved side by side. */
  readonly width: number
  /** Asked before each page of a roster; where it says no, the walk is cut off and goes on from there the next time. */
  readonly hasTime?: () => boolean
  readonly onProgress?: (done: number, total: number) => void
  readonly alongside?: Alongside
}

export interface Rekeyed {
  /** False where the walk was cut off. */
  readonly complete: boolean
  /** Members that were looked at in this run. */
  readonly members: number
  /** Look-ups that this run moved. */
  readonly moved: number
}

/** Moves all look-ups to the ring's first key and lets the old one go. Nothing to do where the ring has one key. */
export async function rekey(runtime: Runtime, walk: Walk): Promise<Rekeyed> {
  const ring = await runtime.lookups.refresh()
  const done = { complete: true, members: 0, moved: 0 }
  if (ring.keys.length === 1) return done
  for await (const page of pagesOfRosters(runtime, ring, walk)) {
    if (walk.hasTime?.() === false) return { ...done, complete: false }
    done.moved += await moveMembers(runtime, ring, page, walk.width)
    done.members += page.members.length
    await attempt(runtime, () => runtime.store.commit([{ kind: 'put', item: placeItem(ring, page) }]))
  }
  await dropOldKeys(runtime, ring, walk.alongside)
  return done
}

/** A part of a roster. All before its last member is done when it is. */
interface Page {
  readonly programme: string
  readonly shard: number
  readonly members: readonly MemberId[]
}

const pageSize = 100

/** All members of all programmes, from where the walk by this ring has come. */
async function* pagesOfRosters(runtime: Runtime, ring: Ring, { onProgress }: Walk): AsyncGenerator<Page> {
  const { store, programmes } = runtime
  const { items } = await store.read([table.rekeying], { consistent: true })
  const reached = placeOf(ring, items[0])
  const ids = await programmes.list()
  for (const [index, programme] of ids.entries()) {
    for (let shard = 0; shard < shards; shard += 1) {
      const order = reached ? compare(programme, reached.programme) || shard - reached.shard : 1
      if (order < 0) continue
      const pk = rosterShard(programme, shard)
      let after: Key | undefined = order === 0 && reached ? { pk, sk: reached.member } : undefined
      do {
        const query = { pk, consistent: true, limit: pageSize, after }
        const page = await attempt(runtime, () => store.query(query))
        if (page.items.length > 0) yield { programme, shard, members: page.items.map(({ sk }) => memberId(sk)) }
        after = page.next
      } while (after)
      onProgress?.(index * shards + shard + 1, ids.length * shards)
    }
  }
}

/** As the listing of programmes is ordered; ids are ASCII. */
const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1)

/** Where a walk is. It only spares work: two walks that overwrite each other's place are both right. */
function placeItem({ version }: Ring, { programme, shard, members }: Page): Item {
  return { ...table.rekeying, r: version, p: programme, s: shard, m: members.at(-1)! }
}

function placeOf({ version }: Ring, item: Item | undefined) {
  // A place of another ring says nothing of this one.
  if (item?.r !== version) return undefined
  return { programme: item.p as string, shard: item.s as number, member: item.m as string }
}

async function moveMembers(runtime: Runtime, ring: Ring, { programme, members }: Page, width: number): Promise<number> {
  const queue = members.values()
  let moved = 0
  const work = async () => {
    for (const member of queue) {
      const count = await moveLookups(runtime, ring, programme, member)
      moved += count
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return moved
}

/** A transaction takes so many look-ups, each put and deleted. */
const mostMoves = mostWrites / 2

/**
 * Moves what of a member's look-ups is still under the old keys. Whatever the profile gets later is written under the first
 * one, and whatever it gives up is taken from all of them, so that the profile need not stand still meanwhile.
 */
async function moveLookups(runtime: Runtime, ring: Ring, programme: string, member: MemberId): Promise<number> {
  const [first, ...further] = ring.keys
  const { items } = await attempt(runtime, () => runtime.store.read([table.profile(programme, member)], { consistent: true }))
  const lookups = items[0] ? lookupsOfProfile(profileOf(items[0])) : []
  const moves = lookups.flatMap(({ kind, value }) => {
    const keyBy = ({ secret }: { secret: string }) => lookupKey(secret, programme, kind, value)
    return further.map((old) => ({ from: keyBy(old), to: keyBy(first) }))
  })
  let moved = 0
  for (let start = 0; start < moves.length; start += mostMoves) {
    const part = moves.slice(start, start + mostMoves)
    moved += await attempt(runtime, () => move(runtime, part))
  }
  return moved
}

async function move({ store }: Runtime, moves: readonly { readonly from: Key; readonly to: Key }[]): Promise<number | Again> {
  const { items } = await store.read(
    moves.map(({ from }) => from),
    { consistent: true },
  )
  const writes = items.flatMap((item, index) => (item ? moveWrites(item, moves[index]!.to) : []))
  if (writes.length === 0) return 0
  return (await store.commit(writes)).outcome === 'committed' ? writes.length / 2 : again
}

/** The look-up as it is, replaced or not, in another place. */
function moveWrites(item: Item, to: Key): [Write, Write] {
  const condition = { is: 'equal', attribute: versionAttribute, value: item[versionAttribute] as number } as const
  return [
    { kind: 'put', item: { ...item, ...to }, condition: { is: 'absent' } },
    { kind: 'delete', key: { pk: item.pk, sk: item.sk }, condition, replaces: item },
  ]
}

/** Leaves the first key alone in the ring, unless another has done that: then the ring is not the one that was walked by. */
async function dropOldKeys(runtime: Runtime, ring: Ring, alongside?: Alongside): Promise<void> {
  const [first] = ring.keys
  await attempt(runtime, async () => {
    if ((await runtime.lookups.refresh()).version !== ring.version) return true
    const kept = alongside ? [await alongside(first.secret)] : []
    const result = await runtime.store.commit([...ringWrites(ring, [first.id]), ...kept])
    return result.outcome === 'committed' ? true : again
  })
  await runtime.lookups.refresh()
}
