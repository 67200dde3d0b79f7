import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, balance, id, instant, points, storeId, text, tier } from './values.ts'

const none = z.strictObject({})
const eventParams = z.strictObject({ clubId: id, eventId: id })

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
    })
    .meta({ id: 'ClubEvent' }),
)

export const announceEvent = operation({
  name: 'announceEvent',
  summary: 'Announce an event of a club',
  audience: 'admin',
  method: 'PUT',
  path: '/admin/clubs/{clubId}/events/{eventId}',
  scope: 'laurel/admin.marketing',
  params: eventParams,
  query: none,
  body: eventBody,
  answers: () => ({ 201: clubEvent(), 200: clubEvent() }),
  problems: ['club-unknown', 'id-reused'],
  example: {
    params: { clubId: 'candle-friends', eventId: 'advent' },
    body: { name: 'Advent evening', startsAt: '2026-11-21T09:00:00Z', endsAt: '2026-12-11T22:00:00Z', capacity: 40, points: 50 },
  },
})

export const readEvent = operation({
  name: 'readEvent',
  summary: 'Who comes to an event, who waits and who came',
  audience: 'admin',
  method: 'GET',
  path: '/admin/clubs/{clubId}/events/{eventId}',
  scope: 'laurel/admin.read',
  params: eventParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: clubEvent() }),
  problems: ['event-unknown'],
  example: { params: { clubId: 'candle-friends', eventId: 'advent' } },
})

const reply = lazily(() =>
  z
    .object({
      clubId: id,
      eventId: id,
      reply: z.enum(['coming', 'waiting', 'came']).nullable(),
      ahead: z.int().optional().meta({ description: 'How many wait for a place before me.' }),
    })
    .meta({ id: 'EventReply' }),
)

export const acceptEvent = operation({
  name: 'acceptEvent',
  summary: 'Say that I will come to an event of my club',
  description: 'Where all places are taken I wait for one, in the order of asking.',
  audience: 'member',
  method: 'PUT',
  path: '/me/clubs/{clubId}/events/{eventId}/rsvp',
  scope: 'laurel/member',
  params: eventParams,
  query: none,
  body: none,
  answers: () => ({ 201: reply(), 200: reply() }),
  problems: ['event-unknown', 'member-unknown', 'member-closed', 'not-in-club', 'event-over', 'event-full'],
  example: { params: { clubId: 'candle-friends', eventId: 'advent' }, body: {} },
})

export const declineEvent = operation({
  name: 'declineEvent',
  summary: 'Say that I will not come',
  description: 'Who has waited longest gets the place. Who is there already has come, whatever they say.',
  audience: 'member',
  method: 'DELETE',
  path: '/me/clubs/{clubId}/events/{eventId}/rsvp',
  scope: 'laurel/member',
  params: eventParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: reply() }),
  problems: ['event-unknown', 'member-unknown', 'event-over'],
  example: { params: { clubId: 'candle-friends', eventId: 'advent' } },
})

export const checkIn = operation({
  name: 'checkIn',
  summary: 'Let a member in to an event of their club',
  description:
    'Once a member. Who said nothing comes in while there is a place left. What it earns pays debt first and expires like ' +
    'points earned then.',
  audience: 'pos',
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
