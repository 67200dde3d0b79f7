import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda'
import { serveAdmin } from '../admin.ts'
import type { Audience } from '../contract/operation.ts'
import type { Ran } from '../handlers/jobs.ts'
import type { GatewayHandler } from '../http/audience.ts'
import { authorizeEvent, type Issuer } from '../http/authorization.ts'
import type { AuthorizerContext } from '../http/caller.ts'
import { serveMember } from '../member.ts'
import { servePos } from '../pos.ts'
import { type JobsEvent, runJobsFor } from '../run-jobs.ts'
import type { Runtime } from '../runtime.ts'
import { type Settled, type SettleEvent, settleShards } from '../settle-members.ts'
import { handler as unrouted } from '../unrouted.ts'

/** The HTTP API's Lambda authorizer, in API Gateway's simple form. */
export type Authorizer = (
  event: APIGatewayRequestAuthorizerEventV2,
) => Promise<APIGatewaySimpleAuthorizerWithContextResult<AuthorizerContext>>

/** What API Gateway and the Scheduler call: the functions of a deployment, by what they are for. */
export interface Functions {
  readonly authorize: Authorizer
  readonly audiences: { readonly [audience in Audience]: GatewayHandler }
  readonly unrouted: GatewayHandler
  readonly settle: (event: SettleEvent) => Promise<Settled>
  readonly runJobs: (event: JobsEvent) => Promise<Ran>
}

/** The functions from their sources, in a given world. */
export function functionsOf(runtime: Runtime, issuer: Issuer): Functions {
  return {
    authorize: (event) => authorizeEvent(runtime.store, issuer, runtime.now(), event),
    audiences: { pos: servePos(runtime), member: serveMember(runtime), admin: serveAdmin(runtime) },
    unrouted,
    settle: (event) => settleShards(runtime, event),
    runJobs: (event) => runJobsFor(runtime, event),
  }
}
