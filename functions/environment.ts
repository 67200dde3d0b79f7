import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { customAlphabet } from 'nanoid'
import { instant } from './domain/units.ts'
import { deployedSecrets } from './lookup-secret.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { clientSettings, DynamoStore } from './store/dynamo-store.ts'
import { type LookupSecrets, secretsAmong } from './store/key-ring.ts'

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
 * The world as a Lambda function finds it: clock, chance, the table and the keys of the look-ups that its environment names.
 * The key is `LAUREL_LOOKUP_SECRET`, or is read from Secrets Manager by `LAUREL_LOOKUP_SECRET_ARN` when somebody is first looked
 * up. A function that looks nobody up is given neither.
 */
export function runtimeOfEnvironment(): Runtime {
  return createRuntime({
    store: storeOfEnvironment(),
    now: () => instant(Date.now()),
    random: Math.random,
    newId: () => `m-${newId()}`,
    pause: (ms) => pause(ms),
    lookupSecrets: lookupSecretsOfEnvironment(),
  })
}

function lookupSecretsOfEnvironment(): LookupSecrets {
  const { LAUREL_LOOKUP_SECRET: given, LAUREL_LOOKUP_SECRET_ARN: arn } = process.env
  if (arn && !given) return deployedSecrets(arn)
  return secretsAmong(async () => {
    // An empty key would work and find nobody.
    if (!given) throw new Error('this function was given no secret of the look-ups')
    return [given]
  })
}
