import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { adjustPoints } from '../../functions/contract/adjustments.ts'
import { readBalance } from '../../functions/contract/me.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { instant } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { entryPrefix } from '../../functions/store/table.ts'
import { documentWith } from '../domain/programmes.ts'
import type { NaiveFact, NaiveState } from '../model/naive-facts.ts'
import { recompute } from '../model/naive-model.ts'
import { begin, publish } from './history.ts'
import { loggedErrors } from './logged-errors.ts'
import { dayMs } from './plans.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Answer, type Call, Killed, type Process, type Weather, World } from './world.ts'

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

const seeds = fc.noShrink(fc.integer())
const sweeps = fc.record({
  /** Days after the beginning on which something is bought. */
  days: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40, size: 'max' }),
  /** Days between sweeps. */
  gaps: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
  seed: seeds,
})

loggedErrors()

async function worldOf(seed: number): Promise<World> {
  const world = new World(new Timeline(begin), new Trace(new SqliteStore(':memory:')), seededRandom(seed), [])
  await publish(world.trace, { first })
  return world
}

/**
 * One member for each day on which something is bought, spread over the shards, and one who buys on all of them: more comes
 * due for that one than one commit may book.
 */
async function sell(process: Process, days: readonly number[], timeline: Timeline): Promise<void> {
  for (const day of [...days].sort((a, b) => a - b)) {
    timeline.now = instant(begin + day * dayMs)
    for (const member of [`m-${day}`, 'regular']) {
      await process.send({ operation: enrolMember, params: { memberId: member }, body: {} })
      const { status } = await process.send(purchaseOf(member, day))
      ok(status === 201 || status === 200, `a purchase is answered by ${status}`)
    }
  }
}

function purchaseOf(member: string, day: number): Call {
  const body = {
    member: { id: member },
    storeId: 'leeds',
    currency: 'GBP',
    occurredAt: new Date(begin + day * dayMs).toISOString(),
    lines: [{ lineId: '1', sku: 'sku', quantity: 1, amount: 1000 }],
  }
  return { operation: recordPurchase, params: { purchaseId: `leeds:${member}:${day}` }, body }
}

function spendingOf(member: string): Call {
  const params = { id: member, adjustmentId: 'a' }
  return { operation: adjustPoints, params, body: { points: -10, reason: 'Spent' } }
}

async function sweep(process: Process): Promise<void> {
  try {
    await settleMembers(process.runtime)
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
  }
}

/** Sends something until it is answered, by another process where one has died. */
async function insist(world: World, call: Call): Promise<Answer> {
  for (let process = world.start(); ; process = process.alive ? process : world.start()) {
    const answer = await process.send(call)
    if (process.alive && answer.status !== 503) return answer
    await world.timeline.sleep(1000)
  }
}

/** What time brings about is booked once: each kind of thing at one instant of one member. */
function isBookedOnce({ items }: Trace): void {
  const booked = [...items.values()].flatMap(({ pk, sk, k, at }) =>
    sk.startsWith(entryPrefix) && (k === 'mature' || k === 'expire') ? [`${pk} ${k} ${at}`] : [],
  )
  strictEqual(new Set(booked).size, booked.length, 'something is booked twice')
}

/** What all members have by the model. */
function expected(days: readonly number[], now: number) {
  const facts = days.map((day): NaiveFact => {
    const at = begin + day * dayMs
    return { kind: 'purchase', id: `${day}`, occurredAt: at, arrivedAt: at, lines: [{ lineId: '1', quantity: 1, amount: 1000 }] }
  })
  const histories = [facts, ...facts.map((fact) => [fact])]
  const states = histories.map((history) => recompute([{ inForceFrom: 0, document: first }], history, now))
  const total = (of: (state: NaiveState) => number) => states.reduce((sum, state) => sum + of(state), 0)
  return {
    available: total(({ balance }) => balance.available),
    pending: total(({ balance }) => balance.pending),
    expired: total(({ totals }) => totals.expired),
  }
}

describe('sweeps of all shards', () => {
  it('book everything once, though two run at once, they are killed anywhere, and they come late', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(sweeps, async ({ days, gaps, seed }) => {
        const world = await worldOf(seed)
        const { timeline, trace } = world
        await timeline.run(sell(world.start(), days, timeline))
        for (const gap of gaps) {
          await world.change(weather)
          timeline.now = instant(timeline.now + gap * dayMs)
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
        isBookedOnce(trace)
        const { ok: isRight, available, pending, expired } = await timeline.run(verify(runtime, undefined, () => {}))
        ok(isRight, 'what the sweeps left does not add up')
        const inOrder = [...new Set(days)].sort((a, b) => a - b)
        deepStrictEqual({ available, pending, expired }, expected(inOrder, timeline.now))
        await trace.close()
      }),
      { numRuns: 40 },
    )
  })

  it('are not needed: who comes back is settled on the way, though more is due than one commit books', {
    timeout: 120_000,
  }, async () => {
    const days = Array.from({ length: 31 }, (_, day) => day)
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const world = await worldOf(seed)
        const { timeline, trace } = world
        await timeline.run(sell(world.start(), days, timeline))
        timeline.now = instant(begin + 100 * dayMs)
        await world.change(weather)
        const calls = [spendingOf('regular'), spendingOf('regular'), { operation: readBalance, member: 'regular' }]
        const [once, twice, balance] = await timeline.run(Promise.all(calls.map((call) => insist(world, call))))
        for (const spent of [once, twice])
          strictEqual((spent!.body as { code?: string }).code, 'insufficient-points', 'what is expired is spent')
        strictEqual((balance!.body as { available: number }).available, 0)
        const sold = await timeline.run(insist(world, purchaseOf('regular', 100)))
        const { available, pending } = (sold.body as { balance: { available: number; pending: number } }).balance
        deepStrictEqual([available, pending], [0, 10])
        await world.change(undefined)
        isBookedOnce(trace)
        ok((await timeline.run(verify(world.start().runtime, undefined, () => {}))).ok, 'what came of it does not add up')
        await trace.close()
      }),
      { numRuns: 20 },
    )
  })
})
