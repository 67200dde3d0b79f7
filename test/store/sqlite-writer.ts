import { setImmediate as nextTurn } from 'node:timers/promises'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Store } from '../../functions/store/store.ts'
import { absent, equal, found, put } from './items.ts'

export const counter = { pk: 'COUNT', sk: 'COUNT' }

/**
 * Writes items of its own, each in one commit with the next number of a counter that all writers share. Gives how many; `more` hears how many
 * the others have, too.
 */
export async function write(store: Store, writer: string, more: (items: number, others: number) => boolean): Promise<number> {
  let items = 0
  for (;;) {
    const n = Number((await found(store, counter))?.n ?? 0)
    if (!more(items, n - items)) return items
    await nextTurn() // lets the other process in between reading and writing
    const { outcome } = await store.commit([
      put({ ...counter, n: n + 1 }, n === 0 ? absent : equal('n', n)),
      put({ pk: writer, sk: String(n + 1).padStart(8, '0') }, absent),
    ])
    if (outcome === 'committed') items += 1
  }
}

// As a process of its own, `node sqlite-writer.ts PATH WRITER`: says when it has begun, writes until it is told to stop.
if (process.send && process.argv[1] === import.meta.filename) {
  const [, , path = '', writer = ''] = process.argv
  const store = new SqliteStore(path)
  let stopped = false
  process.once('message', () => {
    stopped = true
  })
  await write(store, writer, (items) => items < 1)
  process.send('begun')
  const more = await write(store, writer, () => !stopped)
  await store.close()
  process.send(1 + more)
}
