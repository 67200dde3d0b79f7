import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, CommitQueue, type Waiting } from './commit-queue.ts'
import { versionAttribute } from './head-item.ts'
import {
  type CommitResult,
  type Condition,
  type DuePage,
  type DueQuery,
  type FailedCondition,
  type IndexEntry,
  type Item,
  type Key,
  mostPageBytes,
  mostPageItems,
  type Page,
  type PartitionQuery,
  type ReadResult,
  type Store,
  UnavailableError,
  type Value,
  type Write,
} from './store.ts'
import { checkCommit, checkRead, committed, commitUnits, itemBytes, keyOf, readOf, readUnits } from './units.ts'

/**
 * A rowid table with a unique key groups commits about twice as well as one WITHOUT ROWID (design, section 9). The rowid has a
 * name, so that no VACUUM gives items other ones.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, pk TEXT NOT NULL, sk TEXT NOT NULL, item TEXT NOT NULL, due TEXT, due_at INTEGER, v INTEGER, UNIQUE (pk, sk)
  );
  CREATE INDEX IF NOT EXISTS due ON items (due, due_at, pk, sk) WHERE due IS NOT NULL;
`

/** Longest wait inside one SQLite call: it blocks the event loop, so it is short and busy files are tried again from outside. */
const busyTimeoutMs = 20
const mostBusyTries = 200

