import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { customAlphabet } from 'nanoid'
import { instant } from './domain/units.ts'
import { readSecret } from './lookup-secret.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { clientSettings, DynamoStore } from './store/dynamo-store.ts'

/** Without `_` and `-`, so that an id can be read out and never begins with a mark. 20 of 36 letters are 103 bits. */
export const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 20)

/** A setting that a function cannot do without. Throws where it is missing. */
export function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the environment lacks ${name}`)
  return value
}

/** The table that a function's environment names. */
export const storeOfEnvironment = (): DynamoStore => new DynamoStore(new DynamoDBClient(clientSettings), required('LAUREL_TABLE'))

/**
 * The world as a Lambda function finds it: clock, chance, the table and the secret that its environment names. The secret is
 * `LAUREL_LOOKUP_SECRET`, or is read from Secrets Manager by `LAUREL_LOOKUP_SECRET_ARN`. A function that looks nobody up is
 * given neither.
 */
export async function runtimeOfEnvironment(): Promise<Runtime> {
  const { LAUREL_LOOKUP_SECRET: given, LAUREL_LOOKUP_SECRET_ARN: arn } = process.env
  const lookupSecret = given || (arn && (await readSecret(arn)))
  const runtime = createRuntime({
    store: storeOfEnvironment(),
    now: () => instant(Date.now()),
    random: Math.random,
    newId: () => `m-${newId()}`,
    pause: (ms) => pause(ms),
    lookupSecret: lookupSecret ?? '',
  })
  return lookupSecret ? runtime : withoutSecret(runtime)
}

/** An empty key would work and find nobody, so that it throws instead. */
const withoutSecret = (runtime: Runtime): Runtime => ({
  ...runtime,
  get lookupSecret(): string {
    throw new Error('this function was given no secret of the look-ups')
  },
})
