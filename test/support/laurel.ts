import type { Scope } from '../../functions/contract/operation.ts'
import { type Instant, instant, memberId } from '../../functions/domain/units.ts'
import type { Ran } from '../../functions/handlers/jobs.ts'
import type { Secrets } from '../../functions/local/deployment.ts'
import { putIdentity, signToken, type TokenClaims } from '../../functions/local/development-issuer.ts'
import { type Embedded, startEmbedded } from '../../functions/local/embedded.ts'
import { demoProgrammeId, seed } from '../../functions/local/seed.ts'
import type { Runtime } from '../../functions/runtime.ts'
import type { Settled } from '../../functions/settle-members.ts'
import type { Identity } from '../../functions/store/identity-item.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { shardOf } from '../../functions/store/table.ts'
import { Client } from './client.ts'
import { demoWithClubs } from './clubs.ts'
import { type Clock, type Dump, fileGround, type Ground, type Opened, tableGround } from './ground.ts'
import { type WireAnswer, WireClient, type WireRequest } from './http.ts'

export type { Dump } from './ground.ts'

/** Just after the examples of the contract happened. */
export const examplesHappened = '2026-11-21T17:00:00Z'

const century = 100 * 366 * 24 * 3600

/** The vitest project `bundles` says so to its tests as an operator does to a server. */
const onBundles = process.env.LAUREL_BUNDLES === '1'

/**
 * A whole Laurel with records of its own, behind real HTTP, with the demo programme, which has clubs here, and a clock that only tests move. It
 * stands on a data file and the sources or, in the project `bundles`, on a DynamoDB table and the functions as deployed.
 */
export class Laurel {
  readonly address: string
  readonly runtime: Runtime
  readonly secrets: Secrets
  readonly #opened: Opened
  readonly #embedded: Embedded
  readonly #clock: Clock
  readonly #ground: Ground
  readonly #client: WireClient
  readonly #ends: () => Promise<void>

  private constructor(opened: Opened, embedded: Embedded, clock: Clock, ground: Ground, ends: () => Promise<void>) {
    this.address = embedded.address
    this.runtime = opened.deployment.runtime
    this.secrets = opened.deployment.secrets
    this.#opened = opened
    this.#embedded = embedded
    this.#clock = clock
    this.#ground = ground
    this.#client = new WireClient(embedded.address)
    this.#ends = ends
  }

  static async start(now: string = examplesHappened): Promise<Laurel> {
    const ground = onBundles ? tableGround() : fileGround()
    const clock = { now: instant(Date.parse(now)) }
    ground.setTime(clock.now)
    return Laurel.#on(ground, clock, () => ground.close())
  }

  /** Another server on the same records, with a memory of its own: as if it were another process. */
  twin(): Promise<Laurel> {
    return Laurel.#on(this.#ground, this.#clock, async () => {})
  }

  /** Another Laurel with the same records, and from now on records of its own. */
  copy(): Promise<Laurel> {
    const ground = this.#ground.copy()
    return Laurel.#on(ground, { ...this.#clock }, () => ground.close())
  }

  static async #on(ground: Ground, clock: Clock, ends: () => Promise<void>): Promise<Laurel> {
    const opened = await ground.open(clock)
    const { runtime } = opened.deployment
    // Of what is there already the seed makes nothing.
    await createProgramme(runtime.store, demoProgrammeId, demoWithClubs, clock.now)
    await seed(runtime)
    const embedded = await startEmbedded(opened.functions, 0, () => clock.now)
    return new Laurel(opened, embedded, clock, ground, ends)
  }

  get now(): Instant {
    return this.#clock.now
  }

  /** Moves the clock to an instant. */
  travel(to: string): void {
    this.#clock.now = instant(Date.parse(to))
    this.#ground.setTime(this.#clock.now)
  }

  send(request: WireRequest): Promise<WireAnswer> {
    return this.#client.send(request)
  }

  /** A client with a token. */
  client(token: string): Client {
    return new Client((request) => this.send(request), token)
  }

  /** One run of the scheduled job, by the function that does it, for the shards of these members. */
  settle(...members: readonly string[]): Promise<Settled> {
    return this.#opened.functions.settle({ shards: [...new Set(members.map((member) => shardOf(memberId(member))))] })
  }

  /** One run of the function that works on backtests and reports. */
  runJobs(): Promise<Ran> {
    return this.#opened.functions.runJobs({})
  }

  /** Says what a subject stands for. */
  identify(identity: Omit<Identity, 'issuer'>): Promise<void> {
    return putIdentity(this.runtime.store, identity)
  }

  /** Signs a token that outlives every journey, unless it is said otherwise. */
  sign(claims: Pick<TokenClaims, 'subject' | 'scopes'> & Partial<TokenClaims>): Promise<string> {
    const issuedAt = Math.floor(this.#clock.now / 1000)
    return signToken(this.secrets.issuerKey, { issuedAt, expiresAt: issuedAt + century, ...claims })
  }

  /** A token of a subject that stands for what is said. */
  async token(identity: Omit<Identity, 'issuer'>, scopes: readonly Scope[]): Promise<string> {
    await this.identify(identity)
    return this.sign({ subject: identity.subject, scopes })
  }

  /** Changes whenever a server has committed anything to the data file. */
  get fileVersion(): number {
    return this.#ground.version()
  }

  dump(): Promise<Dump> {
    return this.#ground.dump()
  }

  async close(): Promise<void> {
    this.#client.close()
    await this.#embedded.close()
    await this.runtime.store.close()
    await this.#ends()
  }
}
