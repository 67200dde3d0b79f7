import { runtimeOfEnvironment } from './environment.ts'
import { type Swept, sweepShard } from './handlers/sweep.ts'
import type { Runtime } from './runtime.ts'
import { shards } from './store/table.ts'

/** Members of one shard that are settled side by side. */
const width = 16

/** Sweeps all shards, one after another, and sums up what was done. */
export async function settleMembers(runtime: Runtime): Promise<Omit<Swept, 'shard'>> {
  const sum = { settled: 0, idle: 0, failed: 0 }
  for (let shard = 0; shard < shards; shard += 1) {
    const swept = await sweepShard(runtime, shard, width)
    sum.settled += swept.settled
    sum.idle += swept.idle
    sum.failed += swept.failed
  }
  return sum
}

let runtime: Runtime | undefined

/** The Lambda function: books what time has brought about. Fails where a member could not be settled, so that it shows. */
export async function handler(): Promise<Omit<Swept, 'shard'>> {
  runtime ??= runtimeOfEnvironment()
  const swept = await settleMembers(runtime)
  if (swept.failed > 0) throw new Error(`${swept.failed} members could not be settled`)
  return swept
}
