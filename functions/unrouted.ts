import { operations } from './contract/index.ts'
import { type GatewayHandler, problemResult, unroutedProblem } from './http/audience.ts'
import { routesOf } from './http/routes.ts'

const routes = routesOf(operations)

/** The Lambda function behind the gateway's `$default` route: what no operation takes. It serves strangers and may do nothing else. */
export const handler: GatewayHandler = async ({ requestContext: { http } }) => {
  const { refused, headers } = unroutedProblem(routes, http.method, http.path)
  return problemResult(refused, headers)
}
