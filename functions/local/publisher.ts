import { chmodSync, closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { type LedgerEvent, publish } from '../publish-events.ts'
import type { SqliteStore } from '../store/sqlite-store.ts'
import { entryPrefix } from '../store/table.ts'

const batchSize = 100
const everySecond = 1000

/** The event publisher of one machine, which stops between two batches. */
export interface Publisher {
  stop(): Promise<void>
}

/** Where the events of a data file go, and what says how far they went: beside it, named after it. */
export function eventFiles(dataPath: string): { readonly events: string; readonly published: string } {
  const beside = join(dirname(dataPath), parse(dataPath).name)
  return { events: `${beside}.events.ndjson`, published: `${beside}.published.db` }
}

/**
 * Publishes every ledger entry of a data file, once and in order: its event is a line of a file. It hands `publish-events`
 * the same records as the table's stream does. How far it came is kept, so that it goes on there, and of several processes
 * that have the data file open only one publishes.
 */
export function startPublisher(store: SqliteStore, dataPath: string, everyMs = everySecond): Publisher {
  const { events, published: publishedPath } = eventFiles(dataPath)
  const published = new Published(publishedPath)
  let stopped = false
  let running: Promise<void> | undefined
  const publishAll = async () => {
    while (!stopped && published.isOurs && (await publishBatch(store, published, events)) === batchSize) await nextTurn()
  }
  const timer = setInterval(() => {
    running ??= publishAll()
      .catch((error: unknown) => console.error('The event publisher failed:', error))
      .finally(() => {
        running = undefined
      })
  }, everyMs)
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
      published.close()
    },
  }
}

/** Publishes what comes next; gives how many entries that were. Cut off in the middle, it publishes those again. */
async function publishBatch(store: SqliteStore, published: Published, path: string): Promise<number> {
  const entries = await store.firstWrittenAfter(await startOf(store, published), entryPrefix, batchSize)
  const last = entries.at(-1)
  if (!last) return 0
  const lines: string[] = []
  const send = (event: LedgerEvent) => lines.push(`${JSON.stringify(event)}\n`)
  const { batchItemFailures } = publish(
    entries.map(({ position, item }) => recordOf(position, item)),
    send,
  )
  if (batchItemFailures.length > 0) throw new Error(`entry ${batchItemFailures[0]!.itemIdentifier} cannot be read`)
  append(path, lines.join(''))
  published.position = last.position
  return entries.length
}

/** Where to go on. The entry published last is still there, or this is another data file: from its beginning, then. */
async function startOf(store: SqliteStore, { position }: Published): Promise<number> {
  if (position === 0) return 0
  const [last] = await store.firstWrittenAfter(position - 1, entryPrefix, 1)
  return last?.position === position ? position : 0
}

/** A record as the table's stream has it. */
function recordOf(position: number, { pk, sk, ...item }: { readonly pk: string; readonly sk: string }): DynamoDBRecord {
  const NewImage = marshall({ pk, sk, ...item }) as { [name: string]: AttributeValue }
  const dynamodb = { NewImage, SequenceNumber: String(position) } as NonNullable<DynamoDBRecord['dynamodb']>
  return { eventID: String(position), eventName: 'INSERT', dynamodb }
}

/** Appends to a file that may be moved away at any time, and waits until it is on the disk. */
function append(path: string, text: string): void {
  const file = openSync(path, 'a', 0o600)
  try {
    writeSync(file, text)
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** How far a data file was published. Whoever opens it first keeps it: the lock ends with the process, however that ends. */
class Published {
  readonly #database: DatabaseSync
  #position: number | undefined

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 0 })
    chmodSync(path, 0o600)
    this.#database.exec('PRAGMA locking_mode = EXCLUSIVE')
  }

  /** Whether this process publishes. */
  get isOurs(): boolean {
    if (this.#position !== undefined) return true
    try {
      this.#database.exec('CREATE TABLE IF NOT EXISTS published (position INTEGER NOT NULL)')
      // A write takes the lock, which is then kept.
      this.#database.exec(
        'INSERT INTO published SELECT 0 WHERE NOT EXISTS (SELECT * FROM published); UPDATE published SET position = position',
      )
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === 5) return false
      throw error
    }
    this.#position = Number(this.#database.prepare('SELECT position FROM published').get()?.position)
    return true
  }

  get position(): number {
    return this.#position ?? 0
  }

  set position(position: number) {
    this.#database.prepare('UPDATE published SET position = ?').run(position)
    this.#position = position
  }

  close(): void {
    this.#database.close()
  }
}
