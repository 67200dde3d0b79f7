import { isDeepStrictEqual } from 'node:util'
import { createLocalJWKSet, type JSONWebKeySet, type JWK, SignJWT } from 'jose'
import { nanoid } from 'nanoid'
import type { Scope } from '../contract/operation.ts'
import type { Issuer } from '../http/authorization.ts'
import { type Identity, identityItem, identityOf, isStill } from '../store/identity-item.ts'
import type { Store } from '../store/store.ts'
import { table } from '../store/table.ts'

/** The `iss` of tokens that one machine issues for itself. */
export const developmentIssuerName = 'urn:laurel:development'

/** What the issuer publishes of its key: the public half. */
export function publicKeySet(issuerKey: JWK): JSONWebKeySet {
  const { d: _private, ...publicKey } = issuerKey
  return { keys: [publicKey] }
}

/** The issuer that the embedded server trusts where no other is set: its own. */
export const developmentIssuer = (issuerKey: JWK): Issuer => ({
  issuer: developmentIssuerName,
  keys: createLocalJWKSet(publicKeySet(issuerKey)),
})

/** What a development token says. */
export interface TokenClaims {
  readonly subject: string
  readonly scopes: readonly Scope[]
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly issuedAt: number
  /** The client on whose behalf the subject calls. */
  readonly client?: string
  /** An e-mail address that the token vouches for. */
  readonly verifiedEmail?: string
}

/** Signs a development token. */
export function signToken(issuerKey: JWK, claims: TokenClaims): Promise<string> {
  const { subject, scopes, expiresAt, issuedAt, client, verifiedEmail } = claims
  return new SignJWT({
    scope: scopes.join(' '),
    client_id: client ?? subject,
    ...(verifiedEmail !== undefined && { email: verifiedEmail, email_verified: true }),
  })
    .setProtectedHeader({ alg: 'ES256', kid: issuerKey.kid ?? '', typ: 'JWT' })
    .setIssuer(developmentIssuerName)
    .setSubject(subject)
    .setJti(nanoid())
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(issuerKey)
}

/** Says what a development subject stands for, in the place of whatever it stood for. */
export async function putIdentity(store: Store, identity: Omit<Identity, 'issuer'>): Promise<void> {
  const { items } = await store.read([table.identity(developmentIssuerName, identity.subject)], { consistent: true })
  const known = items[0] && identityOf(items[0])
  const saying = (version: number) => identityItem({ issuer: developmentIssuerName, ...identity, version })
  if (known?.version !== undefined && isDeepStrictEqual(items[0], saying(known.version))) return
  const item = saying((known?.version ?? 0) + 1)
  const result = await store.commit([{ kind: 'put', item, ...isStill(known), replaces: items[0] }])
  if (result.outcome !== 'committed') await putIdentity(store, identity)
}
