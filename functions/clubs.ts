import { runtimeOfEnvironment } from './environment.ts'
import { clubImplementations } from './handlers/clubs.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What tills, members and staff call about clubs, in a given world. */
export const serveClubs = (runtime: Runtime) => serveAudience(runtime, clubImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveClubs(runtimeOfEnvironment()))
