import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { instant } from '../domain/units.ts'
import { newId } from '../environment.ts'
import { createRuntime, type Runtime } from '../runtime.ts'
import { makeLookupSecret, secretsAmong } from '../store/key-ring.ts'
import { SqliteStore } from '../store/sqlite-store.ts'
import type { Item, Store, Write } from '../store/store.ts'
import { openEmulated, runtimeOnAws } from './dynamodb.ts'
import type { Place } from './settings.ts'

/** What one machine's data file, or its table, keeps for itself: it may be copied, and works where it is put. */
export interface Secrets {
  /** Private key of the development issuer, ES256. */
  readonly issuerKey: JWK
  /** Key of the look-ups' HMAC as it was found: for functions that have it from their environment, as the bundles do. */
  readonly lookupSecret: string
}

/** Laurel on one machine. */
export interface Deployment {
  readonly runtime: Runtime
  readonly secrets: Secrets
}

const secretsKey = { pk: 'EMBEDDED', sk: 'SECRETS' } as const

/** Laurel wherever it is. On AWS its secrets are the stack's: the key of the look-ups alone may be had, and no issuer's. */
export interface Opened {
  readonly runtime: Runtime
  readonly secrets: Secrets | undefined
}

/** Opens a data file or an emulator's table, or a new one, or a table on AWS; several processes may have it open. */
export async function openPlace(place: Place): Promise<Opened> {
  if (place.kind === 'aws') return { runtime: await runtimeOnAws(place.table), secrets: undefined }
  return deploymentOn(place.kind === 'file' ? new SqliteStore(place.path) : await openEmulated(place))
}

/** Laurel on a store that is open already. */
export async function deploymentOn(
  store: Store,
  world: Partial<Pick<Runtime, 'now' | 'random' | 'newId' | 'pause'>> = {},
): Promise<Deployment> {
  const secrets = await secretsOf(store)
  const runtime = createRuntime({
    store,
    now: () => instant(Date.now()),
    random: Math.random,
    newId: () => `m-${newId()}`,
    pause: (ms) => pause(ms),
    lookupSecrets: secretsAmong(() => readLookupSecrets(store)),
    ...world,
  })
  return { runtime, secrets }
}

/** The secrets of a data file or a table, made by whoever opens it first. */
async function secretsOf(store: Store): Promise<Secrets> {
  const { items } = await store.read([secretsKey], { consistent: true })
  if (items[0]) return secretsOfItem(items[0])
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const issuerKey = JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'ES256', kid: randomBytes(8).toString('hex') })
  const made = { ...secretsKey, lookupSecret: makeLookupSecret(), issuerKey }
  const result = await store.commit([{ kind: 'put', item: made, condition: { is: 'absent' } }])
  if (result.outcome === 'committed') return secretsOfItem(made)
  return secretsOf(store)
}

const secretsOfItem = (item: Item): Secrets => ({
  issuerKey: JSON.parse(item.issuerKey as string) as JWK,
  lookupSecret: item.lookupSecret as string,
})

/** The keys of the look-ups' HMAC that the data file has: one, or while they are re-keyed the new one and the old. */
async function readLookupSecrets(store: Store): Promise<readonly [string, ...string[]]> {
  const { lookupSecret, oldLookupSecret } = await readSecrets(store)
  return [lookupSecret as string, ...(oldLookupSecret === undefined ? [] : [oldLookupSecret as string])]
}

/**
 * The write that puts other keys in the place of the data file's. It belongs into the transaction that changes the ring: the
 * ring's version guards it, and no key is ever there without the ring that names it, or gone before.
 */
export async function lookupSecretsWrite(store: Store, lookupSecret: string, oldLookupSecret?: string): Promise<Write> {
  const { issuerKey } = await readSecrets(store)
  const old = oldLookupSecret !== undefined && { oldLookupSecret }
  return { kind: 'put', item: { ...secretsKey, lookupSecret, ...old, issuerKey } }
}

async function readSecrets(store: Store): Promise<Item> {
  const { items } = await store.read([secretsKey], { consistent: true })
  if (!items[0]) throw new Error('the data file has no secrets')
  return items[0]
}
