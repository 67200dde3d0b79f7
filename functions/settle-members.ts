import type { Programme } from './domain/programme.ts'
import { runtimeOfEnvironment } from './environment.ts'
import { makeShardDue, type Swept, sweepShard } from './handlers/sweep.ts'
import type { Runtime } from './runtime.ts'
import { UnavailableError } from './store/store.ts'
import { shards, table } from './store/table.ts'

/** Members of one shard that are settled side by side. */
const width = 16

const allShards = Array.from({ length: shards }, (_, shard) => shard)

/** What is asked for at once where the work is shared: each shard in exactly one of so many parts. */
export const sweepsInParts = (parts: number): readonly Required<SettleEvent>[] =>
  Array.from({ length: parts }, (_, part) => ({ shards: allShards.filter((shard) => shard % parts === part) }))

/** Sweeps that run at once at most where it is deployed. */
export const deployedSweeps = 8

/**
 * Sweeps shards, all where none are named, one after another, and sums up what was done. A shard that the store does not let be swept now
 * keeps none of the others waiting: it counts as a failure, and the next sweep goes on where it was.
 */
export async function settleMembers(runtime: Runtime, these: readonly number[] = allShards): Promise<Omit<Swept, 'shard'>> {
  const sum = { settled: 0, idle: 0, failed: 0 }
  const programmes = await programmesOf(runtime)
  for (const shard of these) {
    // Who is due already is settled, though others could not be made due.
    const isMade = await isAvailable(() => makeShardDue(runtime, shard, programmes, width))
    const isSwept = await isAvailable(async () => {
      const swept = await sweepShard(runtime, shard, width)
      sum.settled += swept.settled
      sum.idle += swept.idle
      sum.failed += swept.failed
    })
    if (!isMade || !isSwept) sum.failed += 1
  }
  return sum
}

/** Does some work; false, and logged, where the store does not let it be done now. */
async function isAvailable(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error
    console.error(JSON.stringify({ level: 'error', job: 'settle-members', error: `${error.name}: ${error.message}` }))
    return false
  }
}

/** All programmes that can be read: one that cannot must not keep the members of others waiting. Its own fail by themselves. */
async function programmesOf({ programmes }: Runtime): Promise<Programme[]> {
  const found: Programme[] = []
  for (const id of await programmes.list()) {
    try {
      const programme = await programmes.get(id)
      if (programme) found.push(programme)
    } catch (error) {
      const named = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      console.error(JSON.stringify({ level: 'error', job: 'settle-members', programme: id, error: named }))
    }
  }
  return found
}

/** What a schedule asks for: a part of the shards, so that several invocations share the work. */
export interface SettleEvent {
  /** All of them where none are named. */
  readonly shards?: readonly number[]
}

/** What one invocation did, as it is logged; the alarms read `failed` and `behindHours`. */
export interface Settled extends Omit<Swept, 'shard'> {
  readonly job: 'settle-members'
  /** How old the oldest watermark is: a day and an hour at most where all is well. */
  readonly behindHours: number
}

/** Sweeps the shards of an event and finds out how far behind they are. Throws where a shard does not exist. */
export async function settleShards(runtime: Runtime, { shards: these = allShards }: SettleEvent): Promise<Settled> {
  const stray = these.find((shard) => !allShards.includes(shard))
  if (stray !== undefined) throw new Error(`there is no shard ${stray}`)
  const swept = await settleMembers(runtime, these)
  const { items } = await runtime.store.read(these.map(table.sweep), { consistent: true })
  const now = runtime.now()
  const behindMs = Math.max(0, ...items.map((item) => now - Number(item?.day ?? 0)))
  return { job: 'settle-members', ...swept, behindHours: Math.floor(behindMs / 3_600_000) }
}

let runtime: Runtime | undefined

/** The Lambda function: books what time has brought about. Fails where a member could not be settled, so that it shows. */
export async function handler(event: SettleEvent): Promise<Settled> {
  runtime ??= runtimeOfEnvironment()
  const settled = await settleShards(runtime, event)
  // Not by console.log, which puts words before it that metric filters cannot read.
  process.stdout.write(`${JSON.stringify(settled)}\n`)
  if (settled.failed > 0) throw new Error(`${settled.failed} members could not be settled`)
  return settled
}
