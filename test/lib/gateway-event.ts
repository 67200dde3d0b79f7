import type { Context as LambdaContext } from 'aws-lambda'
import type { Operation } from '../../functions/contract/operation.ts'
import type { GatewayEvent, GatewayHandler, GatewayResult } from '../../functions/http/audience.ts'
import { nobody } from '../../functions/http/authorization.ts'
import type { AuthorizerContext } from '../../functions/http/caller.ts'
import { routeKeyOf } from '../../functions/http/routes.ts'

/** What the authorizer says of a till of the demo programme. */
export const demoTill: AuthorizerContext = {
  ...nobody,
  programme: 'demo',
  scopes: 'laurel/pos',
  stores: '*',
  issuer: 'urn:test',
  subject: 'till',
}

/** Calls an operation as API Gateway does: an event of the HTTP API, with the authorizer's context. */
export function callAs(
  handler: GatewayHandler,
  context: Partial<AuthorizerContext>,
  operation: Operation,
  asked: {
    readonly params?: { readonly [name: string]: string }
    readonly body?: unknown
    readonly headers?: { readonly [name: string]: string }
  } = {},
): Promise<GatewayResult> {
  const event = {
    version: '2.0',
    routeKey: routeKeyOf(operation),
    headers: { ...(asked.body !== undefined && { 'content-type': 'application/json' }), ...asked.headers },
    pathParameters: asked.params,
    body: asked.body === undefined ? undefined : JSON.stringify(asked.body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'test',
      http: { method: operation.method, path: operation.path },
      authorizer: { lambda: context },
    },
  } as unknown as GatewayEvent
  return handler(event, {} as LambdaContext)
}
