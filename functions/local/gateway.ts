import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context as LambdaContext } from 'aws-lambda'
import { operations } from '../contract/index.ts'
import type { Audience } from '../contract/operation.ts'
import { problem } from '../contract/problem.ts'
import { type GatewayEvent, type GatewayHandler, type GatewayResult, problemResult, unroutedProblem } from '../http/audience.ts'
import { type Authorized, authorize, type Issuer } from '../http/authorization.ts'
import { contextOfCaller } from '../http/caller.ts'
import { mostBodyBytes } from '../http/json.ts'
import { type Route, routeKeyOf, routesOf } from '../http/routes.ts'
import type { Runtime } from '../runtime.ts'
import { UnavailableError } from '../store/store.ts'

/** API Gateway's part on one machine: finds the route, asks the authorizer, and hands the handlers the same events. */
export class Gateway {
  readonly #routes = routesOf(operations)
  readonly #handlers: { readonly [audience in Audience]: GatewayHandler }
  readonly #authorizer: CachedAuthorizer

  constructor(runtime: Runtime, issuer: Issuer, handlers: { readonly [audience in Audience]: GatewayHandler }) {
    this.#handlers = handlers
    this.#authorizer = new CachedAuthorizer(runtime, issuer)
  }

  /** Answers one HTTP request to the API. Never throws: what goes wrong is a problem document. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let result: GatewayResult
    try {
      result = await this.#resultOf(request)
    } catch (error) {
      // The client went away in the middle of its request: nothing was done, and nobody is there to be told.
      if (request.destroyed && !request.complete) return
      const unavailable = error instanceof UnavailableError
      if (!unavailable) console.error(error)
      result = problemResult(problem(unavailable ? 'unavailable' : 'internal'), unavailable ? { 'retry-after': '1' } : {})
    }
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close')
    response.writeHead(result.statusCode ?? 200, result.headers as { [name: string]: string })
    response.end(result.body)
  }

  async #resultOf(request: IncomingMessage): Promise<GatewayResult> {
    const { path, queryText } = splitUrl(request.url ?? '/')
    const method = request.method ?? 'GET'
    const route = this.#routes.match(method, path)
    if ('allowed' in route) {
      const { refused, headers } = unroutedProblem(this.#routes, method, path)
      return problemResult(refused, headers)
    }
    const authorized = await this.#authorizer.authorize(request.headers.authorization)
    if (!authorized) return problemResult(problem('unauthorized'), { 'www-authenticate': 'Bearer' })
    const body = await readBody(request)
    const event = eventOf(request, { route, path, queryText, body, authorized })
    const context = { awsRequestId: event.requestContext.requestId } as LambdaContext
    return this.#handlers[route.operation.audience](event, context)
  }
}

/** Remembers for a while who a token belongs to, as API Gateway does. */
class CachedAuthorizer {
  readonly #runtime: Runtime
  readonly #issuer: Issuer
  readonly #known = new Map<string, { readonly authorized: Authorized; readonly until: number }>()

  constructor(runtime: Runtime, issuer: Issuer) {
    this.#runtime = runtime
    this.#issuer = issuer
  }

  async authorize(authorization: string | undefined): Promise<Authorized | undefined> {
    if (authorization === undefined) return undefined
    const now = this.#runtime.now()
    const known = this.#known.get(authorization)
    if (known && now < known.until) return known.authorized
    const authorized = await authorize(this.#runtime.store, this.#issuer, now, authorization)
    if (!authorized) return undefined
    if (this.#known.size >= mostRememberedTokens) this.#known.clear()
    this.#known.set(authorization, { authorized, until: Math.min(now + rememberMs, authorized.expiresAt * 1000) })
    return authorized
  }
}

const rememberMs = 60_000
const mostRememberedTokens = 10_000

function splitUrl(url: string): { path: string; queryText: string } {
  const mark = url.indexOf('?')
  return mark === -1 ? { path: url, queryText: '' } : { path: url.slice(0, mark), queryText: url.slice(mark + 1) }
}

/** A parameter as it was meant; where the percent-encoding is broken as it stands, which no contract takes. */
function decoded(parameter: string): string {
  try {
    return decodeURIComponent(parameter)
  } catch {
    return parameter
  }
}

/** The body as it came. Reading stops beyond the limit, so that the handler finds it too large. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  // A length beyond the limit is believed and not waited for: so many bytes are too large, whatever they are.
  if (Number(request.headers['content-length'] ?? 0) > mostBodyBytes) return Buffer.alloc(mostBodyBytes + 1)
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop must leave the connection, or there is nothing to answer on.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > mostBodyBytes) break
  }
  return Buffer.concat(chunks)
}

/** A body as API Gateway hands it on: text as it is, anything else in base 64. */
function bodyOf(bytes: Buffer): Pick<GatewayEvent, 'body' | 'isBase64Encoded'> {
  if (bytes.length === 0) return { isBase64Encoded: false }
  if (isUtf8(bytes)) return { body: bytes.toString('utf8'), isBase64Encoded: false }
  return { body: bytes.toString('base64'), isBase64Encoded: true }
}

interface Arrived {
  readonly route: Route
  readonly path: string
  readonly queryText: string
  readonly body: Buffer
  readonly authorized: Authorized
}

function eventOf(request: IncomingMessage, arrived: Arrived): GatewayEvent {
  const { route, path, queryText, body, authorized } = arrived
  const routeKey = routeKeyOf(route.operation)
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(queryText)) {
    const before = query.get(name)
    query.set(name, before === undefined ? value : `${before},${value}`)
  }
  const headers: { [name: string]: string } = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== 'authorization') headers[name] = Array.isArray(value) ? value.join(',') : value
  }
  const now = Date.now()
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: '',
    identitySource: [],
    routeKey,
    rawPath: path,
    rawQueryString: queryText,
    cookies: [],
    headers,
    queryStringParameters: Object.fromEntries(query),
    pathParameters: Object.fromEntries(Object.entries(route.params).map(([name, value]) => [name, decoded(value)])),
    stageVariables: {},
    requestContext: {
      accountId: 'embedded',
      apiId: 'embedded',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      stage: '$default',
      requestId: randomUUID(),
      routeKey,
      http: {
        method: route.operation.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: '',
      },
      time: new Date(now).toISOString(),
      timeEpoch: now,
      authorizer: { lambda: contextOfCaller(authorized.caller) },
    },
    ...bodyOf(body),
  } as GatewayEvent
}
