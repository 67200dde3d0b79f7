import { Aws, Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { AlarmsProps } from './alarms.ts'
import { tableMetric, throttledRequests } from './measures.ts'

/** What to look at first, on one page. */
export class LedgerDashboard extends Construct {
  constructor(scope: Construct, id: string, { stage, ledger, http, functions, settling, publishing, measures }: AlarmsProps) {
    super(scope, id)
    const { api } = http
    const summed = { statistic: Stats.SUM, period: Duration.minutes(5) }
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) => new GraphWidget({ title, left, right, width: 12 })
    const ofEach = (metric: (of: AlarmsProps['functions'][number]) => IMetric) => functions.map(metric)
    new Dashboard(this, 'Dashboard', {
      // A dashboard's name is the account's, whatever the region.
      dashboardName: `laurel-${stage.name}-${Aws.REGION}`,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          graph(
            'Requests, and those answered 4xx, 5xx and 503',
            [api.metricCount(summed)],
            [api.metricClientError(summed), api.metricServerError(summed), measures.unavailable],
          ),
          graph(
            'Latency, ms',
            ['p50', 'p90', 'p99'].map((statistic) => api.metricLatency({ statistic, period: summed.period })),
          ),
        ],
        [
          graph(
            'Functions: errors and throttles',
            ofEach(({ name, lambda }) => lambda.metricErrors({ ...summed, label: `${name} errors` })),
            ofEach(({ name, lambda }) => lambda.metricThrottles({ ...summed, label: `${name} throttles` })),
          ),
          graph(
            'Functions: duration, p99, ms',
            ofEach(({ name, lambda }) => lambda.metricDuration({ statistic: 'p99', period: summed.period, label: name })),
          ),
        ],
        [
          graph(
            'Table: units used, requests throttled',
            [tableMetric(ledger, 'ConsumedReadCapacityUnits'), tableMetric(ledger, 'ConsumedWriteCapacityUnits')],
            [throttledRequests(ledger)],
          ),
          graph('Table: transactions that met another', [tableMetric(ledger, 'TransactionConflict')]),
        ],
        [
          graph('Settling: members settled, hours behind', [measures.settled], [measures.sweepBehindHours]),
          graph(
            'Publishing: age of the oldest entry, ms; dead letters',
            [publishing.publishEvents.lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: summed.period })],
            [settling, publishing].map(({ deadLetters }) => deadLetters.queue.metricApproximateNumberOfMessagesVisible()),
          ),
        ],
      ],
    })
  }
}
