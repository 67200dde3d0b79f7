import { isProblem, type Problem, problem } from '../contract/problem.ts'
import type { Instant } from '../domain/units.ts'
import type { Job } from '../store/job-item.ts'
import { type PeriodReport, periodJob, table } from '../store/table.ts'
import type { Context } from './context.ts'
import { canonicalHash } from './hash.ts'
import { readJob, startJob } from './start-job.ts'
import { instantOf } from './views.ts'

/** Reports of a period: a job for each, begun anew whenever it is asked for again. */

/** Begins the report of a period, or finds that it is under way. `action` is the operation that asks. */
export async function startPeriodReport(
  context: Context,
  kind: PeriodReport,
  action: string,
  period: { readonly from: string; readonly until: string },
): Promise<{ readonly job: Job; readonly replayed: boolean } | Problem> {
  const [from, until] = [instantOf(period.from), instantOf(period.until)]
  if (until <= from) return problem('period-empty', '/until')
  return startJob(context, {
    id: periodJob(kind, from, until),
    hash: canonicalHash({ from, until }),
    task: { kind, from, until },
    restarts: true,
    action,
    target: `reports/${kind}`,
    beside: [{ kind: 'put', item: { ...table.latestPeriodReport(context.programme.id, kind), f: from, u: until } }],
  })
}

/** The report of a period, or where none is named the one that was asked for last. */
export async function readPeriodReport(
  context: Context,
  kind: PeriodReport,
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
): Promise<Job | Problem> {
  if ((from === undefined) !== (until === undefined)) return problem('invalid-parameter')
  const period = from && until ? ([instantOf(from), instantOf(until)] as const) : await latest(context, kind)
  const job = period && (await readJob(context, periodJob(kind, ...period)))
  return job ?? problem('report-unknown')
}

async function latest({ runtime, programme }: Context, kind: PeriodReport): Promise<readonly [Instant, Instant] | undefined> {
  const { items } = await runtime.store.read([table.latestPeriodReport(programme.id, kind)], { consistent: true })
  return items[0] && [items[0].f as Instant, items[0].u as Instant]
}

/** What whoever begins a report is answered. */
export function begun<Answer>(
  started: { readonly job: Job; readonly replayed: boolean } | Problem,
  answerOf: (job: Job) => Answer,
) {
  if (isProblem(started)) return started
  const body = answerOf(started.job)
  return started.replayed ? { status: 200 as const, body, replayed: true } : { status: 202 as const, body }
}
