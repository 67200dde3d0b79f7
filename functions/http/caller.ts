import type { Scope } from '../contract/operation.ts'
import { type Instant, type MemberId, memberId } from '../domain/units.ts'
import type { Caller } from '../handlers/context.ts'

/** The authorizer's context as API Gateway hands it on: text only. */
export interface AuthorizerContext {
  readonly programme: string
  readonly scopes: string
  /** `*`, or store ids with spaces between. */
  readonly stores: string
  readonly member: string
  /** `supervisor`, or nothing. */
  readonly role: string
  readonly issuer: string
  readonly subject: string
  readonly verifiedEmail: string
  /** Until when the token is good, epoch seconds: what the authorizer said is remembered, and may outlive it. */
  readonly expiresAt: string
}

export function contextOfCaller(caller: Caller, expiresAt?: number): AuthorizerContext {
  return {
    programme: caller.programme,
    scopes: caller.scopes.join(' '),
    stores: caller.stores === '*' ? '*' : caller.stores.join(' '),
    member: caller.member ?? '',
    role: caller.role ?? '',
    issuer: caller.issuer,
    subject: caller.subject,
    verifiedEmail: caller.verifiedEmail ?? '',
    expiresAt: String(expiresAt ?? ''),
  }
}

/** Who calls; undefined where no authorizer said anything, and where the token has expired since. */
export function callerOfContext(context: Partial<AuthorizerContext> | undefined, now: Instant): Caller | undefined {
  if (!context?.programme || !context.issuer || !context.subject) return undefined
  if (context.expiresAt && Number(context.expiresAt) * 1000 <= now) return undefined
  const words = (text: string | undefined) => (text ? text.split(' ') : [])
  const member: MemberId | undefined = context.member ? memberId(context.member) : undefined
  return {
    programme: context.programme,
    scopes: words(context.scopes) as Scope[],
    stores: context.stores === '*' ? '*' : words(context.stores),
    member,
    role: context.role === 'supervisor' ? context.role : undefined,
    issuer: context.issuer,
    subject: context.subject,
    verifiedEmail: context.verifiedEmail || undefined,
  }
}
