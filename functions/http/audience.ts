import { isUtf8 } from 'node:buffer'
import middy, { type MiddlewareObj } from '@middy/core'
import type {
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context as LambdaContext,
} from 'aws-lambda'
import type { Operation } from '../contract/operation.ts'
import { isProblem, type Problem, problem, problemDocument } from '../contract/problem.ts'
import type { Instant } from '../domain/units.ts'
import type { Caller, Implementation } from '../handlers/context.ts'
import { type Performed, perform } from '../handlers/perform.ts'
import type { Runtime } from '../runtime.ts'
import { UnavailableError } from '../store/store.ts'
import { type AuthorizerContext, callerOfContext } from './caller.ts'
import { mostBytesOf, readJson } from './json.ts'
import { type Routes, routeKeyOf, routesOf } from './routes.ts'

export type GatewayEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Partial<AuthorizerContext> | undefined>
export type GatewayResult = APIGatewayProxyStructuredResultV2
export type GatewayHandler = (event: GatewayEvent, context: LambdaContext) => Promise<GatewayResult>

/** A refusal on its way out through middy's error handling. */
class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly refused: Problem
  readonly headers: { readonly [name: string]: string }
  constructor(refused: Problem, headers: { readonly [name: string]: string } = {}) {
    super(refused.problem)
    this.refused = refused
    this.headers = headers
  }
}

const retryAfter = { 'retry-after': '1' } as const

/** The Lambda handler of an audience: one function, its operations, and problem documents for all that goes wrong. */
export function serveAudience(runtime: Runtime, implementations: readonly Implementation[]): GatewayHandler {
  const byRoute = new Map(implementations.map((implementation) => [routeKeyOf(implementation.operation), implementation]))
  const routes = routesOf(implementations.map(({ operation }) => operation))
  // Its steps are one function and not a chain of them: each step of a chain costs every request waits and closures.
  return middy({ timeoutEarlyInMillis: 0 })
    .use(problems)
    .handler(async (event: GatewayEvent): Promise<GatewayResult> => {
      const implementation = byRoute.get(event.routeKey)
      if (!implementation) throw unrouted(routes, event.requestContext.http)
      // Before the body, so that a stranger learns nothing from it.
      const now = runtime.now()
      const caller = callerFor(implementation, event, now)
      const { programmes } = runtime
      const programme = programmes.remembered(caller.programme) ?? (await programmes.get(caller.programme))
      if (!programme) throw new ProblemError(problem('programme-forbidden'))
      const received = implementation.operation.body && readBody(event, implementation.operation)
      const outcome = await perform(
        implementation,
        {
          params: event.pathParameters ?? {},
          query: event.queryStringParameters ?? {},
          body: received,
          ifMatch: event.headers['if-match'],
        },
        { runtime, programme, caller, now },
      )
      if (!isProblem(outcome)) return resultOf(outcome)
      return problemResult(outcome, outcome.problem === 'unavailable' ? retryAfter : {})
    }) as GatewayHandler
}

/** Who calls. Throws ProblemError where they may not do it. */
function callerFor({ operation }: Implementation, event: GatewayEvent, now: Instant): Caller {
  const caller = callerOfContext(event.requestContext.authorizer?.lambda, now)
  if (!caller) throw new ProblemError(problem('unauthorized'), { 'www-authenticate': 'Bearer' })
  if (!caller.scopes.includes(operation.scope)) throw new ProblemError(problem('scope-missing'))
  return caller
}

/** The refusal of a request that no operation takes: 404, or 405 where its path takes other methods. */
export function unroutedProblem(
  routes: Routes,
  method: string,
  path: string,
): { refused: Problem; headers: { [name: string]: string } } {
  const found = routes.match(method, path)
  const allowed = 'allowed' in found ? found.allowed : [found.operation.method]
  if (allowed.length === 0) return { refused: problem('path-unknown'), headers: {} }
  return { refused: problem('method-not-allowed'), headers: { allow: allowed.join(', ') } }
}

function unrouted(routes: Routes, { method, path }: { method: string; path: string }): ProblemError {
  const { refused, headers } = unroutedProblem(routes, method, path)
  return new ProblemError(refused, headers)
}

/** A body as JSON. Throws ProblemError. */
function readBody(event: GatewayEvent, operation: Operation): unknown {
  requireJson(event)
  const most = mostBytesOf(operation)
  const text = textOf(event, most)
  if (text === tooLarge || (text !== undefined && isTooLarge(text, most))) {
    throw new ProblemError(problem(operation.mostBodyBytes === undefined ? 'body-too-large' : 'document-too-large'))
  }
  const read = text === undefined ? problem('malformed-json') : readJson(text)
  if (isProblem(read)) throw new ProblemError(read)
  return read.value
}

/** A UTF-16 unit is three bytes at most. */
const isTooLarge = (text: string, most: number) => text.length * 3 > most && Buffer.byteLength(text) > most
const tooLarge = Symbol('too large')

/** The body as text; undefined where its bytes are none: they would be stored as something else than was sent. */
function textOf({ body = '', isBase64Encoded }: GatewayEvent, most: number): string | typeof tooLarge | undefined {
  if (!isBase64Encoded) return body
  const bytes = Buffer.from(body, 'base64')
  if (bytes.length > most) return tooLarge
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

function requireJson(event: GatewayEvent): void {
  const type = event.headers['content-type'] ?? ''
  if (type === 'application/json') return
  if (type.split(';', 1)[0]!.trim().toLowerCase() !== 'application/json')
    throw new ProblemError(problem('unsupported-media-type'))
}

/** Turns refusals into problem documents. A bug is logged without anything of the request but its route, and says nothing outside. */
const problems: MiddlewareObj<GatewayEvent, GatewayResult> = {
  onError: (request) => {
    request.response = resultOfError(request.error, request.event)
  },
}

function resultOfError(error: unknown, { routeKey, requestContext: { requestId } }: GatewayEvent): GatewayResult {
  if (error instanceof ProblemError) return problemResult(error.refused, error.headers)
  // The programme could not be read: what an operation itself could not do is answered by `perform`.
  if (error instanceof UnavailableError) return problemResult(problem('unavailable'), retryAfter)
  console.error(JSON.stringify({ level: 'error', route: routeKey, requestId, error: describe(error) }))
  return problemResult(problem('internal'))
}

const describe = (error: unknown) =>
  error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error)

function resultOf({ status, body, replayed, etag }: Performed): GatewayResult {
  const headers: { [name: string]: string } = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  if (replayed) headers['Idempotency-Replayed'] = 'true'
  if (etag !== undefined) headers.ETag = etag
  return { statusCode: status, headers, body: JSON.stringify(body) }
}

/** A refusal as API Gateway wants it. */
export function problemResult(refused: Problem, headers: { readonly [name: string]: string } = {}): GatewayResult {
  const document = problemDocument(refused)
  return {
    statusCode: document.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(document),
  }
}
