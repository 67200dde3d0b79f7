import { Match } from 'aws-cdk-lib/assertions'
import type { APIGatewayRequestAuthorizerEventV2, Context as LambdaContext } from 'aws-lambda'
import { afterAll, describe, expect, it } from 'vitest'
import { operations } from '../../functions/contract/index.ts'
import { type Operation, type Server, serverOf } from '../../functions/contract/operation.ts'
import { adminImplementations } from '../../functions/handlers/admin.ts'
import { careImplementations } from '../../functions/handlers/care.ts'
import { claimImplementations } from '../../functions/handlers/claims.ts'
import { clubImplementations } from '../../functions/handlers/clubs.ts'
import { memberImplementations } from '../../functions/handlers/member.ts'
import { posImplementations } from '../../functions/handlers/pos.ts'
import { programmeImplementations } from '../../functions/handlers/programme.ts'
import { rewardImplementations } from '../../functions/handlers/rewards.ts'
import type { GatewayEvent, GatewayResult } from '../../functions/http/audience.ts'
import { authorizeEvent, nobody, scopes } from '../../functions/http/authorization.ts'
import type { AuthorizerContext } from '../../functions/http/caller.ts'
import { defaultRouteKey, routeKeyOf } from '../../functions/http/routes.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { developmentIssuer } from '../../functions/local/development-issuer.ts'
import { serversOf } from '../../functions/local/functions.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { handler as unrouted } from '../../functions/unrouted.ts'
import { callAs } from './gateway-event.ts'
import { synthesise } from './synthesised.ts'

const stage = synthesise({ memberAppUrl: 'https://points.example/app', staffAppUrl: 'https://desk.example/' })
const routes = new Map(
  stage.of('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [Properties.RouteKey as string, Properties]),
)

/** The description of the function that a route leads to. */
function servedBy(routeKey: string): unknown {
  const target = JSON.stringify(routes.get(routeKey)?.Target)
  const [, integration] = stage.of('AWS::ApiGatewayV2::Integration').find(([id]) => target.includes(`"${id}"`))!
  const uri = JSON.stringify(integration.Properties.IntegrationUri)
  return stage.of('AWS::Lambda::Function').find(([id]) => uri.includes(`"${id}"`))?.[1].Properties.Description
}

const servers = {
  pos: 'What tills call',
  member: 'What the member app calls',
  admin: 'What staff call about members',
  programme: 'What staff call about the programme itself',
  clubs: 'What tills, members and staff call about clubs',
  rewards: 'What tills, members and staff call about rewards',
  care: 'What tills, members and staff call where a customer is not satisfied',
  guarantees: 'What tills, members and staff call about claims of guarantees',
} satisfies { [server in Server]: string }
const implementations = {
  pos: posImplementations,
  member: memberImplementations,
  admin: adminImplementations,
  programme: programmeImplementations,
  clubs: clubImplementations,
  rewards: rewardImplementations,
  care: careImplementations,
  guarantees: claimImplementations,
} satisfies { [server in Server]: unknown }

describe('the routes', () => {
  it('are the operations of the contract and one for all else: none is missing, none is more', () => {
    expect([...routes.keys()].sort()).toEqual([...operations.map(routeKeyOf), defaultRouteKey].sort())
  })

  it.each(operations.map((operation) => [routeKeyOf(operation), operation] as const))(
    '%s asks the authorizer, leads to its function, and is throttled',
    (routeKey, operation) => {
      const [[authorizer] = []] = stage.of('AWS::ApiGatewayV2::Authorizer')
      expect(routes.get(routeKey)).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: authorizer } })
      expect(servedBy(routeKey)).toBe(servers[serverOf(operation)])
    },
  )

  it('throttle each by itself, a batch harder', () => {
    const [, deployed] = stage.of('AWS::ApiGatewayV2::Stage')[0]!
    const settings = deployed.Properties.RouteSettings as { [routeKey: string]: { ThrottlingRateLimit: number } }
    expect(Object.keys(settings).sort()).toEqual([...routes.keys()].sort())
    expect(settings['POST /pos/batch']!.ThrottlingRateLimit).toBeLessThan(settings['POST /pos/quotes']!.ThrottlingRateLimit)
    for (const route of stage.of('AWS::ApiGatewayV2::Route')) expect(deployed.DependsOn).toContain(route[0])
  })

  it('lead all else to a function that answers 404 and 405 to whoever asks', () => {
    expect(routes.get(defaultRouteKey)).toMatchObject({ AuthorizationType: 'NONE' })
    expect(servedBy(defaultRouteKey)).toBe('Answers strangers what is not there')
  })

  it.each(Object.entries(implementations))('that lead to %s are those that it implements', (server, implemented) => {
    const expected = operations.filter((operation) => serverOf(operation) === server)
    expect(implemented.map(({ operation }) => operation.name).sort()).toEqual(expected.map(({ name }) => name).sort())
  })

  it('of staff lead to marketing’s function where they are about the programme, and never where one may change a member', () => {
    const staffs = operations.filter(({ audience }) => audience === 'admin')
    // A simulation has room elsewhere alone, and why a purchase earned what it did is only read.
    const about =
      /^\/admin\/(programme(?!\/draft\/simulate)|campaigns|rewards|guarantees|stores|tiers|(clubs|vouchers)(\/\{id\})?$|backtests|reports|purchases\/\{purchaseId\}\/explanation)/
    const isOffice = ({ path }: Operation) => about.test(path)
    expect(staffs.filter((operation) => serverOf(operation) === 'programme').map(routeKeyOf)).toEqual(
      staffs.filter(isOffice).map(routeKeyOf),
    )
  })
})

