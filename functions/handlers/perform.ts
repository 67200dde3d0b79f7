import type * as z from 'zod'
import type { Operation, RequestOf } from '../contract/operation.ts'
import { type FieldError, type Problem, problem } from '../contract/problem.ts'
import { type QuickReader, quickReader, unread } from '../contract/quick-reader.ts'
import { LimitExceededError } from '../domain/units.ts'
import { LimitError, UnavailableError } from '../store/store.ts'
import type { Context, Implementation } from './context.ts'

/** What came in, parsed as JSON and text, and not yet compared with the contract. */
export interface Received {
  readonly params: { readonly [name: string]: string | undefined }
  readonly query: { readonly [name: string]: string | undefined }
  readonly body: unknown
  readonly ifMatch?: string | undefined
}

export interface Performed {
  readonly status: number
  readonly body: unknown
  readonly replayed?: boolean
  readonly etag?: string
}

/** Checks a request against its contract and does it. What a client can cause comes back as a problem; bugs throw. */
export async function perform(
  { operation, handle }: Implementation,
  received: Received,
  context: Context,
): Promise<Performed | Problem> {
  const params = parse(operation.params, received.params)
  if (!params.success) return parameterProblem(operation, params.error)
  const query = parse(operation.query, received.query)
  if (!query.success) return parameterProblem(operation, query.error)
  const body = operation.body && parse(operation.body, received.body)
  if (body && !body.success) return { problem: 'invalid-body', errors: fieldErrors(body.error.issues) }
  if (operation.ifMatch === 'required' && received.ifMatch === undefined) return problem('precondition-required')
  try {
    const ifMatch = operation.ifMatch && received.ifMatch
    const request = { params: params.data, query: query.data, body: body?.data, ifMatch }
    return await handle(request as RequestOf<Operation>, context)
  } catch (error) {
    if (error instanceof UnavailableError) return problem('unavailable')
    if (error instanceof LimitExceededError) return problem('limit-exceeded')
    if (error instanceof LimitError) return problem('record-too-large')
    throw error
  }
}

const readers = new WeakMap<z.ZodType, QuickReader>()

function readerOf(schema: z.ZodType): QuickReader {
  const known = readers.get(schema)
  if (known) return known
  const made = quickReader(schema)
  readers.set(schema, made)
  return made
}

/** What the schema makes of a value: quickly where nothing is wrong with it. */
function parse(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  const data = readerOf(schema)(value)
  return data === unread ? schema.safeParse(value) : { success: true, data }
}

function parameterProblem(operation: Operation, error: z.ZodError): Problem {
  const isCursor = error.issues.some((issue) => issue.path[0] === 'cursor') && 'cursor' in operation.query.shape
  return isCursor ? problem('invalid-cursor') : { problem: 'invalid-parameter', errors: fieldErrors(error.issues) }
}

const mostFieldErrors = 50

/** Zod's issues as JSON pointers (RFC 6901), one for each bad field; of a union's branches, those of the one that fits best. */
function fieldErrors(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[] = []): FieldError[] {
  const byPointer = new Map<string, FieldError>()
  for (const error of issues.flatMap((issue) => errorsOf(issue, base))) {
    if (!byPointer.has(error.pointer)) byPointer.set(error.pointer, error)
    if (byPointer.size === mostFieldErrors) break
  }
  return [...byPointer.values()]
}

function errorsOf(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): FieldError[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: 'is not known here' }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [closest] = issue.errors.map((branch) => fieldErrors(branch, path)).sort((a, b) => a.length - b.length)
    if (closest) return closest
  }
  return [{ pointer: pointerOf(path), detail: issue.message }]
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
