import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { dueIndexName, tableDefinition } from '../functions/store/dynamo-table.ts'
import type { Stage } from './stage.ts'

/** The one table. It has no TTL: nothing in the ledger ends by being deleted. */
export class LedgerTable extends Construct {
  readonly table: TableV2
  readonly dueIndexArn: string
  readonly streamArn: string

  constructor(scope: Construct, id: string, { protectsData, removalPolicy }: Stage) {
    super(scope, id)
    this.table = new TableV2(this, 'Table', {
      partitionKey: attribute('pk'),
      sortKey: attribute('sk'),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: protectsData,
      removalPolicy,
      dynamoStream: StreamViewType.NEW_IMAGE,
      globalSecondaryIndexes: [
        {
          indexName: dueIndexName,
          partitionKey: attribute('due'),
          sortKey: attribute('dueAt'),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    })
    this.dueIndexArn = `${this.table.tableArn}/index/${dueIndexName}`
    this.streamArn = this.table.tableStreamArn!
  }
}

/** An attribute as the table's one definition has it, so that what is deployed cannot drift from what is tested. */
function attribute(name: string): Attribute {
  const found = tableDefinition('').AttributeDefinitions?.find((definition) => definition.AttributeName === name)
  if (!found) throw new Error(`the table has no key attribute ${name}`)
  return { name, type: found.AttributeType === 'N' ? AttributeType.NUMBER : AttributeType.STRING }
}
