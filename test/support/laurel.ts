import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Scope } from '../../functions/contract/operation.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import { type Deployment, deploymentOn, type Secrets } from '../../functions/local/deployment.ts'
import { developmentIssuer, putIdentity, signToken, type TokenClaims } from '../../functions/local/development-issuer.ts'
import { type Embedded, startEmbedded } from '../../functions/local/embedded.ts'
import { seed } from '../../functions/local/seed.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import type { Identity } from '../../functions/store/identity-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { Client } from './client.ts'
import { type WireAnswer, WireClient, type WireRequest } from './http.ts'

/** Every item of a store, by its key. */
export type Dump = ReadonlyMap<string, string>

/** Just after the examples of the contract happened. */
export const examplesHappened = '2026-11-21T17:00:00Z'

interface Clock {
  now: Instant
}

/** In memory where the system has such a folder: what is tested over HTTP is not the disk. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const century = 100 * 366 * 24 * 3600

/**
 * A whole Laurel on a data file of its own, behind real HTTP, with the demo programme and a clock that only tests move.
 * A second connection looks into the file, so that what a request stored is seen from outside of the code under test.
 */
export class Laurel {
  readonly address: string
  readonly runtime: Runtime
  readonly secrets: Secrets
  readonly #clock: Clock
  readonly #path: string
  readonly #client: WireClient
  readonly #file: DatabaseSync
  readonly #end: () => Promise<void>

  private constructor(deployment: Deployment, embedded: Embedded, clock: Clock, path: string, end: () => void) {
    this.address = embedded.address
    this.runtime = deployment.runtime
    this.secrets = deployment.secrets
    this.#clock = clock
    this.#path = path
    this.#client = new WireClient(embedded.address)
    this.#file = new DatabaseSync(path, { readOnly: true })
    this.#end = async () => {
      await embedded.close()
      await deployment.runtime.store.close()
      end()
    }
  }

  static async start(now: string = examplesHappened): Promise<Laurel> {
    const directory = mkdtempSync(join(scratch, 'laurel-test-'))
    const clock = { now: instant(Date.parse(now)) }
    return Laurel.#on(join(directory, 'laurel.db'), clock, () => rmSync(directory, { recursive: true, force: true }))
  }

  /** Another server on the same data file, with a memory of its own: as if it were another process. */
  twin(): Promise<Laurel> {
    return Laurel.#on(this.#path, this.#clock, () => {})
  }

  static async #on(path: string, clock: Clock, end: () => void): Promise<Laurel> {
    const deployment = await deploymentOn(new SqliteStore(path), { now: () => clock.now })
    await seed(deployment.runtime)
    // The server sweeps when it starts; swept before, it finds nothing to write, and what changes later is a request's doing.
    await settleMembers(deployment.runtime)
    const embedded = await startEmbedded(deployment.runtime, developmentIssuer(deployment.secrets.issuerKey), 0)
    return new Laurel(deployment, embedded, clock, path, end)
  }

  get now(): Instant {
    return this.#clock.now
  }

  /** Moves the clock to an instant. */
  travel(to: string): void {
    this.#clock.now = instant(Date.parse(to))
  }

  send(request: WireRequest): Promise<WireAnswer> {
    return this.#client.send(request)
  }

  /** A client with a token. */
  client(token: string): Client {
    return new Client((request) => this.send(request), token)
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

  /** Changes whenever another connection has committed anything to the file: cheaper than a dump, and as sharp. */
  get fileVersion(): number {
    return Number(this.#file.prepare('PRAGMA data_version').get()?.data_version)
  }

  dump(): Dump {
    const rows = this.#file.prepare('SELECT pk, sk, item FROM items ORDER BY pk, sk').all()
    return new Map(rows.map((row) => [`${row.pk} ${row.sk}`, String(row.item)]))
  }

  async close(): Promise<void> {
    this.#client.close()
    this.#file.close()
    await this.#end()
  }
}
