import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runBatch } from '../../functions/contract/batch.ts'
import { operations } from '../../functions/contract/index.ts'
import { enrolMe } from '../../functions/contract/me.ts'
import { changeMember, readMember } from '../../functions/contract/members.ts'
import type { Audience, Operation, Scope } from '../../functions/contract/operation.ts'
import { problem, problemDocument } from '../../functions/contract/problem.ts'
import { recordReturn } from '../../functions/contract/purchases.ts'
import { memberId } from '../../functions/domain/units.ts'
import { mostBytesOf } from '../../functions/http/json.ts'
import { demoProgramme } from '../../functions/local/seed.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { ok, problemIn, requestOf } from '../support/client.ts'
import { claimsOf, forgeries, genuine } from '../support/forged-tokens.ts'
import type { WireAnswer, WireRequest } from '../support/http.ts'
import { type Dump, Laurel } from '../support/laurel.ts'
import { rows } from './authorization-rows.ts'

const allScopes: readonly Scope[] = [
  'laurel/pos',
  'laurel/member',
  'laurel/admin.read',
  'laurel/admin.marketing',
  'laurel/admin.service',
]
const subjects = { pos: 'till', member: 'ada', admin: 'desk' } as const satisfies { [audience in Audience]: string }
const verified = { email: 'ada@example.org', email_verified: true }

let laurel: Laurel
const firstOutcomes = new Map<string, string>()
/** What nobody but the member's own programme may learn. */
let secrets: readonly string[]

/** A token of the subject who may call the operation, with these scopes. */
const tokenOf = ({ audience }: Operation, scopes: readonly string[]) =>
  genuine(laurel, { ...claimsOf(laurel, subjects[audience], scopes), client_id: 'app', ...(audience === 'member' && verified) })

const rightToken = (operation: Operation) => tokenOf(operation, [operation.scope])

function outcomeOf({ status, text }: WireAnswer): string {
  return status < 400 ? String(status) : `${status} ${(JSON.parse(text) as { code: string }).code}`
}

const example = (operation: Operation, token?: string) => requestOf(operation, token, operation.example)

beforeAll(async () => {
  laurel = await Laurel.start()
  await laurel.identify({ subject: 'till', programme: 'demo', stores: '*' })
  await laurel.identify({ subject: 'till-leeds', programme: 'demo', stores: ['leeds'] })
  await laurel.identify({ subject: 'till-york', programme: 'demo', stores: ['york', 'leeds2', 'lee'] })
  await laurel.identify({ subject: 'desk', programme: 'demo' })
  await laurel.identify({ subject: 'app', programme: 'demo' })
  await laurel.identify({ subject: 'lost', programme: 'no-such-programme', stores: '*', member: memberId('m-1001') })
  for (const operation of operations) {
    firstOutcomes.set(operation.name, outcomeOf(await laurel.send(example(operation, await rightToken(operation)))))
  }
  const till = laurel.client(await rightToken(readMember))
  const params = { memberId: 'm-1001' }
  const hidden = { name: 'Ada Hidden', phone: '+447700900999', birthday: '1990-02-28' }
  ok(await till.ask(changeMember, { params, body: hidden }))
  const { balance } = ok(await till.ask(readMember, { params }))
  secrets = [...Object.values(hidden), 'ada@example.org', `"available":${balance.available}`]
  const bert = await genuine(laurel, { ...claimsOf(laurel, 'bert', ['laurel/member']), client_id: 'app' })
  ok(await laurel.client(bert).ask(enrolMe, { body: { name: 'Ada' } }))
})

afterAll(() => laurel.close())

const changedKeys = (before: Dump, after: Dump) =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key))

/** Sends a request and compares its outcome. It may touch no other keys than are said, and a refusal says nothing but itself. */
async function expectOutcome(request: WireRequest, expected: string, mayChange: RegExp | null): Promise<WireAnswer> {
  const before = await laurel.dump()
  const answer = await laurel.send(request)
  expect(outcomeOf(answer)).toBe(expected)
  const changed = changedKeys(before, await laurel.dump())
  expect(changed.filter((key) => !mayChange?.test(key))).toEqual([])
  if (answer.status < 400) return answer
  const { errors = [], ...document } = problemIn(answer)
  expect(document).toEqual(problemDocument(problem(document.code)))
  if (!['invalid-body', 'invalid-parameter'].includes(document.code))
    expect(errors.map(({ detail }) => detail)).toEqual(errors.map(() => document.title))
  expect(answer.headers['www-authenticate']).toBe(answer.status === 401 ? 'Bearer' : undefined)
  return answer
}

