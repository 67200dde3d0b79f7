import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { instant } from '../../functions/domain/units.ts'
import type { GatewayHandler } from '../../functions/http/audience.ts'
import type { LedgerEvent } from '../../functions/ledger-event.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { eventFiles, type Publisher, startPublisher } from '../../functions/local/publisher.ts'
import { seed } from '../../functions/local/seed.ts'
import { servePos } from '../../functions/pos.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'

let directory: string
const dataPath = () => join(directory, 'laurel.db')
const eventsPath = () => eventFiles(dataPath()).events
let store: SqliteStore
let pos: GatewayHandler
let publishers: Publisher[]

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'laurel-publisher-'))
  await open()
})

async function open(laterMs = 0): Promise<void> {
  store = new SqliteStore(dataPath())
  publishers = []
  const { runtime } = await deploymentOn(store, { now: () => instant(Date.parse('2026-11-21T17:00:00Z') + laterMs) })
  await seed(runtime)
  pos = servePos(runtime)
}

afterEach(async () => {
  await stop()
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const start = () => publishers.push(startPublisher(store, dataPath(), 2))

async function stop(): Promise<void> {
  for (const publisher of publishers.splice(0)) await publisher.stop()
}

async function sell(number: number): Promise<void> {
  const body = { ...(recordPurchase.example.body as object), member: { id: 'demo-member' } }
  const { statusCode } = await callAs(pos, demoTill, recordPurchase, { params: { purchaseId: `leeds:${number}` }, body })
  expect(statusCode).toBe(201)
}

function published(): LedgerEvent[] {
  const lines = existsSync(eventsPath()) ? readFileSync(eventsPath(), 'utf8').split('\n').slice(0, -1) : []
  return lines.map((line) => JSON.parse(line) as LedgerEvent)
}

const untilPublished = (count: number) => vi.waitFor(() => expect(published().length).toBeGreaterThanOrEqual(count), 10_000)

/** One event each, in the order in which they were booked. */
function isEachOnce(count: number): void {
  const events = published()
  expect(events.map(({ kind }) => kind)).toEqual(['enrol', ...Array.from({ length: count }, () => 'earn')])
  expect(new Set(events.map(({ id }) => id)).size).toBe(count + 1)
}

describe('the event publisher of one machine', () => {
  it('publishes what was booked before it and what is booked while it runs', async () => {
    await sell(1)
    start()
    await untilPublished(2)
    await sell(2)
    await untilPublished(3)
    isEachOnce(2)
    expect(published()[1]).toMatchObject({ programme: 'demo', kind: 'earn', totals: { issued: 15 }, debt: 0 })
    expect(readFileSync(eventsPath(), 'utf8')).not.toContain('demo-member')
  })

  it('goes on where it stopped, whatever became of the file', async () => {
    for (let number = 0; number < 150; number += 1) await sell(number)
    start()
    await untilPublished(151)
    await stop()
    isEachOnce(150)
    renameSync(eventsPath(), `${eventsPath()}.1`)
    await sell(150)
    start()
    await untilPublished(1)
    expect(published()).toHaveLength(1)
  })

  it('publishes once though two are started, and the other takes over when the first stops', async () => {
    start()
    await untilPublished(1)
    start()
    await sell(1)
    await untilPublished(2)
    await publishers.shift()!.stop()
    await sell(2)
    await untilPublished(3)
    isEachOnce(2)
  })

  it('ends a line that was cut off before it writes the next', async () => {
    writeFileSync(eventsPath(), '{"id":"cut o')
    start()
    await vi.waitFor(() => expect(readFileSync(eventsPath(), 'utf8').split('\n').slice(1, -1)).toHaveLength(1), 10_000)
    const [cutOff, whole] = readFileSync(eventsPath(), 'utf8').split('\n')
    expect([cutOff, (JSON.parse(whole!) as LedgerEvent).kind]).toEqual(['{"id":"cut o', 'enrol'])
  })

  it('gives other entries other ids, also in a data file that was put back to an earlier state', async () => {
    await store.close()
    copyFileSync(dataPath(), join(directory, 'earlier.db'))
    const idAfter = async (purchase: number, later: number) => {
      await open(later)
      await sell(purchase)
      start()
      await untilPublished(2)
      await stop()
      await store.close()
      const [, event] = published()
      return event!.id
    }
    const first = await idAfter(1, 0)
    for (const name of ['laurel.db', 'laurel.db-wal', 'laurel.db-shm']) rmSync(join(directory, name), { force: true })
    rmSync(eventsPath())
    copyFileSync(join(directory, 'earlier.db'), dataPath())
    expect(await idAfter(2, 1000)).not.toBe(first)
    await open()
  })

  it('begins anew with another data file in the place of the first', async () => {
    await sell(1)
    start()
    await untilPublished(2)
    await stop()
    await store.close()
    for (const name of ['laurel.db', 'laurel.db-wal', 'laurel.db-shm']) rmSync(join(directory, name), { force: true })
    rmSync(eventsPath())
    await open(1000)
    for (let number = 0; number < 5; number += 1) await sell(number)
    start()
    await untilPublished(6)
    isEachOnce(5)
  })

  it('loses no entry to what is deleted meanwhile', async () => {
    start()
    await untilPublished(1)
    // The last place is given out again once it is free.
    const key = { pk: 'GONE', sk: 'GONE' }
    await store.commit([{ kind: 'put', item: key }])
    await store.commit([{ kind: 'delete', key }])
    await sell(1)
    await untilPublished(2)
    isEachOnce(1)
  })
})
