import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { inject } from 'vitest'
import { clientSettings, DynamoStore } from '../../functions/store/dynamo-store.ts'
import { tableDefinition } from '../../functions/store/dynamo-table.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Store } from '../../functions/store/store.ts'
import { FaultyStore } from './faulty-store.ts'

/** A kind of store to run tests on. Every `make` gives an empty one of its own; close it. */
export interface Engine {
  readonly name: string
  make(): Promise<Store>
}

const endpoint = inject('dynamoDBEndpoint')
// Else an engine would be left out and nobody told.
if (endpoint === undefined) throw new Error('Run these tests with --config test/vitest.config.ts, as npm test does.')

/** A client of this run's DynamoDB Local, which keeps the tables of each access key apart. Undefined where there is none. */
export const dynamoDBClient = endpoint
  ? () =>
      new DynamoDBClient({
        ...clientSettings,
        requestHandler: { ...clientSettings.requestHandler, requestTimeout: 20_000 },
        endpoint,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      })
  : undefined

/** A new table with all that the store needs. Gives its name. */
export async function makeTable(client: DynamoDBClient): Promise<string> {
  const name = `laurel-${crypto.randomUUID()}`
  await client.send(new CreateTableCommand(tableDefinition(name)))
  return name
}

const dynamo: Engine[] = dynamoDBClient
  ? [
      {
        name: 'DynamoStore on DynamoDB Local',
        make: async () => {
          const client = dynamoDBClient()
          return new DynamoStore(client, await makeTable(client))
        },
      },
    ]
  : []

export const engines: readonly Engine[] = [
  { name: 'SqliteStore in memory', make: async () => new SqliteStore(':memory:') },
  { name: 'SqliteStore on a file', make: async () => sqliteOnFile() },
  ...dynamo,
  {
    name: 'FaultyStore, its faults off',
    make: async () => quiet(new FaultyStore(new SqliteStore(':memory:'), Math.random, everyFault)),
  },
]

const everyFault = {
  conflict: 0.2,
  throttled: 0.2,
  timeoutBefore: 0.2,
  timeoutAfter: 0.2,
  timeoutLate: 0.2,
  unread: 1,
  staleIndex: 1,
}

function quiet(store: FaultyStore): FaultyStore {
  store.on = false
  return store
}

function sqliteOnFile(): Store {
  const directory = mkdtempSync(join(tmpdir(), 'laurel-store-'))
  const store = new SqliteStore(join(directory, 'laurel.db'))
  const close = store.close.bind(store)
  store.close = async () => {
    await close()
    rmSync(directory, { recursive: true })
  }
  return store
}
