import type { GatewayHandler } from './audience.ts'

/**
 * A Lambda handler that is put together at its first event: loading the module needs no environment, so it can be tested.
 * What fails then is tried again at the next event.
 */
export function onLambda(create: () => Promise<GatewayHandler>): GatewayHandler {
  let made: Promise<GatewayHandler> | undefined
  return async (event, context) => {
    made ??= create()
    const handler = await made.catch((error: unknown) => {
      made = undefined
      throw error
    })
    return handler(event, context)
  }
}
