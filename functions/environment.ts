import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { customAlphabet } from 'nanoid'
import { instant } from './domain/units.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { DynamoStore } from './store/dynamo-store.ts'

/** Without `_` and `-`, so that an id can be read out and never begins with a mark. 20 of 36 letters are 103 bits. */
export const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 20)

/** A setting that a function cannot do without. Throws where it is missing. */
export function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the environment lacks ${name}`)
  return value
}

/** The world as a Lambda function finds it: clock, chance, the table and the secret that its environment names. */
export function runtimeOfEnvironment(): Runtime {
  return createRuntime({
    store: new DynamoStore(new DynamoDBClient({}), required('LAUREL_TABLE')),
    now: () => instant(Date.now()),
    random: Math.random,
    newId: () => `m-${newId()}`,
    pause: (ms) => pause(ms),
    lookupSecret: required('LAUREL_LOOKUP_SECRET'),
  })
}
