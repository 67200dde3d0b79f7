import fc from 'fast-check'
import { serveCare } from '../../functions/care.ts'
import { readBacktest, startBacktest } from '../../functions/contract/backtests.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { type Instant, instant, memberId } from '../../functions/domain/units.ts'
import { runJobs } from '../../functions/handlers/jobs.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { servePos } from '../../functions/pos.ts'
import { serveProgramme } from '../../functions/programme.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { revisionItem } from '../../functions/store/revision-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { shardOf, table } from '../../functions/store/table.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'

const dayMs = 86_400_000

/** A shop of its own in which histories are lived, and then tried under other revisions. */
export class Shop {
  readonly runtime: Runtime
  readonly #clock: { now: Instant }
  readonly #pos: ReturnType<typeof servePos>
  readonly #programme: ReturnType<typeof serveProgramme>
  readonly #care: ReturnType<typeof serveCare>

  private constructor(runtime: Runtime, clock: { now: Instant }) {
    this.runtime = runtime
    this.#clock = clock
    this.#pos = servePos(runtime)
    this.#programme = serveProgramme(runtime)
    this.#care = serveCare(runtime)
  }

  static async open(document: ProgrammeDocument, begin: number): Promise<Shop> {
    const clock = { now: instant(begin) }
    const { runtime } = await deploymentOn(new SqliteStore(':memory:'), { now: () => clock.now, pause: async () => {} })
    await createProgramme(runtime.store, 'demo', document, clock.now)
    return new Shop(runtime, clock)
  }

  get now(): number {
    return this.#clock.now
  }

  /** Publishes another document, in force from a minute from now. */
  async publish(document: ProgrammeDocument): Promise<Instant> {
    const inForceFrom = instant(this.now + 60_000)
    await this.runtime.store.commit([
      { kind: 'put', item: { ...table.current('demo'), n: 2 } },
      { kind: 'put', item: revisionItem('demo', { number: 2, inForceFrom, publishedAt: this.#clock.now, document }) },
    ])
    return inForceFrom
  }

  wait(ms: number): void {
    this.#clock.now = instant(this.#clock.now + ms)
  }

  async ask(operation: Operation, asked: { params?: { [name: string]: string }; body?: unknown }) {
    const isPos = operation.audience === 'pos'
    const caller = isPos ? demoTill : { ...demoTill, scopes: 'laurel/admin.read laurel/admin.marketing', stores: '' }
    const serve = operation.office === 'care' ? this.#care : isPos ? this.#pos : this.#programme
    const { statusCode, body } = await callAs(serve, caller, operation, asked)
    return { status: statusCode!, body: JSON.parse(body!) as never }
  }

  /** Waits while the scheduled job runs in time: what a midnight of UTC brings is booked then. */
  async waitSwept(ms: number, members: readonly string[]): Promise<void> {
    const until = this.now + ms
    const shards = [...new Set(members.map((member) => shardOf(memberId(member))))]
    for (let midnight = (Math.floor(this.now / dayMs) + 1) * dayMs; midnight <= until; midnight += dayMs) {
      this.#clock.now = instant(midnight)
      await settleMembers(this.runtime, shards)
    }
    this.#clock.now = instant(until)
    await settleMembers(this.runtime, shards)
  }

  /** Works on a backtest until it is done. */
  async backtest(id: string, from: number, until: number, under: unknown) {
    const started = await this.ask(startBacktest, { body: { id, from: iso(from), until: iso(until), under } })
    if (started.status !== 202) throw new Error(`a backtest was answered with ${started.status}`)
    const ran = await runJobs(this.runtime, () => true)
    if (ran.done !== 1) throw new Error(`a backtest was not done: ${JSON.stringify(ran)}`)
    const { body } = await this.ask(readBacktest, { params: { id } })
    return readBacktest.answers[200].parse(body)
  }
}

export const iso = (at: number): string => new Date(at).toISOString()

/** The demo programme's levels from other thresholds on. */
export const ladder = (thresholds: readonly [silver: number, gold: number]) => {
  const [bronze, silver, gold] = demoProgramme.tiers.levels
  return [bronze!, { ...silver!, threshold: thresholds[0] }, { ...gold!, threshold: thresholds[1] }]
}

/** Hours until the next thing happens: a few days at most, but for one time in `usually` + 1. */
export const hoursUntil = ({ usually, most }: { readonly usually: number; readonly most: number }): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: usually, arbitrary: fc.integer({ min: 1, max: 96 }) },
    { weight: 1, arbitrary: fc.integer({ min: 97, max: most }) },
  )
