import type * as z from 'zod'
import { lazily } from './lazily.ts'
import type { ProblemCode } from './problem.ts'

export type Audience = 'pos' | 'member' | 'admin'

/**
 * What serves operations: a function for each audience, and more for what is an office's of its own, which may serve several
 * audiences: a function loads no more than its work takes, and may do no more either.
 */
export const servers = ['pos', 'member', 'admin', 'programme', 'clubs', 'rewards', 'care', 'guarantees'] as const
export type Server = (typeof servers)[number]
export type Scope = 'laurel/pos' | 'laurel/member' | 'laurel/admin.read' | 'laurel/admin.marketing' | 'laurel/admin.service'
export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

type Fields = z.ZodObject
type Answers = { readonly [status: number]: z.ZodType }

/** One operation, whole: types, routing, validation, authorisation and OpenAPI are all read from it. */
export interface Operation<
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Replies extends Answers = Answers,
> {
  /** Unique; in OpenAPI the operationId. */
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly audience: Audience
  /** Where another function than the audience's own serves it. */
  readonly office?: Exclude<Server, Audience>
  readonly method: Method
  /** With `{name}` for each parameter. */
  readonly path: string
  readonly scope: Scope
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Whether it takes `If-Match`: an entity tag by which a client says what it has seen. */
  readonly ifMatch?: 'required' | 'optional'
  /** Whether its answers bear an `ETag`. */
  readonly etag?: true
  /** Where it takes more than other operations do. */
  readonly mostBodyBytes?: number
  /** Whether it changes nothing, though it is no GET. */
  readonly asksOnly?: true
  /** The schema of each successful answer, by status. */
  readonly answers: Replies
  /** What it may refuse beyond what every operation may. */
  readonly problems: readonly ProblemCode[]
  /** A valid request to the demo programme: documentation and the tests that are made from the contract use it. */
  readonly example: { readonly params: z.input<Params>; readonly ifMatch?: string; readonly body?: unknown }
}

/** Which function serves an operation. */
export const serverOf = ({ audience, office }: Pick<Operation, 'audience' | 'office'>): Server => office ?? audience

/** An operation as it is declared: its answers are made when somebody asks for them. */
type Declared<Kind extends Operation> = Omit<Kind, 'answers'> & { readonly answers: () => Kind['answers'] }

/** Declares an operation and keeps its exact types. */
export function operation<
  const Params extends Fields,
  const Query extends Fields,
  Body extends z.ZodType | undefined,
  Replies extends Answers,
>({ answers, ...declared }: Declared<Operation<Params, Query, Body, Replies>>): Operation<Params, Query, Body, Replies> {
  const made = lazily(answers)
  return {
    ...declared,
    get answers() {
      return made()
    },
  }
}

type BodyOf<Kind extends Operation> = Kind['body'] extends z.ZodType ? z.output<Kind['body']> : undefined

/** What a handler of the operation gets from the client. */
export interface RequestOf<Kind extends Operation> {
  readonly params: z.output<Kind['params']>
  readonly query: z.output<Kind['query']>
  readonly body: BodyOf<Kind>
  /** The header, where the operation takes it and the client sent it. */
  readonly ifMatch?: string | undefined
}

/** What a handler of the operation may answer. */
export type AnswerOf<Kind extends Operation> = {
  [Status in keyof Kind['answers'] & number]: {
    readonly status: Status
    readonly body: z.input<Kind['answers'][Status]>
    /** Set where the request had been done before. */
    readonly replayed?: boolean
    /** The entity tag, quotes included, where the operation gives one. */
    readonly etag?: string
  }
}[keyof Kind['answers'] & number]
