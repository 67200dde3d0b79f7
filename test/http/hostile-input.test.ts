import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attachMyPurchase } from '../../functions/contract/attaching.ts'
import { runBatch } from '../../functions/contract/batch.ts'
import { operations } from '../../functions/contract/index.ts'
import { enrolMe } from '../../functions/contract/me.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import type { Audience, Operation } from '../../functions/contract/operation.ts'
import { bodyProblems, commonProblems } from '../../functions/contract/problem.ts'
import { problemSchema } from '../../functions/contract/problem-schema.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { reverseRedemption, reverseRedemptionAsStaff } from '../../functions/contract/redemptions.ts'
import { voidVoucherAsStaff } from '../../functions/contract/voucher-office.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { type Client, problemIn, requestOf } from '../support/client.ts'
import { hostileRequest } from '../support/hostile-requests.ts'
import type { WireAnswer, WireRequest } from '../support/http.ts'
import { type Dump, Laurel } from '../support/laurel.ts'
import { Described } from '../support/openapi.ts'

/** Requests that an operation gets, and how long they may take in all: whichever ends first. */
const runsOf = ({ body }: Operation) => (body ? 500 : 200)
const mostMs = 2500
/** Subjects without a member, so that enrolling oneself can be done more than once. */
const strangers = 150

/** Operations that only ask: they change nothing, whatever they answer. */
const asksOnly = ({ method, name, asksOnly: asks }: Operation) =>
  asks === true || method === 'GET' || name === 'quotePurchase' || name === 'searchMembers'

/** Operations whose examples end what the examples of others are about. */
const ending = new Set<Operation>([reverseRedemption, reverseRedemptionAsStaff, voidVoucherAsStaff])

const app = 'app'

type Tokens = { [audience in Audience]: readonly [string, ...string[]] }

/** A server on which all examples have happened, but for those that end what others are about. */
interface Prepared {
  readonly laurel: Laurel
  readonly tokens: Tokens
}

async function prepare(): Promise<Prepared> {
  const laurel = await Laurel.start()
  await laurel.identify({ subject: app, programme: 'demo' })
  const tokens: Tokens = {
    pos: [await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos'])],
    member: [await laurel.sign({ subject: 'ada', client: app, scopes: ['laurel/member'], verifiedEmail: 'ada@example.org' })],
    admin: [await laurel.token({ subject: 'desk', programme: 'demo' }, adminScopes)],
  }
  for (const each of operations) if (!ending.has(each)) await sendExample(laurel, tokens, each)
  return { laurel, tokens }
}

async function sendExample(laurel: Laurel, tokens: Tokens, operation: Operation): Promise<void> {
  const answer = await laurel.send(requestOf(operation, tokens[operation.audience][0], operation.example))
  if (answer.status >= 400) throw new Error(`the example of ${operation.name} is refused: ${answer.text}`)
}

/** One server for each operation, so that what one of them stores does not slow the others down. */
class Besieged {
  readonly laurel: Laurel
  readonly operation: Operation
  readonly described: Described
  readonly tokens: readonly string[]
  readonly till: Client
  #known: { readonly version: number; readonly dump: Dump }

  private constructor(laurel: Laurel, operation: Operation, described: Described, tokens: Tokens, dump: Dump) {
    this.laurel = laurel
    this.operation = operation
    this.described = described
    this.tokens = tokens[operation.audience]
    this.till = laurel.client(tokens.pos[0])
    this.#known = { version: laurel.fileVersion, dump }
  }

  static async start({ laurel: first, tokens: known }: Prepared, operation: Operation): Promise<Besieged> {
    const laurel = await first.copy()
    const tokens = { ...known }
    // What it ends no other operation could succeed with any more.
    if (ending.has(operation)) await sendExample(laurel, tokens, operation)
    if (operation === enrolMe) {
      const signed = Array.from({ length: strangers }, (_, n) =>
        laurel.sign({ subject: `stranger-${n}`, client: app, scopes: ['laurel/member'] }),
      )
      tokens.member = [...tokens.member, ...(await Promise.all(signed))]
    }
    const { text } = await laurel.send({ method: 'GET', path: '/openapi.json' })
    return new Besieged(laurel, operation, new Described(JSON.parse(text) as object), tokens, await laurel.dump())
  }

  /** Which keys changed since this was last asked. */
  async changed(): Promise<string[]> {
    const version = this.laurel.fileVersion
    if (version === this.#known.version) return []
    const { dump: before } = this.#known
    const after = await this.laurel.dump()
    this.#known = { version, dump: after }
    return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key))
  }

  /** Sends a request and holds the laws against what comes back, which it tells in a word. */
  async bear(request: WireRequest): Promise<string> {
    const answer = await this.laurel.send(request)
    const changed = await this.changed()
    expect(answer.status).toBeLessThan(500)
    if (answer.status >= 400) {
      this.#expectRefusal(answer)
      // A wrong try to attach a purchase is counted, and leaves no other trace.
      const counts = this.operation === attachMyPurchase ? / TRIES$/ : null
      expect(changed.filter((key) => !counts?.test(key))).toEqual([])
      return String((JSON.parse(answer.text) as { code: string }).code)
    }
    this.#expectAnswer(request, answer)
    const hasEffect = this.operation === runBatch ? expectResults(answer) : answer.headers['idempotency-replayed'] !== 'true'
    if (asksOnly(this.operation) || !hasEffect) expect(changed).toEqual([])
    return String(answer.status)
  }

  /** A problem document by both schemas, with a code that the operation says it may answer. */
  #expectRefusal(answer: WireAnswer): void {
    const { operation } = this
    const { code, status } = problemIn(answer)
    if (code === 'path-unknown') return // an empty segment is no parameter: this is nobody's path
    const declared = [...commonProblems, ...bodyProblems, ...operation.problems]
    expect(declared).toContain(code)
    expect(this.described.answer(operation, status, 'application/problem+json', JSON.parse(answer.text))).toEqual([])
  }

  /** What the contract says, by zod and by the OpenAPI document alike, with nothing that either does not know. */
  #expectAnswer({ body: sent }: WireRequest, { status, headers, text }: WireAnswer): void {
    const { operation, described } = this
    expect(headers['content-type']).toBe('application/json')
    const body: unknown = JSON.parse(text)
    const schema = operation.answers[status]
    expect(schema, `${operation.name} does not know ${status}`).toBeDefined()
    expect(schema?.parse(body)).toEqual(body)
    expect(described.answer(operation, status, 'application/json', body)).toEqual([])
    // Whoever goes by the document may be refused more than it says, and is never told that what is taken is not.
    if (typeof sent === 'string') expect(described.request(operation, JSON.parse(sent))).toEqual([])
  }
}

