import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { instant } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { entryPrefix } from '../../functions/store/table.ts'
import { documentWith } from '../domain/programmes.ts'
import { type NaiveFact, type NaiveState, recompute } from '../model/naive-model.ts'
import { begin, publish } from './history.ts'
import { dayMs } from './plans.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { Killed, type Process, type Weather, World } from './world.ts'

// Pending for ten days, expired after a month and a day.
const first = documentWith({ expiry: { months: 1 }, holdDays: 10 })

/** Each sweep of all the shards comes by some of these; it seldom comes to its end. */
const weather: Weather = {
  conflict: 0.05,
  timeoutBefore: 0.03,
  timeoutAfter: 0.03,
  timeoutLate: 0.03,
  unread: 0.005,
  kill: 0.004,
}

const sweeps = fc.record({
  /** Days after the beginning on which each member buys something. */
  bought: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40, size: 'max' }),
  /** Days between sweeps. */
  gaps: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
  seed: fc.noShrink(fc.integer()),
})

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
})

/**
 * One member for each day on which something is bought, spread over the shards, and one who buys on all of them: more comes
 * due for that one than one commit may book.
 */
async function sell(process: Process, bought: readonly number[], timeline: Timeline): Promise<void> {
  for (const day of [...bought].sort((a, b) => a - b)) {
    timeline.now = instant(begin + day * dayMs)
    for (const member of [`m-${day}`, 'regular']) {
      await process.send({ operation: enrolMember, params: { memberId: member }, body: {} })
      const body = {
        member: { id: member },
        storeId: 'leeds',
        currency: 'GBP',
        occurredAt: new Date(timeline.now).toISOString(),
        lines: [{ lineId: '1', sku: 'sku', quantity: 1, amount: 1000 }],
      }
      const params = { purchaseId: `leeds:${member}:${day}` }
      const { status } = await process.send({ operation: recordPurchase, params, body })
      ok(status === 201 || status === 200)
    }
  }
}

async function sweep(process: Process): Promise<void> {
  try {
    await settleMembers(process.runtime)
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
  }
}

/** What time brought about, by member: which kind of thing, and when. */
function broughtAbout({ items }: Trace): string[] {
  return [...items.values()].flatMap(({ pk, sk, k, at }) =>
    sk.startsWith(entryPrefix) && (k === 'mature' || k === 'expire') ? [`${pk} ${k} ${at}`] : [],
  )
}

/** What all members have by the model: each bought something for ten points on these days. */
function expected(days: readonly number[], now: number) {
  const facts = days.map((day): NaiveFact => {
    const at = begin + day * dayMs
    return { kind: 'purchase', id: `${day}`, occurredAt: at, arrivedAt: at, lines: [{ lineId: '1', quantity: 1, amount: 1000 }] }
  })
  const states = [facts, ...facts.map((fact) => [fact])].map((each) =>
    recompute([{ inForceFrom: 0, document: first }], each, now),
  )
  const total = (of: (state: NaiveState) => number) => states.reduce((sum, state) => sum + of(state), 0)
  return {
    available: total(({ balance }) => balance.available),
    pending: total(({ balance }) => balance.pending),
    expired: total(({ totals }) => totals.expired),
  }
}

describe('sweeps of all shards', () => {
  it('book everything once, though two run at once, they are killed anywhere, and they come late', async () => {
    await fc.assert(
      fc.asyncProperty(sweeps, async ({ bought, gaps, seed }) => {
        const world = new World(new Timeline(begin), new Trace(new SqliteStore(':memory:')), seededRandom(seed), [])
        const { timeline, trace } = world
        await publish(trace, { first })
        await timeline.run(sell(world.start(), bought, timeline))
        for (const days of gaps) {
          await world.change(weather)
          timeline.now = instant(timeline.now + days * dayMs)
          await timeline.run(Promise.all([sweep(world.start()), sweep(world.start())]))
          await timeline.run(sweep(world.start()))
        }
        await world.change(undefined)
        const { runtime } = world.start()
        strictEqual((await timeline.run(settleMembers(runtime))).failed, 0)
        deepStrictEqual(
          trace.dues().filter((due) => due <= timeline.now),
          [],
          'somebody was left out',
        )
        deepStrictEqual(await timeline.run(settleMembers(runtime)), { settled: 0, idle: 0, failed: 0 })
        const entries = broughtAbout(trace)
        strictEqual(new Set(entries).size, entries.length, 'something is booked twice')
        const verified = await timeline.run(verify(runtime, undefined, () => {}))
        ok(verified.ok)
        const { available, pending, expired } = verified
        const days = [...new Set(bought)].sort((a, b) => a - b)
        deepStrictEqual({ available, pending, expired }, expected(days, timeline.now))
      }),
      { numRuns: 40 },
    )
  })
})
