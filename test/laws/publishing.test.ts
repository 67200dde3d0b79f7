import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import type { Club } from '../../functions/domain/club.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { entryOf } from '../../functions/store/entry-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { entryPrefix } from '../../functions/store/table.ts'
import { demoDocument } from '../domain/programmes.ts'
import { publishNext } from '../support/publish.ts'
import { begin, publish } from './history.ts'
import { loggedErrors } from './logged-errors.ts'
import { dayMs } from './plans.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { idsOnShard, Killed, memberShard, programmeId, type Weather, World } from './world.ts'

/** A revision that is published when members are there already moves them when it takes effect, whether or not anybody asks. */

const [bronze, silver, gold] = demoDocument.tiers.levels
const tiersWith = (threshold: number): ProgrammeDocument['tiers'] => ({
  ...demoDocument.tiers,
  levels: [bronze!, { ...silver!, threshold }, gold!],
})
const regulars = (atLeast: number): Club => ({
  ...{ id: 'regulars', name: 'Regulars', kind: 'qualifying' },
  qualifies: { metric: 'purchases', atLeast, period: 'lifetime' },
})
const first: ProgrammeDocument = { ...demoDocument, timezone: 'UTC', clubs: [regulars(3)] }
const changed: readonly (readonly [what: string, document: ProgrammeDocument, moves: readonly string[]])[] = [
  ['a lower threshold', { ...first, tiers: tiersWith(1_000) }, ['tier']],
  ['a club that asks for less', { ...first, clubs: [regulars(1)] }, ['club-joined']],
  ['both', { ...first, tiers: tiersWith(1_000), clubs: [regulars(1)] }, ['tier', 'club-joined']],
  ['nothing that moves anybody', { ...first, clubs: [{ ...regulars(3), perks: ['A newspaper'] }] }, []],
]

const weather: Weather = { conflict: 0.05, timeoutAfter: 0.03, timeoutLate: 0.03, unread: 0.005, kill: 0.01 }

loggedErrors()

const worldOf = (seed: number) => new World(new Timeline(begin), new Trace(new SqliteStore(':memory:')), seededRandom(seed), [])

/** Members on one shard of whom each buys once. */
async function sell(world: World, members: readonly string[]): Promise<void> {
  const process = world.start()
  for (const member of members) {
    await process.send({ operation: enrolMember, params: { memberId: member }, body: {} })
    const lines = [{ lineId: '1', sku: 'a', quantity: 1, amount: 1000 }]
    const occurredAt = new Date(world.timeline.now).toISOString()
    const body = { member: { id: member }, storeId: 'leeds', currency: 'GBP', occurredAt, lines }
    const { status } = await process.send({ operation: recordPurchase, params: { purchaseId: `leeds:${member}` }, body })
    strictEqual(status, 201)
  }
}

const named = (count: number) =>
  Array.from(
    { length: count },
    (
      (ids) => () =>
        ids.next().value
    )(idsOnShard('m')),
  )

/** What was booked at an instant, whenever. */
const bookedAs = ({ items }: Trace, at: Instant) =>
  [...items.values()].flatMap((item) => {
    if (!item.sk.startsWith(entryPrefix)) return []
    const entry = entryOf(item)
    return entry.at === at ? [`${item.pk.split('#')[3]} ${entry.fact.kind}`] : []
  })

const takesEffect = instant(begin + 10 * dayMs)

describe.each(changed)('%s', (_, document, moves) => {
  test('is booked by the first sweep after it takes effect, for all who were there before', async () => {
    const world = worldOf(1)
    const { timeline, trace } = world
    await publish(trace, { first })
    const members = named(230)
    await timeline.run(sell(world, members))
    await publishNext(trace, programmeId, document, new Date(takesEffect).toISOString())
    timeline.now = instant(takesEffect - 1)
    const process = world.start()
    deepStrictEqual(await timeline.run(settleMembers(process.runtime, [memberShard])), { settled: 0, idle: 0, failed: 0 })
    timeline.now = takesEffect
    const settled = moves.length > 0 ? members.length : 0
    deepStrictEqual(await timeline.run(settleMembers(process.runtime, [memberShard])), { settled, idle: 0, failed: 0 })
    const expected = members.flatMap((member) => moves.map((kind) => `${member} ${kind}`))
    deepStrictEqual(bookedAs(trace, takesEffect).toSorted(), expected.toSorted())
    const { commits } = trace
    deepStrictEqual(await timeline.run(settleMembers(process.runtime, [memberShard])), { settled: 0, idle: 0, failed: 0 })
    expect(trace.commits).toBe(commits)
    await trace.close()
  })
})

const plans = fc.record({
  members: fc.integer({ min: 1, max: 150 }),
  later: fc.integer({ min: 0, max: 30 }),
  sweeps: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
  which: fc.nat(changed.length - 1),
  seed: fc.noShrink(fc.integer()),
})

it('is booked for everybody however often the walk is killed, run twice, or comes late, with members who come meanwhile', async () => {
  let walked = 0
  await fc.assert(
    fc.asyncProperty(plans, async ({ members: count, later, sweeps, which, seed }) => {
      const world = worldOf(seed)
      const { timeline, trace } = world
      const [, document, moves] = changed[which]!
      await publish(trace, { first })
      const members = named(count + later)
      await timeline.run(sell(world, members.slice(0, count)))
      await publishNext(trace, programmeId, document, new Date(takesEffect).toISOString())
      timeline.now = instant(takesEffect - dayMs)
      await timeline.run(sell(world, members.slice(count, count + later / 2)))
      timeline.now = takesEffect
      await world.change(weather)
      for (const hours of sweeps) {
        const two = [world.start(), world.start()].map(async ({ runtime }) => {
          try {
            await settleMembers(runtime, [memberShard])
          } catch (error) {
            if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
          }
        })
        await timeline.run(Promise.all(two))
        timeline.now = instant(timeline.now + hours * 3_600_000)
      }
      await world.change(undefined)
      await timeline.run(sell(world, members.slice(Math.floor(count + later / 2))))
      const { runtime } = world.start()
      strictEqual((await timeline.run(settleMembers(runtime, [memberShard]))).failed, 0)
      deepStrictEqual(await timeline.run(settleMembers(runtime, [memberShard])), { settled: 0, idle: 0, failed: 0 })
      const before = members.slice(0, Math.floor(count + later / 2))
      const expected = before.flatMap((member) => moves.map((kind) => `${member} ${kind}`))
      deepStrictEqual(bookedAs(trace, takesEffect).toSorted(), expected.toSorted())
      const differences: unknown[] = []
      ok((await timeline.run(verify(runtime, undefined, (difference) => differences.push(difference)))).ok)
      deepStrictEqual(differences, [])
      walked += before.length
      await trace.close()
    }),
    { numRuns: Number(process.env.RUNS ?? 30), interruptAfterTimeLimit: 500_000 },
  )
  ok(walked > 500, `too little happened: ${walked}`)
}, 580_000)