/**
 * The port on an embedded SQLite file (WAL, synchronous FULL: what is acknowledged survives the process and the power).
 * Commits that arrive in one turn of the event loop share one transaction, each in a savepoint that fails alone.
 * Several processes may have the file open.
 */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #select: StatementSync
  readonly #put: StatementSync
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #updateInPlace: StatementSync
  readonly #delete: StatementSync
  readonly #range: { readonly ascending: StatementSync; readonly descending: StatementSync }
  readonly #due: StatementSync
  readonly #after: StatementSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  readonly #queue = new CommitQueue(
    checkCommit,
    (group) => this.#unlessBusy(() => this.#commitGroup(group)) ?? this.#whileBusy(() => this.#commitGroup(group)),
  )

  /** Opens or creates a data file, readable by its owner alone; `:memory:` keeps everything in this process. */
  constructor(path: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const isNew = path !== ':memory:' && !existsSync(path)
    this.#database = new DatabaseSync(path, { timeout: 2000 })
    if (isNew) chmodSync(path, 0o600)
    this.#database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384',
    )
    this.#database.exec(schema)
    this.#database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    const prepare = (sql: string) => this.#database.prepare(sql)
    this.#select = prepare('SELECT item FROM items WHERE pk = ? AND sk = ?')
    this.#select.setReturnArrays(true)
    this.#put = prepare(
      `INSERT INTO items (pk, sk, item, due, due_at, v) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (pk, sk) DO UPDATE SET item = excluded.item, due = excluded.due, due_at = excluded.due_at, v = excluded.v`,
    )
    this.#insert = prepare('INSERT INTO items (pk, sk, item, due, due_at, v) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
    this.#update = prepare('UPDATE items SET item = ?, v = ?, due = ?, due_at = ? WHERE pk = ? AND sk = ? AND v = ?')
    this.#updateInPlace = prepare('UPDATE items SET item = ?, v = ? WHERE pk = ? AND sk = ? AND v = ? AND due_at IS ?')
    this.#delete = prepare('DELETE FROM items WHERE pk = ? AND sk = ?')
    this.#begin = prepare('BEGIN IMMEDIATE')
    this.#commit = prepare('COMMIT')
    this.#savepoint = prepare('SAVEPOINT one')
    this.#release = prepare('RELEASE one')
    const range = (comparison: string, order: string) =>
      prepare(`SELECT item FROM items WHERE pk = ? AND ${comparison} ORDER BY sk ${order} LIMIT ?`)
    this.#range = {
      ascending: range('sk > ? AND sk >= ? AND sk <= ?', 'ASC'),
      descending: range('sk < ? AND sk >= ? AND sk <= ?', 'DESC'),
    }
    this.#due = prepare(
      `SELECT pk, sk, due, due_at FROM items WHERE due = ? AND due_at <= ? AND (due_at, pk, sk) > (?, ?, ?)
       ORDER BY due_at, pk, sk LIMIT ?`,
    )
    this.#after = prepare('SELECT rowid AS place, item FROM items WHERE rowid > ? AND sk >= ? AND sk <= ? ORDER BY rowid LIMIT ?')
  }

  async read(keys: readonly Key[], { consistent }: { consistent: boolean }): Promise<ReadResult> {
    checkRead(keys)
    const find = () => keys.map((key) => this.#find(key))
    return readOf(this.#unlessBusy(find) ?? (await this.#whileBusy(find)), consistent)
  }

  async query(query: PartitionQuery): Promise<Page<Item>> {
    const limit = Math.min(query.limit ?? mostPageItems, mostPageItems)
    const [from, to] = bounds(query)
    const after = query.after?.sk ?? (query.descending ? lastText : '')
    const statement = query.descending ? this.#range.descending : this.#range.ascending
    return this.#whileBusy(() => {
      const items: Item[] = []
      let bytes = 0
      let next: Key | undefined
      for (const row of statement.iterate(query.pk, after, from, to, limit + 1)) {
        const last = items.at(-1)
        if (last && (items.length === limit || bytes > mostPageBytes)) {
          next = { pk: last.pk, sk: last.sk }
          break
        }
        const item = parse(row.item)
        bytes += itemBytes(item)
        items.push(item)
      }
      return { items, next, units: readUnits(bytes, query.consistent ?? false) }
    })
  }

  async queryDue(query: DueQuery): Promise<DuePage> {
    const limit = Math.min(query.limit ?? mostPageItems, mostPageItems)
    const { after } = query
    return this.#whileBusy(() => {
      const rows = this.#due.all(
        query.due,
        query.notAfter,
        after?.dueAt ?? Number.MIN_SAFE_INTEGER,
        after?.pk ?? '',
        after?.sk ?? '',
        limit + 1,
      )
      const items = rows
        .slice(0, limit)
        .map((row): IndexEntry => ({ pk: String(row.pk), sk: String(row.sk), due: String(row.due), dueAt: Number(row.due_at) }))
      const bytes = items.reduce((sum, item) => sum + itemBytes({ ...item }), 0)
      return { items, next: rows.length > limit ? items.at(-1) : undefined, units: readUnits(bytes, false) }
    })
  }

  /**
   * Items whose sort key begins with a prefix, in the order in which they were first written, whichever process wrote them:
   * what DynamoDB's stream is on AWS. Only for items that are never deleted: a place that becomes free is given out again.
   */
  async firstWrittenAfter(position: number, prefix: string, limit: number): Promise<{ position: number; item: Item }[]> {
    const rows = await this.#whileBusy(() => this.#after.all(position, prefix, prefix + lastText, limit))
    return rows.map((row) => ({ position: Number(row.place), item: parse(row.item) }))
  }

  commit(writes: readonly Write[]): Promise<CommitResult> {
    return this.#queue.add(writes)
  }

  async close(): Promise<void> {
    await this.#queue.idle()
    this.#database.close()
  }

  /** Answers are given only once the transaction they share is on the disk. Throws where none of it happened. */
  #commitGroup(group: readonly Waiting[]): Answer[] {
    this.#begin.run()
    try {
      const [only] = group
      const answers = only && group.length === 1 ? [this.#commitAlone(only)] : group.map((waiting) => this.#commitShared(waiting))
      if (this.#database.isTransaction) this.#commit.run()
      return answers
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** A commit that has the transaction to itself needs no savepoint: where it does not take, the whole is rolled back. */
  #commitAlone({ writes, resolve }: Waiting): Answer {
    if (writes.every((write) => this.#write(write))) return () => resolve(committed(writes))
    this.#database.exec('ROLLBACK; BEGIN')
    return this.#refuse(writes, resolve)
  }

  /**
   * Writes first and asks afterwards: a write carries its condition in its statement, so that a commit that goes well, as
   * nearly all do, reads nothing. Only where one did not take are all conditions judged, to say what stands there instead.
   */
  #commitShared({ writes, resolve, reject }: Waiting): Answer {
    this.#savepoint.run()
    try {
      if (writes.every((write) => this.#write(write))) {
        this.#release.run()
        return () => resolve(committed(writes))
      }
    } catch (error) {
      // A file that is busy is tried again as a whole; and SQLite ends the whole transaction itself where it has to.
      if (isBusy(error) || !this.#database.isTransaction) throw error
      this.#database.exec('ROLLBACK TO one; RELEASE one')
      return () => reject(error)
    }
    this.#database.exec('ROLLBACK TO one; RELEASE one')
    return this.#refuse(writes, resolve)
  }

  /** Says which conditions failed. Where all hold by now, another process came between: that is a conflict. */
  #refuse(writes: readonly Write[], resolve: Waiting['resolve']): Answer {
    const [first, ...others] = this.#failedConditions(writes)
    const units = commitUnits(writes)
    if (!first) return () => resolve({ outcome: 'conflict', units })
    return () => resolve({ outcome: 'refused', failed: [first, ...others], units })
  }

  #failedConditions(writes: readonly Write[]): FailedCondition[] {
    return writes.flatMap((write, index) => {
      if (!write.condition) return []
      const found = this.#find(keyOf(write))
      return holds(write.condition, found) ? [] : [{ index, found }]
    })
  }

  /** Whether the write took: false where its condition does not hold. */
  #write(write: Write): boolean {
    if (write.kind !== 'put') {
      const { key, condition } = write
      if (condition && !holds(condition, this.#find(key))) return false
      if (write.kind === 'delete') this.#delete.run(key.pk, key.sk)
      return true
    }
    const { item, condition, replaces } = write
    const { pk, sk, due = null, dueAt = null } = item
    const text = JSON.stringify(item)
    const version = integerOf(item[versionAttribute])
    if (condition?.is === 'absent') return this.#insert.run(pk, sk, text, due, dueAt, version).changes === 1
    if (condition?.is === 'equal' && condition.attribute === versionAttribute) {
      const { value } = condition
      // What was read at this very version says where the index has it, unless it was moved there since: most writes leave it.
      const stays = replaces?.[versionAttribute] === value && replaces.due === item.due && replaces.dueAt === item.dueAt
      if (stays && this.#updateInPlace.run(text, version, pk, sk, value, dueAt).changes === 1) return true
      return this.#update.run(text, version, due, dueAt, pk, sk, value).changes === 1
    }
    if (condition && !holds(condition, this.#find(item))) return false
    this.#put.run(pk, sk, text, due, dueAt, version)
    return true
  }

  #find({ pk, sk }: Key): Item | undefined {
    // An array, as it was told: the type knows objects alone.
    const row = this.#select.get(pk, sk) as unknown as [string] | undefined
    return row && parse(row[0])
  }

  /** Runs a synchronous piece of work; undefined where another process holds the file, as is rare. */
  #unlessBusy<Result>(work: () => Result): Result | undefined {
    try {
      return work()
    } catch (error) {
      if (isBusy(error)) return undefined
      throw error
    }
  }

  /** Runs a synchronous piece of work, again while another process holds the file. Throws UnavailableError when it does not let go. */
  async #whileBusy<Result>(work: () => Result): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return work()
      } catch (error) {
        if (!isBusy(error)) throw error
        if (tries === mostBusyTries) throw new UnavailableError('none', 'the data file is held by another process', error)
        await pause(1 + Math.random() * 20)
      }
    }
  }
}

/** The version that optimistic locking compares has a column of its own, so that SQLite need not look into the item. */
const integerOf = (value: Value | undefined): number | null => (typeof value === 'number' ? value : null)

const parse = (item: unknown): Item => JSON.parse(String(item)) as Item

/** Sorts after every sort key: no key holds this code point. */
const lastText = '\u{10FFFF}'

function bounds({ range }: PartitionQuery): [string, string] {
  if (!range) return ['', lastText]
  return 'prefix' in range ? [range.prefix, range.prefix + lastText] : [range.from, range.to]
}

function holds(condition: Condition, found: Item | undefined): boolean {
  if (condition.is === 'absent') return found === undefined
  const value = found?.[condition.attribute]
  if (typeof value !== 'number') return false
  return condition.is === 'equal' ? value === condition.value : value >= condition.value
}

/** SQLITE_BUSY and its extended codes. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5
}
