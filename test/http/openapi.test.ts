import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '../../functions/contract/index.ts'
import { bodyProblems, commonProblems, problems } from '../../functions/contract/problem.ts'
import { Laurel } from '../support/laurel.ts'
import { Described } from '../support/openapi.ts'

/** What the test reads of an OpenAPI document. */
interface Document {
  readonly openapi: string
  readonly paths: { readonly [path: string]: { readonly [method: string]: DescribedOperation } }
  readonly components: { readonly schemas: { readonly [name: string]: { properties?: { code?: { enum?: string[] } } } } }
}

interface DescribedOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly security: readonly { readonly bearer: readonly string[] }[]
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly example: unknown } } }
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly content: object; readonly headers?: object }
  }
}

let laurel: Laurel
let document: Document
let described: Described

beforeAll(async () => {
  laurel = await Laurel.start()
  const { status, headers, text } = await laurel.send({ method: 'GET', path: '/openapi.json' })
  expect([status, headers['content-type']]).toEqual([200, 'application/json'])
  document = JSON.parse(text) as Document
  described = new Described(document)
})

afterAll(() => laurel.close())

const routes = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )

/** Every object in a document, itself included. */
function* objectsIn(value: unknown): Generator<object> {
  if (typeof value !== 'object' || value === null) return
  yield value
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

function follow(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (at as { [name: string]: unknown } | undefined)?.[part], document)
}

describe('the document', () => {
  test('is OpenAPI 3.1 and lists every operation and only those', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(routes().toSorted()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).toSorted())
  })

  test('points nowhere that is not there', () => {
    const references = [...objectsIn(document)].flatMap((node) => ('$ref' in node ? [String(node.$ref)] : []))
    expect(references.length).toBeGreaterThan(0)
    for (const reference of references) expect([reference, typeof follow(reference)]).toEqual([reference, 'object'])
  })

  test('names each operation once', () => {
    const names = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
    expect(new Set(names).size).toBe(names.length)
  })

  test('knows every code that a problem may have', () => {
    expect(document.components.schemas.Problem?.properties?.code?.enum).toEqual(Object.keys(problems))
  })
})

describe.each(operations.map((operation) => ({ name: operation.name, operation })))('$name', ({ name, operation }) => {
  const found = () => document.paths[operation.path]![operation.method.toLowerCase()]!

  test('is described by its name, audience and scope', () => {
    const { operationId, tags, security } = found()
    expect({ operationId, tags, security }).toEqual({
      operationId: name,
      tags: [operation.audience],
      security: [{ bearer: [operation.scope] }],
    })
  })

  test('has the parameters that its path names, its query, and If-Match where it takes that', () => {
    const told = (found().parameters ?? []).map(({ in: place, name: parameter }) => `${place} ${parameter}`)
    const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => `path ${parameter}`)
    const inQuery = Object.keys(operation.query.shape).map((parameter) => `query ${parameter}`)
    const inHeader = operation.ifMatch ? ['header If-Match'] : []
    expect(told.toSorted()).toEqual([...inPath, ...inQuery, ...inHeader].toSorted())
    const mandatory = ['path', ...(operation.ifMatch === 'required' ? ['header'] : [])]
    for (const { in: place, required } of found().parameters ?? []) expect(required ?? false).toBe(mandatory.includes(place))
  })

  test('has an example that fits, by the document and by the contract', () => {
    const { params, body } = operation.example
    expect(operation.params.parse(params)).toEqual(params)
    expect(found().requestBody?.content['application/json']?.example).toEqual(body)
    if (!operation.body) return expect(body).toBeUndefined()
    expect(operation.body.parse(body)).toEqual(body)
    expect(described.request(operation, body)).toEqual([])
    expect(described.request(operation, [body])).not.toEqual([])
  })

  test('tells its answers, and each code that it may refuse with under its status', () => {
    const { responses } = found()
    const codes = [...new Set([...commonProblems, ...(operation.body ? bodyProblems : []), ...operation.problems])]
    const statuses = new Set([...Object.keys(operation.answers), ...codes.map((code) => String(problems[code][0]))])
    // And what the gateway says where requests are too many.
    expect(Object.keys(responses).toSorted()).toEqual([...statuses, '429'].toSorted())
    for (const code of codes) expect(responses[problems[code][0]]?.description).toContain(`\`${code}\``)
    for (const status of Object.keys(operation.answers)) {
      expect('ETag' in (responses[status]?.headers ?? {}), status).toBe(operation.etag === true)
    }
  })

  test('has schemas that work: nothing fits all of them', () => {
    for (const status of Object.keys(operation.answers)) {
      expect(described.answer(operation, Number(status), 'application/json', 'no object')).not.toEqual([])
    }
    expect(described.answer(operation, 401, 'application/problem+json', { status: 401 })).not.toEqual([])
  })
})

test('the documentation page needs no internet', async () => {
  for (const path of ['/', '/docs', '/docs/start.js']) {
    const { status, text } = await laurel.send({ method: 'GET', path })
    expect(status).toBe(200)
    expect(text).not.toMatch(/https?:\/\//)
  }
  const { text } = await laurel.send({ method: 'GET', path: '/docs' })
  const sources = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!)
  expect(sources.length).toBeGreaterThan(0)
  for (const path of sources) expect([path, (await laurel.send({ method: 'GET', path })).status]).toEqual([path, 200])
})
