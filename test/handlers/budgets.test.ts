import { strictEqual } from 'node:assert/strict'
import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import type { Campaign, CampaignLimits } from '../../functions/domain/campaign.ts'
import { verify } from '../../functions/local/verify.ts'
import type { Runtime } from '../../functions/runtime.ts'
import type { CommitResult, Write } from '../../functions/store/store.ts'
import { budgetPartition, table } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { publish } from '../laws/history.ts'
import { Trace } from '../laws/trace.ts'
import { type Engine, engines } from '../store/engines.ts'
import { processOn, reallyPause } from '../support/process-on.ts'
import { call, enrol, noon } from './calls.ts'

/** Many at once at one budget: it is given to the last point and no further, whatever is moved between its parts. */

const fund = (effect: Campaign['effect'], limits: CampaignLimits): Campaign => ({
  id: 'fund',
  trigger: 'purchase',
  effect,
  limits,
})
const programmeWith = (...campaigns: Campaign[]) => ({ ...demoDocument, campaigns })

/** Sees at every commit that what is left of the budget, and what was given of it, is all of it. */
class Watched extends Trace {
  /** Dies before the commit of that number; undefined: does not. */
  diesAt: number | undefined
  tried = 0

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    this.tried += 1
    if (this.tried === this.diesAt) throw new Error('killed')
    const result = await super.commit(writes)
    if (result.outcome === 'committed') this.check()
    return result
  }

  get pots() {
    const partition = budgetPartition('demo', 'fund')
    return [...this.items.values()].filter(
      ({ pk, sk }) => sk === 'BUDGET' && (pk === partition || pk.startsWith(`${partition}#`)),
    )
  }

  get left(): number {
    return this.pots.reduce((sum, pot) => sum + Number(pot.l), 0)
  }

  /** What sales were given, by their entries. */
  get given(): number {
    const sales = [...this.items.values()].filter(({ k }) => k === 'earn')
    const awards = sales.flatMap(({ a }) => a as unknown as [source: string, revision: number, points: number][])
    return awards.reduce((sum, [source, , points]) => sum + (source === 'fund' ? points : 0), 0)
  }

  check(): void {
    const budget = this.pots.find(({ b }) => b !== undefined)
    if (budget) strictEqual(this.left + this.given, budget.b, 'pots and what was given are the budget')
  }
}

const clock: { now: number } = { now: noon }

const start = (store: Watched, random: () => number = Math.random): Runtime =>
  processOn(store, () => clock.now, { random, pause: reallyPause })

const at = (ms: number) => new Date(ms).toISOString()
const saleOf = (member: string, amount: number, occurredAt: number = clock.now, storeId = 'leeds') => ({
  ...{ member: { id: member }, storeId, occurredAt: at(occurredAt), currency: 'GBP' },
  lines: [{ lineId: '1', sku: 's', quantity: 1, amount }],
})

interface Answer {
  readonly status: number
  readonly body: { readonly awards?: readonly { source: string; points: number; cut?: unknown }[] }
}

/** Posts until it is answered, and says what the fund gave. */
async function post(runtime: Runtime, id: string, body: ReturnType<typeof saleOf>): Promise<{ points: number; cut: unknown }> {
  for (;;) {
    const answer = (await call(runtime, recordPurchase, { params: { purchaseId: `${body.storeId}:${id}` }, body })) as Answer
    if (answer.status === 503) continue
    expect(answer.status).toBeLessThan(300)
    const award = answer.body.awards!.find(({ source }) => source === 'fund')
    return { points: award?.points ?? 0, cut: award?.cut }
  }
}

async function isVerified(runtime: Runtime): Promise<void> {
  const differences: string[] = []
  await verify(runtime, undefined, ({ member, what }) => differences.push(`${member}: ${what}`))
  expect(differences).toEqual([])
}

async function begin(engine: Engine, first: Campaign, later?: [from: number, Campaign]) {
  clock.now = noon
  const store = new Watched(await engine.make())
  await publish(store, {
    first: programmeWith(first),
    ...(later && { later: [later[0], programmeWith(later[1])] as const }),
  })
  return store
}

