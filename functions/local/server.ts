import { deployedSweeps, sweepsInParts } from '../settle-members.ts'
import { SqliteStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { shards } from '../store/table.ts'
import { openPlace, type Secrets } from './deployment.ts'
import { environmentOn, requireLookups } from './dynamodb.ts'
import { type Embedded, startEmbedded } from './embedded.ts'
import { type Functions, functionsOf } from './functions.ts'
import { scheduleJobs } from './jobs.ts'
import { startPublisher } from './publisher.ts'
import { seed } from './seed.ts'
import { type Emulator, nameOf, type Place, settingsOf } from './settings.ts'
import { scheduleSweeps } from './sweeps.ts'
import { issueDemoTokens, writeTokens } from './tokens.ts'
import { environmentFor, type TrustedIssuer, trustedIssuer } from './trusted-issuer.ts'

/** `npm start`: Laurel on this machine. */
async function start(): Promise<void> {
  const settings = settingsOf(process.env)
  const { place, tokensPath, bundlesOn } = settings
  requireLookups(place, process.env)
  const { runtime, secrets } = await openPlace(place)
  const trusted = await trustedIssuer(settings.oidcIssuer, secrets)
  if (settings.seeds) await seed(runtime)
  const issues = settings.oidcIssuer === undefined && secrets
  const tokens = issues && (await issueDemoTokens({ runtime, secrets }))

  const functions = bundlesOn ? await bundled(bundlesOn, secrets!, trusted) : functionsOf(runtime, trusted.issuer)
  const embedded = await startEmbedded(functions, settings.port)
  // Once the port is ours, else those of a server that runs there are lost; and before any request is read, in this very turn.
  if (tokens) await orClose(embedded, () => writeTokens(tokensPath, tokens))
  const sweeps = scheduleSweeps(functions.settle, sweepsInParts(bundlesOn ? deployedSweeps : shards))
  const jobs = scheduleJobs(functions.runJobs)
  const publisher = publisherOf(place, runtime.store)

  console.log(`Laurel listens on ${embedded.address}
  documentation   ${embedded.address}/docs
  description     ${embedded.address}/openapi.json
  health          ${embedded.address}/health
  data            ${nameOf(place)}
  functions       ${bundlesOn ? 'the bundles, as they are deployed' : 'the sources'}`)
  if (issues) console.log(`  tokens          ${tokensPath}\n\n${firstRequest(embedded.address, tokensPath)}`)

  onceAskedToStop(async () => {
    await Promise.all([sweeps.stop(), jobs.stop(), publisher?.stop(), embedded.close()])
    await runtime.store.close()
    console.log('Laurel has stopped.')
  })
}

async function orClose(embedded: Embedded, work: () => void): Promise<void> {
  try {
    work()
  } catch (error) {
    await embedded.close()
    throw error
  }
}

/** A table's stream is its own publisher's concern, and what is kept in memory alone is nobody's. */
function publisherOf(place: Place, store: Store) {
  const isFile = place.kind === 'file' && place.path !== ':memory:' && store instanceof SqliteStore
  return isFile ? startPublisher(store, place.path) : undefined
}

/** The deployed functions. They read all that they know of the world from their process's environment: this one's. */
async function bundled(emulator: Emulator, { lookupSecret }: Secrets, trusted: TrustedIssuer): Promise<Functions> {
  const { buildFunctions, bundledFunctions } = await import('./bundled-functions.ts')
  Object.assign(process.env, environmentOn(emulator), environmentFor(trusted), { LAUREL_LOOKUP_SECRET: lookupSecret })
  return bundledFunctions(await buildFunctions())
}

function onceAskedToStop(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      void stop()
    })
  }
}

/** What kept it from starting, in one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) return `port ${error.port} is taken; set PORT to another`
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function firstRequest(address: string, tokensPath: string): string {
  const seconds = Math.floor(Date.now() / 1000)
  const purchase = {
    member: { card: '6335550001' },
    storeId: 'leeds',
    terminalId: 'till-3',
    occurredAt: new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'),
    currency: 'GBP',
    lines: [{ lineId: '1', sku: '85123A', quantity: 6, amount: 1530, categories: ['candles'] }],
  }
  return `A first purchase, to paste into another terminal:

  TOKEN=$(node -p "require('${tokensPath.startsWith('/') ? '' : './'}${tokensPath}').pos")
  curl -i -X PUT ${address}/pos/purchases/leeds:till-3:${seconds} \\
    -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d '${JSON.stringify(purchase)}'
`
}

try {
  await start()
} catch (error) {
  console.error(`Laurel did not start: ${reasonOf(error)}`)
  process.exitCode = 1
}
