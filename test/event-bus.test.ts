import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sendsToBus } from '../functions/event-bus.ts'
import type { LedgerEvent } from '../functions/ledger-event.ts'
import { type Asked, secretKey, signatureOf } from './support/aws-signature.ts'

const bus = 'arn:aws:events:eu-west-1:123456789012:event-bus/LaurelEvents'

interface Entry {
  readonly Detail: string
  readonly [name: string]: unknown
}

/** A stand-in for EventBridge, by the letter of its API: an answer for each entry, at most ten of them and 256 KB. */
const asked: Asked[] = []
/** What it answers next, in place of taking what it is sent. */
let answers: { readonly status: number; readonly body: unknown }[] = []
/** Entries that it takes no more, by the ids of their events. */
let refused: string[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString()
    asked.push({ headers: request.headers, body })
    const { status, body: said } = answers.shift() ?? taken(JSON.parse(body).Entries)
    response.writeHead(status).end(JSON.stringify(said))
  })
})

function taken(entries: readonly Entry[]) {
  const bytes = entries.reduce((sum, { Detail }) => sum + Buffer.byteLength(Detail), 0)
  if (entries.length > 10 || bytes > 256 * 1024) return { status: 400, body: { __type: 'ValidationException' } }
  const told = entries.map(({ Detail }) =>
    refused.includes(JSON.parse(Detail).id) ? { ErrorCode: 'InternalFailure', ErrorMessage: '' } : { EventId: 'e' },
  )
  return { status: 200, body: { FailedEntryCount: told.filter(({ ErrorCode }) => ErrorCode).length, Entries: told } }
}

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())
beforeEach(() => {
  asked.length = 0
  answers = []
  refused = []
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretKey)
  vi.stubEnv('AWS_SESSION_TOKEN', 'session')
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const bookedAt = '2026-11-21T17:00:00.500Z'
const eventsNamed = (ids: readonly string[], more: object = {}): LedgerEvent[] =>
  ids.map((id) => ({ id, programme: 'demo', kind: 'claim-approved', at: bookedAt, bookedAt, totals: {}, debt: 0, ...more }))
const names = (count: number) => Array.from({ length: count }, (_, index) => `e-${index}`)

describe('the event bus', () => {
  it('is sent events as rules can match them, by a request that is signed as EventBridge wants it', async () => {
    const claim = { id: 'c-1', instruction: { refund: { currency: 'GBP', amount: 1500 } } }
    const [event] = eventsNamed(['e-1'], { claim })
    expect(await sendsToBus(bus)([event!])).toBe(1)
    const [request] = asked
    expect(JSON.parse(request!.body)).toEqual({
      Entries: [
        {
          ...{ EventBusName: bus, Source: 'laurel', DetailType: 'claim-approved' },
          ...{ Detail: JSON.stringify(event), Time: 1_795_280_400.5 },
        },
      ],
    })
    expect(request!.headers).toMatchObject({
      'x-amz-target': 'AWSEvents.PutEvents',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': 'session',
    })
    expect(request!.headers.authorization).toContain('/eu-west-1/events/aws4_request')
    expect(request!.headers.authorization).toContain(`Signature=${signatureOf(request!)}`)
  })

  it('is sent no more in one request than it takes, all of it in order', async () => {
    const details = () => asked.flatMap(({ body }) => JSON.parse(body).Entries.map(({ Detail }: Entry) => JSON.parse(Detail).id))
    expect(await sendsToBus(bus)(eventsNamed(names(23)))).toBe(23)
    expect(asked.map(({ body }) => JSON.parse(body).Entries.length)).toEqual([10, 10, 3])
    expect(details()).toEqual(names(23))
    asked.length = 0
    // Ledger entries are at most 400 KB; what is told of one is far less, and several may be more than a request takes.
    expect(await sendsToBus(bus)(eventsNamed(names(7), { kind: 'x'.repeat(60_000) }))).toBe(7)
    expect(asked.length).toBeGreaterThan(1)
    expect(details()).toEqual(names(7))
  })

  it('took what was before the first entry that it refused', async () => {
    refused = ['e-12']
    expect(await sendsToBus(bus)(eventsNamed(names(23)))).toBe(12)
    expect(asked).toHaveLength(2)
    refused = ['e-0']
    expect(await sendsToBus(bus)(eventsNamed(names(3)))).toBe(0)
  })

  it('is asked again where that may help, and took nothing of a request that was refused or not answered', async () => {
    answers = [
      { status: 500, body: {} },
      { status: 400, body: { __type: 'ThrottlingException' } },
    ]
    expect(await sendsToBus(bus)(eventsNamed(names(2)))).toBe(2)
    answers = [{ status: 400, body: { __type: 'AccessDeniedException' } }]
    expect(await sendsToBus(bus)(eventsNamed(names(2)))).toBe(0)
    expect(vi.mocked(console.error).mock.lastCall?.[0]).toContain('AccessDeniedException')
  })

  it('has an ARN', () => {
    expect(() => sendsToBus('LaurelEvents')).toThrow('no ARN')
  })

  it('gets nothing where nothing happened', async () => {
    expect(await sendsToBus(bus)([])).toBe(0)
    expect(asked).toHaveLength(0)
  })
})
