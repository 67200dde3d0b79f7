import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type Attribute, AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { dueIndexName, tableDefinition } from '../functions/store/dynamo-table.ts'

/** Laurel on AWS: one table, protected from loss. */
export class LaurelStack extends Stack {
  readonly table: TableV2

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.table = new TableV2(this, 'Table', {
      partitionKey: attribute('pk'),
      sortKey: attribute('sk'),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: dueIndexName,
          partitionKey: attribute('due'),
          sortKey: attribute('dueAt'),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    })
  }
}

/** An attribute as the table's one definition has it, so that what is deployed cannot drift from what is tested. */
function attribute(name: string): Attribute {
  const found = tableDefinition('').AttributeDefinitions?.find((definition) => definition.AttributeName === name)
  if (!found) throw new Error(`the table has no key attribute ${name}`)
  return { name, type: found.AttributeType === 'N' ? AttributeType.NUMBER : AttributeType.STRING }
}
