import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda'
import { createRemoteJWKSet } from 'jose'
import { required, storeOfEnvironment } from './environment.ts'
import { authorizeEvent, type Issuer } from './http/authorization.ts'
import type { AuthorizerContext } from './http/caller.ts'
import type { Store } from './store/store.ts'

let world: { readonly store: Store; readonly issuer: Issuer } | undefined

/** The HTTP API's Lambda authorizer: token → programme, scopes, stores or member. */
export async function handler(
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizerContext>> {
  world ??= { store: storeOfEnvironment(), issuer: issuerOfEnvironment() }
  return authorizeEvent(world.store, world.issuer, Date.now(), event)
}

/** The issuer that the environment names, by the key set that it publishes: at `LAUREL_OIDC_JWKS`, or where Cognito has it. */
function issuerOfEnvironment(): Issuer {
  const issuer = required('LAUREL_OIDC_ISSUER')
  const { LAUREL_STAFF_CLIENT: staffClient, LAUREL_OIDC_JWKS: keySet } = process.env
  const keys = createRemoteJWKSet(new URL(keySet || `${issuer}/.well-known/jwks.json`))
  return { issuer, keys, ...(staffClient && { staffClient }) }
}
