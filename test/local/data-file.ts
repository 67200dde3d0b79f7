import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import type { Item, Key } from '../../functions/store/store.ts'

/** A directory of its own, gone when the test that asked for it is over. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'laurel-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Every item in a data file, by its key, as another process sees it. */
export function dump(path: string): Map<string, Item> {
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    const rows = file.prepare('SELECT pk, sk, item FROM items ORDER BY pk, sk').all()
    return new Map(rows.map((row) => [`${row.pk} ${row.sk}`, JSON.parse(String(row.item)) as Item]))
  } finally {
    file.close()
  }
}

/** One item in a data file, as another process sees it. */
export function itemIn(path: string, { pk, sk }: Key): Item | undefined {
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    const row = file.prepare('SELECT item FROM items WHERE pk = ? AND sk = ?').get(pk, sk)
    return row && (JSON.parse(String(row.item)) as Item)
  } finally {
    file.close()
  }
}

/** Numbers from 0 to below 1 that a seed alone decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** The same things in an order that a seed decides (Fisher–Yates). */
export function shuffled<Thing>(things: readonly Thing[], seed: number): Thing[] {
  const random = seeded(seed)
  const order = [...things]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}
