import fc from 'fast-check'

/**
 * JSON text that is not made of values: it can hold what no JavaScript value can, like two members of one name or a number
 * beyond every double. A member's name is raw text too, quotes included.
 */
export type Node =
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Node])[] }
  | { readonly kind: 'array'; readonly elements: readonly Node[] }

const raw = (text: string): Node => ({ kind: 'raw', text })

export function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return { kind: 'array', elements: value.map(nodeOf) }
  if (typeof value !== 'object' || value === null) return raw(JSON.stringify(value) ?? 'null')
  return { kind: 'object', members: Object.entries(value).map(([name, member]) => [JSON.stringify(name), nodeOf(member)]) }
}

export function textOf(node: Node): string {
  if (node.kind === 'raw') return node.text
  if (node.kind === 'array') return `[${node.elements.map(textOf).join(',')}]`
  return `{${node.members.map(([name, value]) => `${name}:${textOf(value)}`).join(',')}}`
}

const words = (text: string): string[] => text.trim().split(/\s+/)

const numbers = words(`
  0 -0 -0.0 -1e-400 -1 1 1.0 1e0 2e2 0.5 1.0000000000000001 -1.5 1e-7 1e400 -1e400 1e21 1e308 2147483648 4294967296
  1000000000 1000000001 1000000000000 1000000000001 9007199254740991 9007199254740992 9007199254740993 -9007199254740991
  -9007199254740993 12345678901234567890123 1${'0'.repeat(400)} 0.${'3'.repeat(400)}`).map(raw)

/** What JSON does not know, though JavaScript or somebody's parser may. */
const malformed = ['', '"\t"', ...words(`NaN Infinity undefined 01 +1 .5 1. 0x10 'a' "\\x41" , // { ] [1,] {"a":1,}`)].map(raw)

const quoted = (...texts: readonly string[]) => texts.map((text) => raw(JSON.stringify(text)))

const texts: readonly Node[] = [
  // Names that JavaScript knows, and text that some interpreter might.
  ...quoted(
    '',
    ' ',
    ...words('__proto__ constructor prototype toString hasOwnProperty then null true 0 -1 1e400 # a#b %00 %2e%2e%2f'),
  ),
  ...quoted('<script>alert(1)</script>', "' OR 1=1 --", '../../etc/passwd', 'P#demo#M#m-1001', '\r\nset-cookie: a=b'),
  // Unicode that vanishes, turns, combines or folds into something else.
  ...quoted(
    'a\u0000b',
    '\u0000',
    '\u202eevil',
    '\u200b',
    '\ufeff',
    '\u2028\u2029',
    'e\u0301',
    '\u0041\u030a',
    '\u{10ffff}',
    '\uffff',
  ),
  ...quoted(...words('ﬁ ⅻ İ ß 😀 👩‍👩‍👧‍👦 مرحبا 日本語'), `z${'\u0335'.repeat(300)}`),
  // Half a surrogate pair cannot be written by JSON.stringify.
  ...words('"\\ud800" "a\\udc00" "\\udc00\\ud800" "\\u0000" "\\ud83d\\ude00" "\\u005f_proto__"').map(raw),
  // Around the lengths that the contract allows, and far beyond.
  ...quoted(
    ...[64, 65, 127, 128, 129, 256, 257, 513, 10_000].map((length) => 'x'.repeat(length)),
    '😀'.repeat(128),
    'é'.repeat(40_000),
  ),
  ...quoted(...words('6335550001 ADA@EXAMPLE.ORG ａda@example.org a@b +447700900123 GBP gbp EUR leeds york closed')),
  ...quoted('ada@example.org ', '+44 7700 900123', '0044(7700)900123', '07', '+'),
  // Instants and days that are none, or are at a limit.
  ...quoted(
    ...words(`2026-02-30T10:00:00Z 2026-11-21T10:15:00 2026-11-21 2026-11-21T10:15Z 2026-11-21T24:00:00Z 2026-11-21T10:15:60Z
      2026-11-21T10:15:00+25:00 2026-11-21t10:15:00z +012026-11-21T10:15:00Z 1969-12-31T23:59:59Z 0000-01-01T00:00:00Z
      9999-12-31T23:59:59Z 2026-11-21T10:15:00.123456789Z 2026-11-21T10:15:00-00:00 1970-01-01T00:00:00Z 2026-11-22T17:00:00Z
      2026-11-22T17:00:01Z 2026-11-21T10:15:00+01:00 2026-11-21T10:15:00.${'1'.repeat(5000)}Z 2023-02-29 2024-02-29`),
  ),
]

