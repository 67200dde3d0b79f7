import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { instant } from '../../functions/domain/units.ts'
import type { GatewayHandler } from '../../functions/http/audience.ts'
import { nobody } from '../../functions/http/authorization.ts'
import { addClient } from '../../functions/local/clients.ts'
import { openPlace } from '../../functions/local/deployment.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { settingsOf } from '../../functions/local/settings.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { buildBundles } from '../../lib/bundles.ts'
import { dynamoDBClient, makeTable } from '../store/engines.ts'
import { callAs } from './gateway-event.ts'

type Authorize = (event: unknown) => Promise<{ context: { [name: string]: string } }>

const directory = mkdtempSync(join(tmpdir(), 'laurel-bundles-'))
const { privateKey, publicKey } = await generateKeyPair('RS256')
const published = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', kid: 'k' }] })
/** An issuer as far as the authorizer sees it: its published keys. */
const issuer = createServer((_, response) => response.end(published))
let issuerName: string
let authorize: Authorize
let pos: GatewayHandler

beforeAll(async () => {
  issuer.listen(0, '127.0.0.1')
  await once(issuer, 'listening')
  issuerName = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  const settings = {
    LAUREL_STORE: 'dynamodb',
    LAUREL_TABLE: 'none',
    LAUREL_LOOKUP_SECRET: 'only a test',
    LAUREL_OIDC_ISSUER: issuerName,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...(await tableOfTheRun()),
  }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  await buildBundles(directory, ['authorize', 'pos'])
  authorize = ((await import(join(directory, 'authorize/index.mjs'))) as { handler: Authorize }).handler
  pos = ((await import(join(directory, 'pos/index.mjs'))) as { handler: GatewayHandler }).handler
})
afterAll(() => {
  vi.unstubAllEnvs()
  issuer.close()
  rmSync(directory, { recursive: true, force: true })
})

/** A new table of DynamoDB Local, and where that is. */
async function tableOfTheRun(): Promise<{ [name: string]: string }> {
  if (!dynamoDBClient) return {}
  const client = dynamoDBClient()
  const LAUREL_TABLE = await makeTable(client)
  const { protocol, hostname, port } = await client.config.endpoint!()
  client.destroy()
  return { LAUREL_TABLE, AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${port}` }
}

const ask = async (authorization: string, body: unknown) => {
  const { context } = await authorize({ headers: { authorization } })
  return { context, answer: await callAs(pos, context, recordPurchase, { params: recordPurchase.example.params, body }) }
}

describe('the bundles', () => {
  const body = { ...(recordPurchase.example.body as object), member: { card: '6335550001' } }

  it('refuse a token that is not good', async () => {
    const { context, answer } = await ask('Bearer let.me.in', body)
    expect(context).toEqual(nobody)
    expect(answer).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' } })
  })

  // Without Java there is no DynamoDB Local, and the whole run says so.
  if (dynamoDBClient) {
    it('take the token of a shop that an operator opened, and book its purchase once, on DynamoDB Local', async () => {
      const { store } = (await openPlace(settingsOf(process.env).place)).runtime
      await createProgramme(store, 'demo', demoProgramme, instant(Date.parse('2026-01-01T00:00:00Z')))
      await addClient(store, { issuer: issuerName, subject: 'shop', programme: 'demo', stores: ['leeds'] })
      await store.close()
      const token = await new SignJWT({ token_use: 'access', client_id: 'shop', scope: 'laurel/pos' })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(issuerName)
        .setSubject('shop')
        .setExpirationTime('1h')
        .sign(privateKey)
      const [first, again] = [await ask(`Bearer ${token}`, body), await ask(`Bearer ${token}`, body)]
      expect(first.context).toMatchObject({ programme: 'demo', scopes: 'laurel/pos', stores: 'leeds', subject: 'shop' })
      expect([first.answer.statusCode, again.answer.statusCode]).toEqual([201, 200])
      expect(JSON.parse(first.answer.body!)).toMatchObject({ points: { earned: 15 }, balance: { available: 15 } })
      // The gateway remembers the authorizer's answer for minutes, also beyond the token's end.
      const expired = { ...first.context, expiresAt: String(Math.floor(Date.now() / 1000) - 1) }
      const late = await callAs(pos, expired, recordPurchase, { params: recordPurchase.example.params, body })
      expect(late.statusCode).toBe(401)
    })
  }
})