/** Holds the laws against what a batch answers for each of its lines. Says whether any of them had an effect. */
function expectResults({ text }: WireAnswer): boolean {
  const { results } = JSON.parse(text) as { results: { status: number; body: unknown }[] }
  for (const { status, body } of results) {
    if (status >= 400) expect(problemSchema.strict().parse(body)).toMatchObject({ status })
    else if (isObject(body) && 'purchaseId' in body) expect(recordPurchase.answers[201].parse(body)).toEqual(body)
    else expect(enrolMember.answers[201].parse(body)).toEqual(body)
    expect(status).toBeLessThan(500)
  }
  return results.some(({ status }) => status === 201)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

let prepared: Prepared
beforeAll(async () => {
  prepared = await prepare()
})
afterAll(() => prepared.laurel.close())

describe.each(operations.map((operation) => ({ name: operation.name, operation })))('$name', ({ operation }) => {
  let besieged: Besieged

  beforeAll(async () => {
    besieged = await Besieged.start(prepared, operation)
  })

  afterAll(() => besieged.laurel.close())

  test('bears hostile input: no 5xx, no effect of what is refused, every answer by its schema, and it goes on working', async () => {
    const outcomes: string[] = []
    await fc.assert(
      fc.asyncProperty(hostileRequest(operation, besieged.tokens), async (request) => {
        outcomes.push(await besieged.bear(request))
      }),
      { numRuns: runsOf(operation), interruptAfterTimeLimit: mostMs },
    )
    // Neither all at the first gate nor through all of them: the input was hostile, and like what is taken.
    expect(outcomes).toContain(operation.body ? 'invalid-body' : 'invalid-parameter')
    expect(outcomes.some((outcome) => outcome.startsWith('2'))).toBe(true)

    const { till, laurel } = besieged
    expect((await laurel.send({ method: 'GET', path: '/health' })).status).toBe(200)
    expect(await till.ask(enrolMember, { params: { memberId: 'afterwards' }, body: {} })).toMatchObject({ status: 201 })
    const sale = {
      ...{ member: { id: 'afterwards' }, storeId: 'leeds', occurredAt: '2026-11-21T10:15:00Z', currency: 'GBP' },
      lines: [{ lineId: '1', sku: 'a', quantity: 1, amount: 1530 }],
    }
    const posted = await till.ask(recordPurchase, { params: { purchaseId: 'leeds:afterwards' }, body: sale })
    expect(posted).toMatchObject({ status: 201, body: { points: { earned: 15 }, balance: { available: 15 } } })
  })
})
