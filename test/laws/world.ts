import type { Context as LambdaContext } from 'aws-lambda'
import { type Operation, type Server, serverOf } from '../../functions/contract/operation.ts'
import type { MemberId } from '../../functions/domain/units.ts'
import type { Caller } from '../../functions/handlers/context.ts'
import type { GatewayEvent, GatewayHandler } from '../../functions/http/audience.ts'
import { contextOfCaller } from '../../functions/http/caller.ts'
import { routeKeyOf } from '../../functions/http/routes.ts'
import { serversOf } from '../../functions/local/functions.ts'
import { createRuntime, type Runtime } from '../../functions/runtime.ts'
import { secretsAmong } from '../../functions/store/key-ring.ts'
import type { DuePage, DueQuery, Item, Key, Page, PartitionQuery, ReadResult, Store, Write } from '../../functions/store/store.ts'
import { shardOf } from '../../functions/store/table.ts'
import { type Faults, FaultyStore } from '../store/faulty-store.ts'
import type { Timeline } from './timeline.ts'
import type { Trace } from './trace.ts'

export const programmeId = 'demo'
/** All members of a history are on one shard, so that one sweep meets them all. */
export const memberShard = 7
export const lookupSecret = 'a secret of the tests'

/** The process that did the work is gone: unlike anything that a store throws, nobody may try that again. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** What can go wrong besides the store's faults. */
export interface Weather extends Partial<Faults> {
  /** How likely a process dies between two lines: before and after each call to the store. */
  readonly kill?: number
  /** How likely a read of several items finds some as they are a little later: DynamoDB's batches are no snapshots. */
  readonly torn?: number
}

export interface Call {
  readonly operation: Operation
  readonly params?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string }
  readonly body?: unknown
  /** Whose token it is, where a member calls. */
  readonly member?: string
  /** Who calls, where that is no member yet. */
  readonly subject?: string
  /** An address that the issuer vouches for. */
  readonly verifiedEmail?: string
}

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: unknown }
  readonly body: unknown
}

/** Ids that lie on the members' shard. */
export function* idsOnShard(prefix: string): Generator<MemberId, never> {
  for (let number = 1; ; number += 1) {
    const id = `${prefix}-${number}`
    if (shardOf(id) === memberShard) yield id as MemberId
  }
}

/** A deployment as one history finds it: a store that fails, clocks that move, processes that die and are replaced. */
export class World {
  readonly timeline: Timeline
  readonly trace: Trace
  readonly random: () => number
  /** What processes logged as errors. */
  readonly log: readonly string[]
  /** Undefined: nothing goes wrong, and nothing takes any time. */
  weather: Weather | undefined
  faulty: FaultyStore
  /** The keys of the look-ups that processes can read, the one that the world began with first. */
  readonly secrets: [string, ...string[]] = [lookupSecret]
  readonly #ids = idsOnShard('made')

  constructor(timeline: Timeline, trace: Trace, random: () => number, log: readonly string[]) {
    this.log = log
    this.timeline = timeline
    this.trace = trace
    this.random = random
    this.faulty = new FaultyStore(trace, random, {})
  }

  get now() {
    return { commit: this.trace.commits, now: this.timeline.now }
  }

  /**
   * From now on other things go wrong. What was held up lands before, and the due index catches up: both are late by seconds
   * and not by the months that may lie between.
   */
  async change(weather: Weather | undefined): Promise<void> {
    this.faulty.on = false
    const nothing = [{ pk: 'NOTHING', sk: 'NOTHING' }]
    await this.timeline.run(this.timeline.real(() => this.faulty.read(nothing, { consistent: true })))
    this.weather = weather
    this.faulty = new FaultyStore(this.trace, this.random, weather ?? {})
  }

  start(): Process {
    return new Process(this)
  }

  newId(): string {
    return this.#ids.next().value
  }
}

