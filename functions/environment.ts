import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createRemoteJWKSet } from 'jose'
import { customAlphabet } from 'nanoid'
import { instant } from './domain/units.ts'
import type { Issuer } from './http/authorization.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { DynamoStore } from './store/dynamo-store.ts'

/** Without `_` and `-`, so that an id can be read out and never begins with a mark. 20 of 36 letters are 103 bits. */
export const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 20)

function required(name: string): string {
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

/** The issuer that the environment names, by the key set that it publishes. */
export function issuerOfEnvironment(): Issuer {
  const issuer = required('LAUREL_OIDC_ISSUER')
  return { issuer, keys: createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)) }
}
