import { dirname, join } from 'node:path'

/** How the embedded server is set up: by its environment alone. */
export interface Settings {
  readonly port: number
  /** Path of the data file, or `:memory:`. */
  readonly dataPath: string
  /** Where tokens.json is written: beside the data file. */
  readonly tokensPath: string
  readonly seeds: boolean
  /** An issuer of tokens in place of the development issuer. */
  readonly oidcIssuer: string | undefined
}

/** Reads PORT, LAUREL_DATA, LAUREL_SEED and LAUREL_OIDC_ISSUER. Throws where one makes no sense. */
export function settingsOf(environment: { readonly [name: string]: string | undefined }): Settings {
  const port = Number(environment.PORT || 8787)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is no port: ${environment.PORT}`)
  const dataPath = environment.LAUREL_DATA || join('.laurel', 'laurel.db')
  return {
    port,
    dataPath,
    tokensPath: join(dataPath === ':memory:' ? '.laurel' : dirname(dataPath), 'tokens.json'),
    seeds: environment.LAUREL_SEED !== 'none',
    oidcIssuer: environment.LAUREL_OIDC_ISSUER || undefined,
  }
}
