import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { it } from 'vitest'
import { recordEvent, undoEvent } from '../../functions/contract/events.ts'
import { changeMember, enrolMember } from '../../functions/contract/members.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import type { Campaign } from '../../functions/domain/campaign.ts'
import type { BonusFact, UndoneFact } from '../../functions/domain/entry.ts'
import { instant } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { entryOf } from '../../functions/store/entry-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { entryPrefix, memberOfPartition } from '../../functions/store/table.ts'
import { documentWith } from '../domain/programmes.ts'
import { begin, publish } from './history.ts'
import { loggedErrors } from './logged-errors.ts'
import { dayMs } from './plans.ts'
import { seededRandom, Timeline } from './timeline.ts'
import { Trace } from './trace.ts'
import { type Answer, type Call, Killed, type Process, type Weather, World } from './world.ts'

const budget = 170
const always: readonly Campaign[] = [
  { id: 'hello', trigger: 'enrolment', effect: { points: 5 } },
  {
    id: 'course',
    trigger: { event: 'training' },
    effect: { points: 40 },
    limits: { perMember: [{ window: 'campaign', times: 2 }], budget },
  },
  { id: 'silver', trigger: { tierReached: 'silver' }, effect: { points: 25 } },
  {
    id: 'friends',
    trigger: 'referral',
    when: { spendAtLeast: { amount: 1000 } },
    effect: { points: 30 },
    referrer: { effect: { points: 70 } },
    limits: { budget: 250 },
  },
]
const yearly: readonly Campaign[] = [
  { id: 'cake', trigger: 'birthday', effect: { points: 100 } },
  { id: 'year', trigger: 'anniversary', effect: { points: 20 } },
]
const document = (campaigns: readonly Campaign[]) => ({
  ...documentWith({ expiry: { months: 5 } }, { timezone: 'UTC' }),
  campaigns,
})
/** Birthdays count only from then on: those who are there already must become due. */
const yearlyFrom = begin + 20 * dayMs

const weather: Weather = {
  ...{ conflict: 0.05, timeoutBefore: 0.03, timeoutAfter: 0.03, timeoutLate: 0.03 },
  ...{ unread: 0.005, kill: 0.01, torn: 0.05 },
}

