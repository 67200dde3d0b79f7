import { runtimeOfEnvironment } from './environment.ts'
import { programmeImplementations } from './handlers/programme.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What staff call about the programme itself, in a given world. */
export const serveProgramme = (runtime: Runtime) => serveAudience(runtime, programmeImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveProgramme(runtimeOfEnvironment()))
