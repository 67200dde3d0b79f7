import { setTimeout as pause } from 'node:timers/promises'
import { SignatureV4 } from '@smithy/signature-v4'
import { defaultProvider } from './bundled/environment-credentials.ts'
import { Sha256 } from './bundled/sha256.ts'

const mostTries = 3
const timeoutMs = 2000

/**
 * The text of a secret in Secrets Manager, read once at a cold start. In the environment, where a dynamic reference would put
 * it, whoever may look at a function could read it; a client of Secrets Manager would weigh more than all of Laurel, for
 * this one request, so it is signed here. `AWS_ENDPOINT_URL_SECRETS_MANAGER` names another endpoint, as for the SDK.
 */
export async function readSecret(arn: string): Promise<string> {
  const region = arn.split(':')[3]
  if (!region) throw new Error(`${arn} is no ARN of a secret`)
  const url = new URL(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? `https://secretsmanager.${region}.amazonaws.com`)
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(url, region, arn)
    } catch (error) {
      if (tries === mostTries || error instanceof RefusedError) throw error
      await pause(50 * 2 ** tries)
    }
  }
}

/** Secrets Manager says no, and will say so again. */
class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

async function ask(url: URL, region: string, arn: string): Promise<string> {
  const body = JSON.stringify({ SecretId: arn })
  const signer = new SignatureV4({ service: 'secretsmanager', region, credentials: defaultProvider(), sha256: Sha256 })
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body,
  })
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
  if (!answer.ok) {
    const said = `Secrets Manager answered ${answer.status}: ${await answer.text()}`
    throw answer.status < 500 && !said.includes('Throttling') ? new RefusedError(said) : new Error(said)
  }
  const { SecretString: secret } = (await answer.json()) as { SecretString?: string }
  if (!secret) throw new RefusedError(`the secret ${arn} holds no text`)
  return secret
}
