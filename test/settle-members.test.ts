import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordPurchase } from '../functions/contract/purchases.ts'
import { instant } from '../functions/domain/units.ts'
import { deploymentOn } from '../functions/local/deployment.ts'
import { demoMemberId, seed } from '../functions/local/seed.ts'
import { servePos } from '../functions/pos.ts'
import type { Runtime } from '../functions/runtime.ts'
import { settleShards } from '../functions/settle-members.ts'
import { SqliteStore } from '../functions/store/sqlite-store.ts'
import { UnavailableError } from '../functions/store/store.ts'
import { shardOf } from '../functions/store/table.ts'
import { callAs, demoTill } from './lib/gateway-event.ts'

const clock = { now: instant(Date.parse('2026-11-21T17:00:00Z')) }
const shard = shardOf(demoMemberId)
let runtime: Runtime

beforeAll(async () => {
  runtime = (await deploymentOn(new SqliteStore(':memory:'), { now: () => clock.now })).runtime
  await seed(runtime)
  const { params, body } = recordPurchase.example
  const bought = { ...(body as object), member: { id: demoMemberId } }
  const { statusCode } = await callAs(servePos(runtime), demoTill, recordPurchase, { params, body: bought })
  expect(statusCode).toBe(201)
})
afterAll(() => runtime.store.close())

describe('a scheduled sweep', () => {
  it('settles the shards that it is sent and no others', async () => {
    clock.now = instant(Date.parse('2028-01-10T12:30:00Z'))
    const others = [(shard + 1) % 64, (shard + 2) % 64]
    expect(await settleShards(runtime, { shards: others })).toMatchObject({ settled: 0, failed: 0 })
    expect(await settleShards(runtime, { shards: [shard] })).toMatchObject({ settled: 1, failed: 0 })
    expect(await settleShards(runtime, {})).toMatchObject({ settled: 0, failed: 0 })
  })

  it('says how far behind its watermarks are: by the day that is not over', async () => {
    expect((await settleShards(runtime, {})).behindHours).toBe(12)
    clock.now = instant(Date.parse('2028-01-11T00:59:00Z'))
    expect((await settleShards(runtime, {})).behindHours).toBe(24)
    clock.now = instant(Date.parse('2028-01-11T01:00:00Z'))
    expect((await settleShards(runtime, {})).behindHours).toBe(1)
  })

  it('says so, too, when a member cannot be settled and holds the watermark back', async () => {
    clock.now = instant(Date.parse('2030-03-03T03:00:00Z'))
    const get = vi.spyOn(runtime.programmes, 'get').mockRejectedValue(new Error('unreadable'))
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    const due = runtime.store.queryDue.bind(runtime.store)
    const named = vi.spyOn(runtime.store, 'queryDue').mockImplementation(async (query) => {
      const page = await due(query)
      const { due: partition, notAfter } = query
      return partition.startsWith('DUE#2028-01-12')
        ? { ...page, items: [{ pk: `P#demo#M#${demoMemberId}`, sk: 'HEAD', due: partition, dueAt: notAfter }] }
        : page
    })
    const settled = await settleShards(runtime, { shards: [shard] })
    for (const spy of [get, quiet, named]) spy.mockRestore()
    expect(settled.failed).toBe(1)
    expect(settled.behindHours).toBeGreaterThan(24 * 700)
  })

  it('goes on with the others where the store does not let a shard be swept, or made due', async () => {
    clock.now = instant(Date.parse('2030-03-03T04:00:00Z'))
    const other = (shard + 63) % 64
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    const swept: string[] = []
    const due = runtime.store.queryDue.bind(runtime.store)
    const isOf = (partition: string, one: number) => Number(partition.split('#').at(-1)) === one
    const refusing = vi.spyOn(runtime.store, 'queryDue').mockImplementation((query) => {
      if (isOf(query.due, other)) throw new UnavailableError('none', 'throttled')
      if (isOf(query.due, shard)) swept.push(query.due)
      return due(query)
    })
    const settled = await settleShards(runtime, { shards: [other, shard] })
    for (const spy of [quiet, refusing]) spy.mockRestore()
    expect(settled.failed).toBe(1)
    expect(swept).not.toEqual([])
  })

  it('refuses shards that do not exist', async () => {
    await expect(settleShards(runtime, { shards: [0, 64] })).rejects.toThrow('there is no shard 64')
  })
})
