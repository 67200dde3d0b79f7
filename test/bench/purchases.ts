import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { servePos } from '../../functions/pos.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Write } from '../../functions/store/store.ts'
import { atLeast, type Figure, median, rounded } from './figure.ts'
import { MeteredStore } from './metered-store.ts'
import { enrolEvent, purchaseEvent, send, withDirectory, worldOn } from './world.ts'

const rounds = 5
const purchases = 2000
const members = 400
const inFlight = 32
const start = Date.UTC(2026, 0, 5, 12)

/**
 * Purchases a second through the handler on a SQLite file with full synchronisation, one at a time and with 32 in flight,
 * against bare commits of the same rows and bytes one at a time, on a file of the same schema. Interleaved, median of five.
 */
export function purchaseRates(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    const store = new MeteredStore(new SqliteStore(join(directory, 'laurel.db')))
    const bare = new BareFile(join(directory, 'bare.db'))
    const world = await worldOn(store, start)
    const handler = servePos(world.runtime)
    for (let member = 0; member < members; member += 1) await send(handler, enrolEvent(`m-${member}`), 201)
    let number = 0
    const run = async (width: number) => {
      const events = Array.from({ length: purchases }, () => {
        number += 1
        return purchaseEvent(number, `m-${number % members}`, start + number * 1000)
      })
      world.setNow(start + number * 1000)
      const queue = events.values()
      store.reset()
      store.keeps = true
      const seconds = await timed(() =>
        Promise.all(
          Array.from({ length: width }, async () => {
            for (const event of queue) await send(handler, event, 201)
          }),
        ),
      )
      store.keeps = false
      return purchases / seconds
    }
    await run(1) // warms up both sides
    bare.commitAll(store.commits)
    const rates: { one: number; bare: number; many: number }[] = []
    for (let round = 0; round < rounds; round += 1) {
      const one = await run(1)
      const commits = store.commits
      const bareRate = bare.commitAll(commits)
      rates.push({ one, bare: bareRate, many: await run(inFlight) })
    }
    await store.close()
    bare.close()
    const shown = rates.map(({ one, bare: bareRate, many }) => [one, bareRate, many].map(Math.round))
    const detail = { 'purchases/s, bare commits/s, purchases/s by 32': shown }
    return [
      atLeast(
        'purchases-one-at-a-time',
        median(rates.map(({ one, bare: bareRate }) => one / bareRate)),
        'of bare commits',
        0.6,
        detail,
      ),
      atLeast(
        'purchases-32-in-flight',
        median(rates.map(({ many, bare: bareRate }) => many / bareRate)),
        'of bare commits',
        1.5,
        {
          members,
          rounds: rates.length,
          spread: rates.map(({ many, bare: bareRate }) => rounded(many / bareRate)),
        },
      ),
    ]
  })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - from) / 1e9
}

/** SQLite with nothing around it: the floor that the handler is measured against. */
class BareFile {
  readonly #database: DatabaseSync

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE items (pk TEXT NOT NULL, sk TEXT NOT NULL, item TEXT NOT NULL, due TEXT, due_at INTEGER, UNIQUE (pk, sk));
      CREATE INDEX due ON items (due, due_at, pk, sk) WHERE due IS NOT NULL;
    `)
  }

  /** Commits the same rows, a transaction each, and gives the rate a second. */
  commitAll(commits: readonly (readonly Write[])[]): number {
    const rows = commits.map((writes) =>
      writes.flatMap((write) =>
        write.kind === 'put'
          ? [
              [
                write.item.pk,
                write.item.sk,
                JSON.stringify(write.item),
                write.item.due ?? null,
                write.item.dueAt ?? null,
              ] as const,
            ]
          : [],
      ),
    )
    const put = this.#database.prepare(
      `INSERT INTO items (pk, sk, item, due, due_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (pk, sk) DO UPDATE SET item = excluded.item, due = excluded.due, due_at = excluded.due_at`,
    )
    const from = process.hrtime.bigint()
    for (const transaction of rows) {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const row of transaction) put.run(...row)
      this.#database.exec('COMMIT')
    }
    return rows.length / (Number(process.hrtime.bigint() - from) / 1e9)
  }

  close(): void {
    this.#database.close()
  }
}
