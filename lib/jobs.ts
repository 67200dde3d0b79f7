import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Construct } from 'constructs'
import type { JobsEvent } from '../functions/run-jobs.ts'
import type { Bundles } from './bundles.ts'
import { LedgerFunction } from './ledger-function.ts'
import type { LedgerTable } from './ledger-table.ts'
import { marksJobs, readsLedger } from './permissions.ts'
import type { Stage } from './stage.ts'

/** How long one run begins new work; the next goes on where it left off. */
const worksFor = Duration.minutes(4)

/**
 * Works every minute on backtests and reports, which take longer than a request may. Whoever is at a job has it for a while, and
 * leaves marks to go on from: a run that was cut off, missed or doubled does no harm, so that none is tried again.
 */
export class Jobs extends Construct {
  readonly runJobs: LedgerFunction

  constructor(scope: Construct, id: string, stage: Stage, bundles: Bundles, ledger: LedgerTable) {
    super(scope, id)
    this.runJobs = new LedgerFunction(this, {
      name: 'run-jobs',
      description: 'Works on backtests and reports',
      stage,
      bundles,
      memoryMb: 1024,
      timeout: worksFor.plus(Duration.minutes(1)),
      // A run ends before the fifth after it begins.
      concurrency: worksFor.toMinutes() + 2,
      environment: { LAUREL_TABLE: ledger.table.tableName },
      allowed: [readsLedger(ledger), ...marksJobs(ledger)],
    })
    this.runJobs.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) })
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        allowed: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'RunJobs',
              actions: ['lambda:InvokeFunction'],
              resources: [this.runJobs.lambda.functionArn],
            }),
          ],
        }),
      },
    }).withoutPolicyUpdates()
    const input: JobsEvent = { forMs: worksFor.toMilliseconds() }
    new Schedule(this, 'EveryMinute', {
      description: 'Works on backtests and reports',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(this.runJobs.lambda, { input: ScheduleTargetInput.fromObject(input), role, retryAttempts: 0 }),
    })
  }
}
