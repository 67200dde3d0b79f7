import { setTimeout as pause } from 'node:timers/promises'
import { SignatureV4 } from '@smithy/signature-v4'
import { defaultProvider } from './bundled/environment-credentials.ts'
import { Sha256 } from './bundled/sha256.ts'

const mostTries = 3
const timeoutMs = 2000

/** A service of AWS that speaks JSON. */
export interface Service {
  /** As people call it, for errors. */
  readonly name: string
  /** As signatures do. */
  readonly signs: string
  readonly region: string
  readonly url: URL
  /** What its actions are named after: `<prefix>.<action>`. */
  readonly prefix: string
}

export type Answer = { readonly [name: string]: unknown }

/** The service says no, and will say so again. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/**
 * Asks a service. A client of the SDK would weigh more than all of Laurel, for a few requests, so they are signed here. What may help is
 * tried again, twice. Throws where it is refused, or not answered.
 */
export async function askService(
  service: Service,
  action: string,
  request: { readonly [name: string]: unknown },
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(service, action, JSON.stringify(request))
    } catch (error) {
      if (tries === mostTries || error instanceof RefusedError) throw error
      await pause(50 * 2 ** tries)
    }
  }
}

async function ask({ name, signs, region, url, prefix }: Service, action: string, body: string): Promise<Answer> {
  const signer = new SignatureV4({ service: signs, region, credentials: defaultProvider(), sha256: Sha256 })
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${prefix}.${action}`,
    },
    body,
  })
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text) as Answer
  const said = `${name} answered ${answer.status}: ${text}`
  throw answer.status < 500 && !said.includes('Throttling') ? new RefusedError(said) : new Error(said)
}