describe('the gateway', () => {
  it('remembers the authorizer’s answer for minutes, by the token', () => {
    stage.template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 300,
      IdentitySource: ['$request.header.Authorization'],
    })
  })

  it('may call the functions; what nobody routed it calls by another name', () => {
    const sources = stage
      .of('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => Properties.Principal === 'apigateway.amazonaws.com')
      .map(([, { Properties }]) => /"(\/[*/]+)"/.exec(JSON.stringify(Properties.SourceArn))?.[1] ?? 'authorizer')
    expect(sources.sort()).toEqual(['/*/*', ...Object.keys(servers).map(() => '/*/*/*'), 'authorizer'])
  })

  it('logs nothing that is anybody’s: no path, no address, no agent, no token', () => {
    const [, deployed] = stage.of('AWS::ApiGatewayV2::Stage')[0]!
    const { Format } = deployed.Properties.AccessLogSettings as { Format: string }
    const variables = [...Format.matchAll(/\$context\.([\w.]+)/g)].map((match) => match[1])
    expect(variables.sort()).toEqual([
      'authorizer.error',
      'authorizer.programme',
      'error.responseType',
      'integration.status',
      'integrationErrorMessage',
      'integrationLatency',
      'requestId',
      'requestTime',
      'responseLatency',
      'responseLength',
      'routeKey',
      'status',
    ])
    expect(JSON.parse(Format)).toMatchObject({ status: '$context.status' })
  })

  it('answers the browsers of its own two apps', () => {
    stage.template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.objectLike({ AllowOrigins: ['https://points.example', 'https://desk.example'] }),
    })
  })
})

const { runtime, secrets } = await deploymentOn(new SqliteStore(':memory:'))
afterAll(() => runtime.store.close())

const handlers = serversOf(runtime)

const call = (operation: Operation, context: Partial<AuthorizerContext>): Promise<GatewayResult> =>
  callAs(handlers[serverOf(operation)], context, operation)

const codeOf = ({ statusCode, body }: GatewayResult) => `${statusCode} ${(JSON.parse(body ?? '{}') as { code: string }).code}`

describe('behind the authorizer', () => {
  const event = (authorization: string) => ({ headers: { authorization } }) as unknown as APIGatewayRequestAuthorizerEventV2
  const issuer = developmentIssuer(secrets.issuerKey)

  it('a token that is not good is nobody’s, in text alone', async () => {
    const answer = await authorizeEvent(runtime.store, issuer, runtime.now(), event('Bearer a.b.c'))
    expect(answer).toEqual({ isAuthorized: true, context: nobody })
    expect(Object.values(nobody).every((text) => text === '')).toBe(true)
  })

  it.each(operations.map((operation) => [routeKeyOf(operation), operation] as const))(
    '%s refuses nobody, and whoever lacks its scope',
    async (_, operation) => {
      expect(codeOf(await call(operation, nobody))).toBe('401 unauthorized')
      const others = scopes.filter((scope) => scope !== operation.scope).join(' ')
      const caller = { ...nobody, programme: 'demo', issuer: 'any', subject: 'somebody', stores: '*', member: 'm-1' }
      expect(codeOf(await call(operation, { ...caller, scopes: others }))).toBe('403 scope-missing')
    },
  )
})

describe('what nobody routed', () => {
  const ask = (method: string, path: string) =>
    unrouted({ requestContext: { http: { method, path } } } as unknown as GatewayEvent, {} as LambdaContext)

  it('is a 404, or a 405 with what the path takes, whosever the path is', async () => {
    expect(codeOf(await ask('GET', '/'))).toBe('404 path-unknown')
    const answers = await Promise.all(
      ['/pos/batch', '/me/balance', '/admin/members/m-1/adjustments/a-1'].map((path) => ask('DELETE', path)),
    )
    expect(answers.map((answer) => [codeOf(answer), answer.headers?.allow])).toEqual([
      ['405 method-not-allowed', 'POST'],
      ['405 method-not-allowed', 'GET'],
      ['405 method-not-allowed', 'PUT'],
    ])
  })
})
