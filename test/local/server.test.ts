import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { identityItem } from '../../functions/store/identity-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { dump, scratch } from './data-file.ts'
import { ago, failedServer, purchase, Server } from './processes.ts'

const dataFile = () => join(scratch(), 'laurel.db')
const start = (data: string, settings: { readonly [name: string]: string } = {}) =>
  Server.start({ LAUREL_DATA: data, ...settings })

async function freePort(): Promise<number> {
  const held = createServer().listen(0, '127.0.0.1')
  await once(held, 'listening')
  const { port } = held.address() as AddressInfo
  held.close()
  await once(held, 'close')
  return port
}

/** Asks without a pause until somebody answers. */
async function firstAnswer(url: string): Promise<unknown> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return answer.json()
    await pause(2)
  }
}

describe('a server that starts', () => {
  test('has written its tokens, for its owner alone and good for twelve hours, before it answers', async () => {
    const data = dataFile()
    const port = await freePort()
    const starting = start(data, { PORT: String(port) })
    const health = await firstAnswer(`http://127.0.0.1:${port}/health`)
    expect(existsSync(join(dirname(data), 'tokens.json'))).toBe(true)
    expect(health).toEqual({ status: 'ok' })
    const server = await starting
    expect(statSync(server.tokensPath).mode & 0o777).toBe(0o600)
    expect(Object.keys(server.tokens)).toEqual(['pos', 'member', 'admin'])
    for (const token of Object.values(server.tokens)) {
      const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number; iat: number }
      expect(exp - Math.max(iat, Date.now() / 1000)).toBeGreaterThan(12 * 3600)
    }
    const { pos, member, admin } = server.tokens
    const sale = { token: pos, body: purchase({ id: 'demo-member' }, 1530, ago(60_000)) }
    expect(await server.send('PUT', '/pos/purchases/leeds:1', sale)).toMatchObject({ status: 201 })
    expect(await server.send('GET', '/me/balance', { token: member })).toMatchObject({ status: 200, body: { available: 15 } })
    const adjustment = { token: admin, body: { points: 5, reason: 'goodwill' } }
    expect(await server.send('PUT', '/admin/members/demo-member/adjustments/a-1', adjustment)).toMatchObject({ status: 201 })
  })

  test('says where everything is, and a first request that is good as it stands', async () => {
    const data = dataFile()
    const server = await start(data)
    const printed = await server.printed('-d ')
    for (const said of [`${server.address}/docs`, `${server.address}/openapi.json`, `${server.address}/health`, data]) {
      expect(printed).toContain(said)
    }
    expect(printed).toContain(`require('${server.tokensPath}').pos`)
    const [, path = '', body = ''] = /-X PUT http:\/\/127\.0\.0\.1:\d+(\S+) .*-d '(.*)'/s.exec(printed) ?? []
    const answer = await server.send('PUT', path, { token: server.tokens.pos, body: JSON.parse(body) })
    expect(answer).toMatchObject({ status: 201, body: { points: { earned: 15 } } })
  })

  test('describes itself, on pages that need nothing from outside', async () => {
    const server = await start(dataFile())
    expect(await server.send('GET', '/openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.0' } })
    const page = await server.send('GET', '/docs')
    expect(page.headers['content-type']).toContain('text/html')
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
    expect(assets.length).toBeGreaterThanOrEqual(3)
    for (const path of assets) {
      expect(path).toMatch(/^\/docs\//)
      const asset = await server.send('GET', path)
      expect(asset.status, path).toBe(200)
      expect(asset.text.length, path).toBeGreaterThan(50)
      if (path.endsWith('.css')) expect(asset.text).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//)
    }
    const begin = await server.send('GET', '/docs/start.js')
    expect(begin.text).toContain("url: '/openapi.json'")
    expect(begin.text).toContain('validatorUrl: null')
  })

  test('answers what it does not have with a problem document', async () => {
    const server = await start(dataFile())
    expect(await server.send('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 'path-unknown' } })
    for (const page of ['/docs', '/health', '/openapi.json'])
      expect(await server.send('POST', page)).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } })
  })
})

