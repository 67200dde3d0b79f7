import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import { readExperimentReport, startExperimentReport } from '../../functions/contract/experiments.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { emptySums, mostReferrers, mostSlots, sharedLimits } from '../../functions/domain/backtest.ts'
import { compileRevision } from '../../functions/domain/programme.ts'
import { take } from '../../functions/domain/timeline.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { mostOpenJobs, type Ran, runJobs } from '../../functions/handlers/jobs.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { serveProgramme } from '../../functions/programme.ts'
import { runJobsFor } from '../../functions/run-jobs.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { compress } from '../../functions/store/compressed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { type CommitResult, mostItemBytes, type Store, UnavailableError, type Write } from '../../functions/store/store.ts'
import { backtestJob, table } from '../../functions/store/table.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'
import { PassingStore } from '../support/passing-store.ts'
import { buy, noon } from './calls.ts'

/** Jobs are cut off, doubled and left lying, and come to what they would have come to. */

const clock = { now: instant(noon) }
let store: SqliteStore
let runtime: Runtime

const runtimeOn = async (on: Store, now: () => Instant = () => clock.now, pause = async () => {}) =>
  (await deploymentOn(on, { now, pause })).runtime

const campaigns = [
  { id: 'third', trigger: 'purchase', when: { purchaseNumber: { every: 3 } }, effect: { points: 50 } },
  { id: 'scarce', trigger: 'purchase', effect: { points: 10 }, limits: { budget: 95 } },
] as const
const period = { from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' }
const under = { document: { ...demoProgramme, campaigns } }

async function ask(operation: Operation, asked: { params?: { [name: string]: string }; body?: unknown }, world = runtime) {
  const caller = { ...demoTill, scopes: 'laurel/admin.read laurel/admin.marketing', stores: '' }
  const { statusCode, body } = await callAs(serveProgramme(world), caller, operation, asked)
  return { status: statusCode, body: JSON.parse(body!) as { [name: string]: unknown } }
}

const start = (id: string, body: object = { ...period, under }) => ask(startBacktest, { body: { id, ...body } })
const read = async (id: string) => (await ask(readBacktest, { params: { id } })).body
const always = () => true
const ran = (what: Partial<Ran>): Ran => ({ done: 0, unfinished: 0, elsewhere: 0, failed: 0, ...what })

/** What a job that nobody disturbs reports. */
let undisturbed: unknown

beforeEach(async () => {
  clock.now = instant(noon)
  store = new SqliteStore(':memory:')
  runtime = await runtimeOn(store)
  await createProgramme(store, 'demo', demoProgramme, clock.now)
  for (let number = 0; number < 24; number += 1) {
    clock.now = instant(clock.now + 1000)
    await buy(runtime, String(number), { card: `card-${number % 7}` })
  }
  await start('undisturbed')
  await runJobs(runtime, always)
  undisturbed = (await read('undisturbed')).report
  expect(undisturbed).toMatchObject({ purchases: 24, budgets: { runOut: [{ campaign: 'scarce' }] } })
})

afterEach(() => store.close())

test('a job that gets too little time goes on where it left off, however often', async () => {
  await start('b')
  let runs = 0
  let last = ran({ unfinished: 1 })
  while (last.unfinished > 0) {
    let marks = 0
    last = await runJobs(runtime, () => {
      marks += 1
      return marks <= 3
    })
    runs += 1
  }
  expect(last).toEqual(ran({ done: 1 }))
  expect(runs).toBeGreaterThan(40)
  expect(await read('b')).toMatchObject({ status: 'done', progress: { done: 128, total: 128 }, report: undisturbed })
})

test('its progress is seen', async () => {
  await start('b')
  let marks = 0
  await runJobs(runtime, () => {
    marks += 1
    return marks <= 10
  })
  expect(await read('b')).toMatchObject({ status: 'running', progress: { done: 10, total: 64 } })
})

/** A store whose process dies at the n-th commit, before it or after. */
class Dying extends PassingStore {
  #left: number
  readonly #isDone: boolean
  constructor(inner: Store, commits: number, isDone: boolean) {
    super(inner)
    this.#left = commits
    this.#isDone = isDone
  }

  override async commit(writes: readonly Write[]): Promise<CommitResult> {
    this.#left -= 1
    if (this.#left > 0) return this.inner.commit(writes)
    if (this.#left === 0 && this.#isDone) await this.inner.commit(writes)
    throw new UnavailableError('unknown', 'gone')
  }
}

test.each(
  [1, 2, 3, 30, 64, 65, 66, 67, 100, 129, 130, 131].flatMap((commits) => [[commits, false] as const, [commits, true] as const]),
)('whoever works on it dies at commit %d, done: %s, and another comes to the same', async (commits, isDone) => {
  await start('b')
  await runJobs(await runtimeOn(new Dying(store, commits, isDone)), always)
  clock.now = instant(clock.now + 60_001)
  await runJobs(runtime, always)
  expect(await read('b')).toMatchObject({ status: 'done', report: undisturbed })
  expect(await runJobs(runtime, always)).toEqual(ran({}))
})

test('nobody works on what somebody is at, until they must have died', async () => {
  await start('b')
  await runJobs(await runtimeOn(new Dying(store, 5, true)), always)
  expect(await runJobs(runtime, always)).toEqual(ran({ elsewhere: 1 }))
  clock.now = instant(clock.now + 60_001)
  expect(await runJobs(runtime, always)).toEqual(ran({ done: 1 }))
})

test('of two who work on it at once one is done, and the other leaves it alone', async () => {
  await start('b')
  let overtaken = false
  /** Held up in the middle of its work for so long that another, whose clock says so, takes over and ends it. */
  const slow = await runtimeOn(store, undefined, async () => {
    if (overtaken) return
    overtaken = true
    const later = await runtimeOn(store, () => instant(clock.now + 60_001))
    expect(await runJobs(later, always)).toEqual(ran({ done: 1 }))
  })
  expect(await runJobs(slow, always)).toEqual(ran({ elsewhere: 1 }))
  expect(await read('b')).toMatchObject({ status: 'done', report: undisturbed })
})

test('one that cannot be done fails, and does not keep the others from being done', async () => {
  await start('a-broken')
  await start('b')
  const key = table.jobDocument('demo', backtestJob('a-broken'))
  await store.commit([{ kind: 'put', item: { ...key, doc: 'nonsense' } }])
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await runJobs(runtime, always)).toEqual(ran({ done: 1, failed: 1 }))
  quiet.mockRestore()
  expect(await read('a-broken')).toMatchObject({ status: 'failed' })
  expect(await read('a-broken')).not.toHaveProperty('report')
  expect(await runJobs(runtime, always)).toEqual(ran({}))
})

test('there are not more of them than may be, and room again once they are done', async () => {
  for (let number = 0; number < mostOpenJobs; number += 1) expect((await start(`b-${number}`)).status).toBe(202)
  expect(await start('one-more')).toMatchObject({ status: 409, body: { code: 'too-many-jobs' } })
  expect((await start('b-0')).status).toBe(200)
  expect(await runJobs(runtime, always)).toEqual(ran({ done: mostOpenJobs }))
  expect((await start('one-more')).status).toBe(202)
})

test('a report that is asked for while it is under way with another share begins anew', async () => {
  const params = { campaignId: 'scarce' }
  await ask(startExperimentReport, { params, body: { ...period, percent: 10 } })
  let marks = 0
  await runJobs(runtime, () => {
    marks += 1
    return marks <= 10
  })
  expect((await ask(startExperimentReport, { params, body: { ...period, percent: 90 } })).status).toBe(202)
  await runJobs(runtime, always)
  const { body } = await ask(readExperimentReport, { params })
  expect(body).toMatchObject({ status: 'done', percent: 90, progress: { done: 64, total: 64 } })
})

test('the function works for as long as it is told', async () => {
  await start('b')
  expect(await runJobsFor(runtime, { forMs: 0 })).toEqual(ran({ unfinished: 1 }))
  expect(await runJobsFor(runtime, { forMs: 1 })).toEqual(ran({ done: 1 }))
})

describe('what a job leaves', () => {
  test('fits in an item, with all campaigns before and after and as many slots as there may be', () => {
    const sums = emptySums()
    const compared = () => ({ recorded: 123_456_789, tried: 987_654_321 })
    for (let number = 0; number < 2000; number += 1) {
      const id = `campaign-with-a-rather-long-name-${(number * 7919) % 100_000}`
      sums.sources[id] = { points: compared(), purchases: compared(), occasions: compared(), members: compared() }
    }
    for (let number = 0; number < 100_000; number += 1) {
      take(
        sums.timeline,
        `budget-${number % 400}`,
        noon + ((number * 7_919_017) % 31_536_000_000),
        (number * 31) % 500,
        mostSlots,
      )
    }
    const { referrers } = sharedLimits(sums, compileRevision(1, instant(0), demoProgramme))
    for (let number = 0; number < 2 * mostReferrers; number += 1) {
      const member = randomUUID()
      referrers.set(`${member} bring-a-friend year 2026`, { times: number % 10, points: (number * 31) % 5000 })
    }
    expect([Object.keys(sums.referrers).length, sums.referrersOmitted]).toEqual([mostReferrers, true])
    expect(sums.timeline.slots).toBeLessThanOrEqual(mostSlots)
    expect(compress(sums).length).toBeLessThan(mostItemBytes * 0.9)
  })
})
