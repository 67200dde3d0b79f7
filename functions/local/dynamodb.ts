import { CreateTableCommand, DynamoDBClient, ResourceInUseException, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { runtimeOfEnvironment } from '../environment.ts'
import type { Runtime } from '../runtime.ts'
import { clientSettings, DynamoStore } from '../store/dynamo-store.ts'
import { tableDefinition } from '../store/dynamo-table.ts'
import { table } from '../store/table.ts'
import type { Emulator, Environment, Place } from './settings.ts'

const longestWaitSeconds = 30

/** The store on an emulator; its table is made where it is not there. Throws where nothing answers. */
export async function openEmulated(emulator: Emulator): Promise<DynamoStore> {
  const { endpoint, region, accessKeyId, secretAccessKey } = emulator
  const client = new DynamoDBClient({ ...clientSettings, endpoint, region, credentials: { accessKeyId, secretAccessKey } })
  try {
    await makeTable(client, emulator.table)
  } catch (error) {
    client.destroy()
    throw new Error(`no DynamoDB answers at ${endpoint}`, { cause: error })
  }
  return new DynamoStore(client, emulator.table)
}

async function makeTable(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(name)))
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
  await waitUntilTableExists({ client, maxWaitTime: longestWaitSeconds }, { TableName: name })
}

/** What a function reads of its environment to reach an emulator's table. */
export function environmentOn({ table, endpoint, region, accessKeyId, secretAccessKey }: Emulator): Environment {
  return {
    LAUREL_TABLE: table,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
}

/** Throws where look-ups could not be made or found: on AWS their key is the stack's, and the environment has to say it. */
export function requireLookups(place: Place, environment: Environment): void {
  if (place.kind !== 'aws' || environment.LAUREL_LOOKUP_SECRET || environment.LAUREL_LOOKUP_SECRET_ARN) return
  throw new Error('members of a table on AWS are found by its stack’s key: LAUREL_LOOKUP_SECRET_ARN names it')
}

/**
 * The world of a deployed function, for the operator's own credentials. Throws where there is no such table: on AWS it is a
 * deployment that makes it.
 */
export async function runtimeOnAws(tableName: string): Promise<Runtime> {
  const runtime = await runtimeOfEnvironment()
  try {
    await runtime.store.read([table.sweep(0)], { consistent: false })
  } catch (error) {
    await runtime.store.close()
    const missing = error instanceof Error && error.name === 'ResourceNotFoundException'
    throw missing ? new Error(`there is no table ${tableName}; on AWS a deployment makes it (npm run deploy)`) : error
  }
  return runtime
}
