import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda'
import { serveAdmin } from '../admin.ts'
import { serveCare } from '../care.ts'
import { serveClubs } from '../clubs.ts'
import { type Server, servers } from '../contract/operation.ts'
import { serveGuarantees } from '../guarantees.ts'
import type { Ran } from '../handlers/jobs.ts'
import type { GatewayHandler } from '../http/audience.ts'
import { authorizeEvent, type Issuer } from '../http/authorization.ts'
import type { AuthorizerContext } from '../http/caller.ts'
import { serveMember } from '../member.ts'
import { servePos } from '../pos.ts'
import { serveProgramme } from '../programme.ts'
import { serveRewards } from '../rewards.ts'
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
  readonly servers: { readonly [server in Server]: GatewayHandler }
  readonly unrouted: GatewayHandler
  readonly settle: (event: SettleEvent) => Promise<Settled>
  readonly runJobs: (event: JobsEvent) => Promise<Ran>
}

/** The functions behind the HTTP API from their sources: each makes one in a given world. */
export const servedBy = {
  pos: servePos,
  member: serveMember,
  admin: serveAdmin,
  programme: serveProgramme,
  clubs: serveClubs,
  rewards: serveRewards,
  care: serveCare,
  guarantees: serveGuarantees,
} satisfies { [server in Server]: (runtime: Runtime) => GatewayHandler }

/** Those of one world. */
export const serversOf = (runtime: Runtime) =>
  Object.fromEntries(servers.map((server) => [server, servedBy[server](runtime)])) as Functions['servers']

/** The functions from their sources, in a given world. */
export function functionsOf(runtime: Runtime, issuer: Issuer): Functions {
  return {
    authorize: (event) => authorizeEvent(runtime.store, issuer, runtime.now(), event),
    servers: serversOf(runtime),
    unrouted,
    settle: (event) => settleShards(runtime, event),
    runJobs: (event) => runJobsFor(runtime, event),
  }
}
