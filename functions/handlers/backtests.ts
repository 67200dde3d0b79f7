import type * as z from 'zod'
import { type backtestAnswer, readBacktest, startBacktest } from '../contract/backtests.ts'
import { isProblem, problem } from '../contract/problem.ts'
import { compress } from '../store/compressed.ts'
import type { Job } from '../store/job-item.ts'
import type { Write } from '../store/store.ts'
import { backtestJob, table } from '../store/table.ts'
import { readCandidate } from './candidate.ts'
import { type Implementation, implement } from './context.ts'
import { canonicalHash } from './hash.ts'
import { jobView, readJob, reportOf, startJob } from './start-job.ts'
import { instantOf } from './views.ts'

/** Backtests: a job each, kept with its report for ever. */
export const backtestImplementations: readonly Implementation[] = [
  implement(startBacktest, async ({ body }, context) => {
    const [from, until] = [instantOf(body.from), instantOf(body.until)]
    if (until <= from) return problem('period-empty', '/until')
    const candidate = await readCandidate(context, body.under)
    if (isProblem(candidate)) return candidate
    const { revision, document } = candidate
    // Points of one currency are no measure for another's.
    if (context.programme.revisions.some((known) => known.document.currency !== revision.document.currency)) {
      return problem('currency-mismatch', '/under')
    }
    const id = body.id ?? `auto-${canonicalHash({ from, until, tried: document ?? revision.number })}`
    const job = backtestJob(id)
    const documentKey = table.jobDocument(context.programme.id, job)
    const beside: Write[] = document ? [{ kind: 'put', item: { ...documentKey, doc: compress(document) } }] : []
    const started = await startJob(context, {
      id: job,
      hash: canonicalHash(body),
      task: { kind: 'backtest', from, until, under: document ? 'document' : revision.number },
      restarts: false,
      action: startBacktest.name,
      target: `backtests/${id}`,
      beside,
    })
    if (isProblem(started)) return started
    const answer = answerOf(id, started.job)
    return started.replayed ? { status: 200 as const, body: answer, replayed: true } : { status: 202 as const, body: answer }
  }),
  implement(readBacktest, async ({ params: { id } }, context) => {
    const job = await readJob(context, backtestJob(id))
    return job ? { status: 200 as const, body: answerOf(id, job) } : problem('backtest-unknown')
  }),
]

type Answer = z.input<ReturnType<typeof backtestAnswer>>

const answerOf = (id: string, job: Job): Answer => ({ id, ...jobView(job), ...reportOf<NonNullable<Answer['report']>>(job) })
