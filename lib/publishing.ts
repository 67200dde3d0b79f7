import { Duration } from 'aws-cdk-lib'
import { Archive, EventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import { entryPrefix } from '../functions/store/table.ts'
import { acknowledge } from './acknowledge.ts'
import type { Bundles } from './bundles.ts'
import { DeadLetters } from './dead-letters.ts'
import { LedgerFunction } from './ledger-function.ts'
import type { LedgerTable } from './ledger-table.ts'
import { putsEvents, readsStream, sendsTo } from './permissions.ts'
import type { Stage } from './stage.ts'

/** As long as a consumer may have been down, and as far back as the table can be restored. */
const archived = Duration.days(35)

/**
 * Follows the table's stream and publishes an event for each new ledger entry on a bus of its own, where rules lead it on: to a payment
 * system's HTTPS endpoint, a queue, another account. What was published is kept for a replay.
 */
export class Publishing extends Construct {
  readonly publishEvents: LedgerFunction
  readonly deadLetters: DeadLetters
  readonly bus: EventBus

  constructor(scope: Construct, id: string, stage: Stage, bundles: Bundles, ledger: LedgerTable) {
    super(scope, id)
    this.deadLetters = new DeadLetters(this, 'DeadLetters')
    const { queue } = this.deadLetters
    this.bus = new EventBus(this, 'Events', { description: `Laurel ${stage.name}: what was booked` })
    new Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      description: 'What was published, for a replay',
      eventPattern: { source: ['laurel'] },
      retention: archived,
    })
    this.publishEvents = new LedgerFunction(this, {
      name: 'publish-events',
      description: 'Publishes ledger entries from the table’s stream',
      stage,
      bundles,
      memoryMb: 256,
      timeout: Duration.seconds(30),
      environment: { LAUREL_EVENT_BUS_ARN: this.bus.eventBusArn },
      allowed: [...readsStream(ledger), putsEvents(this.bus), sendsTo(queue)],
    })
    acknowledge(this.publishEvents, 'IAM5[Resource::*]', 'dynamodb:ListStreams takes no resource, and tells names alone.')
    new EventSourceMapping(this, 'Stream', {
      target: this.publishEvents.lambda,
      eventSourceArn: ledger.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(1),
      // Entries that are new: nothing else of the table, personal data least of all, reaches the function.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith(entryPrefix) } } },
        }),
      ],
      // A record that fails holds up its shard for minutes, is singled out, and ends in the queue.
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(12),
      onFailure: new SqsDlq(queue),
    })
  }
}
