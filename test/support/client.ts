import type * as z from 'zod'
import type { Operation } from '../../functions/contract/operation.ts'
import { problemSchema } from '../../functions/contract/problem-schema.ts'
import type { WireAnswer, WireRequest } from './http.ts'

export type ProblemDocument = z.output<typeof problemSchema>

type BodyOf<Kind extends Operation> = Kind['body'] extends z.ZodType ? z.input<Kind['body']> : undefined

/** What an operation is asked, in its own types. */
export type Asked<Kind extends Operation> = {
  readonly params?: z.input<Kind['params']>
  readonly query?: z.input<Kind['query']>
  readonly ifMatch?: string | undefined
} & (BodyOf<Kind> extends undefined ? { readonly body?: undefined } : { readonly body: BodyOf<Kind> })

type AnswerOf<Kind extends Operation> = z.output<Kind['answers'][keyof Kind['answers'] & number]>

/** How an operation answered; either `body` or `problem` is there. */
export interface Reply<Kind extends Operation> {
  readonly status: number
  readonly replayed: boolean
  /** The entity tag, where the answer bears one. */
  readonly etag: string | undefined
  readonly body: AnswerOf<Kind> | undefined
  readonly problem: ProblemDocument | undefined
}

/** The body of a reply that is no refusal. */
export function ok<Kind extends Operation>(reply: Reply<Kind>): AnswerOf<Kind> {
  if (reply.body === undefined) throw new Error(`refused: ${JSON.stringify(reply.problem)}`)
  return reply.body
}

/** The path of an operation with its parameters, and its query. */
export function pathOf(
  { path }: Pick<Operation, 'path'>,
  params: { readonly [name: string]: unknown } = {},
  query: { readonly [name: string]: unknown } = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return text === '' ? filled : `${filled}?${text}`
}

/** The request that asks an operation by a token. */
export function requestOf(
  operation: Operation,
  token: string | undefined,
  asked: {
    readonly params?: { readonly [name: string]: unknown }
    readonly query?: { readonly [name: string]: unknown }
    readonly ifMatch?: string | undefined
    readonly body?: unknown
  },
): WireRequest {
  return {
    method: operation.method,
    path: pathOf(operation, asked.params, asked.query),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(asked.ifMatch !== undefined && { 'if-match': asked.ifMatch }),
      ...(asked.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
  }
}

/** The problem document that an answer is. Throws where it is none. */
export function problemIn({ status, headers, text }: WireAnswer): ProblemDocument {
  if (headers['content-type'] !== 'application/problem+json') throw new Error(`no problem document but ${status}: ${text}`)
  const document = problemSchema.strict().parse(JSON.parse(text))
  if (document.status !== status) throw new Error(`${status} bears the document of ${document.status}`)
  return document
}

/** A client with a token, whose every answer is compared with the contract. */
export class Client {
  readonly #send: (request: WireRequest) => Promise<WireAnswer>
  readonly #token: string

  constructor(send: (request: WireRequest) => Promise<WireAnswer>, token: string) {
    this.#send = send
    this.#token = token
  }

  async ask<Kind extends Operation>(operation: Kind, asked: Asked<Kind>): Promise<Reply<Kind>> {
    const answer = await this.#send(requestOf(operation, this.#token, asked))
    const replayed = answer.headers['idempotency-replayed'] === 'true'
    const { etag } = answer.headers
    if (answer.status >= 400) return { status: answer.status, replayed, etag, body: undefined, problem: problemIn(answer) }
    const schema = operation.answers[answer.status]
    if (!schema) throw new Error(`${operation.name} does not answer ${answer.status}: ${answer.text}`)
    const body = schema.parse(JSON.parse(answer.text)) as AnswerOf<Kind>
    if ((etag !== undefined) !== (operation.etag === true)) throw new Error(`${operation.name} answers the ETag ${etag}`)
    return { status: answer.status, replayed, etag, body, problem: undefined }
  }
}