const expectRefused = (request: WireRequest, expected: string) => expectOutcome(request, expected, null)

const revealNothing = ({ text }: WireAnswer) => {
  for (const secret of secrets) expect(text).not.toContain(secret)
}

test('every operation has its row, and every row its operation', () => {
  expect(Object.keys(rows).toSorted()).toEqual(operations.map(({ name }) => name).toSorted())
  for (const { name, audience } of operations) {
    const { byStore, byMember } = rows[name] ?? {}
    const told = { name, byStore: byStore !== undefined, byMember: byMember !== undefined }
    expect(told).toEqual({ name, byStore: audience === 'pos', byMember: audience === 'member' })
  }
})

describe.each(operations.map((operation) => ({ name: operation.name, operation })))('$name', ({ name, operation }) => {
  const row = rows[name]
  if (!row) return // the test above has failed for it

  test('may be called by who may, first and again', async () => {
    expect(firstOutcomes.get(name)).toBe(row.first)
    await expectOutcome(example(operation, await rightToken(operation)), row.again, row.renews ?? null)
  })

  test('no token: 401', () => expectRefused(example(operation), '401 unauthorized'))

  test.each(Object.entries(forgeries))('%s: 401', async (_kind, forge) => {
    const claims = { ...claimsOf(laurel, subjects[operation.audience], [operation.scope]), ...verified }
    await expectRefused(example(operation, await forge(laurel, claims)), '401 unauthorized')
  })

  test.each(['', 'Basic ', 'Bearer Bearer ', 'Bearer  ', 'DPoP ', 'Bearer x.y.z, Bearer '])(
    'a good token behind "%s": 401',
    async (scheme) => {
      const request = example(operation)
      const authorization = `${scheme}${await rightToken(operation)}`
      await expectRefused({ ...request, headers: { ...request.headers, authorization } }, '401 unauthorized')
    },
  )

  test('a good token in the query: 401', async () => {
    const request = example(operation)
    await expectRefused({ ...request, path: `${request.path}?access_token=${await rightToken(operation)}` }, '401 unauthorized')
  })

  const wrong = allScopes.filter((scope) => scope !== operation.scope)
  test.each([...wrong, '', `${operation.scope}s`, operation.scope.toUpperCase(), 'laurel/*', wrong.join(' ')])(
    'scope "%s" alone: 403',
    async (scope) => {
      await expectRefused(example(operation, await tokenOf(operation, [scope])), '403 scope-missing')
    },
  )

  test('the right scope of a programme that does not exist: 403', async () => {
    await expectRefused(
      example(operation, await laurel.sign({ subject: 'lost', scopes: [operation.scope] })),
      '403 programme-forbidden',
    )
  })

  test(`the right scope of another programme: ${row.anotherProgramme}, and nothing of this one`, async () => {
    const programme = `other-${name}`
    await createProgramme(laurel.runtime.store, programme, demoProgramme, laurel.now)
    await laurel.identify({ subject: programme, programme, ...(operation.audience === 'pos' && { stores: '*' as const }) })
    const token = await genuine(laurel, { ...claimsOf(laurel, programme, [operation.scope]), ...verified })
    const own = new RegExp(`^(P#${programme}[# ]|IDENTITY#\\S+#${programme} )`)
    const answer = await expectOutcome(example(operation, token), row.anotherProgramme, own)
    // The example of enrolment names an e-mail address of its own, and its answer repeats it.
    const repeated = JSON.stringify(operation.example.body ?? '')
    for (const secret of secrets) if (!repeated.includes(secret)) expect(answer.text).not.toContain(secret)
  })

  if (row.byStore) {
    const { own, another } = row.byStore
    test(`a till of the store: ${own}`, async () => {
      const token = await laurel.sign({ subject: 'till-leeds', scopes: ['laurel/pos'] })
      await expectOutcome(example(operation, token), own, null)
    })
    test(`a till of another store: ${another}`, async () => {
      const token = await laurel.sign({ subject: 'till-york', scopes: ['laurel/pos'] })
      await expectOutcome(example(operation, token), another, null)
    })
  }

  if (row.byMember) {
    const { another, unlinked } = row.byMember
    test(`another member: ${another}, and nothing of this one`, async () => {
      const token = await genuine(laurel, { ...claimsOf(laurel, 'bert', [operation.scope]), client_id: 'app' })
      // What they do to what is their own they may.
      const own = operation.method === 'GET' ? null : /^P#demo#(M#m-[0-9a-z]{20}|CLUB#\S+|COMPLAINT(S|#c-\S+)) /
      const answer = await expectOutcome(example(operation, token), another, row.counts ?? own)
      revealNothing(answer)
      expect(answer.text).not.toContain('m-1001')
    })
    test(`a token linked to nobody: ${unlinked}`, async () => {
      const subject = `nobody-${name}`
      const token = await genuine(laurel, { ...claimsOf(laurel, subject, [operation.scope]), client_id: 'app' })
      const fresh = new RegExp(`^(P#demo#M#m-[0-9a-z]{20} |P#demo#ROSTER#|IDENTITY#\\S+#${subject} )`)
      const answer = await expectOutcome(example(operation, token), unlinked, unlinked === '201' ? fresh : null)
      revealNothing(answer)
      expect(answer.text).not.toContain('m-1001')
    })
  }

  describe('401 comes before 403, and 403 before what is wrong with the request', () => {
    const tooLarge = operation.mostBodyBytes === undefined ? '413 body-too-large' : '413 document-too-large'
    const faults: { readonly [fault: string]: { change: (request: WireRequest) => WireRequest; expected: string } } = {
      'an unknown query parameter': {
        change: (request) => ({ ...request, path: `${request.path}?nonsense=1` }),
        expected: '400 invalid-parameter',
      },
      ...(operation.path.includes('{') && {
        'broken percent-encoding': {
          change: (request: WireRequest) => ({ ...request, path: operation.path.replace(/\{\w+\}/g, '%zz') }),
          expected: '400 invalid-parameter',
        },
      }),
      ...(operation.body && {
        'another content type': {
          change: ({ headers, ...request }: WireRequest) => ({
            ...request,
            headers: { ...headers, 'content-type': 'text/plain' },
          }),
          expected: '415 unsupported-media-type',
        },
        'a body that is too large': {
          change: (request: WireRequest) => ({ ...request, body: JSON.stringify('x'.repeat(mostBytesOf(operation))) }),
          expected: tooLarge,
        },
        'a body in pieces, too large in all': {
          change: ({ body: _, ...request }: WireRequest) => ({
            ...request,
            chunks: Array.from({ length: 300 }, () => ' '.repeat(mostBytesOf(operation) / 256)),
          }),
          expected: tooLarge,
        },
        'malformed JSON': { change: (request: WireRequest) => ({ ...request, body: '{' }), expected: '400 malformed-json' },
        'bytes that are no text': {
          change: (request: WireRequest) => ({ ...request, body: Uint8Array.from([0x22, 0xff, 0x22]) }),
          expected: '400 malformed-json',
        },
        'a body of another type': { change: (request: WireRequest) => ({ ...request, body: '7' }), expected: '422 invalid-body' },
      }),
    }
    test.each(Object.entries(faults))('%s', async (_fault, { change, expected }) => {
      const strange = await laurel.sign({ subject: 'a-stranger', scopes: allScopes })
      await expectRefused(change(example(operation)), '401 unauthorized')
      await expectRefused(change(example(operation, strange)), '401 unauthorized')
      await expectRefused(change(example(operation, await tokenOf(operation, wrong))), '403 scope-missing')
      await expectOutcome(change(example(operation, await rightToken(operation))), expected, null)
    })
  })
})

describe('stores, where the operation does not name one in its example', () => {
  const york = async (): Promise<string> => laurel.sign({ subject: 'till-york', scopes: ['laurel/pos'] })

  test('a return that names a store is of that store', async () => {
    const body = { ...(recordReturn.example.body as object), storeId: 'leeds' }
    const params = { purchaseId: 'leeds:till-3:000123', returnId: 'r-2' }
    await expectRefused(requestOf(recordReturn, await york(), { params, body }), '403 store-forbidden')
  })

  test('each operation of a batch is judged as if it were posted alone', async () => {
    const before = await laurel.dump()
    const answer = await laurel.send(example(runBatch, await york()))
    const { results } = JSON.parse(answer.text) as { results: { status: number; body: { code?: string } }[] }
    expect(results.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'id-reused'],
      [403, 'store-forbidden'],
    ])
    expect(changedKeys(before, await laurel.dump())).toEqual([])
  })
})
