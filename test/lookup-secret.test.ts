import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { runtimeOfEnvironment } from '../functions/environment.ts'
import { readSecret } from '../functions/lookup-secret.ts'

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:Lookups-AbCdEf'
const secretKey = 'its-own-key'

interface Asked {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A stand-in for Secrets Manager that answers as it is told and keeps what it was asked. */
const asked: Asked[] = []
let answers: { status: number; body: unknown }[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    const { status, body } = answers.shift() ?? { status: 500, body: {} }
    response.writeHead(status).end(JSON.stringify(body))
  })
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())
beforeEach(() => {
  asked.length = 0
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretKey)
  vi.stubEnv('AWS_SESSION_TOKEN', 'session')
})
afterEach(() => vi.unstubAllEnvs())

/** Signature Version 4 once more, by hand, from its documentation. */
function signatureOf({ headers, body }: Asked): string {
  const date = String(headers['x-amz-date'])
  const [, scope, signed] = /Credential=AKID\/(\S+), SignedHeaders=([^,]+)/.exec(String(headers.authorization))!
  const names = signed!.split(';')
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const canonical = ['POST', '/', '', lines, signed, sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const key = scope!.split('/').reduce<string | Buffer>(hmac, `AWS4${secretKey}`)
  return createHmac('sha256', key).update(toSign).digest('hex')
}

describe('the secret of the look-ups', () => {
  it('is asked for by a request that is signed as Secrets Manager wants it', async () => {
    answers = [{ status: 200, body: { SecretString: 'the secret' } }]
    expect(await readSecret(arn)).toBe('the secret')
    const [request] = asked
    expect(JSON.parse(request!.body)).toEqual({ SecretId: arn })
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
    answers = [
      { status: 500, body: {} },
      { status: 400, body: { __type: 'ThrottlingException' } },
      { status: 200, body: { SecretString: 'at last' } },
    ]
    expect(await readSecret(arn)).toBe('at last')
    answers = [{ status: 400, body: { __type: 'AccessDeniedException' } }]
    await expect(readSecret(arn)).rejects.toThrow('AccessDeniedException')
    expect(asked).toHaveLength(4)
    answers = []
    await expect(readSecret(arn)).rejects.toThrow('500')
  })
})

describe('the runtime of a function', () => {
  it('has the secret that its environment names', async () => {
    vi.stubEnv('LAUREL_TABLE', 'any')
    vi.stubEnv('LAUREL_LOOKUP_SECRET_ARN', arn)
    answers = [{ status: 200, body: { SecretString: 'the secret' } }]
    expect((await runtimeOfEnvironment()).lookupSecret).toBe('the secret')
    vi.stubEnv('LAUREL_LOOKUP_SECRET', 'given')
    expect((await runtimeOfEnvironment()).lookupSecret).toBe('given')
  })

  it('throws where somebody is looked up and there is none: an empty key would find nobody', async () => {
    vi.stubEnv('LAUREL_TABLE', 'any')
    const runtime = await runtimeOfEnvironment()
    expect(() => runtime.lookupSecret).toThrow('no secret of the look-ups')
    expect(asked).toHaveLength(0)
  })
})
