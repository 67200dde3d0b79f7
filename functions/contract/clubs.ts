import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { amount, answeredInstant, currency, id, instant } from './values.ts'

const none = z.strictObject({})
const ownParams = z.strictObject({ clubId: id })
const memberParams = z.strictObject({ memberId: id, clubId: id })

/** How somebody asks to be let in: a club by invitation wants a code. */
const joinBody = z
  .strictObject({ code: z.string().min(1).max(64) })
  .partial()
  .meta({ id: 'JoinClub' })

/** A club that a member belongs to, as answers about the member show it. */
export const membership = lazily(() =>
  z.object({
    id: z.string(),
    name: z.string().optional().meta({ description: 'Left out where the programme no longer has the club.' }),
    since: answeredInstant(),
    until: answeredInstant().nullable().meta({ description: 'The end of the term; null: it has none.' }),
    inGrace: z.boolean().meta({ description: 'The term is over and can still be renewed; what the club gives goes on.' }),
    graceUntil: answeredInstant()
      .nullable()
      .meta({ description: 'The end of the days of grace after the term, where there are any.' }),
    perks: z.array(z.string()),
  }),
)

export const memberships = lazily(() => z.array(membership()).meta({ description: 'Clubs that the member belongs to.' }))

const money = lazily(() => z.object({ amount, currency }))

const comingEvent = lazily(() =>
  z.object({
    eventId: id,
    name: z.string(),
    startsAt: answeredInstant(),
    endsAt: answeredInstant(),
    placesLeft: z.int().min(0),
    points: z.int().min(0).meta({ description: 'What coming earns.' }),
    reply: z.enum(['coming', 'waiting', 'came']).nullable().meta({ description: 'What I said, or that I was there.' }),
  }),
)

const offeredClub = lazily(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      description: z.string().optional(),
      kind: z.enum(['open', 'invitation', 'paid']),
      perks: z.array(z.string()),
      term: z.object({ months: z.int() }).optional(),
      fee: money().optional().meta({ description: 'For one term.' }),
      status: z.enum(['joined', 'may-join', 'may-not-join']),
      lacking: z
        .object({ tiers: z.array(z.string()).optional(), clubs: z.array(z.string()).optional() })
        .optional()
        .meta({ description: 'Why I may not join: I hold none of these tiers, or do not belong to these clubs.' }),
      membership: membership().optional(),
      events: z.array(comingEvent()).meta({ description: 'Events to come, the one that ends next first.' }),
    })
    .meta({ id: 'Club' }),
)

const joined = lazily(() => z.object({ memberId: id, club: membership() }).meta({ id: 'JoinedClub' }))
const left = lazily(() =>
  z
    .object({
      memberId: id,
      clubId: id,
      leftAt: answeredInstant().nullable().meta({ description: 'When it was left last; null: never.' }),
      refund: money()
        .extend({ payments: z.array(z.object({ paymentId: id, amount })) })
        .nullable()
        .meta({ description: 'What of the fees came back then, by payment; null: nothing. The same each time it is asked.' }),
    })
    .meta({ id: 'LeftClub' }),
)

export const readMyClubs = operation({
  name: 'readMyClubs',
  summary: 'All clubs of the programme: which I belong to, which I may join, which not and why',
  audience: 'member',
  method: 'GET',
  path: '/me/clubs',
  scope: 'laurel/member',
  params: none,
  query: none,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(offeredClub()) }) }),
  problems: ['member-unknown'],
  example: { params: {} },
})

const joinProblems = [
  'club-unknown',
  'member-unknown',
  'member-closed',
  'club-requirement',
  'club-fee-due',
  'invitation-invalid',
  'too-many-clubs',
] as const

export const joinMyClub = operation({
  name: 'joinMyClub',
  summary: 'Join a club',
  description:
    'An open club wants nothing, one by invitation a code, which is used up by it; a paid one is joined by its payment. ' +
    'Who belongs to it already is told so, and uses up no code.',
  audience: 'member',
  method: 'PUT',
  path: '/me/clubs/{clubId}',
  scope: 'laurel/member',
  params: ownParams,
  query: none,
  body: joinBody,
  answers: () => ({ 201: joined(), 200: joined() }),
  problems: joinProblems,
  example: { params: { clubId: 'candle-friends' }, body: {} },
})

export const leaveMyClub = operation({
  name: 'leaveMyClub',
  summary: 'Leave a club',
  description: 'Also where I left it before, or never belonged to it. What comes back of a fee is told, and booked once.',
  audience: 'member',
  method: 'DELETE',
  path: '/me/clubs/{clubId}',
  scope: 'laurel/member',
  params: ownParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: left() }),
  problems: ['member-unknown'],
  example: { params: { clubId: 'tasting-table' } },
})

export const joinClubFor = operation({
  name: 'joinClubFor',
  summary: 'Let a member into a club at a till',
  audience: 'pos',
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

const clubInvitation = lazily(() =>
  z
    .object({
      invitationId: id,
      clubId: id,
      code: z
        .string()
        .nullable()
        .meta({ description: 'Told once, when it is made; null later.', example: '7KX4-9MWC-H3PD-N6TA' }),
      uses: z.int(),
      used: z.int(),
      expiresAt: answeredInstant().nullable(),
      status: z.enum(['good', 'used-up', 'expired', 'void']),
    })
    .meta({ id: 'Invitation' }),
)

const invitationParams = z.strictObject({ clubId: id, invitationId: id })

export const makeInvitation = operation({
  name: 'makeInvitation',
  summary: 'Make a code that invites to a club',
  description: 'Nothing of the code is kept by which it could be told again. Lost: void the invitation and make another.',
  audience: 'admin',
  method: 'PUT',
  path: '/admin/clubs/{clubId}/invitations/{invitationId}',
  scope: 'laurel/admin.marketing',
  params: invitationParams,
  query: none,
  body: canonicalObject({
    uses: z.int().min(1).max(1_000_000).meta({ description: 'How many may join with it.', example: 1 }),
    expiresAt: instant.optional().meta({ description: 'From then on nobody may.', example: '2027-01-01T00:00:00Z' }),
  }).meta({ id: 'InvitationBody' }),
  answers: () => ({ 201: clubInvitation(), 200: clubInvitation() }),
  problems: ['club-unknown', 'club-without-invitation', 'id-reused'],
  example: { params: { clubId: 'tasting-table', invitationId: 'i-1' }, body: { uses: 1 } },
})

export const voidInvitation = operation({
  name: 'voidInvitation',
  summary: 'Void a code that invites to a club',
  description: 'Who joined with it stays.',
  audience: 'admin',
  method: 'DELETE',
  path: '/admin/clubs/{clubId}/invitations/{invitationId}',
  scope: 'laurel/admin.marketing',
  params: invitationParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: clubInvitation() }),
  problems: ['invitation-unknown'],
  example: { params: { clubId: 'tasting-table', invitationId: 'i-1' } },
})
