import * as z from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { batchBodies } from '../contract/batch.ts'
import { operations } from '../contract/index.ts'
import type { Operation } from '../contract/operation.ts'
import { bodyProblems, commonProblems, type ProblemCode, problems } from '../contract/problem.ts'
import { problemSchema } from '../contract/problem-schema.ts'

/** The OpenAPI 3.1 description of every operation, from the contract objects. */
export function openApiDocument() {
  const paths: { [path: string]: { [method: string]: ZodOpenApiOperationObject } } = {}
  for (const operation of operations) {
    paths[operation.path] ??= {}
    paths[operation.path]![operation.method.toLowerCase()] = describe(operation)
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Laurel',
      version: '0.1.0',
      description:
        'A serverless loyalty-programme platform. Every write is a PUT on the client’s own id: posting it again is safe, for ever. ' +
        'Errors are RFC 9457 problem documents with a stable `code`.',
    },
    tags: [
      { name: 'pos', description: 'Tills and shops' },
      { name: 'member', description: 'The member app' },
      { name: 'admin', description: 'Marketing and service staff' },
    ],
    paths: paths as ZodOpenApiPathsObject,
    components: {
      schemas: { Problem: problemSchema, ...batchBodies },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  })
}

function describe(operation: Operation): ZodOpenApiOperationObject {
  return {
    operationId: operation.name,
    tags: [operation.audience],
    summary: operation.summary,
    description: [operation.description, `Scope: \`${operation.scope}\`.`].filter(Boolean).join('\n\n'),
    security: [{ bearer: [operation.scope] }],
    requestParams: {
      ...(Object.keys(operation.params.shape).length > 0 && { path: operation.params }),
      ...(Object.keys(operation.query.shape).length > 0 && { query: operation.query }),
      ...(operation.ifMatch && {
        header: z.object({ 'If-Match': operation.ifMatch === 'required' ? entityTag : entityTag.optional() }),
      }),
    },
    ...(operation.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: operation.body, example: operation.example.body } },
      },
    }),
    responses: { ...successes(operation), ...refusals(operation), ...throttled },
  }
}

function successes(operation: Operation) {
  return Object.fromEntries(
    Object.entries(operation.answers).map(([status, schema]) => {
      const headers = successHeaders(Number(status), operation)
      const described = Object.keys(headers).length > 0 && { headers }
      return [
        status,
        { description: meaning(Number(status), operation), ...described, content: { 'application/json': { schema } } },
      ]
    }),
  )
}

const text = { schema: { type: 'string' } } as const
const entityTag = z.string().meta({
  description: 'The `ETag` of what was read; `*` for whatever is there. Where it has changed since: 412.',
  example: '"7"',
})

/** Whether a request may turn out to have been done before. */
const mayBeReplayed = ({ method, answers, ifMatch }: Operation) => method === 'PUT' || 201 in answers || ifMatch !== undefined

/** The headers of a success that clients rely on. */
const successHeaders = (status: number, operation: Operation) => ({
  ...(status === 200 && mayBeReplayed(operation) && { 'Idempotency-Replayed': text }),
  ...(operation.etag && { ETag: text }),
})

/** The headers of a refusal that clients rely on. */
function refusalHeaders(status: number) {
  if (status === 503) return { headers: { 'Retry-After': text } }
  if (status === 401) return { headers: { 'WWW-Authenticate': text } }
  return {}
}

function meaning(status: number, operation: Operation): string {
  if (status === 201) return 'Done.'
  if (status === 202) return 'Kept until it can be done.'
  if (!mayBeReplayed(operation)) return 'As it is now.'
  return 201 in operation.answers
    ? 'Had been done before; `Idempotency-Replayed: true`.'
    : 'Done; with `Idempotency-Replayed: true` where it was so already.'
}

/** What the gateway says on AWS, in its own words, before any function is asked. */
const throttled = {
  429: {
    description: 'On AWS: more requests a second to this route than it takes. Nothing was done; try again a little later.',
    content: { 'application/json': { schema: z.object({ message: z.string() }) } },
  },
}

function refusals(operation: Operation) {
  const codes: ProblemCode[] = [...commonProblems, ...(operation.body ? bodyProblems : []), ...operation.problems]
  const byStatus = new Map<number, Set<ProblemCode>>()
  for (const code of codes) {
    const [status] = problems[code]
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code))
  }
  return Object.fromEntries(
    [...byStatus].map(([status, known]) => [
      status,
      {
        description: [...known].map((code) => `\`${code}\`: ${problems[code][1]}`).join(' '),
        ...refusalHeaders(status),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  )
}
