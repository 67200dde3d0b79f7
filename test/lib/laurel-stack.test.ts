import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { tableDefinition } from '../../functions/store/dynamo-table.ts'
import { shards } from '../../functions/store/table.ts'
import { functionNames } from '../../lib/bundles.ts'
import { partsOfShards } from '../../lib/settling.ts'
import { type Resource, synthesise } from './synthesised.ts'

const prod = synthesise()
const dev = synthesise({ stage: 'dev' })

describe('a stage', () => {
  it('is dev or prod', () => {
    expect(() => synthesise({ stage: 'test' })).toThrow('there is no stage test')
  })

  it('of prod keeps all that holds data; all of dev can be destroyed', () => {
    const holdsData = [
      'AWS::DynamoDB::GlobalTable',
      'AWS::Cognito::UserPool',
      'AWS::SecretsManager::Secret',
      'AWS::Logs::LogGroup',
    ]
    for (const type of holdsData) {
      for (const [, { DeletionPolicy }] of prod.of(type)) expect(`${type} ${DeletionPolicy}`).toBe(`${type} Retain`)
      for (const [, { DeletionPolicy }] of dev.of(type)) expect(`${type} ${DeletionPolicy}`).toBe(`${type} Delete`)
    }
    expect(prod.of('AWS::Cognito::UserPool')[0]?.[1].Properties.DeletionProtection).toBe('ACTIVE')
    expect(dev.of('AWS::Cognito::UserPool')[0]?.[1].Properties.DeletionProtection).not.toBe('ACTIVE')
  })
})

describe('the table that is deployed', () => {
  const [[, table] = []] = prod.of('AWS::DynamoDB::GlobalTable')

  it('is the one that the tests run on', () => {
    const definitions = table?.Properties.AttributeDefinitions as { AttributeName: string }[]
    const tested = tableDefinition('any')
    expect(table?.Properties.KeySchema).toEqual(tested.KeySchema)
    expect(table?.Properties.GlobalSecondaryIndexes).toEqual(tested.GlobalSecondaryIndexes)
    const byName = (a: { AttributeName: string }, b: { AttributeName: string }) => (a.AttributeName < b.AttributeName ? -1 : 1)
    const testedDefinitions = tested.AttributeDefinitions as { AttributeName: string }[]
    expect([...definitions].sort(byName)).toEqual([...testedDefinitions].sort(byName))
  })

  it('is paid by use, encrypted, restorable, streamed, protected in prod alone, and lets nothing expire', () => {
    const properties = (protectedFromDeletion: boolean) => ({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: Match.absent(),
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: protectedFromDeletion,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    })
    prod.template.hasResourceProperties('AWS::DynamoDB::GlobalTable', properties(true))
    dev.template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      ...properties(false),
      Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })],
    })
    const [[, devTable] = []] = dev.of('AWS::DynamoDB::GlobalTable')
    expect(JSON.stringify(devTable)).not.toContain('"DeletionProtectionEnabled":true')
  })
})

describe('the functions', () => {
  const lambdas = prod.of('AWS::Lambda::Function')

  it('are one for each server and trigger, on Node 24, arm64, in ES modules, each with a log that ends', () => {
    expect(lambdas).toHaveLength(functionNames.length)
    for (const [, { Properties }] of lambdas) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' })
      expect(Properties.LoggingConfig).toMatchObject({ LogGroup: { Ref: expect.any(String) } })
    }
    for (const [, { Properties }] of prod.of('AWS::Logs::LogGroup')) expect(Properties.RetentionInDays).toBe(90)
    for (const [, { Properties }] of dev.of('AWS::Logs::LogGroup')) expect(Properties.RetentionInDays).toBe(7)
  })

  it('cannot starve one another in prod, and leave a tenth of the usual account to all else', () => {
    const reserved = lambdas.map(([, { Properties }]) => Number(Properties.ReservedConcurrentExecutions ?? 0))
    // The stream's function runs once for each part of the table, and nobody calls it; Cognito's asks for seconds.
    expect(reserved.filter((executions) => executions > 0)).toHaveLength(functionNames.length - 2)
    expect(reserved.reduce((sum, executions) => sum + executions)).toBeLessThanOrEqual(900)
    for (const [, { Properties }] of dev.of('AWS::Lambda::Function')) {
      expect(Properties.ReservedConcurrentExecutions).toBeUndefined()
    }
  })

  it('hold no secret in their environment', () => {
    const names = lambdas.flatMap(([, { Properties }]) =>
      Object.keys((Properties.Environment as { Variables?: object } | undefined)?.Variables ?? {}),
    )
    expect(new Set(names)).toEqual(
      new Set(['LAUREL_TABLE', 'LAUREL_LOOKUP_SECRET_ARN', 'LAUREL_EVENT_BUS_ARN', 'LAUREL_OIDC_ISSUER', 'LAUREL_STAFF_CLIENT']),
    )
  })
})

