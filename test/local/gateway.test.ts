import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { servers } from '../../functions/contract/operation.ts'
import type { GatewayEvent } from '../../functions/http/audience.ts'
import { nobody } from '../../functions/http/authorization.ts'
import type { AuthorizerContext } from '../../functions/http/caller.ts'
import { type Embedded, startEmbedded } from '../../functions/local/embedded.ts'
import type { Functions } from '../../functions/local/functions.ts'
import { UnavailableError } from '../../functions/store/store.ts'
import { WireClient, type WireRequest } from '../support/http.ts'

/** The gateway between real HTTP and functions that only write down what they are called with. */
const heard: { authorizer: APIGatewayRequestAuthorizerEventV2[]; functions: [name: string, event: GatewayEvent][] } = {
  ...{ authorizer: [], functions: [] },
}
let context: AuthorizerContext | Error = nobody
let now = Date.parse('2026-11-21T17:00:00Z')

const writingDown = (name: string) => async (event: GatewayEvent) => {
  heard.functions.push([name, event])
  return { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: name }
}
const functions: Functions = {
  async authorize(event) {
    heard.authorizer.push(event)
    if (context instanceof Error) throw context
    return { isAuthorized: true, context }
  },
  servers: Object.fromEntries(servers.map((server) => [server, writingDown(server) as unknown])) as Functions['servers'],
  unrouted: writingDown('unrouted'),
  settle: () => Promise.reject(new Error('nobody asked')),
  runJobs: () => Promise.reject(new Error('nobody asked')),
}

let embedded: Embedded
let client: WireClient

beforeAll(async () => {
  embedded = await startEmbedded(functions, 0, () => now)
  client = new WireClient(embedded.address)
})
afterAll(async () => {
  client.close()
  await embedded.close()
})
beforeEach(() => {
  heard.authorizer.length = 0
  heard.functions.length = 0
  context = nobody
})

/** A token that says until when it is good; nobody here looks at its signature. */
const tokenUntil = (expiresAt: number, who: string) => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `Bearer ${encoded({ alg: 'ES256' })}.${encoded({ sub: who, exp: expiresAt / 1000 })}.signed`
}
const far = Date.parse('2099-01-01T00:00:00Z')
const till: AuthorizerContext = {
  ...nobody,
  programme: 'demo',
  scopes: 'laurel/pos',
  stores: '*',
  issuer: 'any',
  subject: 'till',
}
const ask = (request: Partial<WireRequest>) => client.send({ method: 'GET', path: '/me/balance', ...request })

describe('an operation', () => {
  test('is asked by the events that API Gateway makes, payload format 2.0', async () => {
    context = till
    const authorization = tokenUntil(far, 'shape')
    const answer = await ask({
      method: 'PUT',
      path: '/pos/purchases/leeds%3A1?a=1&b=%C3%A9&a=2',
      headers: { authorization, 'content-type': 'application/json', 'user-agent': 'till/1' },
      body: '{}',
    })
    expect([answer.status, answer.text]).toEqual([200, 'pos'])
    const headers = { authorization, 'content-type': 'application/json', 'user-agent': 'till/1', 'content-length': '2' }
    const common = {
      version: '2.0',
      routeKey: 'PUT /pos/purchases/{purchaseId}',
      rawPath: '/pos/purchases/leeds%3A1',
      rawQueryString: 'a=1&b=%C3%A9&a=2',
      headers: expect.objectContaining(headers),
      queryStringParameters: { a: '1,2', b: 'é' },
      pathParameters: { purchaseId: 'leeds:1' },
    }
    const requestContext = {
      ...{ accountId: expect.any(String), apiId: expect.any(String), domainName: 'localhost', domainPrefix: 'localhost' },
      http: {
        ...{ method: 'PUT', path: '/pos/purchases/leeds%3A1', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'till/1' },
      },
      ...{ requestId: expect.any(String), routeKey: 'PUT /pos/purchases/{purchaseId}', stage: '$default' },
      ...{ time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/), timeEpoch: expect.any(Number) },
    }
    const arn = 'arn:aws:execute-api:local:embedded:embedded/$default/PUT/pos/purchases/{purchaseId}'
    expect(heard.authorizer).toEqual([
      { ...common, requestContext, type: 'REQUEST', routeArn: arn, identitySource: [authorization], cookies: [] },
    ])
    expect(heard.functions).toEqual([
      [
        'pos',
        { ...common, requestContext: { ...requestContext, authorizer: { lambda: till } }, body: '{}', isBase64Encoded: false },
      ],
    ])
  })

  test('leaves out what the request does not have, and bytes that are no text are in base 64', async () => {
    await ask({ headers: { authorization: tokenUntil(far, 'bare') } })
    const [, bare] = heard.functions[0]!
    for (const name of ['body', 'queryStringParameters', 'pathParameters', 'cookies']) expect(bare).not.toHaveProperty(name)
    const bytes = Buffer.from([0xff, 0xfe])
    await ask({ method: 'POST', path: '/pos/batch', headers: { authorization: tokenUntil(far, 'bare') }, body: bytes })
    expect(heard.functions[1]?.[1]).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') })
  })
})

