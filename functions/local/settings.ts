import { dirname, join } from 'node:path'

/** Environment variables by name. */
export type Environment = { readonly [name: string]: string | undefined }

/** DynamoDB Local or its like: a table that is Laurel's own, made where it is not there. */
export interface Emulator {
  readonly kind: 'emulator'
  readonly table: string
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Where the records are. On AWS they are a stack's: nothing is made there, and nothing about it is guessed. */
export type Place = { readonly kind: 'file'; readonly path: string } | Emulator | { readonly kind: 'aws'; readonly table: string }

/** What a person would call it. */
export function nameOf(place: Place): string {
  if (place.kind === 'file') return place.path
  return place.kind === 'emulator' ? `table ${place.table} at ${place.endpoint}` : `table ${place.table} on AWS`
}

/** How the embedded server is set up: by its environment alone. */
export interface Settings {
  readonly port: number
  readonly place: Place
  /** Where tokens.json is written: beside the data file. */
  readonly tokensPath: string
  readonly seeds: boolean
  /** An issuer of tokens in place of the development issuer. */
  readonly oidcIssuer: string | undefined
  /** Where the functions run as they are deployed, from their bundles; undefined: from their sources, wherever the records are. */
  readonly bundlesOn: Emulator | undefined
}

/** Reads the variables of the README's table. Throws where one makes no sense, or not together with another. */
export function settingsOf(environment: Environment): Settings {
  const port = Number(environment.PORT || 8787)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is no port: ${environment.PORT}`)
  const dataPath = environment.LAUREL_DATA || join('.laurel', 'laurel.db')
  const place = placeOf(environment, dataPath)
  return {
    port,
    place,
    tokensPath: join(dataPath === ':memory:' ? '.laurel' : dirname(dataPath), 'tokens.json'),
    seeds: environment.LAUREL_SEED !== 'none' && place.kind !== 'aws',
    oidcIssuer: environment.LAUREL_OIDC_ISSUER || undefined,
    bundlesOn: bundled(environment) ? emulatorIn(place) : undefined,
  }
}

const bundled = ({ LAUREL_BUNDLES: said }: Environment) => !['', '0', 'false', undefined].includes(said)

function emulatorIn(place: Place): Emulator {
  if (place.kind === 'emulator') return place
  throw new Error('LAUREL_BUNDLES needs LAUREL_STORE=dynamodb on an emulator: AWS_ENDPOINT_URL_DYNAMODB names its address')
}

function placeOf(environment: Environment, dataPath: string): Place {
  const store = environment.LAUREL_STORE || 'sqlite'
  if (store === 'sqlite') return { kind: 'file', path: dataPath }
  if (store !== 'dynamodb') throw new Error(`LAUREL_STORE is sqlite or dynamodb, not ${store}`)
  const endpoint = endpointOf(environment)
  if (endpoint === undefined) {
    if (!environment.LAUREL_TABLE) throw new Error('the environment lacks LAUREL_TABLE')
    return { kind: 'aws', table: environment.LAUREL_TABLE }
  }
  // DynamoDB Local keeps the tables of each region and access key apart, so that what is given counts.
  return {
    kind: 'emulator',
    table: environment.LAUREL_TABLE || 'laurel',
    endpoint,
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'local',
    accessKeyId: environment.AWS_ACCESS_KEY_ID || 'local',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY || 'local',
  }
}

/** The SDK's own variables, and what other tools call an emulator's address. */
const endpointVariables = ['AWS_ENDPOINT_URL_DYNAMODB', 'LAUREL_DYNAMODB_ENDPOINT', 'DYNAMODB_ENDPOINT', 'AWS_ENDPOINT_URL']

/**
 * The address of an emulator, or undefined where the environment names none. Only plain HTTP to a host that is not one of
 * AWS's is taken for an emulator: a table with a development issuer's keys in it must not come to be in an account.
 */
function endpointOf(environment: Environment): string | undefined {
  const named = endpointVariables.find((name) => environment[name])
  if (named === undefined) return undefined
  const text = environment[named]!
  if (!URL.canParse(text)) throw new Error(`${named} is no address: ${text}`)
  const { protocol, hostname } = new URL(text)
  return protocol === 'http:' && !/\.(amazonaws\.com|amazonaws\.com\.cn|aws)$/.test(hostname) ? text : undefined
}
