import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { functionNames } from '../../lib/bundles.ts'
import { synthesise } from './synthesised.ts'

const { template, of } = synthesise({ alarmEmail: 'ops@shop.example' })
const alarms = of('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
const on = (metric: string) => alarms.filter(({ MetricName }) => MetricName === metric)

describe('the alarms', () => {
  it('tell somebody, and say what they mean', () => {
    const [[topic] = []] = of('AWS::SNS::Topic')
    for (const { AlarmActions, AlarmDescription } of alarms) {
      expect(AlarmActions).toEqual([{ Ref: topic }])
      expect(String(AlarmDescription).length).toBeGreaterThan(30)
    }
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@shop.example' })
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: 'sns:Publish' }),
        ]),
      },
    })
  })

  it('watch every function for errors and throttles', () => {
    expect(on('Errors')).toHaveLength(functionNames.length)
    expect(on('Throttles')).toHaveLength(functionNames.length)
  })

  it.each([
    ['requests answered 5xx', '5xx', 5],
    ['slow requests', 'Latency', 2000],
    ['retries used up', 'Unavailable', 5],
    ['a sweep that fell behind', 'SweepBehindHours', 27],
    ['a stream that fell behind', 'IteratorAge', 900_000],
  ])('ring on %s', (_, metric, threshold) => {
    expect(on(metric)).toMatchObject([
      { Threshold: threshold, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching' },
    ])
  })

  it('ring on the first letter in either dead-letter queue', () => {
    const queues = on('ApproximateNumberOfMessagesVisible')
    expect(queues.map(({ Threshold }) => Threshold)).toEqual([1, 1])
    const watched = queues.map(({ Dimensions }) => JSON.stringify(Dimensions))
    for (const [id] of of('AWS::SQS::Queue')) expect(watched.some((dimensions) => dimensions.includes(`"${id}"`))).toBe(true)
  })

  it('ring when sweeps do not run at all, which no metric of theirs would say', () => {
    expect(on('Invocations')).toMatchObject([
      { Threshold: 16, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching', Period: 10_800 },
    ])
  })

  it('ring when DynamoDB throttles', () => {
    const computed = alarms.filter(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('WriteThrottleEvents'))
    expect(computed).toHaveLength(1)
  })
})

describe('the metrics that are read off the logs', () => {
  it('are the access log’s 503s and what a sweep says of itself', () => {
    const filters = of('AWS::Logs::MetricFilter').map(([, { Properties }]) => [
      Properties.FilterPattern,
      (Properties.MetricTransformations as { MetricName: string; MetricValue: string }[]).map(
        ({ MetricName, MetricValue }) => `${MetricName} ${MetricValue}`,
      )[0],
    ])
    expect(filters).toEqual([
      ['{ $.status = "503" }', 'Unavailable 1'],
      ['{ $.job = "settle-members" }', 'SweepBehindHours $.behindHours'],
      ['{ $.job = "settle-members" }', 'Settled $.settled'],
    ])
  })
})

describe('the dashboard', () => {
  it('is one for each stage and region', () => {
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: { 'Fn::Join': ['', ['laurel-prod-', { Ref: 'AWS::Region' }]] },
    })
  })
})
