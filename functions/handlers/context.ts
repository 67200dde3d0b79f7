import type { AnswerOf, Operation, RequestOf, Scope } from '../contract/operation.ts'
import type { Problem } from '../contract/problem.ts'
import type { Programme } from '../domain/programme.ts'
import type { Instant, MemberId } from '../domain/units.ts'
import type { Runtime } from '../runtime.ts'

/** Who calls, as `authorize` found out. */
export interface Caller {
  readonly programme: string
  readonly scopes: readonly Scope[]
  /** Stores that a till may post for; `*`: every store of the programme. */
  readonly stores: '*' | readonly string[]
  /** The member that the token belongs to, once they are linked. */
  readonly member?: MemberId | undefined
  /** Of the staff, by an identity of their own; who has none is an agent. */
  readonly role?: 'supervisor' | undefined
  readonly issuer: string
  readonly subject: string
  /** An e-mail address that the issuer vouches for. */
  readonly verifiedEmail?: string | undefined
}

/** What every handler works with. */
export interface Context {
  readonly runtime: Runtime
  readonly programme: Programme
  readonly caller: Caller
  /** When the request arrived: one instant for all it does. */
  readonly now: Instant
}

export type Handle<Kind extends Operation> = (request: RequestOf<Kind>, context: Context) => Promise<AnswerOf<Kind> | Problem>

/** An operation with the function that does it. */
export interface Implementation {
  readonly operation: Operation
  readonly handle: (request: RequestOf<Operation>, context: Context) => Promise<AnswerOf<Operation> | Problem>
}

/** Pairs an operation with its handler; the types see to it that they belong together. */
export function implement<Kind extends Operation>(operation: Kind, handle: Handle<Kind>): Implementation {
  return { operation, handle: handle as unknown as Implementation['handle'] }
}

export function mayPostFor(caller: Caller, storeId: string): boolean {
  return caller.stores === '*' || caller.stores.includes(storeId)
}
