import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { APIGatewayEventRequestContextV2, APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import type { GatewayEvent } from '../http/audience.ts'
import type { AuthorizerContext } from '../http/caller.ts'
import { defaultRouteKey, type Route, routeKeyOf } from '../http/routes.ts'

/** What the events of a request have in common, in API Gateway's payload format 2.0. */
export interface Arrival {
  readonly version: '2.0'
  readonly routeKey: string
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: { readonly [name: string]: string }
  readonly queryStringParameters?: { readonly [name: string]: string }
  readonly pathParameters?: { readonly [name: string]: string }
  readonly requestContext: APIGatewayEventRequestContextV2
}

/** A request as it arrived, and its route: none where no operation takes it. */
export function arrivalOf(request: IncomingMessage, method: string, url: Url, route: Route | undefined): Arrival {
  const { path, queryText } = url
  const routeKey = route ? routeKeyOf(route.operation) : defaultRouteKey
  const now = Date.now()
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: queryText,
    headers: headersOf(request),
    ...(queryText !== '' && { queryStringParameters: queryOf(queryText) }),
    ...(route && hasNames(route.params) && { pathParameters: decodedParams(route) }),
    requestContext: {
      accountId: 'embedded',
      apiId: 'embedded',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now,
    },
  }
}

/** The event that the authorizer is asked by. Its identity source is the authorization header, as lib/http-api.ts has it. */
export function authorizerEventOf(arrival: Arrival, authorization: string): APIGatewayRequestAuthorizerEventV2 {
  const { routeKey } = arrival
  const routeArn = `arn:aws:execute-api:local:embedded:embedded/$default/${routeKey.replace(' /', '/')}`
  return { ...arrival, type: 'REQUEST', routeArn, identitySource: [authorization], cookies: [] }
}

/** The event that a function is called with; what the authorizer said is handed on with it. */
export function functionEventOf(arrival: Arrival, context: AuthorizerContext | undefined, body: Buffer): GatewayEvent {
  const authorizer = context && { lambda: context }
  const requestContext = { ...arrival.requestContext, ...(authorizer && { authorizer }) }
  return { ...arrival, requestContext, ...bodyOf(body) } as GatewayEvent
}

export interface Url {
  readonly path: string
  readonly queryText: string
}

export function splitUrl(url: string): Url {
  const mark = url.indexOf('?')
  return mark === -1 ? { path: url, queryText: '' } : { path: url.slice(0, mark), queryText: url.slice(mark + 1) }
}

const hasNames = (values: object): boolean => Object.keys(values).length > 0

function headersOf(request: IncomingMessage): { [name: string]: string } {
  const headers: { [name: string]: string } = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value
  }
  return headers
}

/** A parameter that is there twice has its values with a comma between. */
function queryOf(queryText: string): { [name: string]: string } {
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(queryText)) {
    const before = query.get(name)
    query.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(query)
}

function decodedParams({ params }: Route): { [name: string]: string } {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decoded(value)]))
}

/** A parameter as it was meant; where the percent-encoding is broken as it stands, which no contract takes. */
function decoded(parameter: string): string {
  try {
    return decodeURIComponent(parameter)
  } catch {
    return parameter
  }
}

/** A body as API Gateway hands it on: text as it is, anything else in base 64. */
function bodyOf(bytes: Buffer): Pick<GatewayEvent, 'body' | 'isBase64Encoded'> {
  if (bytes.length === 0) return { isBase64Encoded: false }
  if (isUtf8(bytes)) return { body: bytes.toString('utf8'), isBase64Encoded: false }
  return { body: bytes.toString('base64'), isBase64Encoded: true }
}

/** An instant as access logs write it: `21/Nov/2026:10:15:00 +0000`. */
function logTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(' ')
  return `${day}/${month}/${year}:${time} +0000`
}
