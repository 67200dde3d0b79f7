import { chmodSync, closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import type { LedgerEvent } from '../ledger-event.ts'
import { readBatch } from '../publish-events.ts'
import type { SqliteStore } from '../store/sqlite-store.ts'
import { entryPrefix } from '../store/table.ts'

const batchSize = 100
const everySecond = 1000

/** The event publisher of one machine, which stops between two batches. */
export interface Publisher {
  stop(): Promise<void>
}

/** Where the events of a data file go, and what says how far they went: beside it, named after it. */
export const eventFiles = (dataPath: string) => ({
  events: `${dataPath}.events.ndjson`,
  published: `${dataPath}.published.db`,
})

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
  const events = eventsOf(entries)
  append(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  published.reach(last.position, events.at(-1)!.id)
  return entries.length
}

type Placed = Awaited<ReturnType<SqliteStore['firstWrittenAfter']>>[number]

function eventsOf(entries: readonly Placed[]): readonly LedgerEvent[] {
  const { events, unread } = readBatch(entries.map(recordOf))
  if (unread !== undefined) throw new Error(`entry ${unread} cannot be read`)
  return events
}

/** Where to go on: after the entry published last. Where another stands in its place, this is another data file: from its beginning. */
async function startOf(store: SqliteStore, { position, event }: Published): Promise<number> {
  if (position === 0) return 0
  const [last] = await store.firstWrittenAfter(position - 1, entryPrefix, 1)
  return last?.position === position && eventsOf([last])[0]?.id === event ? position : 0
}

/** A record as the table's stream has it. */
function recordOf({ position, item }: Placed): DynamoDBRecord {
  const NewImage = marshall(item) as { [name: string]: AttributeValue }
  const dynamodb = { NewImage, SequenceNumber: String(position) } as NonNullable<DynamoDBRecord['dynamodb']>
  return { eventID: String(position), eventName: 'INSERT', dynamodb }
}

/**
 * Appends lines to a file that may be moved away at any time, and waits until they are on the disk. A line that was cut off in
 * the middle is ended first. Throws where the disk takes no more: what was written is written again then.
 */
function append(path: string, lines: string): void {
  const file = openSync(path, 'a+', 0o600)
  try {
    const bytes = Buffer.from(isCutOff(file) ? `\n${lines}` : lines)
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
}

function isCutOff(file: number): boolean {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
}

/** How far a data file was published. Whoever opens it first keeps it: the lock ends with the process, however that ends. */
class Published {
  readonly #path: string
  #database: DatabaseSync | undefined
  #place = { position: 0, event: '' }

  constructor(path: string) {
    this.#path = path
  }

  /** Whether this process publishes. */
  get isOurs(): boolean {
    if (this.#database) return true
    const database = new DatabaseSync(this.#path, { timeout: 0 })
    try {
      chmodSync(this.#path, 0o600)
      // What the first transaction locks is kept locked.
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE')
      database.exec('CREATE TABLE IF NOT EXISTS published (position INTEGER NOT NULL, event TEXT NOT NULL)')
      const [row] = database.prepare('SELECT position, event FROM published').all()
      if (row) this.#place = { position: Number(row.position), event: String(row.event) }
      else database.exec("INSERT INTO published VALUES (0, '')")
      database.exec('UPDATE published SET position = position; COMMIT')
    } catch (error) {
      // Closed, so that two who met at the lock do not hold each other up for ever.
      database.close()
      if (error instanceof Error && 'errcode' in error && error.errcode === 5) return false
      throw error
    }
    this.#database = database
    return true
  }

  get position(): number {
    return this.#place.position
  }

  /** The id of the event that was published last. */
  get event(): string {
    return this.#place.event
  }

  reach(position: number, event: string): void {
    this.#database!.prepare('UPDATE published SET position = ?, event = ?').run(position, event)
    this.#place = { position, event }
  }

  close(): void {
    this.#database?.close()
  }
}
