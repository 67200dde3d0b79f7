import { serveMember } from '../../functions/member.ts'
import { servePos } from '../../functions/pos.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { atMost, type Figure } from './figure.ts'
import { bytesOf, MeteredStore } from './metered-store.ts'
import { RecordingStore } from './recording-store.ts'
import { balanceEvent, enrolEvent, purchaseEvent, send, worldOn } from './world.ts'

const dayMs = 86_400_000
const monthMs = 30 * dayMs

/** Write units of a purchase of three lines in order by member id, by a member with two years of monthly purchases. */
export async function purchaseUnits(): Promise<Figure[]> {
  const kept = new RecordingStore(new SqliteStore(':memory:'))
  const store = new MeteredStore(kept)
  const begin = Date.UTC(2024, 10, 5, 12)
  const world = await worldOn(store, begin)
  const handler = servePos(world.runtime)
  await send(handler, enrolEvent('m-1001'), 201)
  for (let month = 0; month < 24; month += 1) {
    const at = begin + month * monthMs
    world.setNow(at)
    await send(handler, purchaseEvent(month, 'm-1001', at), 201)
  }
  const at = begin + 23 * monthMs + dayMs
  world.setNow(at)
  store.reset()
  kept.commits = []
  await send(handler, purchaseEvent(24, 'm-1001', at), 201)
  const detail = {
    writes: store.itemsWritten,
    itemsRead: store.itemsRead,
    readUnits: store.readUnits,
    bytes: bytesOf(kept.commits[0]!),
  }
  await store.close()
  return [atMost('write-units-a-purchase', store.writeUnits, 'write units', 8, detail)]
}

const million = 1_000_000
/** Public prices in dollars a million units, on demand, us-east-1 (design, section 9). */
const dollarsAMillion = { write: 0.625, read: 0.125 }

/** Units of a million purchases of three lines in order by member id, and what they cost: a working day of a hundred members. */
export async function millionUnits(): Promise<Figure[]> {
  const store = new MeteredStore(new SqliteStore(':memory:'))
  const begin = Date.UTC(2026, 0, 5, 8)
  const world = await worldOn(store, begin)
  const handler = servePos(world.runtime)
  const members = 100
  for (let member = 0; member < members; member += 1) await send(handler, enrolEvent(`m-${member}`), 201)
  store.reset()
  const purchases = 2000
  for (let number = 0; number < purchases; number += 1) {
    // Fifteen seconds apart, a warm function looks for another revision at every other.
    const at = begin + number * 15_000
    world.setNow(at)
    await send(handler, purchaseEvent(number, `m-${number % members}`, at), 201)
  }
  const [write, read] = [store.writeUnits, store.readUnits].map((units) => (units / purchases) * million)
  await store.close()
  const dollars = (write! * dollarsAMillion.write + read! * dollarsAMillion.read) / million
  const detail = { writeUnits: Math.round(write!), readUnits: Math.round(read!), dollars: Math.round(dollars * 100) / 100 }
  return [atMost('units-a-million-purchases', write! / million, 'million write units', 8, detail)]
}

/** Read units of a balance, with few entries and with many. */
export async function balanceUnits(): Promise<Figure[]> {
  const few = await balanceUnitsAt(10)
  const many = await balanceUnitsAt(10_000)
  return [
    atMost('read-units-a-balance', Math.max(few.units, many.units), 'strongly consistent read units', 1, { few, many }),
    atMost('read-units-a-balance-growth', many.units - few.units, 'read units between 10 and 10,000 entries', 0),
  ]
}

async function balanceUnitsAt(entries: number): Promise<{ entries: number; units: number; itemsRead: number }> {
  const store = new MeteredStore(new SqliteStore(':memory:'))
  const begin = Date.UTC(2025, 0, 5, 12)
  const world = await worldOn(store, begin)
  const pos = servePos(world.runtime)
  await send(pos, enrolEvent('m-1001'), 201)
  for (let number = 1; number < entries; number += 1) {
    const at = begin + number * 3_600_000
    world.setNow(at)
    await send(pos, purchaseEvent(number, 'm-1001', at), 201)
  }
  const member = serveMember(world.runtime)
  await send(member, balanceEvent('m-1001'), 200)
  store.reset()
  await send(member, balanceEvent('m-1001'), 200)
  await store.close()
  return { entries, units: store.readUnits, itemsRead: store.itemsRead }
}
