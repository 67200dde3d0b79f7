import type * as z from 'zod'
import { readGuaranteeReport, startGuaranteeReport } from '../contract/guarantee-reports.ts'
import { isProblem, problem } from '../contract/problem.ts'
import type { Instant } from '../domain/units.ts'
import type { Job } from '../store/job-item.ts'
import { guaranteeJob, table } from '../store/table.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { canonicalHash } from './hash.ts'
import { jobView, readJob, reportOf, startJob } from './start-job.ts'
import { instantOf } from './views.ts'

/** Reports on guarantees: a job for each period, begun anew whenever it is asked for again. */
export const guaranteeReportImplementations: readonly Implementation[] = [
  implement(startGuaranteeReport, async ({ body }, context) => {
    const [from, until] = [instantOf(body.from), instantOf(body.until)]
    if (until <= from) return problem('period-empty', '/until')
    const started = await startJob(context, {
      id: guaranteeJob(from, until),
      hash: canonicalHash({ from, until }),
      task: { kind: 'guarantees', from, until },
      restarts: true,
      action: startGuaranteeReport.name,
      target: 'reports/guarantees',
      beside: [{ kind: 'put', item: { ...table.latestGuaranteeReport(context.programme.id), f: from, u: until } }],
    })
    if (isProblem(started)) return started
    const answer = answerOf(started.job)
    return started.replayed ? { status: 200 as const, body: answer, replayed: true } : { status: 202 as const, body: answer }
  }),
  implement(readGuaranteeReport, async ({ query }, context) => {
    if ((query.from === undefined) !== (query.until === undefined)) return problem('invalid-parameter')
    const period = query.from && query.until ? [instantOf(query.from), instantOf(query.until)] : await latest(context)
    const job = period && (await readJob(context, guaranteeJob(period[0] as Instant, period[1] as Instant)))
    return job ? { status: 200 as const, body: answerOf(job) } : problem('report-unknown')
  }),
]

async function latest({ runtime, programme }: Context): Promise<[Instant, Instant] | undefined> {
  const { items } = await runtime.store.read([table.latestGuaranteeReport(programme.id)], { consistent: true })
  return items[0] && [items[0].f as Instant, items[0].u as Instant]
}

type Answer = z.input<(typeof readGuaranteeReport.answers)[200]>

const answerOf = (job: Job): Answer => ({ ...jobView(job), ...reportOf<NonNullable<Answer['report']>>(job) })
