import { runtimeOfEnvironment } from './environment.ts'
import { posImplementations } from './handlers/pos.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What tills call, in a given world. */
export const servePos = (runtime: Runtime) => serveAudience(runtime, posImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => servePos(runtimeOfEnvironment()))
