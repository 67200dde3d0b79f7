import fc from 'fast-check'
import type { Operation } from '../../functions/contract/operation.ts'
import { hostileText } from './hostile-json.ts'
import type { WireRequest } from './http.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Path segments as they stand on the wire: ASCII, and never a plain slash, so that they stay one segment. */
const segments = [
  '',
  ...words(`. .. %2e%2e ..%2f..%2fadmin %2F %5c %252e%252e %00 a%00b %0d%0aset-cookie:a=b %20 m-1001%20 % %z %zz %c0%af %e0%80%af
    %ff %ed%a0%80 %f0%9f%98%80 %EF%BC%8E %u0041 m%2d1001 %6d-1001 __proto__ constructor toString hasOwnProperty search HEAD
    P#demo#M#m-1001 m-1001%23 m-1001'-- * {id} ; m-1001;x=1 + ~ $ m@1 : leeds: :leeds leeds::1 leeds:__proto__ - _ 0 %E2%80%AEm
    ${'x'.repeat(128)} ${'x'.repeat(129)} ${'x'.repeat(6000)} ${'%41'.repeat(128)} ${'%41'.repeat(129)}`),
]

const cursor = (text: string) => `?cursor=${Buffer.from(text).toString('base64url')}`

const queries = [
  ...words(`? ?? ?& ?= ?=x ?a ?a=1 ?__proto__=1 ?__proto__ ?constructor=1 ?toString=1&toString=2 ?%zz ?%00=1 ?cursor= ?cursor=x
    ?cursor=AAAA ?cursor=%00 ?cursor[]=1 ?cursor=1&cursor=2 ?cursor=${'A'.repeat(513)} ?cursor=${'A'.repeat(5000)} ?limit=1 ?limit=0
    ?limit=-1 ?limit=999 ?limit=1000 ?limit=1e2 ?limit=%31 ?limit=1&limit=2 ?limit= ?limit=01 ?limit=%EF%BC%91 ?limit=1.0
    ?limit=+1 ?limit=1%20 ?LIMIT=1 ?limit=1# ?limit=null ?access_token=x ?x=%ed%a0%80`),
  ...[cursor('0000000001#000'), cursor('9999999999#999'), cursor('E#1\u0000'), cursor('0000000001#000\n')],
]

const contentTypes = [
  ...words('text/plain text/json application/x-www-form-urlencoded application/problem+json application/jsonx */* json'),
  ...['', 'multipart/form-data; boundary=x', 'application/json, text/plain', 'application/ json', ';application/json'],
  // These are application/json.
  ...['APPLICATION/JSON', 'application/json;', 'application/json; charset=utf-8', 'application/json ; charset=utf-16'],
]

const entityTags = words(`"0" "1" "2" 1 W/"1" "1","2" "*" ** "__proto__" "-1" "1e0" ${'"1",'.repeat(500)}`)

type Bytes = (text: string) => Pick<WireRequest, 'body' | 'chunks'>

const insert = (text: string, at: number, bytes: readonly number[]) => {
  const whole = Buffer.from(text)
  const cut = Math.floor((at * whole.length) / 10_000)
  return Buffer.concat([whole.subarray(0, cut), Buffer.from(bytes), whole.subarray(cut)])
}

const pieces = (text: string) =>
  Array.from({ length: Math.min(200, Math.ceil(text.length / 7)) }, (_, n) => text.slice(7 * n, 7 * n + 7))

const badBytes = [
  [0xff],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0x00],
  [0xef, 0xbb, 0xbf],
  [0x80],
]

/** How the text of a body comes over the wire: mostly as it is. */
const bytes: fc.Arbitrary<Bytes> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Bytes>((body) => ({ body })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ chunks: pieces(text) })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ chunks: [' '.repeat(250_000), text, ' '.repeat(50_000)] })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ body: `${text}${' '.repeat(262_145)}` })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ body: ` \r\n\t${text}\n` })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ body: `\ufeff${text}` })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ body: `${text}${text}` })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ body: Buffer.from(text, 'utf16le') })) },
  { weight: 1, arbitrary: fc.constant<Bytes>((text) => ({ body: text.slice(0, -1) })) },
  { weight: 1, arbitrary: fc.constant<Bytes>(() => ({})) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(...badBytes)).map(
      ([at, bad]): Bytes =>
        (text) => ({ body: insert(text, at, bad) }),
    ),
  },
)

const mostly = <Usual, Other>(usual: Usual, other: fc.Arbitrary<Other>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })

/** Values of the examples that only one may have: made anew, so that another member or purchase can be made of an example. */
const renewed = (text: string, n: number) =>
  text.replaceAll('6335550001', `6335550001-${n}`).replaceAll('ada@', `ada${n}@`).replaceAll(':000124', `:000124-${n}`)

/** The example of an operation, mostly under an id of its own, with faults in its path, query, headers and body; or with none. */
export function hostileRequest(operation: Operation, tokens: readonly string[]): fc.Arbitrary<WireRequest> {
  const params = Object.entries(operation.example.params).map(([name, value]) => [name, String(value)] as const)
  return fc
    .record({
      token: fc.constantFrom(...tokens),
      n: fc.integer({ min: 1, max: 1_000_000 }),
      freshParam: fc.integer({ min: 0, max: params.length }),
      freshBody: fc.boolean(),
      badSegment: mostly(null, fc.record({ at: fc.nat(10), segment: fc.constantFrom(...segments) })),
      query: mostly('', fc.constantFrom(...queries)),
      contentType: mostly('application/json', fc.constantFrom(...contentTypes)),
      ifMatch: mostly('*', fc.constantFrom(...entityTags)),
      text: operation.body ? hostileText(operation.example.body, 3) : fc.constant(undefined),
      encode: bytes,
      // Most often only the body is at fault, or what hides deepest would rarely be reached.
      quiet: operation.body ? fc.integer({ min: 0, max: 4 }).map((calm) => calm > 0) : fc.constant(false),
    })
    .map(({ token, n, freshParam, freshBody, badSegment, query, contentType, ifMatch, text, encode, quiet }): WireRequest => {
      const filled = params.map(([name, value], index) => {
        if (!quiet && badSegment && badSegment.at % params.length === index) return [name, badSegment.segment] as const
        return [name, freshParam === index ? `${value}-${n}` : value] as const
      })
      const path = filled.reduce((sum, [name, value]) => sum.replace(`{${name}}`, () => value), operation.path)
      const type = quiet ? 'application/json' : contentType
      const headers = {
        authorization: `Bearer ${token}`,
        ...(operation.example.ifMatch !== undefined && { 'if-match': quiet ? operation.example.ifMatch : ifMatch }),
        ...(text !== undefined && type !== '' && { 'content-type': type }),
      }
      const request = { method: operation.method, path: `${path}${quiet ? '' : query}`, headers }
      if (text === undefined) return request
      const sent = freshBody ? renewed(text, n) : text
      return { ...request, ...(quiet ? { body: sent } : encode(sent)) }
    })
}
