import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'
import { type Asked, secretKey } from './aws-signature.ts'

export const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:Lookups-AbCdEf'

interface Version {
  readonly id: string
  value?: string
  readonly stages: Set<string>
}

interface Body {
  readonly VersionId?: string
  readonly VersionStage?: string
  readonly ClientRequestToken: string
  readonly SecretString: string
  readonly VersionStages: string[]
  readonly MoveToVersionId?: string
  readonly RemoveFromVersionId?: string
}

/**
 * A stand-in for Secrets Manager with one secret, by the letter of its API: labels are on one version each, moving AWSCURRENT
 * leaves AWSPREVIOUS behind, a version's value never changes, and a version without a label is gone at once.
 */
export class SecretsManager {
  readonly asked: Asked[] = []
  /** What it answers next, in place of what is so. */
  answers: { status: number; body: unknown }[] = []
  versions: Version[] = []
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      this.asked.push({ headers: request.headers, body })
      const { status, body: said } = this.answers.shift() ?? this.#answer(String(request.headers['x-amz-target']), body)
      response.writeHead(status).end(JSON.stringify(said))
    })
  })

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  close(): void {
    this.#server.close()
  }

  /** A secret as CloudFormation makes it, and an environment that leads to it. */
  reset(value: string): void {
    this.asked.length = 0
    this.answers = []
    this.versions = [{ id: 'made', value, stages: new Set(['AWSCURRENT']) }]
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretKey)
    vi.stubEnv('AWS_SESSION_TOKEN', 'session')
    vi.stubEnv('LAUREL_LOOKUP_SECRET_ARN', secretArn)
  }

  /** What RotateSecret does before it sends the first step: AWSPENDING on a version that has no value yet. */
  begin(token: string): void {
    this.#label(token, 'AWSPENDING')
  }

  /** What an operator does who gives a rotation up. */
  giveUp(token: string): void {
    this.versions.find(({ id }) => id === token)?.stages.delete('AWSPENDING')
    this.#forget()
  }

  /** The labels of each version, in order. */
  get stages(): { [version: string]: string[] } {
    return Object.fromEntries(this.versions.map(({ id, stages }) => [id, [...stages].sort()]))
  }

  valueOf(stage: string): string | undefined {
    return this.versions.find(({ stages }) => stages.has(stage))?.value
  }

  #answer(target: string, text: string): { status: number; body: unknown } {
    const body = JSON.parse(text) as Body
    switch (target.split('.')[1]) {
      case 'DescribeSecret':
        return { status: 200, body: { VersionIdsToStages: this.stages } }
      case 'GetSecretValue':
        return this.#value(body)
      case 'PutSecretValue':
        return this.#put(body)
      case 'UpdateSecretVersionStage':
        return this.#move(body)
    }
    return refusal('UnknownOperationException')
  }

  #value({ VersionId, VersionStage = VersionId ? undefined : 'AWSCURRENT' }: Body) {
    const version = this.versions.find(({ id, stages }) => (VersionStage ? stages.has(VersionStage) : id === VersionId))
    if (version?.value === undefined) return refusal('ResourceNotFoundException')
    return { status: 200, body: { VersionId: version.id, SecretString: version.value } }
  }

  #put({ ClientRequestToken: token, SecretString: value, VersionStages }: Body) {
    const known = this.versions.find(({ id }) => id === token)?.value
    if (known !== undefined && known !== value) return refusal('ResourceExistsException')
    for (const stage of VersionStages) this.#label(token, stage)
    this.versions.find(({ id }) => id === token)!.value = value
    return { status: 200, body: {} }
  }

  #move({ VersionStage: stage = '', MoveToVersionId: to, RemoveFromVersionId: from }: Body) {
    const holder = this.versions.find(({ stages }) => stages.has(stage))
    if (holder?.id !== from && holder?.id !== to) return refusal('InvalidParameterException')
    if (stage === 'AWSCURRENT' && from && from !== to) this.#label(from, 'AWSPREVIOUS')
    if (to) this.#label(to, stage)
    else holder?.stages.delete(stage)
    this.#forget()
    return { status: 200, body: {} }
  }

  #label(version: string, stage: string): void {
    for (const { stages } of this.versions) stages.delete(stage)
    const known = this.versions.find(({ id }) => id === version)
    if (known) known.stages.add(stage)
    else this.versions.push({ id: version, stages: new Set([stage]) })
    this.#forget()
  }

  #forget(): void {
    this.versions = this.versions.filter(({ stages }) => stages.size > 0)
  }
}

const refusal = (type: string) => ({ status: 400, body: { __type: type } })
