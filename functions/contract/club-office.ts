import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, id, instant, text } from './values.ts'

const none = z.strictObject({})
const eventParams = z.strictObject({ clubId: id, eventId: id })

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
  office: 'clubs',
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
  office: 'clubs',
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

const eventBody = canonicalObject({
  name: text(256),
  startsAt: instant,
  endsAt: instant.meta({ description: 'After it starts.', example: '2026-12-11T22:00:00Z' }),
  capacity: z.int().min(1).max(1000).meta({ description: 'How many may come.', example: 40 }),
  points: z.int().min(1).max(1_000_000).optional().meta({ description: 'What coming earns.', example: 50 }),
})
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    path: ['endsAt'],
    error: 'must be after startsAt',
  })
  .meta({ id: 'ClubEventBody' })

const members = lazily(() => z.array(id))

const clubEvent = lazily(() =>
  z
    .object({
      clubId: id,
      eventId: id,
      name: z.string(),
      startsAt: answeredInstant(),
      endsAt: answeredInstant(),
      capacity: z.int(),
      points: z.int(),
      placesLeft: z.int(),
      coming: members().meta({ description: 'Who has a place and is not there yet.' }),
      waiting: members().meta({ description: 'Who waits for a place, in the order in which they get one.' }),
      came: members(),
      calledOff: z
        .object({
          at: answeredInstant(),
          guests: members().meta({ description: 'Who had a place or waited for one, and is to be told.' }),
        })
        .optional()
        .meta({ description: 'Left out unless it was.' }),
    })
    .meta({ id: 'ClubEvent' }),
)

export const announceEvent = operation({
  name: 'announceEvent',
  summary: 'Announce an event of a club, or change it',
  description:
    'Its id is taken by its first body. Another body changes the event, with an If-Match header that says what of it was seen, as ' +
    'long as it has not begun: whoever has a place keeps it, and those who wait get the places that are added.',
  audience: 'admin',
  office: 'clubs',
  method: 'PUT',
  path: '/admin/clubs/{clubId}/events/{eventId}',
  scope: 'laurel/admin.marketing',
  params: eventParams,
  query: none,
  body: eventBody,
  ifMatch: 'optional',
  etag: true,
  answers: () => ({ 201: clubEvent(), 200: clubEvent() }),
  problems: [
    'club-unknown',
    'id-reused',
    'precondition-failed',
    'event-begun',
    'event-called-off',
    'event-over',
    'capacity-taken',
  ],
  example: {
    params: { clubId: 'candle-friends', eventId: 'advent' },
    body: { name: 'Advent evening', startsAt: '2026-11-21T09:00:00Z', endsAt: '2026-12-11T22:00:00Z', capacity: 40, points: 50 },
  },
})

export const readEvent = operation({
  name: 'readEvent',
  summary: 'Who comes to an event, who waits and who came',
  audience: 'admin',
  office: 'clubs',
  method: 'GET',
  path: '/admin/clubs/{clubId}/events/{eventId}',
  scope: 'laurel/admin.read',
  params: eventParams,
  query: none,
  body: undefined,
  etag: true,
  answers: () => ({ 200: clubEvent() }),
  problems: ['event-unknown'],
  example: { params: { clubId: 'candle-friends', eventId: 'advent' } },
})

export const callOffEvent = operation({
  name: 'callOffEvent',
  summary: 'Call an event off',
  description:
    'All replies end with it; who had one is told to staff. Members see that it was called off until it would have ended.',
  audience: 'admin',
  office: 'clubs',
  method: 'DELETE',
  path: '/admin/clubs/{clubId}/events/{eventId}',
  scope: 'laurel/admin.marketing',
  params: eventParams,
  query: none,
  body: undefined,
  etag: true,
  answers: () => ({ 200: clubEvent() }),
  problems: ['event-unknown', 'event-over'],
  example: { params: { clubId: 'candle-friends', eventId: 'advent' } },
})
