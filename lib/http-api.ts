import { Duration } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type CfnStage,
  type CorsHttpMethod,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  type ThrottleSettings,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { runBatch } from '../functions/contract/batch.ts'
import { operations } from '../functions/contract/index.ts'
import { type Audience, type Operation, type Server, serverOf } from '../functions/contract/operation.ts'
import { defaultRouteKey, routeKeyOf } from '../functions/http/routes.ts'
import { acknowledge } from './acknowledge.ts'
import type { LedgerFunction } from './ledger-function.ts'
import type { Stage } from './stage.ts'

export interface LedgerApiProps {
  readonly stage: Stage
  readonly servers: { readonly [server in Server]: LedgerFunction }
  readonly authorize: LedgerFunction
  readonly unrouted: LedgerFunction
}

/** Requests a second that a route takes of all its callers together; beyond them the gateway answers 429. */
const throttles: { readonly [audience in Audience]: ThrottleSettings } = {
  pos: { rateLimit: 500, burstLimit: 1000 },
  member: { rateLimit: 200, burstLimit: 400 },
  admin: { rateLimit: 20, burstLimit: 40 },
}
/** A batch is up to a hundred operations. */
const batchThrottle: ThrottleSettings = { rateLimit: 20, burstLimit: 40 }
/** What nobody asked for costs little. */
const strayThrottle: ThrottleSettings = { rateLimit: 20, burstLimit: 40 }

const throttleOf = (operation: Operation): ThrottleSettings =>
  operation.name === runBatch.name ? batchThrottle : throttles[operation.audience]

/**
 * What the access log says of a request: the route's pattern and not the path, which has ids in it; no address, no agent,
 * no token.
 */
const logged = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  errorType: '$context.error.responseType',
  programme: '$context.authorizer.programme',
  authorizerError: '$context.authorizer.error',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integrationErrorMessage',
  integrationLatencyMs: '$context.integrationLatency',
  responseLatencyMs: '$context.responseLatency',
  responseBytes: '$context.responseLength',
}

/** The HTTP API: a route for each operation of the contract, and one for all else, which answers 404 or 405. */
export class LedgerApi extends Construct {
  readonly api: HttpApi
  readonly accessLog: LogGroup

  constructor(scope: Construct, id: string, props: LedgerApiProps) {
    super(scope, id)
    const { stage, servers, authorize, unrouted } = props
    this.api = new HttpApi(this, 'Api', {
      apiName: `laurel-${stage.name}`,
      createDefaultStage: false,
      // Apps in a browser: theirs are the only origins.
      corsPreflight: {
        allowOrigins: [...new Set([stage.memberAppUrl, stage.staffAppUrl].map((url) => new URL(url).origin))],
        allowMethods: [...new Set(operations.map(({ method }) => method as CorsHttpMethod))],
        allowHeaders: ['authorization', 'content-type', 'if-match'],
        exposeHeaders: ['etag', 'idempotency-replayed', 'retry-after'],
        maxAge: Duration.hours(1),
      },
    })
    const authorizer = new HttpLambdaAuthorizer('Authorizer', authorize.lambda, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization'],
      resultsCacheTtl: Duration.minutes(5),
    })
    const integrations = new Map(Object.entries(servers).map(([server, serving]) => [server, integrationOf(serving)]))
    const routes = operations.map(
      (operation) =>
        new HttpRoute(this, operation.name, {
          httpApi: this.api,
          routeKey: HttpRouteKey.with(operation.path, operation.method as HttpMethod),
          integration: integrations.get(serverOf(operation))!,
          authorizer,
        }),
    )
    const strays = new HttpRoute(this, 'unrouted', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: strayIntegrationOf(unrouted),
      authorizer: new HttpNoneAuthorizer(),
    })
    acknowledge(strays, 'APIG4', 'It answers 404 and 405 to whoever asks, by a function that may do nothing else.')
    this.accessLog = new LogGroup(this, 'AccessLog', { retention: stage.logRetention, removalPolicy: stage.removalPolicy })
    const deployed = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: strayThrottle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: AccessLogFormat.custom(JSON.stringify(logged)),
      },
    })
    ;(deployed.node.defaultChild as CfnStage).routeSettings = routeSettings()
    // A stage that names a route before it is there cannot be made.
    for (const route of [...routes, strays]) deployed.node.addDependency(route)
  }
}

/** One permission for all routes of a function: a policy for each would outgrow what a function's policy may hold. */
const integrationOf = ({ name, lambda }: LedgerFunction) =>
  new HttpLambdaIntegration(name, lambda, { scopePermissionToRoute: false })

/** What calls `$default` names no path, which the permission for all routes does not cover. */
const strayIntegrationOf = ({ name, lambda }: LedgerFunction) => new HttpLambdaIntegration(name, lambda)

/** Throttling by route, as the stage has it. */
function routeSettings() {
  const byRoute = new Map(operations.map((operation) => [routeKeyOf(operation), throttleOf(operation)]))
  byRoute.set(defaultRouteKey, strayThrottle)
  const settings = [...byRoute].map(([key, { rateLimit, burstLimit }]) => [
    key,
    { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
  ])
  return Object.fromEntries(settings)
}
