import { runtimeOfEnvironment } from './environment.ts'
import { rewardImplementations } from './handlers/rewards.ts'
import { serveAudience } from './http/audience.ts'
import { onLambda } from './http/on-lambda.ts'
import type { Runtime } from './runtime.ts'

/** What tills, members and staff call about rewards, in a given world. */
export const serveRewards = (runtime: Runtime) => serveAudience(runtime, rewardImplementations)

/** The Lambda function. */
export const handler = onLambda(async () => serveRewards(runtimeOfEnvironment()))
