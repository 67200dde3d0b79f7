import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { Schedule, ScheduleExpression, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Construct } from 'constructs'
import { deployedSweeps, type SettleEvent, sweepsInParts } from '../functions/settle-members.ts'
import type { Bundles } from './bundles.ts'
import { DeadLetters } from './dead-letters.ts'
import { LedgerFunction } from './ledger-function.ts'
import type { LedgerTable } from './ledger-table.ts'
import { putsInTransactions, readsDueIndex, readsLedger, sendsTo } from './permissions.ts'
import type { Stage } from './stage.ts'

/** The shards of each sweep: every one in exactly one of them. */
export const partsOfShards = sweepsInParts(deployedSweeps).map(({ shards }) => shards)

/**
 * Books every hour what time has brought about. Each of eight schedules sends the function a part of the shards; it works
 * from stored watermarks, so that a sweep that was late, cut off or run twice does no harm.
 */
export class Settling extends Construct {
  readonly settleMembers: LedgerFunction
  readonly deadLetters: DeadLetters

  constructor(scope: Construct, id: string, stage: Stage, bundles: Bundles, ledger: LedgerTable) {
    super(scope, id)
    this.deadLetters = new DeadLetters(this, 'DeadLetters')
    const { queue } = this.deadLetters
    this.settleMembers = new LedgerFunction(this, {
      name: 'settle-members',
      description: 'Books what time has brought about for members',
      stage,
      bundles,
      memoryMb: 1024,
      timeout: Duration.minutes(15),
      concurrency: deployedSweeps,
      environment: { LAUREL_TABLE: ledger.table.tableName },
      allowed: [readsLedger(ledger), readsDueIndex(ledger), putsInTransactions(ledger), sendsTo(queue)],
    })
    // Within the hour: after that the next sweep does what this one left.
    const retries = { retryAttempts: 2, maxEventAge: Duration.minutes(50) }
    this.settleMembers.lambda.configureAsyncInvoke({ ...retries, onFailure: new SqsDestination(queue) })
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        allowed: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'Settle',
              actions: ['lambda:InvokeFunction'],
              resources: [this.settleMembers.lambda.functionArn],
            }),
            sendsTo(queue),
          ],
        }),
      },
    }).withoutPolicyUpdates()
    for (const [sweep, part] of partsOfShards.entries()) {
      const input: SettleEvent = { shards: part }
      new Schedule(this, `Sweep${sweep}`, {
        description: `Settles the members of shards ${part.join(', ')}`,
        schedule: ScheduleExpression.rate(Duration.hours(1)),
        timeWindow: TimeWindow.flexible(Duration.minutes(10)),
        target: new LambdaInvoke(this.settleMembers.lambda, {
          input: ScheduleTargetInput.fromObject(input),
          role,
          deadLetterQueue: queue,
          ...retries,
        }),
      })
    }
  }
}