const people = ['ada', 'bea', 'cleo', 'dora']
const birthdays: { readonly [member: string]: string } = { ada: '1990-11-01', bea: '2004-02-29', cleo: '1990-10-30' }
const pick = fc.integer({ min: 0, max: 3 })
const action = fc.oneof(
  fc.record({ kind: fc.constant('event' as const), who: pick, id: pick }),
  fc.record({ kind: fc.constant('undo' as const), id: pick }),
  fc.record({ kind: fc.constant('buy' as const), who: pick, id: pick, amount: fc.constantFrom(900, 1500, 60_000) }),
  fc.record({ kind: fc.constant('return' as const), who: pick, id: pick }),
  fc.record({ kind: fc.constant('name' as const), who: pick, id: pick }),
  fc.record({ kind: fc.constant('sweep' as const) }),
)
type Action = Parameters<Parameters<(typeof action)['map']>[0]>[0]
const plans = fc.record({
  /** Two clients at once in each round, and the days after it. */
  rounds: fc.array(
    fc.record({
      clients: fc.array(fc.array(action, { maxLength: 5 }), { minLength: 2, maxLength: 3 }),
      days: fc.integer({ min: 0, max: 120 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
      size: 'max',
    },
  ),
  seed: fc.noShrink(fc.integer()),
})

loggedErrors()

/** The same id is always the same request, so that two clients who send it mean the same. */
function callOf(wanted: Exclude<Action, { kind: 'sweep' }>): Call {
  const occurredAt = new Date(begin).toISOString()
  switch (wanted.kind) {
    case 'event': {
      const body = { member: { id: people[wanted.who] }, type: 'training', occurredAt }
      return { operation: recordEvent, params: { eventId: `e-${wanted.who}-${wanted.id}` }, body }
    }
    case 'undo':
      return { operation: undoEvent, params: { eventId: `e-${wanted.id}-${wanted.id}` } }
    case 'buy': {
      const { who, id, amount } = wanted
      const lines = [{ lineId: '1', sku: 'a', quantity: 1, amount }]
      const body = { member: { id: people[who] }, storeId: 'leeds', currency: 'GBP', occurredAt, lines }
      return { operation: recordPurchase, params: { purchaseId: `leeds:${who}:${id}` }, body }
    }
    case 'return': {
      // Whatever the purchase's amount is: a part of the smallest.
      const lines = [{ lineId: '1', quantity: 1, amount: 900 }]
      const params = { purchaseId: `leeds:${wanted.who}:${wanted.id}`, returnId: 'r' }
      return { operation: recordReturn, params, body: { occurredAt, lines } }
    }
    case 'name':
      return { operation: changeMember, params: { memberId: people[wanted.who]! }, body: { name: `n-${wanted.id}` } }
  }
}

async function insist(world: World, call: Call): Promise<Answer> {
  for (let process = world.start(); ; process = process.alive ? process : world.start()) {
    const answer = await process.send(call)
    if (process.alive && answer.status !== 503) return answer
    await world.timeline.sleep(1000)
  }
}

async function sweep(process: Process): Promise<void> {
  try {
    await settleMembers(process.runtime)
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof Killed)) throw error
  }
}

async function work(world: World, actions: readonly Action[]): Promise<void> {
  for (const wanted of actions) {
    if (wanted.kind === 'sweep') await sweep(world.start())
    else ok((await insist(world, callOf(wanted))).status < 500, JSON.stringify(wanted))
  }
}

/** Bea was recommended by Ada, Cleo by Bea. */
async function enrolAll(world: World): Promise<void> {
  for (const [index, member] of people.entries()) {
    const birthday = birthdays[member]
    const body = { ...(birthday && { birthday }), ...((index === 1 || index === 2) && { referredBy: people[index - 1] }) }
    ok((await insist(world, { operation: enrolMember, params: { memberId: member }, body })).status < 300)
  }
}

const factsOf = ({ items }: Trace) =>
  [...items.values()].flatMap((item) => {
    if (!item.sk.startsWith(entryPrefix)) return []
    const { fact } = entryOf(item)
    const { member } = memberOfPartition(item.pk)
    return fact.kind === 'bonus' || fact.kind === 'bonus-undone' ? [{ member: String(member), fact }] : []
  })

/** How often a month and day has begun since, by counting days; 29 February is the 28th in other years. */
function timesOf(date: string, after: number, until: number): number {
  let times = 0
  for (let day = Math.ceil((after + 1) / dayMs) * dayMs; day <= until; day += dayMs) {
    const iso = new Date(day).toISOString()
    const isLeap = new Date(Date.UTC(Number(iso.slice(0, 4)), 1, 29)).getUTCMonth() === 1
    const wanted = date === '02-29' && !isLeap ? '02-28' : date
    if (iso.slice(5, 10) === wanted) times += 1
  }
  return times
}

it('bonuses are given once for their ids, to both sides or none, within their limits, whatever is raced, cut off or late', async () => {
  let [given, undone] = [0, 0]
  await fc.assert(
    fc.asyncProperty(plans, async ({ rounds, seed }) => {
      const world = new World(new Timeline(begin), new Trace(new SqliteStore(':memory:')), seededRandom(seed), [])
      const { timeline, trace } = world
      await publish(trace, { first: document(always), later: [yearlyFrom, document([...always, ...yearly])] })
      await world.change(weather)
      await timeline.run(enrolAll(world))
      for (const { clients, days } of rounds) {
        await world.change(weather)
        await timeline.run(Promise.all(clients.map((actions) => work(world, actions))))
        timeline.now = instant(timeline.now + days * dayMs)
      }
      await world.change(undefined)
      const { runtime } = world.start()
      strictEqual((await timeline.run(settleMembers(runtime))).failed, 0)
      deepStrictEqual(await timeline.run(settleMembers(runtime)), { settled: 0, idle: 0, failed: 0 })
      const differences: unknown[] = []
      const { ok: isRight } = await timeline.run(verify(runtime, undefined, (difference) => differences.push(difference)))
      deepStrictEqual(differences, [])
      ok(isRight)

      const facts = factsOf(trace)
      const bonuses = facts.flatMap(({ member, fact }) => (fact.kind === 'bonus' ? [{ member, fact: fact as BonusFact }] : []))
      const taken = facts.flatMap(({ fact }) => (fact.kind === 'bonus-undone' ? [fact as UndoneFact] : []))
      given += bonuses.length
      undone += taken.length
      for (const ids of [bonuses.map(({ fact }) => fact.id), taken.map(({ id }) => id)]) {
        strictEqual(new Set(ids).size, ids.length, 'a bonus is given or taken back twice')
      }
      const kept = (trigger: string, member?: string) =>
        bonuses.filter(
          ({ member: whose, fact }) =>
            fact.trigger === trigger && (member ?? whose) === whose && !taken.some(({ id }) => id === fact.id),
        )
      const pointsOf = (some: typeof bonuses) =>
        some.flatMap(({ fact }) => fact.awards).reduce((sum, { points }) => sum + points, 0)
      for (const member of people) {
        strictEqual(kept('enrolment', member).length, 1)
        const birthday = birthdays[member]?.slice(5)
        strictEqual(
          kept('birthday', member).length,
          birthday ? timesOf(birthday, yearlyFrom - 1, timeline.now) : 0,
          `${member}’s birthdays`,
        )
        const joined = new Date(begin).toISOString().slice(5, 10)
        strictEqual(kept('anniversary', member).length, timesOf(joined, begin + dayMs, timeline.now))
        ok(pointsOf(kept('event training', member)) <= 80)
      }
      ok(pointsOf(kept('event training')) <= budget)
      ok(pointsOf(kept('referral')) <= 250)
      // Ada for Bea, Bea for Cleo: who was recommended has theirs if and only if who recommended them has.
      for (const [friend, by] of [
        ['bea', 'ada'],
        ['cleo', 'bea'],
      ]) {
        const ids = kept('referral').map(({ fact }) => fact.id)
        strictEqual(ids.includes(`AUTO#referral#${friend}`), ids.includes(`AUTO#referral#${by}#${friend}`))
      }
      await trace.close()
    }),
    { numRuns: 40 },
  )
  ok(given > 300 && undone > 5, `too little happened: ${given} given, ${undone} taken back`)
})
