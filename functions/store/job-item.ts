import type { Instant } from '../domain/units.ts'
import { compress, decompress } from './compressed.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Write } from './store.ts'
import { table } from './table.ts'

/** What a job is to do, over the members of its programme. */
export type Task = {
  /** The period, by when sales are dated: [from, until). */
  readonly from: Instant
  readonly until: Instant
} & (
  | {
      readonly kind: 'backtest'
      /** A published revision, or the document that is kept with the job. */
      readonly under: number | 'document'
    }
  | {
      readonly kind: 'experiment'
      readonly campaign: string
      /** Of a hundred members, so many are held out. */
      readonly percent: number
    }
  | { readonly kind: 'guarantees' }
  | { readonly kind: 'satisfaction' }
)

/** How far a job has come: all members of the shards before `shard` are done, and of this one those up to `after`. */
export interface Mark {
  /** A job may have to walk all members more than once. */
  readonly pass: number
  readonly shard: number
  /** '' where none of the shard is. */
  readonly after: string
}

/** Work that outlives a request: whoever works on it leaves after every few members what it has come to. */
export interface Job {
  readonly id: string
  readonly version: number
  /** Of the request. */
  readonly hash: string
  readonly task: Task
  readonly status: 'running' | 'done' | 'failed'
  readonly startedAt: Instant
  /** Until then somebody is at it, or has died. */
  readonly leasedUntil: Instant
  readonly mark: Mark
  /** The sums of the members so far, or once it is done the report. */
  readonly outcome: unknown
}

export function jobOf(id: string, item: Item): Job {
  const [pass, shard, after] = item.m as [number, number, string]
  return {
    id,
    version: item[versionAttribute] as number,
    hash: item.h as string,
    task: item.t as unknown as Task,
    status: item.st as Job['status'],
    startedAt: item.at as Instant,
    leasedUntil: item.le as Instant,
    mark: { pass, shard, after },
    outcome: item.o === undefined ? undefined : decompress(item.o),
  }
}

/** The write that puts a job at its next version, and that fails where another was at it meanwhile; version 0: a new one. */
export function jobWrite(
  programme: string,
  { id, version, hash, task, status, startedAt, leasedUntil, mark, outcome }: Job,
): Write {
  return {
    kind: 'put',
    item: {
      ...table.job(programme, id),
      [versionAttribute]: version + 1,
      h: hash,
      t: { ...task },
      st: status,
      at: startedAt,
      le: leasedUntil,
      m: [mark.pass, mark.shard, mark.after],
      ...(outcome !== undefined && { o: compress(outcome) }),
    },
    condition: version === 0 ? { is: 'absent' } : { is: 'equal', attribute: versionAttribute, value: version },
  }
}
