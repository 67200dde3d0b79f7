import { afterAll, beforeAll, expect, test } from 'vitest'
import { announceEvent, callOffEvent, makeInvitation } from '../../functions/contract/club-office.ts'
import { checkIn, joinClubFor, payForClub } from '../../functions/contract/clubs.ts'
import { enrolMember } from '../../functions/contract/members.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { changePreferencesFor } from '../../functions/contract/preferences.ts'
import { adminScopes } from '../../functions/local/tokens.ts'
import { problemIn, requestOf } from '../support/client.ts'
import type { WireRequest } from '../support/http.ts'
import { Laurel } from '../support/laurel.ts'

/** Bad input to clubs, case by case, with the exact answer. Nothing of it is stored. */

let laurel: Laurel
let tokens: { readonly pos: string; readonly admin: string; readonly york: string }

/** The example of an operation with another body, and perhaps other parameters. */
const asked = (operation: Operation, change: object, params: object = {}, token?: string): WireRequest =>
  requestOf(operation, token ?? tokens[operation.audience as 'pos' | 'admin'], {
    params: { ...operation.example.params, ...params },
    body: { ...(operation.example.body as object), ...change },
  })

const changed = (change: object, ifMatch: string, params: object = {}): WireRequest => {
  const request = asked(announceEvent, change, params)
  return { ...request, headers: { ...request.headers, 'if-match': ifMatch } }
}

beforeAll(async () => {
  laurel = await Laurel.start()
  tokens = {
    pos: await laurel.token({ subject: 'till', programme: 'demo', stores: '*' }, ['laurel/pos']),
    admin: await laurel.token({ subject: 'desk', programme: 'demo' }, adminScopes),
    york: await laurel.token({ subject: 'york', programme: 'demo', stores: ['york'] }, ['laurel/pos']),
  }
  for (const request of [
    requestOf(enrolMember, tokens.pos, { params: { memberId: 'm-1001' }, body: {} }),
    asked(announceEvent, {}),
    asked(joinClubFor, {}, { clubId: 'candle-friends' }),
    asked(payForClub, {}),
    asked(checkIn, {}),
    asked(makeInvitation, {}),
  ])
    expect((await laurel.send(request)).status).toBe(201)
})

afterAll(() => laurel.close())

