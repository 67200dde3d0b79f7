import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Scope } from '../contract/operation.ts'
import type { Deployment } from './deployment.ts'
import { putIdentity, signToken } from './development-issuer.ts'
import { demoMemberId, demoProgrammeId } from './seed.ts'

export const adminScopes: readonly Scope[] = ['laurel/admin.read', 'laurel/admin.marketing', 'laurel/admin.service']
const goodForSeconds = 24 * 3600

export interface Tokens {
  readonly pos: string
  readonly member: string
  readonly admin: string
}

/** Bearer tokens for trying the demo programme, good for a day. */
export async function issueDemoTokens({ runtime, secrets }: Deployment): Promise<Tokens> {
  const programme = demoProgrammeId
  await putIdentity(runtime.store, { subject: 'demo-pos', programme, stores: '*' })
  await putIdentity(runtime.store, { subject: demoMemberId, programme, member: demoMemberId })
  await putIdentity(runtime.store, { subject: 'demo-admin', programme })
  const issuedAt = Math.floor(runtime.now() / 1000)
  const sign = (subject: string, scopes: readonly Scope[]) =>
    signToken(secrets.issuerKey, { subject, scopes, issuedAt, expiresAt: issuedAt + goodForSeconds })
  return {
    pos: await sign('demo-pos', ['laurel/pos']),
    member: await sign(demoMemberId, ['laurel/member']),
    admin: await sign('demo-admin', adminScopes),
  }
}

/** Writes tokens.json, readable by its owner alone, whole or not at all. */
export function writeTokens(path: string, tokens: Tokens): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}
