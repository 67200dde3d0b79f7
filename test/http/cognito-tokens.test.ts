import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memberId } from '../../functions/domain/units.ts'
import { authorize, authorizeEvent, type Issuer, nobody } from '../../functions/http/authorization.ts'
import { identityItem } from '../../functions/store/identity-item.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'

/** Tokens as a Cognito user pool makes them: what each stands for, and what its groups may do. */
const name = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI'
const now = Date.parse('2026-11-21T17:00:00Z')
const store = new SqliteStore(':memory:')
const { privateKey, publicKey } = await generateKeyPair('RS256')
const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', kid: 'k' }] })
const issuer: Issuer = { issuer: name, keys, staffClient: 'staff-app' }

beforeAll(async () => {
  const identities = [
    { subject: 'shop-leeds', programme: 'demo', stores: ['leeds'] },
    { subject: 'member-app', programme: 'demo' },
    { subject: 'staff-app', programme: 'demo' },
    { subject: 'ada', programme: 'demo', member: memberId('m-1') },
  ]
  await store.commit(identities.map((identity) => ({ kind: 'put', item: identityItem({ issuer: name, ...identity }) })))
})
afterAll(() => store.close())

async function callerOf(claims: JWTPayload, from: Issuer = issuer) {
  const token = await new SignJWT({ iss: name, token_use: 'access', exp: now / 1000 + 3600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .sign(privateKey)
  return (await authorize(store, from, now, `Bearer ${token}`))?.caller
}

describe('a token of Cognito', () => {
  it('by client credentials is a shop’s', async () => {
    const caller = await callerOf({ sub: 'shop-leeds', client_id: 'shop-leeds', scope: 'laurel/pos' })
    expect(caller).toMatchObject({ programme: 'demo', scopes: ['laurel/pos'], stores: ['leeds'] })
  })

  it('by sign-in is a member’s, or of somebody who has yet to enrol in the app’s programme', async () => {
    const claims = { client_id: 'member-app', scope: 'openid laurel/member' }
    expect(await callerOf({ ...claims, sub: 'ada' })).toMatchObject({ member: 'm-1', scopes: ['laurel/member'] })
    const verified = { email: 'bert@example.org', email_verified: true }
    expect(await callerOf({ ...claims, ...verified, sub: 'bert' })).toMatchObject({
      programme: 'demo',
      member: undefined,
      verifiedEmail: 'bert@example.org',
    })
  })

  const groups = ['laurel/admin.read', 'laurel/admin.service', 'laurel/pos-people', 'eu-west-1_Google']

  it('of staff may do what their groups are named after', async () => {
    const claims = { sub: 'desk', client_id: 'staff-app', scope: 'openid', 'cognito:groups': groups }
    expect((await callerOf(claims))?.scopes).toEqual(['laurel/admin.read', 'laurel/admin.service'])
    expect((await callerOf({ ...claims, 'cognito:groups': 'laurel/admin.read' }))?.scopes).toEqual([])
  })

  it('of any other client may not, whatever groups its user is in', async () => {
    const claims = { sub: 'ada', client_id: 'member-app', scope: 'openid laurel/member', 'cognito:groups': groups }
    expect((await callerOf(claims))?.scopes).toEqual(['laurel/member'])
    const elsewhere: Issuer = { issuer: name, keys }
    expect((await callerOf({ ...claims, client_id: 'staff-app', scope: 'openid' }, elsewhere))?.scopes).toEqual([])
  })

  it('that tells an app who somebody is, is no token for the API', async () => {
    const claims = { sub: 'desk', client_id: 'staff-app', 'cognito:groups': groups }
    expect(await callerOf({ ...claims, token_use: 'id' })).toBeUndefined()
    expect(await callerOf({ ...claims, token_use: 'access' })).toBeDefined()
  })
})

describe('the authorizer', () => {
  it('answers in text, as API Gateway hands it on', async () => {
    const token = await new SignJWT({ iss: name, token_use: 'access', exp: now / 1000 + 60, scope: 'laurel/pos' })
      .setSubject('shop-leeds')
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(privateKey)
    const ask = (authorization: string) => authorizeEvent(store, issuer, now, { headers: { authorization } })
    const { context, isAuthorized } = await ask(`Bearer ${token}`)
    expect(isAuthorized).toBe(true)
    expect(context).toEqual({
      ...nobody,
      programme: 'demo',
      scopes: 'laurel/pos',
      stores: 'leeds',
      issuer: name,
      subject: 'shop-leeds',
      expiresAt: String(now / 1000 + 60),
    })
    expect((await ask(`Bearer ${token}x`)).context).toEqual(nobody)
  })

  it('does not take an issuer that cannot be reached for a bad token', async () => {
    const unreachable: Issuer = { issuer: name, keys: () => Promise.reject(new TypeError('fetch failed')) }
    await expect(callerOf({ sub: 'ada', client_id: 'member-app' }, unreachable)).rejects.toThrow('keys could not be had')
  })
})
