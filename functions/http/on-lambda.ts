import type { GatewayHandler } from './audience.ts'

/** A Lambda handler that is put together at its first event: loading the module needs no environment, so it can be tested. */
export function onLambda(create: () => GatewayHandler): GatewayHandler {
  let made: GatewayHandler | undefined
  return (event, context) => {
    made ??= create()
    return made(event, context)
  }
}
