import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { runtimeOfEnvironment } from '../functions/environment.ts'
import { deployedSecrets, labelOf } from '../functions/lookup-secret.ts'
import { keyOfSecret } from '../functions/store/key-ring.ts'
import { signatureOf } from './support/aws-signature.ts'
import { SecretsManager, secretArn } from './support/secrets-manager.ts'

const manager = new SecretsManager()
beforeAll(() => manager.start())
afterAll(() => manager.close())
beforeEach(() => manager.reset('the secret'))
afterEach(() => vi.unstubAllEnvs())

describe('the secret of the look-ups', () => {
  const secrets = deployedSecrets(secretArn)

  it('is asked for by a request that is signed as Secrets Manager wants it', async () => {
    expect(await secrets.first()).toBe('the secret')
    // Before the first rotation no version has the label of the first key.
    expect(manager.asked.map(({ body }) => JSON.parse(body))).toEqual(
      ['LAUREL-first', 'AWSCURRENT'].map((VersionStage) => ({ SecretId: secretArn, VersionStage })),
    )
    const request = manager.asked[1]
    expect(request!.headers).toMatchObject({
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': 'session',
    })
    const { authorization } = request!.headers
    expect(authorization).toContain('/eu-west-1/secretsmanager/aws4_request')
    expect(authorization).toContain(`Signature=${signatureOf(request!)}`)
  })

  it('is asked for again when that may help, and not when it was refused', async () => {
    manager.answers = [
      { status: 500, body: {} },
      { status: 400, body: { __type: 'ThrottlingException' } },
    ]
    expect(await secrets.first()).toBe('the secret')
    manager.answers = [{ status: 400, body: { __type: 'AccessDeniedException' } }]
    await expect(secrets.first()).rejects.toThrow('AccessDeniedException')
    // Twice again, and once by each label; then once, which is refused.
    expect(manager.asked).toHaveLength(5)
    manager.answers = [1, 2, 3].map(() => ({ status: 500, body: {} }))
    await expect(secrets.first()).rejects.toThrow('500')
  })

  it('has versions that are found by the key that a ring names, whatever else they are', async () => {
    const { id } = keyOfSecret('another')
    expect(await secrets.named(id)).toBeUndefined()
    manager.versions.push({ id: 'v', value: 'another', stages: new Set([labelOf(id)]) })
    expect(await secrets.named(id)).toBe('another')
    manager.answers = [{ status: 400, body: { __type: 'AccessDeniedException' } }]
    await expect(secrets.named(id)).rejects.toThrow('AccessDeniedException')
  })
})

describe('the runtime of a function', () => {
  /** A store on which no ring was ever put. */
  const noRing = async () => ({ items: [undefined], units: 1 })
  const keysOf = async () => {
    const { store, lookups } = runtimeOfEnvironment()
    vi.spyOn(store, 'read').mockImplementation(noRing)
    return (await lookups.current()).keys.map(({ secret }) => secret)
  }

  it('has the secret that its environment names, and reads it when it looks somebody up', async () => {
    vi.stubEnv('LAUREL_TABLE', 'any')
    runtimeOfEnvironment()
    expect(manager.asked).toHaveLength(0)
    expect(await keysOf()).toEqual(['the secret'])
    vi.stubEnv('LAUREL_LOOKUP_SECRET', 'given')
    expect(await keysOf()).toEqual(['given'])
  })

  it('throws where somebody is looked up and there is none: an empty key would find nobody', async () => {
    vi.stubEnv('LAUREL_TABLE', 'any')
    vi.stubEnv('LAUREL_LOOKUP_SECRET_ARN', '')
    await expect(keysOf()).rejects.toThrow('no secret of the look-ups')
    expect(manager.asked).toHaveLength(0)
  })
})
