import { runtimeOfEnvironment } from './environment.ts'
import { adminImplementations } from './handlers/admin.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What staff call about members, in a given world. */
export const serveAdmin = (runtime: Runtime) => serveAudience(runtime, adminImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveAdmin(runtimeOfEnvironment()))
