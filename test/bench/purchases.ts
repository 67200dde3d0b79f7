import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { GatewayEvent, GatewayHandler } from '../../functions/http/audience.ts'
import { servePos } from '../../functions/pos.ts'
import { versionAttribute } from '../../functions/store/head-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Store, Write } from '../../functions/store/store.ts'
import { atLeast, type Figure, median, rounded } from './figure.ts'
import { RecordingStore } from './recording-store.ts'
import { enrolEvent, purchaseEvent, send, type World, withDirectory, worldOn } from './world.ts'

const rounds = 5
/** Rounds before those that count: V8 goes on making the code of a purchase faster for some 15,000 of them. */
const warmUps = 3
const purchases = 2000
/** The two sides take turns after so many, because a disk is not as fast in one second as in the next. */
const turn = 500
const members = 400
const inFlight = 32
const start = Date.UTC(2026, 0, 5, 12)

/**
 * Purchases a second through the handler on a SQLite file with full synchronisation, one at a time and with 32 in flight,
 * against bare commits of the same rows and bytes one at a time, on a file of the same schema. Interleaved, median of five.
 */
export function purchaseRates(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    const shop = await Shop.open(new SqliteStore(join(directory, 'laurel.db')))
    const recording = new RecordingStore(new SqliteStore(':memory:'))
    const shadow = await Shop.open(recording)
    const bare = new BareFile(join(directory, 'bare.db'))
    let number = 0
    /** One round's purchases, and what a shop that sees the same commits: to record it on the way would cost the one that is timed. */
    const next = async (): Promise<{ events: GatewayEvent[]; commits: readonly (readonly Write[])[] }> => {
      const events = Array.from({ length: purchases }, () => {
        number += 1
        return purchaseEvent(number, `m-${number % members}`, start + number * 1000)
      })
      for (const { world } of [shop, shadow]) world.setNow(start + number * 1000)
      recording.commits = []
      await shadow.post(events, 1)
      return { events, commits: recording.commits }
    }
    const rates: { one: number; bare: number; many: number }[] = []
    for (let round = -warmUps; round < rounds; round += 1) {
      const { events, commits } = await next()
      const transactions = commits.map((writes) => writes.flatMap(rowOf))
      let [ours, bares] = [0, 0]
      for (let begin = 0; begin < purchases; begin += turn) {
        ours += await secondsOf(() => shop.post(events.slice(begin, begin + turn), 1))
        bares += await secondsOf(() => bare.commit(transactions.slice(begin, begin + turn)))
      }
      const { events: others } = await next()
      const together = await secondsOf(() => shop.post(others, inFlight))
      if (round >= 0) rates.push({ one: purchases / ours, bare: purchases / bares, many: purchases / together })
    }
    await shop.store.close()
    await shadow.store.close()
    bare.close()
    return figuresOf(rates)
  })
}

function figuresOf(rates: readonly { one: number; bare: number; many: number }[]): Figure[] {
  const alone = rates.map(({ one, bare }) => one / bare)
  const together = rates.map(({ many, bare }) => many / bare)
  const shown = rates.map(({ one, bare, many }) => [one, bare, many].map(Math.round))
  return [
    atLeast('purchases-one-at-a-time', median(alone), 'of bare commits', 0.6, {
      'purchases/s, bare commits/s, purchases/s by 32': shown,
      spread: alone.map(rounded),
    }),
    atLeast('purchases-32-in-flight', median(together), 'of bare commits', 1.5, { members, spread: together.map(rounded) }),
  ]
}

/** A demo programme on a store, with its members, that purchases are posted to. */
class Shop {
  readonly store: Store
  readonly world: World
  readonly #handler: GatewayHandler

  private constructor(store: Store, world: World) {
    this.store = store
    this.world = world
    this.#handler = servePos(world.runtime)
  }

  static async open(store: Store): Promise<Shop> {
    const shop = new Shop(store, await worldOn(store, start))
    for (let member = 0; member < members; member += 1) await send(shop.#handler, enrolEvent(`m-${member}`), 201)
    return shop
  }

  /** Posts purchases, so many at once. */
  async post(events: readonly GatewayEvent[], width: number): Promise<void> {
    const queue = events.values()
    const till = async () => {
      for (const event of queue) await send(this.#handler, event, 201)
    }
    await Promise.all(Array.from({ length: width }, till))
  }
}

async function secondsOf(work: () => Promise<void> | void): Promise<number> {
  const from = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - from) / 1e9
}

/** SQLite with nothing around it: the floor that the handler is measured against. */
class BareFile {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #put: StatementSync
  readonly #commit: StatementSync

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864;
      CREATE TABLE items (
        id INTEGER PRIMARY KEY, pk TEXT NOT NULL, sk TEXT NOT NULL, item TEXT NOT NULL, due TEXT, due_at INTEGER, v INTEGER,
        UNIQUE (pk, sk)
      );
      CREATE INDEX due ON items (due, due_at, pk, sk) WHERE due IS NOT NULL;
    `)
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE')
    this.#commit = this.#database.prepare('COMMIT')
    this.#put = this.#database.prepare(
      `INSERT INTO items (pk, sk, item, due, due_at, v) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (pk, sk) DO UPDATE SET item = excluded.item, due = excluded.due, due_at = excluded.due_at, v = excluded.v`,
    )
  }

  /** Commits rows, a transaction each. */
  commit(transactions: readonly (readonly Row[])[]): void {
    for (const rows of transactions) {
      this.#begin.run()
      for (const row of rows) this.#put.run(...row)
      this.#commit.run()
    }
  }

  close(): void {
    this.#database.close()
  }
}

type Row = readonly [string, string, string, string | null, number | null, number | null]

function rowOf(write: Write): Row[] {
  if (write.kind !== 'put') return []
  const { item } = write
  const version = item[versionAttribute] as number | undefined
  return [[item.pk, item.sk, JSON.stringify(item), item.due ?? null, item.dueAt ?? null, version ?? null]]
}
