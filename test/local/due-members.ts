import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoProgramme } from '../../functions/local/seed.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item, Store } from '../../functions/store/store.ts'
import { table } from '../../functions/store/table.ts'
import { dump, scratch } from './data-file.ts'
import { type Posting, postingOn } from './posting.ts'
import { purchase } from './processes.ts'

/** Points pend for two days after that of the sale, and expire a month after it: a due instant for every day. */
export const dailyProgramme = {
  ...demoProgramme,
  points: { ...demoProgramme.points, expiry: { months: 1 }, holdDays: 2 },
}

export const posted = '2025-12-20T12:00:00Z'
/** Every point of those members has matured and expired by then, and a tier has run out. */
export const allDue = '2026-01-25T12:00:00Z'

export const dueMembers = ['m-1', 'm-2', 'm-3', 'm-4', 'm-5', 'm-6', 'm-7', 'm-8']
const dayMs = 86_400_000

/** A sale in the programme `daily`, so many days before it is posted. */
export const sale = (id: string, member: string, daysAgo = 0, amount = 1000) =>
  ({
    op: 'purchase',
    id: `leeds:${id}`,
    body: purchase({ id: member }, amount, new Date(Date.parse(posted) - daysAgo * dayMs - 3_600_000).toISOString()),
  }) as const

/**
 * A file in which time has something to do for eight members: each has pending points, points that are alive, and is silver
 * for what was bought a year before; `m-8` has more due instants than one commit can hold.
 */
export async function fill(path: string): Promise<void> {
  const store = new SqliteStore(path)
  const { runtime, post } = await postingOn(store, posted)
  await createProgramme(store, 'daily', dailyProgramme, runtime.now())
  for (const member of dueMembers) {
    await post({ op: 'member', id: member, body: {} }, 'daily')
    await post(sale(`${member}:old`, member, 366, 60_000), 'daily')
    await post(sale(`${member}:alive`, member, 10), 'daily')
    await post(sale(`${member}:pending`, member), 'daily')
  }
  for (let day = 1; day <= 29; day += 1) await post(sale(`m-8:${day}`, 'm-8', day), 'daily')
  await settleMembers(runtime)
  await store.close()
}

/** A copy of a file, to be changed. */
export function copyOf(path: string): string {
  const copy = join(scratch(), 'laurel.db')
  copyFileSync(path, copy)
  return copy
}

/** Opens a file at an instant, does something, and closes it. */
export async function withFile<Result>(
  path: string,
  now: string,
  work: (runtime: Runtime, posting: Posting) => Promise<Result>,
  around: (store: Store) => Store = (store) => store,
): Promise<Result> {
  const store = new SqliteStore(path)
  try {
    const posting = await postingOn(around(store), now)
    return await work(posting.runtime, posting)
  } finally {
    await store.close()
  }
}

/** One run of the scheduled job. */
export const sweep = (runtime: Runtime) => settleMembers(runtime)

/** Kinds of a member's entries in `daily`, in order. */
export const entriesOf = (items: ReadonlyMap<string, Item>, member: string): string[] =>
  [...items.values()].filter(({ pk, sk }) => pk === `P#daily#M#${member}` && sk.startsWith('E#')).map(({ k }) => String(k))

/** The day that a shard's sweep begins with, `YYYY-MM-DD`. */
export function watermark(path: string, shard: number): string | undefined {
  const { pk, sk } = table.sweep(shard)
  const item = dump(path).get(`${pk} ${sk}`)
  return item && new Date(Number(item.day)).toISOString().slice(0, 10)
}
