import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { joinBody, joined, joinProblems, left, membership } from './memberships.ts'
import { operation } from './operation.ts'
import { amount, balance, currency, id, instant, points, storeId, tier } from './values.ts'

const none = z.strictObject({})
const memberParams = z.strictObject({ memberId: id, clubId: id })

export const joinClubFor = operation({
  name: 'joinClubFor',
  summary: 'Let a member into a club at a till',
  audience: 'pos',
  office: 'clubs',
  method: 'PUT',
  path: '/pos/members/{memberId}/clubs/{clubId}',
  scope: 'laurel/pos',
  params: memberParams,
  query: none,
  body: joinBody,
  answers: () => ({ 201: joined(), 200: joined() }),
  problems: joinProblems,
  example: { params: { memberId: 'm-1001', clubId: 'first-to-know' }, body: {} },
})

export const leaveClubFor = operation({
  name: 'leaveClubFor',
  summary: 'Take a member out of a club at a till',
  description: 'Also where they left it before, or never belonged to it. What comes back of a fee is told, and booked once.',
  audience: 'pos',
  office: 'clubs',
  method: 'DELETE',
  path: '/pos/members/{memberId}/clubs/{clubId}',
  scope: 'laurel/pos',
  params: memberParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: left() }),
  problems: ['member-unknown'],
  example: { params: { memberId: 'm-1001', clubId: 'tasting-table' } },
})

export const payForClub = operation({
  name: 'payForClub',
  summary: 'Post the fee that a member paid for a club',
  description:
    'It starts the membership or, within the term or its grace, renews it from the end of the term. The payment counts once, ' +
    'for ever. Whoever took a fee that is refused here gives it back.',
  audience: 'pos',
  office: 'clubs',
  method: 'PUT',
  path: '/pos/members/{memberId}/clubs/{clubId}/payments/{paymentId}',
  scope: 'laurel/pos',
  params: z.strictObject({ memberId: id, clubId: id, paymentId: id }),
  query: none,
  body: canonicalObject({ occurredAt: instant, amount, currency }).meta({ id: 'ClubPayment' }),
  answers: () => {
    const paid = z.object({ paymentId: id, memberId: id, club: membership().nullable() }).meta({
      id: 'PaidClub',
      description: 'The membership as of now; null where it is over already.',
    })
    return { 201: paid, 200: paid }
  },
  problems: [
    'club-unknown',
    'member-unknown',
    'member-closed',
    'club-requirement',
    'club-without-fee',
    'club-fee-differs',
    'currency-mismatch',
    'occurred-in-future',
    'id-reused',
    'too-many-clubs',
    'too-many-paid-terms',
  ],
  example: {
    params: { memberId: 'm-1001', clubId: 'night-opening', paymentId: 'pay-1' },
    body: { occurredAt: '2026-11-21T10:15:00Z', amount: 2500, currency: 'GBP' },
  },
})

export const checkIn = operation({
  name: 'checkIn',
  summary: 'Let a member in to an event of their club',
  description:
    'Once a member. Who said nothing comes in while there is a place left. What it earns pays debt first and expires like ' +
    'points earned then.',
  audience: 'pos',
  office: 'clubs',
  method: 'PUT',
  path: '/pos/clubs/{clubId}/events/{eventId}/check-ins/{memberId}',
  scope: 'laurel/pos',
  params: z.strictObject({ clubId: id, eventId: id, memberId: id }),
  query: none,
  body: canonicalObject({ occurredAt: instant, storeId: storeId.optional() }).meta({ id: 'CheckIn' }),
  answers: () => {
    const attendance = z
      .object({
        clubId: id,
        eventId: id,
        memberId: id,
        points: z.object({ earned: points() }),
        balance: balance(),
        tier: tier(),
      })
      .meta({ id: 'Attendance' })
    return { 201: attendance, 200: attendance }
  },
  problems: [
    'event-unknown',
    'member-unknown',
    'member-closed',
    'not-in-club',
    'event-full',
    'event-not-now',
    'event-called-off',
    'occurred-in-future',
    'store-forbidden',
    'id-reused',
    'too-many-buckets',
    'limit-exceeded',
  ],
  example: {
    params: { clubId: 'candle-friends', eventId: 'advent', memberId: 'm-1001' },
    body: { occurredAt: '2026-11-21T10:30:00Z', storeId: 'leeds' },
  },
})
