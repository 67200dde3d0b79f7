import { runtimeOfEnvironment } from './environment.ts'
import { memberImplementations } from './handlers/member.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What the member app calls, in a given world. */
export const serveMember = (runtime: Runtime) => serveAudience(runtime, memberImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveMember(runtimeOfEnvironment()))
