import type { Programme } from '../domain/programme.ts'
import { asksForBonuses } from '../domain/set-off.ts'
import { earlier, type Instant, instant, type MemberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { versionAttribute } from '../store/head-item.ts'
import { eachItem } from '../store/paging.ts'
import type { IndexEntry, Item, Write } from '../store/store.ts'
import {
  duePartition,
  headSort,
  memberOfPartition,
  profileSort,
  programmesPartition,
  shards,
  table,
  utcDay,
} from '../store/table.ts'
import { bookingWrites, openAccount } from './account.ts'
import { type Again, again, attempt } from './attempt.ts'
import { makeDue, walkToMake } from './make-due.ts'
import { settleOccasions } from './occasions.ts'
import { giveOwed } from './owed.ts'

/** What a sweep of one shard did. */
export interface Swept {
  readonly shard: number
  /** Members whose heads time had changed, and for whom it is booked now. */
  readonly settled: number
  /** Members named by the index for whom nothing was left to book. */
  readonly idle: number
  /** Members that could not be settled, though all others are; the watermark stays before them, so the next sweep tries again. */
  readonly failed: number
}

const dayMs = 86_400_000
/** A day is left behind only once it is over for every clock, and the index has caught up. */
const marginMs = 3_600_000
/** So much is left behind before it is written down on the way: a sweep that is far behind and cut off goes on from there. */
const markedMs = 50 * dayMs
const pageSize = 100

/**
 * Books what time has brought about for the members of a shard, from the stored watermark on. Only what is already true is
 * booked, so it may be killed anywhere, run again, or run twice at once. `width` members are settled side by side.
 */
export async function sweepShard(runtime: Runtime, shard: number, width: number): Promise<Swept> {
  const now = runtime.now()
  const { items } = await runtime.store.read([table.sweep(shard)], { consistent: true })
  const from = items[0] ? (items[0].day as Instant) : startOfDay(await earliestProgramme(runtime, now))
  const counts = { settled: 0, idle: 0, failed: 0 }
  let mark: Mark = { stored: items[0], day: from }
  let reached = from
  for (let day = from; day <= now; day = instant(day + dayMs)) {
    await sweepDay(runtime, shard, day, now, width, counts)
    if (counts.failed === 0 && day + dayMs + marginMs <= now) reached = instant(day + dayMs)
    if (reached - mark.day >= markedMs) mark = await moveWatermark(runtime, shard, mark, reached)
  }
  if (reached > mark.day || !mark.stored) await moveWatermark(runtime, shard, mark, reached)
  return { shard, ...counts }
}

/** The watermark of a shard as a sweep knows it: what is stored, and the day that it need not look before. */
interface Mark {
  readonly stored: Item | undefined
  readonly day: Instant
}

/** Where another moved the watermark meanwhile, its word stands, to the end of the sweep: a watermark only spares work. */
async function moveWatermark({ store }: Runtime, shard: number, { stored }: Mark, day: Instant): Promise<Mark> {
  const write = watermarkWrite(shard, stored, day)
  const result = await store.commit([write])
  return { stored: result.outcome === 'committed' ? write.item : stored, day }
}

async function sweepDay(
  runtime: Runtime,
  shard: number,
  day: Instant,
  now: Instant,
  width: number,
  counts: Omit<Swept, 'shard'>,
) {
  const tally = counts as { -readonly [name in keyof typeof counts]: number }
  const due = duePartition(day, shard)
  let after: IndexEntry | undefined
  do {
    const page = await runtime.store.queryDue({ due, notAfter: now, limit: pageSize, after })
    const queue = page.items.values()
    await Promise.all(
      Array.from({ length: width }, async () => {
        for (const { pk, sk } of queue) tally[await settleOne(runtime, pk, sk, now)] += 1
      }),
    )
    after = page.next
  } while (after)
}

/** Settles the member of a head that is due, books the occasions of a profile that is, or gives what a member is owed. */
async function settleOne(runtime: Runtime, pk: string, sk: string, now: Instant): Promise<'settled' | 'idle' | 'failed'> {
  const { programme, member } = memberOfPartition(pk)
  const work = sk === headSort ? settleMember : sk === profileSort ? giveOccasions : giveWhatIsOwed
  try {
    return (await work(runtime, programme, member, now)) ? 'settled' : 'idle'
  } catch (error) {
    const named = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    console.error(JSON.stringify({ level: 'error', job: 'settle-members', programme, error: named }))
    return 'failed'
  }
}

/** Books what time has changed for a member. False where there is nothing to book. Throws where it cannot be done now. */
export async function settleMember(runtime: Runtime, programmeId: string, member: MemberId, now: Instant): Promise<boolean> {
  const programme = await runtime.programmes.get(programmeId)
  if (!programme) throw new Error(`there is no programme ${programmeId}`)
  const arrived = { runtime, programme, now }
  const isSettled = await attempt(runtime, () =>
    runtime.turns.take(`${programmeId} ${member}`, async () => {
      const { open, ledger, booked } = await openAccount(arrived, member)
      if (!open || open.settling.length === 0) return booked
      const result = await runtime.store.commit(await bookingWrites(ledger, open, open.account, []))
      return result.outcome === 'committed' ? true : again
    }),
  )
  // What it set off is in the index by now, where this sweep may have gone by already.
  if (isSettled && asksForBonuses(programme)) await giveOwed(arrived, member)
  return isSettled
}

async function giveWhatIsOwed(runtime: Runtime, programmeId: string, member: MemberId, now: Instant): Promise<boolean> {
  const programme = await runtime.programmes.get(programmeId)
  if (!programme) throw new Error(`there is no programme ${programmeId}`)
  return giveOwed({ runtime, programme, now }, member)
}

async function giveOccasions(runtime: Runtime, programmeId: string, member: MemberId, now: Instant): Promise<boolean> {
  const programme = await runtime.programmes.get(programmeId)
  if (!programme) throw new Error(`there is no programme ${programmeId}`)
  return settleOccasions({ runtime, programme, now }, member)
}

/**
 * Makes members due by revisions in force that make them due otherwise than the one before. The watermark is taken back first, so
 * that what falls due meanwhile is found.
 */
export async function makeShardDue(
  runtime: Runtime,
  shard: number,
  programmes: readonly Programme[],
  width: number,
): Promise<void> {
  for (const programme of programmes) {
    const walk = await walkToMake(runtime, programme, shard, runtime.now())
    if (!walk) continue
    await attempt(runtime, () => lowerWatermark(runtime, shard, startOfDay(walk.from)))
    await makeDue(runtime, shard, walk, width)
    // Another sweep, which left the walk to this one, may have passed them by before they were due.
    await attempt(runtime, () => lowerWatermark(runtime, shard, startOfDay(walk.from)))
  }
}

/** Takes the watermarks of all shards back to a day: members came in from elsewhere. */
export async function lowerWatermarks(runtime: Runtime, to: Instant): Promise<void> {
  const day = startOfDay(to)
  const lower = (shard: number) => attempt(runtime, () => lowerWatermark(runtime, shard, day))
  await Promise.all(Array.from({ length: shards }, (_, shard) => lower(shard)))
}

/**
 * A sweep may move the watermark meanwhile: then again, because members before it would never be swept. It is written also where it is
 * not beyond the day. A sweep that is under way began with the one of before, may be past the day by now, and must not move it on. A
 * shard that was never swept begins with the programmes that are there, which may be younger than what came in.
 */
async function lowerWatermark(runtime: Runtime, shard: number, day: Instant): Promise<true | Again> {
  const { items } = await runtime.store.read([table.sweep(shard)], { consistent: true })
  const [known] = items
  const before = known ? (known.day as Instant) : startOfDay(await earliestProgramme(runtime, runtime.now()))
  const result = await runtime.store.commit([watermarkWrite(shard, known, earlier(day, before))])
  return result.outcome === 'committed' ? true : again
}

function watermarkWrite(shard: number, known: Item | undefined, day: Instant): Extract<Write, { kind: 'put' }> {
  const version = Number(known?.[versionAttribute] ?? 0)
  return {
    kind: 'put',
    item: { ...table.sweep(shard), [versionAttribute]: version + 1, day },
    condition: known ? { is: 'equal', attribute: versionAttribute, value: version } : { is: 'absent' },
    replaces: known,
  }
}

/** When the first of the programmes came to be: nothing was due before. */
async function earliestProgramme(runtime: Runtime, now: Instant): Promise<Instant> {
  let earliest = now
  for await (const item of eachItem(runtime.store, { pk: programmesPartition })) {
    const created = item.created as Instant
    if (created < earliest) earliest = created
  }
  return earliest
}

const startOfDay = (at: Instant): Instant => instant(Date.parse(`${utcDay(at)}T00:00:00Z`))
