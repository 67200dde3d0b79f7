import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context as LambdaContext } from 'aws-lambda'
import { type Instant, instant } from '../../functions/domain/units.ts'
import type { GatewayEvent, GatewayHandler } from '../../functions/http/audience.ts'
import { deploymentOn } from '../../functions/local/deployment.ts'
import { seed } from '../../functions/local/seed.ts'
import type { Runtime } from '../../functions/runtime.ts'
import type { Store } from '../../functions/store/store.ts'

/** A demo programme on a store, with a clock of its own. */
export interface World {
  readonly runtime: Runtime
  setNow(at: number): void
}

export async function worldOn(store: Store, start: number): Promise<World> {
  let now: Instant = instant(start)
  const { runtime } = await deploymentOn(store, { now: () => now })
  await seed(runtime)
  return {
    runtime,
    setNow(at) {
      now = instant(at)
    },
  }
}

/** A directory that goes when the work is done. */
export async function withDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'laurel-bench-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const lambdaContext = {} as LambdaContext

/** Sends an event to a handler; throws where it is not answered with the status wanted. */
export async function send(handler: GatewayHandler, event: GatewayEvent, wanted: number): Promise<string> {
  const { statusCode, body } = await handler(event, lambdaContext)
  if (statusCode !== wanted) throw new Error(`${event.routeKey} was answered ${statusCode}: ${body}`)
  return body ?? ''
}

const callers = {
  pos: { scopes: 'laurel/pos', stores: '*', member: '', subject: 'bench-pos' },
  member: { scopes: 'laurel/member', stores: '', member: '', subject: 'bench-member' },
} as const

/** An API Gateway event as an audience's function gets it, authorised. */
export function eventOf(
  routeKey: string,
  pathParameters: { readonly [name: string]: string },
  body?: unknown,
  member?: string,
): GatewayEvent {
  const caller = member === undefined ? callers.pos : { ...callers.member, member }
  return {
    version: '2.0',
    routeKey,
    rawPath: routeKey.split(' ')[1],
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    pathParameters,
    requestContext: {
      requestId: 'bench',
      http: { method: routeKey.split(' ')[0], path: routeKey.split(' ')[1] },
      authorizer: { lambda: { programme: 'demo', issuer: 'bench', verifiedEmail: '', ...caller } },
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  } as unknown as GatewayEvent
}

/** A purchase of three lines. */
export function purchaseEvent(number: number, member: string, occurredAt: number): GatewayEvent {
  return eventOf(
    'PUT /pos/purchases/{purchaseId}',
    { purchaseId: `leeds:till-3:${number}` },
    purchaseBody(number, { id: member }, occurredAt),
  )
}

export function purchaseBody(number: number, member: { id: string } | { card: string }, occurredAt: number) {
  return {
    member,
    storeId: 'leeds',
    terminalId: 'till-3',
    occurredAt: new Date(occurredAt).toISOString(),
    currency: 'GBP',
    lines: [1, 2, 3].map((line) => ({
      lineId: String(line),
      sku: `8512${(number * 7 + line) % 1000}A`,
      quantity: line,
      amount: 250 + ((number * 131 + line * 977) % 2500),
      categories: ['candles'],
    })),
  }
}

export function enrolEvent(member: string): GatewayEvent {
  return eventOf('PUT /pos/members/{memberId}', { memberId: member }, {})
}

export const balanceEvent = (member: string): GatewayEvent => eventOf('GET /me/balance', {}, undefined, member)
