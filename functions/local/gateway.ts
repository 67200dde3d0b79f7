import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context as LambdaContext } from 'aws-lambda'
import { operations } from '../contract/index.ts'
import { problem } from '../contract/problem.ts'
import { type GatewayHandler, type GatewayResult, problemResult } from '../http/audience.ts'
import type { AuthorizerContext } from '../http/caller.ts'
import { mostBytesOf } from '../http/json.ts'
import { routesOf } from '../http/routes.ts'
import type { Authorizer, Functions } from './functions.ts'
import { type Arrival, arrivalOf, authorizerEventOf, functionEventOf, splitUrl } from './gateway-event.ts'

/** API Gateway's part on one machine: finds the route, asks the authorizer, and hands the functions the same events. */
export class Gateway {
  readonly #routes = routesOf(operations)
  readonly #functions: Functions
  readonly #authorizer: CachedAuthorizer

  constructor(functions: Functions, now: () => number) {
    this.#functions = functions
    this.#authorizer = new CachedAuthorizer(functions.authorize, now)
  }

  /** Answers one HTTP request to the API. Never throws: what goes wrong is a problem document. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let result: GatewayResult
    try {
      result = await this.#resultOf(request)
    } catch (error) {
      // The client went away in the middle of its request: nothing was done, and nobody is there to be told.
      if (request.destroyed && !request.complete) return
      result = failureResult(error)
    }
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.setHeader('connection', 'close')
    const { statusCode = 200, headers, body = '' } = result
    response.writeHead(statusCode, { ...(headers as { [name: string]: string }), 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }

  async #resultOf(request: IncomingMessage): Promise<GatewayResult> {
    const url = splitUrl(request.url ?? '/')
    const method = request.method ?? 'GET'
    const route = this.#routes.match(method, url.path)
    if ('allowed' in route) {
      const arrival = arrivalOf(request, method, url, undefined)
      return call(this.#functions.unrouted, arrival, undefined, Buffer.alloc(0))
    }
    const { authorization } = request.headers
    // API Gateway asks no authorizer where its identity source is missing, and answers by itself.
    if (authorization === undefined) return problemResult(problem('unauthorized'), { 'www-authenticate': 'Bearer' })
    const arrival = arrivalOf(request, method, url, route)
    const context = await this.#authorizer.contextOf(authorization, arrival)
    return call(
      this.#functions.audiences[route.operation.audience],
      arrival,
      context,
      await readBody(request, mostBytesOf(route.operation)),
    )
  }
}

function call(
  handler: GatewayHandler,
  arrival: Arrival,
  context: AuthorizerContext | undefined,
  body: Buffer,
): Promise<GatewayResult> {
  const { requestId: awsRequestId } = arrival.requestContext
  return handler(functionEventOf(arrival, context, body), { awsRequestId } as LambdaContext)
}

/** What a function threw. An outage is known by its name: a bundle has a class of its own for it. */
function failureResult(error: unknown): GatewayResult {
  if (error instanceof Error && error.name === 'UnavailableError') {
    return problemResult(problem('unavailable'), { 'retry-after': '1' })
  }
  console.error(error)
  return problemResult(problem('internal'))
}

/** Remembers for a while who a token belongs to, as API Gateway does; unlike it, no longer than the token is good. */
class CachedAuthorizer {
  readonly #authorize: Authorizer
  readonly #now: () => number
  readonly #known = new Map<string, { readonly context: AuthorizerContext; readonly until: number }>()

  constructor(authorize: Authorizer, now: () => number) {
    this.#authorize = authorize
    this.#now = now
  }

  async contextOf(authorization: string, arrival: Arrival): Promise<AuthorizerContext> {
    const now = this.#now()
    const known = this.#known.get(authorization)
    if (known && now < known.until) return known.context
    const { context } = await this.#authorize(authorizerEventOf(arrival, authorization))
    // Nobody's: it may be somebody's at the next request, and strangers fill no memory.
    if (!context.subject) return context
    if (this.#known.size >= mostRememberedTokens) this.#known.clear()
    this.#known.set(authorization, { context, until: Math.min(now + rememberMs, Number(context.expiresAt) * 1000) })
    return context
  }
}

const rememberMs = 60_000
const mostRememberedTokens = 10_000

/** The body as it came. Reading stops beyond the limit, so that the handler finds it too large. */
async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  // A length beyond the limit is believed and not waited for: so many bytes are too large, whatever they are.
  if (Number(request.headers['content-length'] ?? 0) > most) return Buffer.alloc(most + 1)
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop must leave the connection, or there is nothing to answer on.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > most) break
  }
  return Buffer.concat(chunks)
}
