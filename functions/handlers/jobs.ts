import type { Programme } from '../domain/programme.ts'
import { type Instant, instant, type MemberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import { type Job, jobOf, jobWrite, type Mark } from '../store/job-item.ts'
import { type Item, type Key, UnavailableError, type Write } from '../store/store.ts'
import { openJobs, rosterShard, shards, table } from '../store/table.ts'
import { backtestWalk } from './backtest-walk.ts'
import { experimentWalk } from './experiment-walk.ts'
import { guaranteeWalk } from './guarantee-walk.ts'
import { satisfactionWalk } from './satisfaction-walk.ts'

/**
 * A walk over all members of a programme. What it has come to is plain JSON, small however many members there are, so that it
 * can be left and taken up again anywhere.
 */
export interface Walk<Sums = unknown, Found = unknown> {
  readonly begin: () => Sums
  /** Reads what is needed of a member; undefined: nothing of them counts. Several are read side by side. */
  readonly look: (member: MemberId) => Promise<Found | undefined>
  /** Adds it to the sums. Members come in the order of the roster. */
  readonly add: (sums: Sums, member: MemberId, found: Found) => void
  /** Once everybody was looked at: the report, or what another pass begins with. */
  readonly finish: (sums: Sums) => { readonly report: unknown } | { readonly again: Sums }
}

/** Jobs of a programme that may be under way at once. */
export const mostOpenJobs = 10

/** Members between two marks: so much work is done again where somebody is cut off. */
const membersAMark = 500
/** Members that are read side by side. */
const width = 32
/** Members after which others are let in, as tills on the same machine: a pause of nothing takes a millisecond. */
const membersAPause = 128
/** Longer than the work between two marks ever takes. */
const leaseMs = 60_000

/** What one run of the scheduled function did. */
export interface Ran {
  /** Jobs that came to their end. */
  readonly done: number
  /** Jobs that there was not enough time for: they go on with the next run. */
  readonly unfinished: number
  /** Jobs that somebody else is at, or whose records cannot be reached now. */
  readonly elsewhere: number
  /** Jobs that cannot be done, whoever tries. */
  readonly failed: number
}

/** Works on the jobs of all programmes, one after another, until all are done or there is no time left. */
export async function runJobs(runtime: Runtime, hasTime: () => boolean): Promise<Ran> {
  const ran = { done: 0, unfinished: 0, elsewhere: 0, failed: 0 }
  for (const id of await runtime.programmes.list()) {
    for (const job of await openJobsOf(runtime, id)) ran[await workOn(runtime, id, job, hasTime)] += 1
  }
  return ran
}

/** Ids of a programme's jobs that are not done. */
export async function openJobsOf({ store }: Runtime, programme: string): Promise<string[]> {
  const { items } = await store.query({ pk: openJobs(programme), consistent: true })
  return items.map(({ sk }) => sk)
}

type Outcome = keyof Ran

async function workOn(runtime: Runtime, programmeId: string, id: string, hasTime: () => boolean): Promise<Outcome> {
  const programme = await runtime.programmes.get(programmeId)
  const { items } = await runtime.store.read([table.job(programmeId, id)], { consistent: true })
  if (!programme || !items[0]) throw new Error(`there is no job ${id} in ${programmeId}`)
  const job = jobOf(id, items[0])
  if (job.status !== 'running' || job.leasedUntil > runtime.now()) return 'elsewhere'
  const work = new Work(runtime, programme, job)
  try {
    return await work.run(await walkOf(runtime, programme, job), hasTime)
  } catch (error) {
    // Later it may be there again.
    if (error instanceof UnavailableError) return 'elsewhere'
    const named = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    console.error(JSON.stringify({ level: 'error', job: 'run-jobs', programme: programmeId, id, error: named }))
    return (await work.save({ status: 'failed', outcome: undefined })) ? 'failed' : 'elsewhere'
  }
}

function walkOf(runtime: Runtime, programme: Programme, { id, task, startedAt }: Job): Promise<Walk> {
  const ledger = { runtime, programme, now: runtime.now() }
  if (task.kind === 'guarantees') return Promise.resolve(guaranteeWalk(ledger, task) as Walk)
  if (task.kind === 'satisfaction') return Promise.resolve(satisfactionWalk(ledger, task) as Walk)
  return (
    task.kind === 'backtest' ? backtestWalk(ledger, { id, startedAt }, task) : experimentWalk(ledger, task)
  ) as Promise<Walk>
}

/** One worker at a job. Whoever wants to leave a mark must have read the one before, so that two at once do no harm. */
class Work {
  readonly #runtime: Runtime
  readonly #programme: Programme
  #job: Job

  constructor(runtime: Runtime, programme: Programme, job: Job) {
    this.#runtime = runtime
    this.#programme = programme
    this.#job = job
  }

  async run(walk: Walk, hasTime: () => boolean): Promise<Outcome> {
    let sums = this.#job.outcome ?? walk.begin()
    let { mark } = this.#job
    while (mark.shard < shards) {
      const isLast = !hasTime()
      if (!(await this.save({ mark, outcome: sums, leasedUntil: isLast ? instant(0) : this.#lease() }))) return 'elsewhere'
      if (isLast) return 'unfinished'
      mark = await this.#advance(walk, sums, mark)
      if (mark.shard < shards) continue
      const finished = walk.finish(sums)
      if ('report' in finished) {
        return (await this.save({ status: 'done', mark, outcome: finished.report })) ? 'done' : 'elsewhere'
      }
      sums = finished.again
      mark = { pass: mark.pass + 1, shard: 0, after: '' }
    }
    throw new Error('a job is over, and nobody said so')
  }

  #lease(): Instant {
    return instant(this.#runtime.now() + leaseMs)
  }

  /** Looks at the next members of a shard. */
  async #advance(walk: Walk, sums: unknown, { pass, shard, after }: Mark): Promise<Mark> {
    const pk = rosterShard(this.#programme.id, shard)
    const from: Key | undefined = after === '' ? undefined : { pk, sk: after }
    const page = await this.#runtime.store.query({ pk, limit: membersAMark, consistent: true, after: from })
    for (let start = 0; start < page.items.length; start += width) {
      const members = page.items.slice(start, start + width).map(({ sk }: Item) => sk as MemberId)
      const found = await Promise.all(members.map(walk.look))
      for (const [index, one] of found.entries()) if (one !== undefined) walk.add(sums, members[index]!, one)
      const isLast = start + width >= page.items.length
      if (isLast || (start + width) % membersAPause === 0) await this.#runtime.pause(0)
    }
    return page.next ? { pass, shard, after: page.next.sk } : { pass, shard: shard + 1, after: '' }
  }

  /** Leaves a mark. False where another has left one meanwhile: then it is theirs. */
  async save(change: Partial<Job>): Promise<boolean> {
    const { store } = this.#runtime
    const job = { ...this.#job, ...change }
    const isOver = job.status !== 'running'
    const closing: Write = { kind: 'delete', key: table.openJob(this.#programme.id, job.id) }
    const result = await store.commit([jobWrite(this.#programme.id, job), ...(isOver ? [closing] : [])])
    if (result.outcome !== 'committed') return false
    this.#job = { ...job, version: job.version + 1 }
    return true
  }
}
