import { createRemoteJWKSet } from 'jose'
import type { Issuer } from '../http/authorization.ts'
import type { Secrets } from './deployment.ts'
import { developmentIssuer, publicKeySet } from './development-issuer.ts'

/** Whose tokens the server takes: as the sources want it, and as a function's environment says it. */
export interface TrustedIssuer {
  readonly issuer: Issuer
  /** Where the keys are that its tokens are signed with. */
  readonly keySet: URL
}

/** The issuer of that name, or this machine's own. Throws where the one does not answer and the other does not exist. */
export async function trustedIssuer(name: string | undefined, secrets: Secrets | undefined): Promise<TrustedIssuer> {
  if (name !== undefined) {
    const keySet = await discover(name)
    return { issuer: { issuer: name, keys: createRemoteJWKSet(keySet) }, keySet }
  }
  if (!secrets) throw new Error('a table on AWS has no development issuer: LAUREL_OIDC_ISSUER names its user pool’s')
  return { issuer: developmentIssuer(secrets.issuerKey), keySet: addressOf(publicKeySet(secrets.issuerKey)) }
}

/** The key set itself as an address: a function reads it as any other, and it takes no server that is up before. */
const addressOf = (keySet: object): URL => new URL(`data:application/json,${encodeURIComponent(JSON.stringify(keySet))}`)

/** The environment by which a function trusts the issuer. */
export const environmentFor = ({ issuer, keySet }: TrustedIssuer) => ({
  LAUREL_OIDC_ISSUER: issuer.issuer,
  LAUREL_OIDC_JWKS: keySet.href,
})

/** Where a published issuer has its keys, by OpenID Connect discovery. Throws where it does not answer. */
async function discover(name: string): Promise<URL> {
  const response = await fetch(`${name.replace(/\/$/, '')}/.well-known/openid-configuration`).catch((error: Error) => {
    throw new Error(`${name} does not answer`, { cause: error.cause ?? error })
  })
  const { issuer: published, jwks_uri } = (await response.json().catch(() => ({}))) as { issuer?: string; jwks_uri?: string }
  if (!response.ok || published !== name || !jwks_uri)
    throw new Error(`${name} publishes no OpenID Connect configuration of its own`)
  return new URL(jwks_uri)
}
