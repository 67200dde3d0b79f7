import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import canonicalize from 'canonicalize'
import { inject, vi } from 'vitest'
import type { Instant } from '../../functions/domain/units.ts'
import { bundledFunctions } from '../../functions/local/bundled-functions.ts'
import { type Deployment, deploymentOn } from '../../functions/local/deployment.ts'
import { environmentOn, openEmulated } from '../../functions/local/dynamodb.ts'
import { type Functions, functionsOf } from '../../functions/local/functions.ts'
import type { Emulator } from '../../functions/local/settings.ts'
import { environmentFor, trustedIssuer } from '../../functions/local/trusted-issuer.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { dynamoDBClient } from '../store/engines.ts'

/** Every item of a store, by its key. */
export type Dump = ReadonlyMap<string, string>

/** A clock that tests move. */
export interface Clock {
  now: Instant
}

/** What a server is started with. */
export interface Opened {
  readonly deployment: Deployment
  readonly functions: Functions
}

/** What a Laurel under test stands on: a place for records of its own, and functions that serve them. */
export interface Ground {
  /** Opens the place for a server, with a memory of its own: the second is as if it were another process. */
  open(clock: Clock): Promise<Opened>
  /** Makes all that stands on it live at an instant. */
  setTime(now: Instant): void
  dump(): Promise<Dump>
  /** Changes whenever a server has committed anything: cheaper than a dump, and as sharp. Only a file has one. */
  version(): number
  /** A place of its own with the same records. Only a file can be copied. */
  copy(): Ground
  close(): Promise<void>
}

/** In memory where the system has such a folder: what is tested over HTTP is not the disk. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/**
 * A data file and the functions from their sources. A connection of its own looks into the file, so that what a request
 * stored is seen from outside of the code under test.
 */
export const fileGround = (): Ground => groundIn(newDirectory())

const newDirectory = () => mkdtempSync(join(scratch, 'laurel-test-'))
const fileIn = (directory: string) => join(directory, 'laurel.db')

function groundIn(directory: string): Ground {
  const path = fileIn(directory)
  let connection: DatabaseSync | undefined
  const file = () => {
    connection ??= new DatabaseSync(path, { readOnly: true })
    return connection
  }
  return {
    async open(clock) {
      const deployment = await deploymentOn(new SqliteStore(path), { now: () => clock.now })
      const { issuer } = await trustedIssuer(undefined, deployment.secrets)
      return { deployment, functions: functionsOf(deployment.runtime, issuer) }
    },
    setTime() {},
    async dump() {
      const rows = file().prepare('SELECT pk, sk, item FROM items ORDER BY pk, sk').all()
      return new Map(rows.map((row) => [`${row.pk} ${row.sk}`, String(row.item)]))
    },
    version: () => Number(file().prepare('PRAGMA data_version').get()?.data_version),
    copy() {
      const another = newDirectory()
      file().prepare('VACUUM INTO ?').run(fileIn(another))
      return groundIn(another)
    },
    async close() {
      connection?.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/**
 * A table of the run's DynamoDB Local and the functions from their bundles. They read the process's environment and clock, so
 * both are made to be what the test says: one table at a time, and `Date` tells the clock's time until the ground is closed.
 */
export function tableGround(): Ground {
  const emulator: Emulator = {
    ...{ kind: 'emulator', table: `laurel-${crypto.randomUUID()}`, endpoint: inject('dynamoDBEndpoint') ?? '' },
    ...{ region: 'local', accessKeyId: 'local', secretAccessKey: 'local' },
  }
  return {
    async open(clock) {
      const deployment = await deploymentOn(await openEmulated(emulator), { now: () => clock.now })
      const { lookupSecret } = deployment.secrets
      const trusted = await trustedIssuer(undefined, deployment.secrets)
      Object.assign(process.env, environmentOn(emulator), environmentFor(trusted), { LAUREL_LOOKUP_SECRET: lookupSecret })
      return { deployment, functions: bundledFunctions(inject('bundlesDirectory') ?? '') }
    },
    setTime: (now) => void vi.setSystemTime(now),
    dump: () => dumpOf(emulator.table),
    version() {
      throw new Error('a table has no version')
    },
    copy() {
      throw new Error('a table is not copied')
    },
    async close() {
      vi.useRealTimers()
    },
  }
}

async function dumpOf(table: string): Promise<Dump> {
  const client = dynamoDBClient!()
  const items = new Map<string, string>()
  let after: ScanCommand['input']['ExclusiveStartKey']
  do {
    const page = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: after }))
    for (const item of page.Items ?? []) items.set(`${item.pk} ${item.sk}`, canonicalize(item)!)
    after = page.LastEvaluatedKey
  } while (after)
  client.destroy()
  return items
}
