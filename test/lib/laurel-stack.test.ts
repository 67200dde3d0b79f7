import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { tableDefinition } from '../../functions/store/dynamo-table.ts'
import { LaurelStack } from '../../lib/laurel-stack.ts'

const template = Template.fromStack(new LaurelStack(new App({ analyticsReporting: false }), 'Laurel'))

describe('the table that is deployed', () => {
  it('is the one that the tests run on', () => {
    const [table] = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'))
    const definitions = table?.Properties.AttributeDefinitions as { AttributeName: string }[]
    const tested = tableDefinition('any')
    expect(table?.Properties.KeySchema).toEqual(tested.KeySchema)
    expect(table?.Properties.GlobalSecondaryIndexes).toEqual(tested.GlobalSecondaryIndexes)
    const byName = (a: { AttributeName: string }, b: { AttributeName: string }) => (a.AttributeName < b.AttributeName ? -1 : 1)
    const testedDefinitions = tested.AttributeDefinitions as { AttributeName: string }[]
    expect([...definitions].sort(byName)).toEqual([...testedDefinitions].sort(byName))
  })

  it('is paid by use, encrypted, restorable, and not lost with its stack', () => {
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true },
        Replicas: Match.arrayWith([
          Match.objectLike({
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ]),
      },
    })
  })
})
