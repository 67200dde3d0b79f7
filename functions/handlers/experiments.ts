import type * as z from 'zod'
import { readExperimentReport, startExperimentReport } from '../contract/experiments.ts'
import { isProblem, problem } from '../contract/problem.ts'
import type { Programme, Revision } from '../domain/programme.ts'
import type { Instant } from '../domain/units.ts'
import type { Job } from '../store/job-item.ts'
import { experimentJob, table } from '../store/table.ts'
import { type Context, type Implementation, implement } from './context.ts'
import { canonicalHash } from './hash.ts'
import { jobView, readJob, reportOf, startJob } from './start-job.ts'
import { instantOf } from './views.ts'

/** Reports on experiments: a job for each campaign and period, begun anew whenever it is asked for again. */
export const experimentImplementations: readonly Implementation[] = [
  implement(startExperimentReport, async ({ params: { campaignId }, body }, context) => {
    const { programme } = context
    const [from, until] = [instantOf(body.from), instantOf(body.until)]
    if (until <= from) return problem('period-empty', '/until')
    const percent = body.percent ?? percentOf(programme, campaignId, until)
    if (percent === undefined) return problem('experiment-unknown')
    const started = await startJob(context, {
      id: experimentJob(campaignId, from, until),
      hash: canonicalHash({ campaignId, from, until, percent }),
      task: { kind: 'experiment', campaign: campaignId, percent, from, until },
      restarts: true,
      action: startExperimentReport.name,
      target: `reports/experiments/${campaignId}`,
      beside: [{ kind: 'put', item: { ...table.latestReport(programme.id, campaignId), f: from, u: until } }],
    })
    if (isProblem(started)) return started
    const answer = answerOf(campaignId, started.job)
    return started.replayed ? { status: 200 as const, body: answer, replayed: true } : { status: 202 as const, body: answer }
  }),
  implement(readExperimentReport, async ({ params: { campaignId }, query }, context) => {
    const isHalf = (query.from === undefined) !== (query.until === undefined)
    if (isHalf) return problem('invalid-parameter', query.from === undefined ? '/from' : '/until')
    const period = query.from && query.until ? [instantOf(query.from), instantOf(query.until)] : await latest(context, campaignId)
    const job = period && (await readJob(context, experimentJob(campaignId, period[0] as Instant, period[1] as Instant)))
    return job ? { status: 200 as const, body: answerOf(campaignId, job) } : problem('report-unknown')
  }),
]

/** What a campaign, whatever sets it off, holds out by the latest revision of a period that has it do so. */
function percentOf({ revisions }: Programme, campaign: string, until: Instant): number | undefined {
  const heldOut = ({ document }: Revision) => document.campaigns?.find(({ id }) => id === campaign)?.holdOut
  const found = revisions.findLast((revision) => revision.inForceFrom < until && heldOut(revision))
  return found && heldOut(found)?.percent
}

async function latest({ runtime, programme }: Context, campaign: string): Promise<[Instant, Instant] | undefined> {
  const { items } = await runtime.store.read([table.latestReport(programme.id, campaign)], { consistent: true })
  return items[0] && [items[0].f as Instant, items[0].u as Instant]
}

type Answer = z.input<(typeof readExperimentReport.answers)[200]>

function answerOf(campaign: string, job: Job): Answer {
  if (job.task.kind !== 'experiment') throw new Error(`${job.id} is no experiment`)
  const { percent } = job.task
  return { campaign, percent, ...jobView(job), ...reportOf<NonNullable<Answer['report']>>(job) }
}
