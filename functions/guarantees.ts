import { runtimeOfEnvironment } from './environment.ts'
import { claimImplementations } from './handlers/claims.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What tills, members and staff call about claims of guarantees, in a given world. */
export const serveGuarantees = (runtime: Runtime) => serveAudience(runtime, claimImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveGuarantees(runtimeOfEnvironment()))