/** One process of the deployment: its own runtime on the common store. */
export class Process implements Store {
  readonly runtime: Runtime
  alive = true
  readonly #world: World
  readonly #handlers: { readonly [server in Server]: GatewayHandler }

  constructor(world: World) {
    this.#world = world
    this.runtime = createRuntime({
      store: this,
      now: () => world.timeline.now,
      random: world.random,
      newId: () => world.newId(),
      pause: async (ms) => {
        await world.timeline.sleep(ms)
        this.#live()
      },
      lookupSecrets: secretsAmong(async () => world.secrets),
    })
    const { runtime } = this
    this.#handlers = serversOf(runtime)
  }

  async send(call: Call): Promise<Answer> {
    const result = await this.#handlers[serverOf(call.operation)](eventOf(call), { awsRequestId: 'r' } as LambdaContext)
    return { status: result.statusCode ?? 0, headers: result.headers ?? {}, body: JSON.parse(result.body ?? 'null') }
  }

  async read(keys: readonly Key[], options: { consistent: boolean }): Promise<ReadResult> {
    const { weather, random } = this.#world
    const isTorn = keys.length > 1 && weather?.torn !== undefined && random() < weather.torn
    if (!isTorn) return this.#remotely((store) => store.read(keys, options))
    const isLater = keys.map(() => random() < 0.5)
    const sooner = await this.#remotely((store) => store.read(keys, options))
    const later = await this.#remotely((store) => store.read(keys, options))
    return { ...sooner, items: keys.map((_, index) => (isLater[index] ? later : sooner).items[index]) }
  }

  query(query: PartitionQuery): Promise<Page<Item>> {
    return this.#remotely((store) => store.query(query))
  }

  async queryDue(query: DueQuery): Promise<DuePage> {
    // A sweep asks for every day that passed: where nothing ever goes wrong on the way, it need not take its turns either.
    this.#live()
    return this.#world.timeline.real(() => this.#world.faulty.queryDue(query))
  }

  commit(writes: readonly Write[]) {
    return this.#remotely((store) => store.commit(writes))
  }

  async close(): Promise<void> {}

  async #remotely<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
    await this.#travel()
    try {
      return await this.#world.timeline.real(() => work(this.#world.faulty))
    } finally {
      await this.#travel()
    }
  }

  /** The way to the store or back: it takes its time, and one end may not live to see the other. */
  async #travel(): Promise<void> {
    const { timeline, random, weather } = this.#world
    if (weather) await timeline.sleep(latencyMs(random()))
    if (this.alive && weather?.kill !== undefined && random() < weather.kill) this.alive = false
    this.#live()
  }

  #live(): void {
    if (!this.alive) throw new Killed('the process was killed')
  }
}

function latencyMs(chance: number): number {
  if (chance < 0.5) return 0
  if (chance < 0.8) return 1
  if (chance < 0.93) return 3
  return chance < 0.99 ? 25 : 900
}

const scopes: { readonly [audience in Operation['audience']]: Caller['scopes'] } = {
  pos: ['laurel/pos'],
  member: ['laurel/member'],
  admin: ['laurel/admin.service', 'laurel/admin.marketing'],
}

/** The event that API Gateway makes of a call. */
function eventOf({ operation, params = {}, query = {}, body, member, subject, verifiedEmail }: Call): GatewayEvent {
  const caller: Caller = {
    programme: programmeId,
    scopes: scopes[operation.audience],
    stores: '*',
    issuer: 'https://issuer.test',
    subject: subject ?? member ?? operation.audience,
    ...(member !== undefined && { member: member as MemberId }),
    verifiedEmail,
  }
  const event = {
    routeKey: routeKeyOf(operation),
    headers: { 'content-type': 'application/json' },
    pathParameters: params,
    queryStringParameters: query,
    requestContext: {
      requestId: 'r',
      http: { method: operation.method, path: operation.path },
      authorizer: { lambda: contextOfCaller(caller) },
    },
    isBase64Encoded: false,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  return event as unknown as GatewayEvent
}
