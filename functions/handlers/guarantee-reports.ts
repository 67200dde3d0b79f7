import type * as z from 'zod'
import { readGuaranteeReport, startGuaranteeReport } from '../contract/guarantee-reports.ts'
import { isProblem } from '../contract/problem.ts'
import type { Job } from '../store/job-item.ts'
import { type Implementation, implement } from './context.ts'
import { begun, readPeriodReport, startPeriodReport } from './period-reports.ts'
import { jobView, reportOf } from './start-job.ts'

/** Reports on what guarantees promised and what came of it. */
export const guaranteeReportImplementations: readonly Implementation[] = [
  implement(startGuaranteeReport, async ({ body }, context) =>
    begun(await startPeriodReport(context, 'guarantees', startGuaranteeReport.name, body), answerOf),
  ),
  implement(readGuaranteeReport, async ({ query }, context) => {
    const job = await readPeriodReport(context, 'guarantees', query)
    return isProblem(job) ? job : { status: 200 as const, body: answerOf(job) }
  }),
]

type Answer = z.input<(typeof readGuaranteeReport.answers)[200]>

const answerOf = (job: Job): Answer => ({ ...jobView(job), ...reportOf<NonNullable<Answer['report']>>(job) })
