import { type Problem, problem } from '../contract/problem.ts'
import { instant } from '../domain/units.ts'
import { type Job, jobOf, jobWrite, type Task } from '../store/job-item.ts'
import type { Write } from '../store/store.ts'
import { shards, table } from '../store/table.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import type { Context } from './context.ts'
import { mostOpenJobs, openJobsOf } from './jobs.ts'
import { rfc3339 } from './views.ts'

/** A job as it is asked for. */
interface Asked {
  readonly id: string
  readonly hash: string
  readonly task: Task
  /** Whether a job that is over is begun anew; otherwise its id is taken for ever. */
  readonly restarts: boolean
  /** As it is audited: what of, by whose ids alone. */
  readonly action: string
  readonly target: string
  /** What is written together with it. */
  readonly beside: readonly Write[]
}

/** Starts a job, or finds that it was started. Whoever runs jobs then works on it. */
export function startJob(context: Context, asked: Asked): Promise<{ readonly job: Job; readonly replayed: boolean } | Problem> {
  const { runtime, programme, now } = context
  const { id, hash, task, restarts, action, target, beside } = asked
  return attempt(runtime, async (uncertain) => {
    const known = await readJob(context, id)
    if (known?.hash === hash && (known.status === 'running' || !restarts)) return { job: known, replayed: !uncertain }
    if (known && !restarts) return problem('id-reused')
    const open = await openJobsOf(runtime, programme.id)
    if (open.length >= mostOpenJobs && !open.includes(id)) return problem('too-many-jobs')
    const job: Job = {
      ...{ id, hash, task, version: known?.version ?? 0, status: 'running', startedAt: now, leasedUntil: instant(0) },
      mark: { pass: 0, shard: 0, after: '' },
      outcome: undefined,
    }
    const result = await runtime.store.commit([
      jobWrite(programme.id, job),
      { kind: 'put', item: { ...table.openJob(programme.id, id) } },
      auditWrite(context, { action, target, after: task }),
      ...beside,
    ])
    return result.outcome === 'committed' ? { job, replayed: false } : again
  })
}

/** A job as it stands; undefined where there is none. */
export async function readJob({ runtime, programme }: Context, id: string): Promise<Job | undefined> {
  const { items } = await runtime.store.read([table.job(programme.id, id)], { consistent: true })
  return items[0] && jobOf(id, items[0])
}

/** A job as answers show it, without its report. */
export function jobView({ task, status, startedAt, mark }: Job) {
  return {
    status,
    progress: { done: mark.pass * shards + mark.shard, total: (mark.pass + 1) * shards },
    startedAt: rfc3339(startedAt),
    from: rfc3339(task.from),
    until: rfc3339(task.until),
  }
}

/** The report of a job that is done. */
export const reportOf = <Report>({ status, outcome }: Job): { report?: Report } =>
  status === 'done' ? { report: outcome as Report } : {}