const structures: readonly Node[] = [
  ...words('null true false [] {} [[]] [null] {"":""} {"length":1e9} {"toJSON":1} {"then":1}').map(raw),
  ...words('{"__proto__":{"id":"m-1001"}} {"constructor":{"prototype":{"x":1}}} {"toString":null,"valueOf":null}').map(raw),
  ...words('{"id":"m-1001","id":"m-1002"} {"id":"m-1001","card":"6335550001"} {"\\u0069d":"m-1001"}').map(raw),
  ...[28, 31, 33, 20_000].flatMap((depth) => [nested(depth, '[', '', ']'), nested(depth, '{"a":', '1', '}')]),
  raw(`[${'0,'.repeat(600)}0]`),
  raw(`{${Array.from({ length: 600 }, (_, index) => `"k${index}":0`).join(',')}}`),
]

function nested(depth: number, open: string, inner: string, close: string): Node {
  return raw(open.repeat(depth) + inner + close.repeat(depth))
}

const names = words(`
  "__proto__" "constructor" "prototype" "toString" "hasOwnProperty" "valueOf" "__defineGetter__" "then" "" "\\u0000" "\\ud800"
  "\\u005f_proto__" "length" "0" "id" "ID" "member" "lines " "😀" "amount" "a/b~c" "$ref" "op" "${'k'.repeat(5000)}"`)

/** Something that was not asked for, in the place of anything. */
export const hostileNode: fc.Arbitrary<Node> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 3, arbitrary: fc.constantFrom(...numbers) },
  { weight: 3, arbitrary: fc.constantFrom(...structures) },
  { weight: 1, arbitrary: fc.constantFrom(...malformed) },
  { weight: 1, arbitrary: fc.double().map((value) => raw(Number.isFinite(value) ? String(value) : '1e999')) },
  { weight: 1, arbitrary: fc.integer().map((value) => raw(String(value))) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => raw(JSON.stringify(text))) },
  { weight: 1, arbitrary: fc.jsonValue().map(nodeOf) },
)

/** One fault at one place; a place is a share of all places, so that it fits a node of any size. */
interface Fault {
  readonly where: number
  readonly how: 'replace' | 'remove' | 'repeat' | 'add' | 'wrap' | 'multiply'
  readonly what: Node
  readonly name: string
}

const fault: fc.Arbitrary<Fault> = fc.record({
  where: fc.integer({ min: 0, max: 9999 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'repeat', 'add', 'wrap', 'multiply'),
  what: hostileNode,
  name: fc.constantFrom(...names),
})

function count(node: Node): number {
  if (node.kind === 'raw') return 1
  const inner = node.kind === 'array' ? node.elements : node.members.map(([, value]) => value)
  return 1 + inner.reduce((sum, child) => sum + count(child), 0)
}

/** Rewrites the node that comes at a position in reading order; what it becomes takes its place among its siblings. */
function rewrite(node: Node, position: number, to: (found: Node) => readonly Node[]): readonly Node[] {
  if (position === 0) return to(node)
  if (node.kind === 'raw') return [node]
  let ahead = position - 1
  const inward = (child: Node): readonly Node[] => {
    const size = count(child)
    const rewritten = ahead >= 0 && ahead < size ? rewrite(child, ahead, to) : [child]
    ahead -= size
    return rewritten
  }
  if (node.kind === 'array') return [{ kind: 'array', elements: node.elements.flatMap(inward) }]
  return [{ kind: 'object', members: node.members.flatMap(([name, child]) => inward(child).map((one) => [name, one] as const)) }]
}

function afflict(node: Node, { where, how, what, name }: Fault): Node {
  const [first = raw('null')] = rewrite(node, Math.floor((where * count(node)) / 10_000), (found): readonly Node[] => {
    switch (how) {
      case 'replace':
        return [what]
      case 'remove':
        return []
      case 'repeat': // in an object: the name twice
        return [found, what]
      case 'multiply':
        return Array.from({ length: 3 }, () => found)
      case 'wrap':
        return [{ kind: 'array', elements: [found] }]
      case 'add':
        return found.kind === 'object' ? [{ kind: 'object', members: [...found.members, [name, what]] }] : [found, what]
    }
  })
  return first
}

/** JSON text like that of a value, with some faults. */
export function hostileText(value: unknown, most: number): fc.Arbitrary<string> {
  return fc.array(fault, { maxLength: most, size: 'max' }).map((all) => textOf(all.reduce(afflict, nodeOf(value))))
}
