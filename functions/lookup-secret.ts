import { type Answer, askService, RefusedError } from './aws-json.ts'
import type { KeyId, LookupSecrets } from './store/key-ring.ts'

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
 * Asks Secrets Manager. `AWS_ENDPOINT_URL_SECRETS_MANAGER` names another endpoint, as for the SDK. Throws where it is refused, or not
 * answered.
 */
export async function secretsManager(
  action: string,
  request: { readonly SecretId: string; readonly [name: string]: unknown },
): Promise<Answer> {
  const region = request.SecretId.split(':')[3]
  if (!region) throw new Error(`${request.SecretId} is no ARN of a secret`)
  const url = new URL(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? `https://secretsmanager.${region}.amazonaws.com`)
  const service = { name: 'Secrets Manager', signs: 'secretsmanager', region, url, prefix: 'secretsmanager' }
  return askService(service, action, request)
}
