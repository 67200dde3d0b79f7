import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, type MetricOptions, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Settled } from '../functions/settle-members.ts'
import { dueIndexName } from '../functions/store/dynamo-table.ts'
import type { LedgerTable } from './ledger-table.ts'
import type { Stage } from './stage.ts'

/** Metrics that AWS does not have by itself: they are read off the logs. */
export class Measures extends Construct {
  /** Requests that were answered 503: others kept changing the same records until the tries were used up, or a throttle. */
  readonly unavailable: Metric
  /** Hours by which the oldest watermark of a sweep is behind. */
  readonly sweepBehindHours: Metric
  /** Members that a sweep settled. */
  readonly settled: Metric

  constructor(scope: Construct, id: string, stage: Stage, logs: { access: LogGroup; settling: LogGroup }) {
    super(scope, id)
    const read = (metricName: string, options: { log: LogGroup; when: string; value: string }, statistic: string) => {
      const filter = new MetricFilter(this, metricName, {
        logGroup: options.log,
        filterPattern: FilterPattern.literal(options.when),
        metricNamespace: `Laurel/${stage.name}`,
        metricName,
        metricValue: options.value,
        unit: Unit.NONE,
      })
      return filter.metric({ statistic, period: Duration.minutes(5) })
    }
    const line = (field: keyof Settled) => ({ log: logs.settling, when: '{ $.job = "settle-members" }', value: `$.${field}` })
    this.unavailable = read('Unavailable', { log: logs.access, when: '{ $.status = "503" }', value: '1' }, Stats.SUM)
    this.sweepBehindHours = read('SweepBehindHours', line('behindHours'), Stats.MAXIMUM)
    this.settled = read('Settled', line('settled'), Stats.SUM)
  }
}

/** One of DynamoDB's metrics of the table. */
export const tableMetric = ({ table }: LedgerTable, metricName: string, options: MetricOptions = {}) =>
  new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName, ...options.dimensionsMap },
    statistic: options.statistic ?? Stats.SUM,
    period: Duration.minutes(5),
  })

/** Requests that the table or its index throttled. */
export function throttledRequests(ledger: LedgerTable): IMetric {
  const dimensionsMap = { GlobalSecondaryIndexName: dueIndexName }
  return new MathExpression({
    label: 'throttled',
    expression: 'FILL(reads, 0) + FILL(writes, 0) + FILL(indexReads, 0) + FILL(indexWrites, 0)',
    usingMetrics: {
      reads: tableMetric(ledger, 'ReadThrottleEvents'),
      writes: tableMetric(ledger, 'WriteThrottleEvents'),
      indexReads: tableMetric(ledger, 'ReadThrottleEvents', { dimensionsMap }),
      indexWrites: tableMetric(ledger, 'WriteThrottleEvents', { dimensionsMap }),
    },
    period: Duration.minutes(5),
  })
}