async function enrolled(runtime: Runtime, members: number): Promise<string[]> {
  const ids = Array.from({ length: members }, (_, n) => `m-${n}`)
  await Promise.all(ids.map((id) => enrol(runtime, id, { name: id })))
  return ids
}

const dayMs = 86_400_000
const tried = engines.filter(({ name }) => !name.startsWith('Faulty') && !name.includes('file'))

describe.each(tried)('on $name', { timeout: 120_000 }, (engine) => {
  it('of 200 purchases at once ten get what the budget has, and an eleventh the rest of it', async () => {
    const store = await begin(engine, fund({ points: 30 }, { budget: 310 }))
    const processes = [start(store), start(store)]
    const members = await enrolled(processes[0]!, 50)
    const given = await Promise.all(
      Array.from({ length: 200 }, (_, n) => post(processes[n % 2]!, String(n), saleOf(members[n % 50]!, 1000))),
    )
    const sums = given.map(({ points }) => points).filter((points) => points > 0)
    expect(sums.reduce((sum, points) => sum + points, 0)).toBe(310)
    expect([store.given, store.left]).toEqual([310, 0])
    expect(sums.filter((points) => points === 30).length).toBeGreaterThanOrEqual(9)
    for (const { points, cut } of given) {
      if (points > 0 && points < 30) expect(cut).toEqual({ limit: 'budget', wanted: 30 })
    }
    await isVerified(processes[0]!)
    await store.close()
  })

  it('a store and a member have no more than their own, all at once', async () => {
    const limits: CampaignLimits = {
      budget: 1000,
      perStore: 70,
      perMember: [
        { window: 'day', times: 2 },
        { window: 'day', points: 45 },
      ],
    }
    const store = await begin(engine, fund({ points: 30 }, limits))
    const processes = [start(store), start(store)]
    const members = await enrolled(processes[0]!, 4)
    const stores = ['leeds', 'york', 'bath']
    const given = await Promise.all(
      Array.from({ length: 36 }, async (_, n) => {
        const [member, storeId] = [members[n % 4]!, stores[n % 3]!]
        return { member, storeId, ...(await post(processes[n % 2]!, String(n), saleOf(member, 1000, clock.now, storeId))) }
      }),
    )
    const sumBy = (name: 'member' | 'storeId', of: string) =>
      given.filter((one) => one[name] === of).reduce((sum, { points }) => sum + points, 0)
    for (const member of members) expect(sumBy('member', member)).toBeLessThanOrEqual(45)
    for (const storeId of stores) expect(sumBy('storeId', storeId)).toBeLessThanOrEqual(70)
    // Whoever has less than their cap was refused by stores that had no more.
    expect(store.given).toBeGreaterThanOrEqual(70)
    expect(given.reduce((sum, { points }) => sum + points, 0)).toBe(store.given)
    await isVerified(processes[0]!)
    await store.close()
  })
})

const [sqlite] = engines

