import { setTimeout as pause } from 'node:timers/promises'
import { SignatureV4 } from '@smithy/signature-v4'
import { defaultProvider } from './bundled/environment-credentials.ts'
import { Sha256 } from './bundled/sha256.ts'
import type { KeyId, LookupSecrets } from './store/key-ring.ts'

const mostTries = 3
const timeoutMs = 2000

/**
 * The keys of the look-ups as versions of one secret in Secrets Manager, read when they are first needed: in the environment,
 * where a dynamic reference would put it, whoever may look at a function could read the key. The key that a ring names has a
 * staging label of its own, so that it is found and kept, whatever becomes of AWSCURRENT and AWSPENDING.
 */
export function deployedSecrets(arn: string): LookupSecrets {
  return {
    async first() {
      // After the first rotation AWSCURRENT is another key; a table that is restored to before it has no ring, and is keyed by this.
      const secret =
        (await readSecret(arn, { VersionStage: firstLabel })) ?? (await readSecret(arn, { VersionStage: 'AWSCURRENT' }))
      if (!secret) throw new Error(`the secret ${arn} holds no text`)
      return secret
    },
    named: (id) => readSecret(arn, { VersionStage: labelOf(id) }),
  }
}

/** The staging label of the version that holds a key. */
export const labelOf = (id: KeyId): string => `${labelPrefix}${id}`
export const labelPrefix = 'LAUREL-'
/** Of the key that the deployment was made with; set before its first rotation, and kept for ever. */
export const firstLabel = `${labelPrefix}first`

/** The text of a version of the secret; undefined where there is no such version, or none of text. */
export async function readSecret(
  arn: string,
  version: { readonly VersionStage: string } | { readonly VersionId: string },
): Promise<string | undefined> {
  try {
    const { SecretString } = await secretsManager('GetSecretValue', { SecretId: arn, ...version })
    return (SecretString as string | undefined) || undefined
  } catch (error) {
    if (error instanceof RefusedError && error.message.includes('ResourceNotFoundException')) return undefined
    throw error
  }
}

/**
 * Asks Secrets Manager. Its client would weigh more than all of Laurel, for a few requests, so they are signed here.
 * `AWS_ENDPOINT_URL_SECRETS_MANAGER` names another endpoint, as for the SDK. Throws where it is refused, or not answered.
 */
export async function secretsManager(
  action: string,
  request: { readonly SecretId: string; readonly [name: string]: unknown },
): Promise<Answer> {
  const region = request.SecretId.split(':')[3]
  if (!region) throw new Error(`${request.SecretId} is no ARN of a secret`)
  const url = new URL(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? `https://secretsmanager.${region}.amazonaws.com`)
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(url, region, action, JSON.stringify(request))
    } catch (error) {
      if (tries === mostTries || error instanceof RefusedError) throw error
      await pause(50 * 2 ** tries)
    }
  }
}

type Answer = { readonly [name: string]: unknown }

/** Secrets Manager says no, and will say so again. */
class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

async function ask(url: URL, region: string, action: string, body: string): Promise<Answer> {
  const signer = new SignatureV4({ service: 'secretsmanager', region, credentials: defaultProvider(), sha256: Sha256 })
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `secretsmanager.${action}`,
    },
    body,
  })
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text) as Answer
  const said = `Secrets Manager answered ${answer.status}: ${text}`
  throw answer.status < 500 && !said.includes('Throttling') ? new RefusedError(said) : new Error(said)
}