describe('settings', () => {
  test('LAUREL_SEED=none: no demo programme, and no token of it is good for anything', async () => {
    const data = dataFile()
    const server = await start(data, { LAUREL_SEED: 'none' })
    expect((await server.send('GET', '/health')).status).toBe(200)
    expect(await server.send('GET', '/me/balance', { token: server.tokens.member })).toMatchObject({ status: 403 })
    expect([...dump(data).keys()].filter((key) => /PROGRAMMES|P#demo/.test(key))).toEqual([])
  })

  test('LAUREL_DATA=:memory: leaves nothing behind but the tokens', async () => {
    const directory = scratch()
    const server = await Server.start({ LAUREL_DATA: ':memory:' }, directory)
    const sale = { token: server.tokens.pos, body: purchase({ card: '1' }, 1000, ago(1000)) }
    expect((await server.send('PUT', '/pos/purchases/leeds:1', sale)).status).toBe(201)
    await server.stop()
    const again = await Server.start({ LAUREL_DATA: ':memory:' }, directory)
    expect((await again.send('GET', '/pos/purchases/leeds:1', { token: again.tokens.pos })).status).toBe(404)
  })

  test.each([
    ['PORT', 'abc', /^Laurel did not start: PORT is no port: abc\n$/],
    ['PORT', '65536', /^Laurel did not start: PORT is no port: 65536\n$/],
    ['LAUREL_OIDC_ISSUER', 'http://127.0.0.1:9', /^Laurel did not start: http:\/\/127\.0\.0\.1:9 does not answer.*\n$/],
    ['LAUREL_OIDC_ISSUER', 'nonsense', /^Laurel did not start: nonsense does not answer.*\n$/],
    ['LAUREL_STORE', 'mongo', /^Laurel did not start: LAUREL_STORE is sqlite or dynamodb, not mongo\n$/],
    ['LAUREL_STORE', 'dynamodb', /^Laurel did not start: the environment lacks LAUREL_TABLE\n$/],
    ['LAUREL_BUNDLES', '1', /^Laurel did not start: LAUREL_BUNDLES needs LAUREL_STORE=dynamodb on an emulator: .*\n$/],
    ['LAUREL_DATA', '/dev/null/laurel.db', /^Laurel did not start: .*\/dev\/null.*\n$/],
  ])('%s=%s is refused in one line', async (name, value, said) => {
    const ran = await failedServer({ LAUREL_DATA: dataFile(), PORT: '0', [name]: value })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(said)
  })

  test('a port that is taken is refused in one line, and whose tokens are good there stay so', async () => {
    const data = dataFile()
    const { port } = new URL((await start(data)).address)
    const tokens = join(dirname(data), 'tokens.json')
    const before = readFileSync(tokens, 'utf8')
    const written = statSync(tokens).mtimeMs
    const ran = await failedServer({ LAUREL_DATA: data, PORT: port })
    expect(ran.code).toBe(1)
    expect([readFileSync(tokens, 'utf8'), statSync(tokens).mtimeMs]).toEqual([before, written])
    expect(ran.stderr).toBe(`Laurel did not start: port ${port} is taken; set PORT to another\n`)
  })

  test('a file that is no data file is refused, and left as it is', async () => {
    const data = dataFile()
    copyFileSync(new URL(import.meta.url), data)
    const ran = await failedServer({ LAUREL_DATA: data, PORT: '0' })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toBe('Laurel did not start: file is not a database\n')
    expect(readFileSync(data)).toEqual(readFileSync(new URL(import.meta.url)))
  })
})

describe('another issuer', () => {
  interface Published {
    readonly issuer: string
    sign(subject: string, scope: string, expires?: string | Date): Promise<string>
    /** Nobody answers any more. */
    close(): void
  }

  async function publish(): Promise<Published> {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }
    let issuer = ''
    const site = createServer((incoming, outgoing) => {
      const pages: { [path: string]: unknown } = {
        '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
        '/keys': { keys: [key] },
      }
      const page = pages[incoming.url ?? '']
      outgoing.writeHead(page ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(page ?? {}))
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const close = () => {
      site.closeAllConnections()
      site.close()
    }
    onTestFinished(close)
    issuer = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    const sign = (subject: string, scope: string, expires: string | Date = '1h') =>
      new SignJWT({ scope })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .setIssuer(issuer)
        .setSubject(subject)
        .setExpirationTime(expires)
        .sign(privateKey)
    return { issuer, sign, close }
  }

  test('its tokens are good, by the identities in the data file; the development issuer’s are not', async () => {
    const data = dataFile()
    const own = await start(data)
    const { pos: developed } = own.tokens
    await own.stop()
    const { issuer, sign } = await publish()
    const store = new SqliteStore(data)
    await store.commit([{ kind: 'put', item: identityItem({ issuer, subject: 'till', programme: 'demo', stores: ['leeds'] }) }])
    await store.close()

    const server = await start(data, { LAUREL_OIDC_ISSUER: issuer })
    expect(server.output.stdout).not.toContain('tokens')
    const body = purchase({ card: '1' }, 1000, ago(1000))
    const till = await sign('till', 'laurel/pos')
    expect(await server.send('PUT', '/pos/purchases/leeds:1', { token: till, body })).toMatchObject({ status: 201 })
    const elsewhere = { token: till, body: { ...body, storeId: 'york' } }
    expect(await server.send('PUT', '/pos/purchases/york:1', elsewhere)).toMatchObject({ status: 403 })
    const refused = [developed, await sign('stranger', 'laurel/pos'), await sign('till', 'laurel/pos', new Date(0))]
    for (const token of refused) {
      expect(await server.send('PUT', '/pos/purchases/leeds:2', { token, body })).toMatchObject({ status: 401 })
    }
  })

  test('while its keys cannot be had, nobody is refused for it: 503', async () => {
    const { issuer, sign, close } = await publish()
    const server = await start(dataFile(), { LAUREL_OIDC_ISSUER: issuer })
    close()
    const answer = await server.send('GET', '/me/balance', { token: await sign('ada', 'laurel/member') })
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  })

  test('one that publishes another’s name is refused', async () => {
    const { issuer } = await publish()
    const ran = await failedServer({ LAUREL_DATA: dataFile(), PORT: '0', LAUREL_OIDC_ISSUER: `${issuer}/` })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toBe(`Laurel did not start: ${issuer}/ publishes no OpenID Connect configuration of its own\n`)
  })
})
