import type { Context } from 'aws-lambda'
import { required, runtimeOfEnvironment } from './environment.ts'
import { beginRekeying, type Rekeyed, rekey } from './handlers/rekeying.ts'
import { deployedSecrets, firstLabel, labelOf, labelPrefix, readSecret, secretsManager } from './lookup-secret.ts'
import type { Runtime } from './runtime.ts'
import { keyOfSecret, type LookupKey, makeLookupSecret } from './store/key-ring.ts'

/** What Secrets Manager sends, one step after another; each of them again where it failed, or for good measure. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret'
  /** The secret's ARN. */
  readonly SecretId: string
  /** Names the version that the rotation is to make. */
  readonly ClientRequestToken: string
}

/** One step of a rotation, and the deployment it is of. */
interface Rotation {
  readonly runtime: Runtime
  readonly arn: string
  readonly token: string
  readonly hasTime: () => boolean
}

/** Members that are re-keyed side by side. */
const width = 32
/** What a page of members and the end of a step may take. */
const reserveMs = 30_000

const steps: { readonly [step in RotationEvent['Step']]: (rotation: Rotation) => Promise<Rekeyed | undefined> } = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
}

/** Does a step of a rotation. Throws where it is not done by the end: Secrets Manager comes again, and it goes on from there. */
export async function rotate(runtime: Runtime, event: RotationEvent, remainingMs: () => number): Promise<Rekeyed | undefined> {
  const { Step, SecretId: arn, ClientRequestToken: token } = event
  if (arn !== required('LAUREL_LOOKUP_SECRET_ARN')) throw new Error(`${arn} is not the secret of the look-ups`)
  if (!Object.hasOwn(steps, Step)) throw new Error(`a rotation has no step ${Step}`)
  return steps[Step]({ runtime, arn, token, hasTime: () => remainingMs() > reserveMs })
}

/**
 * Makes the version's key, once. Where an earlier rotation was given up in the middle of its walk, its key is carried on: it is
 * the first of the ring already. Each key has its label before any ring names it.
 */
async function createSecret({ runtime, arn, token }: Rotation): Promise<undefined> {
  const { version, keys } = await runtime.lookups.refresh()
  const stages = await stagesOf(arn)
  const current = versionWith(stages, 'AWSCURRENT')
  if (version === 0 && current !== undefined && versionWith(stages, labelOf(keys[0].id)) === undefined) {
    for (const label of [labelOf(keys[0].id), firstLabel]) await moveStage(arn, label, { to: current })
  }
  if ((await readSecret(arn, { VersionId: token })) !== undefined) return
  const key = keys.length > 1 ? keys[0] : keyOfSecret(makeLookupSecret())
  await secretsManager('PutSecretValue', {
    SecretId: arn,
    ClientRequestToken: token,
    SecretString: key.secret,
    VersionStages: ['AWSPENDING', labelOf(key.id)],
  })
}

/** Brings the version's key into force and moves all look-ups to it; what another rotation has begun is ended first. */
async function setSecret({ runtime, arn, token, hasTime }: Rotation): Promise<Rekeyed> {
  const sum = { complete: true, members: 0, moved: 0 }
  for (;;) {
    const stages = (await stagesOf(arn))[token] ?? []
    if (stages.includes('AWSCURRENT')) return sum
    // Also said late, of a rotation that was ended or given up long ago: it must not take the ring back.
    if (!stages.includes('AWSPENDING')) throw new Error(`the version ${token} is not pending`)
    const secret = await readSecret(arn, { VersionId: token })
    if (secret === undefined) throw new Error(`the version ${token} has no value`)
    const key = keyOfSecret(secret)
    for (const one of [key, ...(await runtime.lookups.refresh()).keys]) await isKept(arn, one)
    const ring = await beginRekeying(runtime, secret)
    const { complete, members, moved } = await rekey(runtime, { width, hasTime })
    sum.members += members
    sum.moved += moved
    if (!complete) throw new Error(`time is up after ${sum.members} members; the walk goes on from there when asked again`)
    if (ring.keys[0].id === key.id) return sum
  }
}

/** Whether a key can be read by the label that other functions will ask for. Throws where it cannot, or not yet. */
async function isKept(arn: string, { id, secret }: LookupKey): Promise<void> {
  if ((await deployedSecrets(arn).named(id)) !== secret) throw new Error(`the key ${id} cannot be read by its label`)
}

/**
 * The version's key is the only one in force. Secrets Manager asks this also when the schedule is set up, with a version that
 * has no value or the current one: then it is the current one's.
 */
async function testSecret({ runtime, arn, token }: Rotation): Promise<undefined> {
  const secret = (await readSecret(arn, { VersionId: token })) ?? (await readSecret(arn, { VersionStage: 'AWSCURRENT' }))
  const { keys } = await runtime.lookups.refresh()
  if (keys.length > 1 || keys[0].secret !== secret) throw new Error('the key of the version is not the only one in force')
}

/**
 * Makes the version current. Keys that are neither in force, nor the one before, nor the first of all lose their labels: a
 * table that is restored to an earlier second names it again.
 */
async function finishSecret(rotation: Rotation): Promise<undefined> {
  const { runtime, arn, token } = rotation
  await testSecret(rotation)
  const current = versionWith(await stagesOf(arn), 'AWSCURRENT')
  if (current !== token) await moveStage(arn, 'AWSCURRENT', { to: token, from: current })
  const { keys } = await runtime.lookups.refresh()
  const held = [firstLabel, ...keys.map(({ id }) => labelOf(id))]
  for (const [version, stages] of Object.entries(await stagesOf(arn))) {
    const isHeld = stages.some((stage) => !stage.startsWith(labelPrefix) || held.includes(stage))
    for (const label of isHeld ? [] : stages) await moveStage(arn, label, { from: version })
  }
}

type Stages = { readonly [version: string]: readonly string[] }

async function stagesOf(arn: string): Promise<Stages> {
  const { VersionIdsToStages } = await secretsManager('DescribeSecret', { SecretId: arn })
  return (VersionIdsToStages ?? {}) as Stages
}

const versionWith = (stages: Stages, stage: string) => Object.keys(stages).find((version) => stages[version]?.includes(stage))

async function moveStage(arn: string, stage: string, { to, from }: { to?: string; from?: string | undefined }): Promise<void> {
  await secretsManager('UpdateSecretVersionStage', {
    SecretId: arn,
    VersionStage: stage,
    ...(to !== undefined && { MoveToVersionId: to }),
    ...(from !== undefined && { RemoveFromVersionId: from }),
  })
}

let runtime: Runtime | undefined

/** The Lambda function: rotates the key of the look-ups, as Secrets Manager asks for it. */
export async function handler(event: RotationEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  runtime ??= runtimeOfEnvironment()
  const rekeyed = await rotate(runtime, event, () => context.getRemainingTimeInMillis())
  process.stdout.write(`${JSON.stringify({ job: 'rotate-secret', step: event.Step, ...rekeyed })}\n`)
}
