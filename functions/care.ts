import { runtimeOfEnvironment } from './environment.ts'
import { careImplementations } from './handlers/care.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What tills, members and staff call where a customer is not satisfied, in a given world. */
export const serveCare = (runtime: Runtime) => serveAudience(runtime, careImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveCare(runtimeOfEnvironment()))
