import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda'
import { createRemoteJWKSet } from 'jose'
import { required, runtimeOfEnvironment } from './environment.ts'
import { authorizeEvent, type Issuer } from './http/authorization.ts'
import type { AuthorizerContext } from './http/caller.ts'
import type { Runtime } from './runtime.ts'

let world: { readonly runtime: Runtime; readonly issuer: Issuer } | undefined

/** The HTTP API's Lambda authorizer: token → programme, scopes, stores or member. */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizerContext>> {
  world ??= { runtime: runtimeOfEnvironment(), issuer: issuerOfEnvironment() }
  const { runtime, issuer } = world
  return authorizeEvent(runtime.store, issuer, runtime.now(), event)
}

/** The issuer that the environment names, by the key set that it publishes. */
function issuerOfEnvironment(): Issuer {
  const issuer = required('LAUREL_OIDC_ISSUER')
  return { issuer, keys: createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)) }
}
