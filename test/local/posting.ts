import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { BatchOperation } from '../../functions/contract/batch.ts'
import { isProblem } from '../../functions/contract/problem.ts'
import { type Instant, instant } from '../../functions/domain/units.ts'
import type { Context, Implementation } from '../../functions/handlers/context.ts'
import { type Performed, perform, type Received } from '../../functions/handlers/perform.ts'
import { performBatched } from '../../functions/handlers/run-batch.ts'
import { type Deployment, deploymentOn } from '../../functions/local/deployment.ts'
import { demoProgrammeId, seed } from '../../functions/local/seed.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import type { Store } from '../../functions/store/store.ts'

export const at = (text: string): Instant => instant(Date.parse(text))

/** Laurel without a server around it, with the demo programme and a clock that only the test moves. */
export interface Posting extends Deployment {
  readonly clock: { now: Instant }
  post(operation: BatchOperation, programme?: string): Promise<Performed>
  /** Does what no queue holds: a change of a member, an adjustment. Throws where it is refused. */
  perform(implementation: Implementation, received: Partial<Received>): Promise<Performed>
}

export async function postingOn(store: Store, now: string): Promise<Posting> {
  const clock = { now: at(now) }
  const deployment = await deploymentOn(store, { now: () => clock.now, pause: () => Promise.resolve() })
  const { runtime } = deployment
  await seed(runtime)
  const context = async (programmeId: string): Promise<Context> => {
    const programme = await runtime.programmes.get(programmeId)
    if (!programme) throw new Error(`there is no programme ${programmeId}`)
    const scopes = ['laurel/pos', 'laurel/admin.service'] as const
    const caller = { programme: programme.id, scopes, stores: '*', issuer: 'urn:laurel:test', subject: 'test' } as const
    return { runtime, programme, caller, now: clock.now }
  }
  return {
    ...deployment,
    clock,
    post: async (operation, programme = demoProgrammeId) => performBatched(operation, await context(programme)),
    async perform(implementation, received) {
      const outcome = await perform(
        implementation,
        { params: {}, query: {}, body: undefined, ...received },
        await context(demoProgrammeId),
      )
      if (isProblem(outcome)) throw new Error(`refused: ${outcome.problem}`)
      return outcome
    },
  }
}

/** A store whose answers come in an order of chance's making, as they would over a network. */
export function dawdling(store: Store, random: () => number): Store {
  const after = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1) await new Promise(setImmediate)
    return answer
  }
  return {
    read: (keys, options) => after(store.read(keys, options)),
    query: (query) => after(store.query(query)),
    queryDue: (query) => after(store.queryDue(query)),
    commit: (writes) => after(store.commit(writes)),
    close: () => store.close(),
  }
}

/** On a file, or in memory where none is named. Closed when the test is over. */
export async function posting(now: string, path = ':memory:'): Promise<Posting> {
  const store = new SqliteStore(path)
  onTestFinished(() => store.close())
  return postingOn(store, now)
}

/** A file of operations, or of lines as they are, gone when the test is over. */
export function ndjsonFile(lines: readonly (BatchOperation | string | Buffer)[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'laurel-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'queue.ndjson')
  const texts = lines.map((line) => (line instanceof Buffer || typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(path, Buffer.concat(texts.flatMap((text) => [Buffer.from(text), Buffer.from('\n')])))
  return path
}