test.each([
  ['GET', '/pos/members/m-1', 'pos'],
  ['GET', '/me/balance', 'member'],
  ['GET', '/admin/members/m-1', 'admin'],
  ['PUT', '/pos/members/m-1/clubs/candle-friends', 'clubs'],
  ['PUT', '/me/clubs/candle-friends', 'clubs'],
  ['PUT', '/admin/clubs/candle-friends/events/tasting', 'clubs'],
  ['PUT', '/admin/clubs/candle-friends', 'programme'],
  ['POST', '/admin/programme/publish', 'programme'],
])('%s %s is asked of %s', async (method, path, name) => {
  const answer = await ask({ method, path, headers: { authorization: tokenUntil(far, 'anybody') } })
  expect(answer.text).toBe(name)
})

describe('the authorizer', () => {
  test('lets a token that is not good through as nobody’s, for the function to refuse, and is asked again', async () => {
    for (const times of [1, 2]) {
      await ask({ headers: { authorization: 'Bearer let.me.in' } })
      expect(heard.authorizer).toHaveLength(times)
      expect(heard.functions.at(-1)?.[1].requestContext.authorizer).toEqual({ lambda: nobody })
    }
  })

  test('is asked once for a token in a minute, and again when the token has expired', async () => {
    const long = { headers: { authorization: tokenUntil(far, 'long') } }
    const expiry = now + 30_000
    const short = { headers: { authorization: tokenUntil(expiry, 'short') } }
    const askedAt = async (later: number) => {
      now += later
      heard.authorizer.length = 0
      for (const [token, until] of [
        [long, far],
        [short, expiry],
      ] as const) {
        context = { ...till, expiresAt: String(until / 1000) }
        await ask(token)
      }
      return heard.authorizer.map(({ identitySource }) => (identitySource[0] === long.headers.authorization ? 'long' : 'short'))
    }
    expect(await askedAt(0)).toEqual(['long', 'short'])
    expect(await askedAt(29_999)).toEqual([])
    expect(await askedAt(1)).toEqual(['short'])
    expect(await askedAt(30_000)).toEqual(['long', 'short'])
  })

  test('is not asked where there is no token: the gateway answers', async () => {
    const answer = await ask({})
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'unauthorized' })
    expect(heard).toEqual({ authorizer: [], functions: [] })
  })

  test.each([
    ['an outage', new UnavailableError('none', 'not now'), 503, 'unavailable'],
    ['an outage of another class, as a bundle has', Object.assign(new Error(), { name: 'UnavailableError' }), 503, 'unavailable'],
    ['a fault', new Error('a bug'), 500, 'internal'],
  ])('that fails by %s', async (_what, error, status, code) => {
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
    context = error
    const answer = await ask({ headers: { authorization: tokenUntil(far, code + status) } })
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, { code }])
    expect(quiet).toHaveBeenCalledTimes(status === 500 ? 1 : 0)
    quiet.mockRestore()
  })
})

test.each([
  ['GET', '/nowhere'],
  ['DELETE', '/me/balance'],
])('%s %s is the $default route’s, without an authorizer', async (method, path) => {
  expect((await ask({ method, path, headers: { authorization: 'Bearer a.b.c' } })).text).toBe('unrouted')
  expect(heard.authorizer).toEqual([])
  const [[name, event]] = heard.functions as [[string, GatewayEvent]]
  expect([name, event.routeKey, event.requestContext.http]).toMatchObject(['unrouted', '$default', { method, path }])
  expect(event.requestContext).not.toHaveProperty('authorizer')
})
