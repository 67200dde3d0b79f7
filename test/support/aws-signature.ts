import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The credentials that requests to stand-ins for AWS are signed with. */
export const secretKey = 'its-own-key'

/** A request as a stand-in got it. */
export interface Asked {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Signature Version 4 once more, by hand, from its documentation. */
export function signatureOf({ headers, body }: Asked): string {
  const date = String(headers['x-amz-date'])
  const [, scope, signed] = /Credential=AKID\/(\S+), SignedHeaders=([^,]+)/.exec(String(headers.authorization))!
  const names = signed!.split(';')
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const canonical = ['POST', '/', '', lines, signed, sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const key = scope!.split('/').reduce<string | Buffer>(hmac, `AWS4${secretKey}`)
  return createHmac('sha256', key).update(toSign).digest('hex')
}
