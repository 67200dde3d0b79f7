import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda'
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Scope } from '../contract/operation.ts'
import type { Caller } from '../handlers/context.ts'
import { type Identity, identityOf } from '../store/identity-item.ts'
import { type Store, UnavailableError } from '../store/store.ts'
import { table } from '../store/table.ts'
import { type AuthorizerContext, contextOfCaller } from './caller.ts'

/** Whose tokens are taken, and the keys that they are signed with. */
export interface Issuer {
  /** The `iss` that tokens bear. */
  readonly issuer: string
  readonly keys: JWTVerifyGetKey
  /** The client by which staff sign in: only for its tokens do a user's groups, named like scopes, grant them. */
  readonly staffClient?: string
}

/** Signatures by key pairs only: a token cannot name the algorithm by which a public key would be taken for a shared secret. */
const algorithms = ['RS256', 'ES256', 'EdDSA']
export const scopes: readonly Scope[] = [
  'laurel/pos',
  'laurel/member',
  'laurel/admin.read',
  'laurel/admin.marketing',
  'laurel/admin.service',
]

export interface Authorized {
  readonly caller: Caller
  /** Until when the token is good, epoch seconds. */
  readonly expiresAt: number
}

/**
 * Who a bearer token belongs to, or undefined where it is not good: malformed, not signed by the issuer, expired, or of
 * somebody no item maps to a programme. Throws UnavailableError where the store or the issuer does not answer.
 */
export async function authorize(
  store: Store,
  issuer: Issuer,
  now: number,
  authorization: string | undefined,
): Promise<Authorized | undefined> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
  if (!token) return undefined
  const payload = await verified(token, issuer, now)
  const subject = payload?.sub
  if (!payload || !subject || payload.exp === undefined) return undefined
  const client = textClaim(payload, 'client_id') ?? textClaim(payload, 'azp')
  const keys = [...new Set([subject, client ?? subject])].map((name) => table.identity(issuer.issuer, name))
  const { items } = await store.read(keys, { consistent: false })
  const own = items[0] && identityOf(items[0])
  const identity = own ?? (items[1] && ofProgrammeAlone(identityOf(items[1])))
  if (!identity) return undefined
  return {
    expiresAt: payload.exp,
    caller: {
      programme: identity.programme,
      scopes: grantedScopes(payload, client !== undefined && client === issuer.staffClient),
      stores: identity.stores ?? [],
      member: identity.member,
      role: identity.role,
      issuer: issuer.issuer,
      subject,
      verifiedEmail: payload.email_verified === true ? textClaim(payload, 'email') : undefined,
    },
  }
}

async function verified(token: string, { issuer, keys }: Issuer, now: number): Promise<JWTPayload | undefined> {
  try {
    const options = { issuer, algorithms, requiredClaims: ['exp', 'sub'], currentDate: new Date(now) }
    const { payload } = await jwtVerify(token, keys, options)
    // Cognito signs what a person is told of themselves with the same keys; that is no token for an API.
    return (payload.token_use ?? 'access') === 'access' ? payload : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError && !outages.has(error.code)) return undefined
    throw new UnavailableError('none', 'the issuer’s keys could not be had', error)
  }
}

/** What says nothing about the token. */
const outages = new Set([errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code])

/** A client's own identity says its programme; its users are members or supervisors only by an identity of their own. */
function ofProgrammeAlone({ member: _, role: __, ...identity }: Identity): Identity {
  return identity
}

function grantedScopes(payload: JWTPayload, ofStaff: boolean): Scope[] {
  const groups = ofStaff && Array.isArray(payload['cognito:groups']) ? payload['cognito:groups'] : []
  const claimed = new Set<unknown>([...(textClaim(payload, 'scope') ?? '').split(' '), ...groups])
  return scopes.filter((scope) => claimed.has(scope))
}

function textClaim(payload: JWTPayload, name: string): string | undefined {
  const claim = payload[name]
  return typeof claim === 'string' && claim !== '' ? claim : undefined
}

/** What the authorizer says of a token that is not good. */
export const nobody: AuthorizerContext = {
  programme: '',
  scopes: '',
  stores: '',
  member: '',
  role: '',
  issuer: '',
  subject: '',
  verifiedEmail: '',
  expiresAt: '',
}

/**
 * The Lambda authorizer's answer in API Gateway's simple form. A token that is not good is let through as nobody's, for the
 * functions to refuse: theirs is the 401 that the contract promises and by which a till knows to fetch another token. A
 * refusal of the authorizer would be a 403, and an error of it could not be told from a fault, nor would it be remembered.
 */
export async function authorizeEvent(
  store: Store,
  issuer: Issuer,
  now: number,
  event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers'>,
): Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizerContext>> {
  const authorized = await authorize(store, issuer, now, event.headers?.authorization)
  return { isAuthorized: true, context: authorized ? contextOfCaller(authorized.caller, authorized.expiresAt) : nobody }
}