const cases: { readonly [what: string]: readonly [() => WireRequest, answer: string] } = {
  'a code that is a number': [() => asked(joinClubFor, { code: 7 }), '422 invalid-body /code'],
  'a code that is too long': [() => asked(joinClubFor, { code: 'x'.repeat(65) }), '422 invalid-body /code'],
  'a club’s id that is none': [() => asked(joinClubFor, {}, { clubId: 'a b' }), '400 invalid-parameter /clubId'],
  'a club that is not there': [() => asked(joinClubFor, {}, { clubId: 'nowhere' }), '404 club-unknown'],
  'a club of somebody unknown': [() => asked(joinClubFor, {}, { memberId: 'nobody' }), '404 member-unknown'],
  'more to joining than there is': [() => asked(joinClubFor, { since: '2020-01-01' }), '422 invalid-body /since'],
  'a fee that is negative': [() => asked(payForClub, { amount: -1 }), '422 invalid-body /amount'],
  'a fee with a fraction': [() => asked(payForClub, { amount: 0.5 }), '422 invalid-body /amount'],
  'a fee of another amount': [() => asked(payForClub, { amount: 2400 }, { paymentId: 'p-9' }), '409 club-fee-differs /amount'],
  'a fee in another currency': [
    () => asked(payForClub, { currency: 'EUR' }, { paymentId: 'p-9' }),
    '422 currency-mismatch /currency',
  ],
  'a fee of no day': [() => asked(payForClub, { occurredAt: '2026-02-30T10:00:00Z' }), '422 invalid-body /occurredAt'],
  'a fee of the day after tomorrow': [
    () => asked(payForClub, { occurredAt: '2026-11-23T17:00:01Z' }, { paymentId: 'p-9' }),
    '422 occurred-in-future /occurredAt',
  ],
  'a payment’s id once more': [() => asked(payForClub, { occurredAt: '2026-11-21T10:16:00Z' }), '409 id-reused'],
  'no uses': [() => asked(makeInvitation, { uses: 0 }), '422 invalid-body /uses'],
  'half a use': [() => asked(makeInvitation, { uses: 1.5 }), '422 invalid-body /uses'],
  'an end that is no instant': [() => asked(makeInvitation, { expiresAt: 'never' }), '422 invalid-body /expiresAt'],
  'an invitation’s id once more': [() => asked(makeInvitation, { uses: 7 }), '409 id-reused'],
  'an invitation to an open club': [() => asked(makeInvitation, {}, { clubId: 'candle-friends' }), '409 club-without-invitation'],
  'an event for nobody': [() => asked(announceEvent, { capacity: 0 }), '422 invalid-body /capacity'],
  'an event for too many': [() => asked(announceEvent, { capacity: 1001 }), '422 invalid-body /capacity'],
  'an event that ends before it starts': [
    () => asked(announceEvent, { endsAt: '2026-11-21T08:00:00Z' }),
    '422 invalid-body /endsAt',
  ],
  'an event that ends as it starts': [() => asked(announceEvent, { endsAt: '2026-11-21T09:00:00Z' }), '422 invalid-body /endsAt'],
  'an event of no points': [() => asked(announceEvent, { points: 0 }), '422 invalid-body /points'],
  'an event’s id once more': [() => asked(announceEvent, { capacity: 41 }), '409 id-reused'],
  'an event changed by whoever has not seen it': [() => changed({ capacity: 41 }, '"9"'), '412 precondition-failed'],
  'an event changed by a tag that is none': [() => changed({ capacity: 41 }, '1'), '412 precondition-failed'],
  'an event changed after somebody came': [() => changed({ capacity: 41 }, '"1"'), '409 event-begun'],
  'a change of what is not there': [() => changed({}, '*', { eventId: 'nothing' }), '412 precondition-failed'],
  'the calling off of what is not there': [() => asked(callOffEvent, {}, { eventId: 'nothing' }), '404 event-unknown'],
  'the calling off of an event’s id that is none': [
    () => asked(callOffEvent, {}, { eventId: 'a b' }),
    '400 invalid-parameter /eventId',
  ],
  'an event of no club': [() => asked(announceEvent, {}, { clubId: 'nowhere' }), '404 club-unknown'],
  'a check-in to no event': [() => asked(checkIn, {}, { eventId: 'nothing' }), '404 event-unknown'],
  'a check-in to another club’s event': [() => asked(checkIn, {}, { clubId: 'first-to-know' }), '404 event-unknown'],
  'a check-in by another store': [() => asked(checkIn, {}, {}, tokens.york), '403 store-forbidden /storeId'],
  'a check-in before the day': [
    () => asked(checkIn, { occurredAt: '2026-11-20T23:59:59Z' }, { memberId: 'demo-member' }),
    '409 not-in-club',
  ],
  'a second check-in with another time': [() => asked(checkIn, { occurredAt: '2026-11-21T10:31:00Z' }), '409 id-reused'],
  'notes that are a list': [() => asked(changePreferencesFor, { notes: [] }), '422 invalid-body /notes'],
  'notes of no store': [() => asked(changePreferencesFor, { storeId: undefined }), '422 invalid-body /storeId'],
  'notes without consent': [() => asked(changePreferencesFor, {}), '409 consent-missing /notes'],
}

test.each(Object.entries(cases))('%s', async (_what, [request, expected]) => {
  const before = await laurel.dump()
  const answer = problemIn(await laurel.send(request()))
  const [first] = answer.errors ?? []
  expect([answer.status, answer.code, ...(first ? [first.pointer] : [])].join(' ')).toBe(expected)
  expect(await laurel.dump()).toEqual(before)
})
