import { createRemoteJWKSet } from 'jose'
import type { Issuer } from '../http/authorization.ts'
import { openDeployment } from './deployment.ts'
import { developmentIssuer } from './development-issuer.ts'
import { startEmbedded } from './embedded.ts'
import { seed } from './seed.ts'
import { settingsOf } from './settings.ts'
import { issueDemoTokens, writeTokens } from './tokens.ts'

/** `npm start`: Laurel on this machine. */
async function start(): Promise<void> {
  const settings = settingsOf(process.env)
  const deployment = await openDeployment(settings.dataPath)
  const { runtime, secrets } = deployment
  if (settings.seeds) await seed(runtime)
  if (settings.oidcIssuer === undefined) writeTokens(settings.tokensPath, await issueDemoTokens(deployment))

  const issuer = settings.oidcIssuer === undefined ? developmentIssuer(secrets.issuerKey) : await discover(settings.oidcIssuer)
  const embedded = await startEmbedded(runtime, issuer, settings.port)

  console.log(`Laurel listens on ${embedded.address}
  documentation   ${embedded.address}/docs
  description     ${embedded.address}/openapi.json
  health          ${embedded.address}/health
  data            ${settings.dataPath}`)
  if (settings.oidcIssuer === undefined) {
    console.log(`  tokens          ${settings.tokensPath}\n\n${firstRequest(embedded.address, settings.tokensPath)}`)
  }

  let closing = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (closing) return
      closing = true
      void (async () => {
        await embedded.close()
        await runtime.store.close()
        console.log('Laurel has stopped.')
      })()
    })
  }
}

/** What kept it from starting, in one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) return `port ${error.port} is taken; set PORT to another`
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

/** A published issuer, by OpenID Connect discovery. Throws where it does not answer. */
async function discover(name: string): Promise<Issuer> {
  const response = await fetch(`${name.replace(/\/$/, '')}/.well-known/openid-configuration`).catch((error: Error) => {
    throw new Error(`${name} does not answer`, { cause: error.cause ?? error })
  })
  const { issuer: published, jwks_uri } = (await response.json().catch(() => ({}))) as { issuer?: string; jwks_uri?: string }
  if (!response.ok || published !== name || !jwks_uri)
    throw new Error(`${name} publishes no OpenID Connect configuration of its own`)
  return { issuer: name, keys: createRemoteJWKSet(new URL(jwks_uri)) }
}

function firstRequest(address: string, tokensPath: string): string {
  const now = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  const purchase = {
    member: { card: '6335550001' },
    storeId: 'leeds',
    terminalId: 'till-3',
    occurredAt: now,
    currency: 'GBP',
    lines: [{ lineId: '1', sku: '85123A', quantity: 6, amount: 1530, categories: ['candles'] }],
  }
  return `A first purchase, to paste into another terminal:

  TOKEN=$(node -p "require('${tokensPath.startsWith('/') ? '' : './'}${tokensPath}').pos")
  curl -i -X PUT ${address}/pos/purchases/leeds:till-3:000123 \\
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