describe('settling', () => {
  it('is scheduled hourly for every shard, each in one schedule, with retries and a dead-letter queue', () => {
    const schedules = prod
      .of('AWS::Scheduler::Schedule')
      .flatMap(([id, { Properties }]) => (/Sweep/.test(id) ? [Properties] : []))
    const swept = schedules.flatMap(({ Target }) => {
      const { Input, DeadLetterConfig, RetryPolicy } = Target as { [name: string]: unknown }
      expect(DeadLetterConfig).toMatchObject({ Arn: expect.anything() })
      expect(RetryPolicy).toMatchObject({ MaximumRetryAttempts: 2 })
      return (JSON.parse(Input as string) as { shards: number[] }).shards
    })
    expect(swept.sort((a, b) => a - b)).toEqual(Array.from({ length: shards }, (_, shard) => shard))
    expect(new Set(schedules.map(({ ScheduleExpression }) => ScheduleExpression))).toEqual(new Set(['rate(1 hour)']))
    expect(schedules).toHaveLength(partsOfShards.length)
  })

  it('runs no more sweeps at once than there are schedules, and leaves failures in a queue', () => {
    prod.template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Books what time has brought about for members',
      ReservedConcurrentExecutions: partsOfShards.length,
      Timeout: 900,
    })
    prod.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    })
  })

  it('puts events on a bus of its own, which keeps them as long as the table can be restored', () => {
    const [[bus] = []] = prod.of('AWS::Events::EventBus')
    const busArn = { 'Fn::GetAtt': [bus, 'Arn'] }
    prod.template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('Publishes'),
      Environment: { Variables: { LAUREL_EVENT_BUS_ARN: busArn } },
    })
    prod.template.hasResourceProperties('AWS::Events::Archive', { SourceArn: busArn, RetentionDays: 35 })
    prod.template.hasOutput('EventBusName', { Value: { Ref: bus } })
  })
})

describe('the jobs', () => {
  const [[, schedule] = []] = prod.of('AWS::Scheduler::Schedule').filter(([id]) => /EveryMinute/.test(id))
  const [[, lambda] = []] = prod
    .of('AWS::Lambda::Function')
    .filter(([, { Properties }]) => Properties.Description === 'Works on backtests and reports')

  it('are worked on every minute, for less long than the function may run, and so that the runs under way never run short', () => {
    const { ScheduleExpression, Target } = schedule!.Properties as { ScheduleExpression: string; Target: { Input: string } }
    expect(ScheduleExpression).toBe('rate(1 minute)')
    const { forMs } = JSON.parse(Target.Input) as { forMs: number }
    const { Timeout, ReservedConcurrentExecutions } = lambda!.Properties as { [name: string]: number }
    expect(forMs).toBeLessThanOrEqual((Timeout! - 60) * 1000)
    expect(ReservedConcurrentExecutions).toBeGreaterThan(Timeout! / 60)
  })
})

describe('publishing', () => {
  it('takes new ledger entries alone, narrows a failure down and keeps what it gives up on', () => {
    prod.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"E#"}]}}}}' }],
      },
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 5,
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    })
  })
})

describe('the secret of the look-ups', () => {
  const [[rotator] = []] = prod.of('AWS::Lambda::Function').filter(([id]) => id.includes('RotateSecret'))

  it('is made at random, and rotated once a year by its own function, not by a deployment', () => {
    for (const stage of [prod, dev]) {
      stage.template.hasResourceProperties('AWS::SecretsManager::Secret', { GenerateSecretString: { PasswordLength: 64 } })
      const [[secret] = []] = stage.of('AWS::SecretsManager::Secret')
      stage.template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
        SecretId: { Ref: secret },
        RotationLambdaARN: { 'Fn::GetAtt': [rotator, 'Arn'] },
        RotationRules: { ScheduleExpression: 'rate(365 days)' },
        RotateImmediatelyOnUpdate: false,
      })
    }
    prod.template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Rotates the key by which members are looked up',
      Timeout: 900,
    })
  })

  it('is tried when the schedule is made: by then Secrets Manager may call the function, and it may do its work', () => {
    const [[permission] = []] = prod
      .of('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => Properties.Principal === 'secretsmanager.amazonaws.com')
    prod.template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'secretsmanager.amazonaws.com',
      FunctionName: { 'Fn::GetAtt': [rotator, 'Arn'] },
      SourceAccount: { Ref: 'AWS::AccountId' },
    })
    const [[, schedule] = []] = prod.of('AWS::SecretsManager::RotationSchedule')
    expect(schedule?.DependsOn).toEqual(expect.arrayContaining([permission]))
  })

  it('in prod is changed by its rotation alone, and deleted by nobody', () => {
    const refused = (...names: string[]) => names.map((name) => `secretsmanager:${name}`)
    const [[, { Properties }]] = prod.of('AWS::Lambda::Function').filter(([id]) => id === rotator) as [[string, Resource]]
    prod.template.hasResourceProperties('AWS::SecretsManager::ResourcePolicy', {
      ResourcePolicy: {
        Statement: [
          {
            Sid: 'KeepValue',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: refused('PutSecretValue', 'UpdateSecretVersionStage'),
            Resource: '*',
            Condition: { ArnNotEquals: { 'aws:PrincipalArn': Properties.Role } },
          },
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: refused('UpdateSecret', 'DeleteSecret'),
            Condition: Match.absent(),
          }),
        ],
      },
    })
    dev.template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0)
  })
})
