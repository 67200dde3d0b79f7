import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import type { Scope } from '../../functions/contract/operation.ts'
import { developmentIssuerName } from '../../functions/local/development-issuer.ts'
import type { Laurel } from './laurel.ts'

const seconds = (laurel: Laurel) => Math.floor(laurel.now / 1000)

/** What a good token of the subject says, to be bent. */
export function claimsOf(laurel: Laurel, subject: string, scopes: readonly (Scope | string)[]): JWTPayload {
  return {
    ...{ iss: developmentIssuerName, sub: subject, client_id: subject, jti: 'made-by-hand', scope: scopes.join(' ') },
    ...{ iat: seconds(laurel), exp: seconds(laurel) + 3600 },
  }
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const headerOf = ({ secrets }: Laurel) => ({ alg: 'ES256', typ: 'JWT', kid: secrets.issuerKey.kid ?? '' })

/** Signs any claims with the issuer's own key. */
export const genuine = (laurel: Laurel, claims: JWTPayload): Promise<string> =>
  new SignJWT(claims).setProtectedHeader(headerOf(laurel)).sign(laurel.secrets.issuerKey)

async function parts(laurel: Laurel, claims: JWTPayload): Promise<[string, string, string]> {
  return (await genuine(laurel, claims)).split('.') as [string, string, string]
}

function publicKeyOf({ secrets }: Laurel): JWK {
  const { d: _private, ...publicKey } = secrets.issuerKey
  return publicKey
}

const byHmac = (laurel: Laurel, claims: JWTPayload, secret: string): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ ...headerOf(laurel), alg: 'HS256' }).sign(new TextEncoder().encode(secret))

/** Tokens that do not hold the issuer's key or do not say what a token must, each made from claims that would be good. */
export const forgeries: { readonly [kind: string]: (laurel: Laurel, claims: JWTPayload) => Promise<string> } = {
  'an empty token': async () => '',
  'no JWT at all': async () => 'let-me-in',
  'two parts only': async (laurel, claims) => (await parts(laurel, claims)).slice(0, 2).join('.'),
  'three parts of garbage': async () => 'e30.e30.e30',
  'a garbage signature': async (laurel, claims) => (await parts(laurel, claims)).with(2, 'A'.repeat(86)).join('.'),
  'an empty signature': async (laurel, claims) => (await parts(laurel, claims)).with(2, '').join('.'),
  'a tampered payload': async (laurel, claims) =>
    (await parts(laurel, { ...claims, sub: 'somebody-else' })).with(1, encoded(claims)).join('.'),
  'a tampered header': async (laurel, claims) =>
    (await parts(laurel, claims)).with(0, encoded({ ...headerOf(laurel), typ: 'at+jwt' })).join('.'),
  'alg none': async (_, claims) => `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`,
  'alg none with a signature': async (laurel, claims) =>
    (await parts(laurel, claims)).with(0, encoded({ ...headerOf(laurel), alg: 'none' })).join('.'),
  'HS256 by the public key as JSON': (laurel, claims) => byHmac(laurel, claims, JSON.stringify(publicKeyOf(laurel))),
  'HS256 by the public key as PEM': (laurel, claims) => {
    const key = createPublicKey({ key: publicKeyOf(laurel) as JsonWebKey, format: 'jwk' })
    return byHmac(laurel, claims, key.export({ type: 'spki', format: 'pem' }).toString())
  },
  'another key under the same id': async (laurel, claims) => {
    const { privateKey } = await generateKeyPair('ES256')
    return new SignJWT(claims).setProtectedHeader(headerOf(laurel)).sign(privateKey)
  },
  'a key that the token brings along': async (laurel, claims) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as JWK
    return new SignJWT(claims).setProtectedHeader({ ...headerOf(laurel), jwk }).sign(privateKey)
  },
  expired: (laurel, claims) => genuine(laurel, { ...claims, exp: seconds(laurel) - 1 }),
  'expiring this second': (laurel, claims) => genuine(laurel, { ...claims, exp: seconds(laurel) }),
  'not good yet': (laurel, claims) => genuine(laurel, { ...claims, nbf: seconds(laurel) + 60 }),
  'without exp': (laurel, { exp: _, ...claims }) => genuine(laurel, claims),
  'without sub': (laurel, { sub: _, ...claims }) => genuine(laurel, claims),
  'without iss': (laurel, { iss: _, ...claims }) => genuine(laurel, claims),
  'of another issuer': (laurel, claims) => genuine(laurel, { ...claims, iss: 'https://issuer.example' }),
  'of a subject nobody knows': (laurel, claims) => genuine(laurel, { ...claims, sub: 'a-stranger', client_id: 'no-client' }),
}
