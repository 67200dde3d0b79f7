import type * as z from 'zod'
import { isProblem } from '../contract/problem.ts'
import { readSatisfactionReport, startSatisfactionReport } from '../contract/satisfaction-reports.ts'
import type { Job } from '../store/job-item.ts'
import { type Implementation, implement } from './context.ts'
import { begun, readPeriodReport, startPeriodReport } from './period-reports.ts'
import { jobView, reportOf } from './start-job.ts'

/** Reports on how satisfied members are, and on how their complaints were dealt with. */
export const satisfactionReportImplementations: readonly Implementation[] = [
  implement(startSatisfactionReport, async ({ body }, context) =>
    begun(await startPeriodReport(context, 'satisfaction', startSatisfactionReport.name, body), answerOf),
  ),
  implement(readSatisfactionReport, async ({ query }, context) => {
    const job = await readPeriodReport(context, 'satisfaction', query)
    return isProblem(job) ? job : { status: 200 as const, body: answerOf(job) }
  }),
]

type Answer = z.input<(typeof readSatisfactionReport.answers)[200]>

const answerOf = (job: Job): Answer => ({ ...jobView(job), ...reportOf<NonNullable<Answer['report']>>(job) })
