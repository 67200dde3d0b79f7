import { runtimeOfEnvironment } from './environment.ts'
import { type Ran, runJobs } from './handlers/jobs.ts'
import type { Runtime } from './runtime.ts'

/** What a schedule asks for. */
export interface JobsEvent {
  /** How long it may begin new work: less than a function may run. */
  readonly forMs?: number
}

/** Works on backtests and reports for some time; what is left is left to the next run. */
export function runJobsFor(runtime: Runtime, { forMs = Number.POSITIVE_INFINITY }: JobsEvent): Promise<Ran> {
  const end = runtime.now() + forMs
  return runJobs(runtime, () => runtime.now() < end)
}

let runtime: Runtime | undefined

/** The Lambda function: works on what takes longer than a request may. */
export async function handler(event: JobsEvent): Promise<Ran> {
  runtime ??= runtimeOfEnvironment()
  const ran = await runJobsFor(runtime, event)
  process.stdout.write(`${JSON.stringify({ job: 'run-jobs', ...ran })}\n`)
  return ran
}
