import { join } from 'node:path'
import { type Instant, memberId } from '../../functions/domain/units.ts'
import { servePos } from '../../functions/pos.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Item, Write } from '../../functions/store/store.ts'
import { duePartition, shardOf, table } from '../../functions/store/table.ts'
import { atLeast, type Figure, median, rounded } from './figure.ts'
import { MeteredStore } from './metered-store.ts'
import { enrolEvent, purchaseEvent, send, type World, withDirectory, worldOn } from './world.ts'

const dueMembers = 1000
const rounds = 5
const begin = Date.UTC(2025, 0, 10, 12)
const dayMs = 86_400_000

/** A round: what one sweep did. */
interface Round {
  readonly perSecond: number
  readonly read: number
  readonly written: number
}

/** Settling 1,000 due members among 1,000 and among 100,000: the others must cost nothing. Interleaved, median of five. */
export function settlingScale(): Promise<Figure[]> {
  return withDirectory(async (directory) => {
    const few = await populate(join(directory, 'few.db'), 0)
    const many = await populate(join(directory, 'many.db'), 99_000)
    const pairs: { few: Round; many: Round }[] = []
    for (let round = 0; round < rounds; round += 1) pairs.push({ few: await sweep(few, round), many: await sweep(many, round) })
    await few.store.close()
    await many.store.close()
    const last = pairs.at(-1)!
    const same = pairs.every((pair) => pair.few.read === pair.many.read && pair.few.written === pair.many.written)
    const detail = {
      few: last.few,
      many: last.many,
      spread: pairs.map((pair) => rounded(pair.many.perSecond / pair.few.perSecond)),
    }
    return [
      atLeast('settling-items-equal', same ? 1 : 0, '1 where equal', 1, {
        itemsReadADueMember: last.many.read,
        itemsWritten: last.many.written,
      }),
      atLeast(
        'settling-time-ratio',
        median(pairs.map((pair) => pair.many.perSecond / pair.few.perSecond)),
        'of the rate among 1,000',
        0.25,
        detail,
      ),
    ]
  })
}

interface Population {
  readonly store: MeteredStore
  readonly world: World
}

/** Members with points that expire on the first of five months one after another, and others whose time is far. */
async function populate(path: string, others: number): Promise<Population> {
  const store = new MeteredStore(new SqliteStore(path))
  const world = await worldOn(store, begin)
  const handler = servePos(world.runtime)
  const names = Array.from({ length: dueMembers }, (_, index) => `due-${index}`)
  await inParallel(names, (name) => send(handler, enrolEvent(name), 201))
  for (let round = 0; round < rounds; round += 1) {
    const at = Date.UTC(2025, round, 10, 12)
    world.setNow(at)
    await inParallel(names, (name, index) => send(handler, purchaseEvent(round * dueMembers + index, name, at), 201))
  }
  const { items } = await store.read([table.head('demo', memberId('due-0'))], { consistent: true })
  const far = Date.UTC(2027, 5, 1) as Instant
  for (let from = 0; from < others; from += 100) {
    const writes = Array.from({ length: Math.min(100, others - from) }, (_, index): Write => {
      const name = memberId(`other-${from + index}`)
      const item: Item = { ...items[0]!, ...table.head('demo', name), due: duePartition(far, shardOf(name)), dueAt: far }
      return { kind: 'put', item }
    })
    await store.commit(writes)
  }
  return { store, world }
}

async function inParallel(names: readonly string[], work: (name: string, index: number) => Promise<unknown>): Promise<void> {
  const queue = names.entries()
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (const [index, name] of queue) await work(name, index)
    }),
  )
}

/** Sweeps up to the evening before a month's points expire, so that the watermark is there, and then measures the day itself. */
async function sweep({ store, world }: Population, round: number): Promise<Round> {
  const expiry = Date.UTC(2026, round + 1, 1)
  world.setNow(expiry - dayMs)
  await settleMembers(world.runtime)
  world.setNow(expiry + dayMs / 2)
  store.reset()
  const from = process.hrtime.bigint()
  const { settled } = await settleMembers(world.runtime)
  const seconds = Number(process.hrtime.bigint() - from) / 1e9
  if (settled !== dueMembers) throw new Error(`${settled} members were settled, not ${dueMembers}`)
  return { perSecond: Math.round(settled / seconds), read: store.itemsRead / settled, written: store.itemsWritten / settled }
}