describe('a budget that is changed while it is spent', () => {
  const sell = async (runtime: Runtime, member: string, from: number, sales: number, occurredAt?: number) => {
    const given = await Promise.all(
      Array.from({ length: sales }, (_, n) => post(runtime, String(from + n), saleOf(member, 1000, occurredAt))),
    )
    return given.reduce((sum, { points }) => sum + points, 0)
  }

  it.each([
    ['lowered below what was given: nothing more is given', 60, 0],
    ['lowered: the rest of it', 200, 50],
    ['raised: all that was added too', 1000, 600],
  ])('%s', async (_, budget, more) => {
    const store = await begin(sqlite!, fund({ points: 30 }, { budget: 500 }), [noon + dayMs, fund({ points: 30 }, { budget })])
    const runtime = start(store)
    await enrolled(runtime, 1)
    expect(await sell(runtime, 'm-0', 0, 5)).toBe(150)
    clock.now = noon + dayMs
    expect(await sell(runtime, 'm-0', 100, 20)).toBe(more)
    // A sale of the day before that comes late finds the budget as it is now.
    expect(await sell(runtime, 'm-0', 200, 20, noon)).toBe(Math.max(0, budget - 150 - more))
    expect(store.given).toBe(Math.max(150, budget))
    await isVerified(runtime)
    await store.close()
  })

  it('is that of the latest revision that a sale was judged by, also where it says what an earlier one said', async () => {
    const first = fund({ points: 30 }, { budget: 100 })
    const store = await begin(sqlite!, first, [noon + dayMs, fund({ points: 30 }, { budget: 50 })])
    const doc = deflateRawSync(JSON.stringify(programmeWith(first))).toString('base64')
    await store.commit([
      { kind: 'put', item: { ...table.revision('demo', 3), from: noon + 2 * dayMs, published: noon, doc } },
      { kind: 'put', item: { ...table.current('demo'), n: 3 } },
    ])
    const runtime = start(store)
    await enrolled(runtime, 1)
    expect(await sell(runtime, 'm-0', 0, 1)).toBe(30)
    clock.now = noon + 2 * dayMs
    expect(await sell(runtime, 'm-0', 10, 1)).toBe(30)
    // It comes late from the day on which there were only 50.
    expect(await sell(runtime, 'm-0', 20, 1, noon + dayMs)).toBe(30)
    expect(await sell(runtime, 'm-0', 30, 1)).toBe(10)
    await isVerified(runtime)
    await store.close()
  })

  it('is used up, and given again when goods come back', async () => {
    const store = await begin(sqlite!, fund({ points: 30 }, { budget: 50 }))
    store.check = () => {}
    const runtime = start(store)
    await enrolled(runtime, 1)
    expect(await sell(runtime, 'm-0', 0, 3)).toBe(50)
    const goods = { occurredAt: at(clock.now), lines: [{ lineId: '1', quantity: 1, amount: 1000 }] }
    for (const n of [0, 1, 2]) {
      const params = { purchaseId: `leeds:${n}`, returnId: 'r' }
      expect(await call(runtime, recordReturn, { params, body: goods })).toMatchObject({ status: 201 })
    }
    expect(store.left).toBe(50)
    expect(await sell(runtime, 'm-0', 10, 3)).toBe(50)
    await isVerified(runtime)
    await store.close()
  })
})

describe('a purchase that many limited campaigns match', () => {
  it('is booked: those whose counters one commit cannot hold give nothing, and say so', async () => {
    const perMember = (['day', 'week', 'month', 'year', 'campaign'] as const).map((window) => ({ window, times: 3 }))
    const campaigns = Array.from({ length: 25 }, (_, n) => ({
      ...fund({ points: 1 }, { perMember, perStore: 50, budget: 50 }),
      id: `c-${n}`,
    }))
    const store = new Watched(await sqlite!.make())
    await publish(store, { first: programmeWith(...campaigns) })
    const runtime = start(store)
    await enrolled(runtime, 1)
    const answer = await call(runtime, recordPurchase, { params: { purchaseId: 'leeds:1' }, body: saleOf('m-0', 99) })
    expect(answer).toMatchObject({ status: 201, body: { points: { earned: 5 } } })
    await isVerified(runtime)
    await store.close()
  })
})

describe('a process that is killed between two commits', () => {
  // Dying is logged as any bug is.
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each(Array.from({ length: 14 }, (_, n) => n + 1))('loses and invents nothing: before its commit %i', async (diesAt) => {
    const store = await begin(sqlite!, fund({ points: 30 }, { budget: 100 }), [
      noon + dayMs,
      fund({ points: 30 }, { budget: 70 }),
    ])
    await enrolled(start(store), 1)
    let chance = 0
    const random = () => {
      chance = (chance + 7) % 16
      return chance / 16
    }
    ;[store.diesAt, store.tried] = [diesAt, 0]
    const dying = start(store, random)
    const sales = [noon, noon, noon, noon + dayMs, noon + dayMs]
    for (const [n, occurredAt] of sales.entries()) {
      clock.now = Math.max(clock.now, occurredAt)
      const body = saleOf('m-0', 1000, occurredAt)
      const answer = await call(store.tried >= diesAt ? start(store, random) : dying, recordPurchase, {
        params: { purchaseId: `leeds:${n}` },
        body,
      })
      if (Number(answer.status) >= 500) await post(start(store, random), String(n), body)
    }
    expect(store.given).toBe(90)
    expect(store.left).toBe(-20)
    await isVerified(start(store))
    await store.close()
  })
})
