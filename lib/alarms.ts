import { Duration, Stack } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { deployedSweeps } from '../functions/settle-members.ts'
import type { LedgerApi } from './http-api.ts'
import type { LedgerFunction } from './ledger-function.ts'
import type { LedgerTable } from './ledger-table.ts'
import { type Measures, throttledRequests } from './measures.ts'
import type { Publishing } from './publishing.ts'
import type { Settling } from './settling.ts'
import type { Stage } from './stage.ts'

export interface AlarmsProps {
  readonly stage: Stage
  readonly ledger: LedgerTable
  readonly http: LedgerApi
  readonly functions: readonly LedgerFunction[]
  readonly settling: Settling
  readonly publishing: Publishing
  readonly measures: Measures
}

interface Threshold {
  readonly metric: IMetric
  /** What to think of it, for whoever is woken. */
  readonly means: string
  /** The alarm rings from this value on. */
  readonly from: number
  /** That many periods one after another; 1 where nothing is said. */
  readonly periods?: number
}

const every5Minutes = { period: Duration.minutes(5) }

/** What somebody should be told of, and whom to tell. */
export class Alarms extends Construct {
  readonly topic: Topic
  readonly #action: SnsAction

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    this.topic = this.#makeTopic(props.stage)
    this.#action = new SnsAction(this.topic)
    for (const { name, lambda } of props.functions) {
      this.#ring(`${name} errors`, {
        metric: lambda.metricErrors(every5Minutes),
        means: `${name} failed or ran out of time; its log says why.`,
        from: 1,
      })
      this.#ring(`${name} throttles`, {
        metric: lambda.metricThrottles(every5Minutes),
        means: `${name} has as many executions under way as it may.`,
        from: 1,
      })
    }
    this.#ofApi(props)
    this.#ofTable(props.ledger)
    this.#ofSettling(props)
    this.#ofPublishing(props.publishing)
  }

  #ofApi({ http, measures }: AlarmsProps) {
    this.#ring('api errors', {
      metric: http.api.metricServerError({ ...every5Minutes, statistic: Stats.SUM }),
      means: 'Requests were answered 5xx. Tills try again; the access log says which routes.',
      from: 5,
    })
    this.#ring('api latency', {
      metric: http.api.metricLatency({ ...every5Minutes, statistic: 'p99' }),
      means: 'One request in a hundred takes two seconds or more, and has for a quarter of an hour (ms).',
      from: 2000,
      periods: 3,
    })
    this.#ring('retries used up', {
      metric: measures.unavailable,
      means: 'Requests were answered 503: their tries were used up, by others at the same records or by throttling.',
      from: 5,
    })
  }

  #ofTable(ledger: LedgerTable) {
    this.#ring('table throttles', {
      metric: throttledRequests(ledger),
      means: 'DynamoDB throttles the table or its index: a key is hot, or traffic more than doubled in half an hour.',
      from: 10,
      periods: 2,
    })
  }

  #ofSettling({ settling, measures }: AlarmsProps) {
    this.#deadLetters('settle-members', settling.deadLetters.queue.metricApproximateNumberOfMessagesVisible(every5Minutes))
    const threeHours = { period: Duration.hours(3), statistic: Stats.SUM }
    new Alarm(this, 'sweep did not run', {
      alarmDescription:
        'In three hours fewer than two in three of the hourly sweeps were begun. Before the first one it rings, too.',
      metric: settling.settleMembers.lambda.metricInvocations(threeHours),
      threshold: deployedSweeps * 2,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.BREACHING,
    }).addAlarmAction(this.#action)
    this.#ring('sweep fell behind', {
      metric: measures.sweepBehindHours,
      means:
        'A watermark is stuck (hours): some member cannot be settled, or a sweep does not end. Balances are right all the same.',
      from: 27,
    })
  }

  #ofPublishing({ publishEvents, deadLetters }: Publishing) {
    this.#deadLetters('publish-events', deadLetters.queue.metricApproximateNumberOfMessagesVisible(every5Minutes))
    this.#ring('publish-events behind', {
      metric: publishEvents.lambda.metric('IteratorAge', { ...every5Minutes, statistic: Stats.MAXIMUM }),
      means: 'Ledger entries wait to be published (ms). The stream forgets after 24 hours.',
      from: Duration.minutes(15).toMilliseconds(),
    })
  }

  #deadLetters(name: string, metric: IMetric) {
    this.#ring(`${name} dead letters`, { metric, means: `What ${name} gave up on waits in its dead-letter queue.`, from: 1 })
  }

  #ring(name: string, { metric, means, from, periods = 1 }: Threshold) {
    new Alarm(this, name, {
      alarmDescription: means,
      metric,
      threshold: from,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(this.#action)
  }

  #makeTopic({ name, alarmEmail }: Stage): Topic {
    const topic = new Topic(this, 'Topic', { displayName: `Laurel ${name}`, enforceSSL: true })
    // A topic with a policy of its own lets nobody in who is not named, CloudWatch included.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail))
    return topic
  }
}
