import * as z from 'zod'
import { lazily } from './lazily.ts'
import { joinBody, joined, joinProblems, left, membership, money } from './memberships.ts'
import { operation } from './operation.ts'
import { answeredInstant, id } from './values.ts'

const none = z.strictObject({})
const ownParams = z.strictObject({ clubId: id })
const eventParams = z.strictObject({ clubId: id, eventId: id })

const comingEvent = lazily(() =>
  z.object({
    eventId: id,
    name: z.string(),
    startsAt: answeredInstant(),
    endsAt: answeredInstant(),
    placesLeft: z.int().min(0),
    points: z.int().min(0).meta({ description: 'What coming earns.' }),
    reply: z.enum(['coming', 'waiting', 'came']).nullable().meta({ description: 'What I said, or that I was there.' }),
    calledOffAt: answeredInstant().optional().meta({ description: 'When it was called off; left out unless it was.' }),
  }),
)

const progress = lazily(() =>
  z.object({
    metric: z.enum(['visits', 'spend', 'purchases', 'points', 'items']),
    current: z.int().meta({ description: 'What is counted in the window of now, at what I have kept.' }),
    needed: z.int().min(0).meta({ description: 'What is missing in this window; 0: nothing.' }),
    by: answeredInstant().nullable().meta({ description: 'When this window ends; null: it never does.' }),
    until: answeredInstant()
      .nullable()
      .meta({ description: 'When I cease to belong to it if I buy no more; null: never, or I do not belong to it.' }),
  }),
)

const offeredClub = lazily(() =>
  z
    .object({
      id: z.string(),
      name: z.string(),
      description: z.string().optional(),
      kind: z.enum(['open', 'qualifying', 'invitation', 'paid']),
      perks: z.array(z.string()),
      term: z.object({ months: z.int(), renews: z.literal(true).optional().meta({ description: 'By itself.' }) }).optional(),
      fee: money().optional().meta({ description: 'For one term.' }),
      status: z.enum(['joined', 'may-join', 'may-not-join']),
      lacking: z
        .object({ tiers: z.array(z.string()).optional(), clubs: z.array(z.string()).optional() })
        .optional()
        .meta({ description: 'Why I may not join: I hold none of these tiers, or do not belong to these clubs.' }),
      progress: progress().optional().meta({ description: 'Of a club that I belong to as long as I buy enough.' }),
      membership: membership().optional(),
      events: z.array(comingEvent()).meta({ description: 'Events to come, the one that ends next first.' }),
    })
    .meta({ id: 'Club' }),
)

export const readMyClubs = operation({
  name: 'readMyClubs',
  summary: 'All clubs of the programme: which I belong to, which I may join, which not and why',
  audience: 'member',
  office: 'clubs',
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

export const joinMyClub = operation({
  name: 'joinMyClub',
  summary: 'Join a club',
  description:
    'An open club wants nothing, one by invitation a code, which is used up by it; a paid one is joined by its payment. ' +
    'One that takes in whoever qualifies needs no asking, but by whom left it. ' +
    'Who belongs to it already is told so, and uses up no code.',
  audience: 'member',
  office: 'clubs',
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
  description:
    'Also where I left it before, or never belonged to it. What comes back of a fee is told, and booked once. A club that takes in ' +
    'whoever qualifies does not take me in again before I ask.',
  audience: 'member',
  office: 'clubs',
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
  office: 'clubs',
  method: 'PUT',
  path: '/me/clubs/{clubId}/events/{eventId}/rsvp',
  scope: 'laurel/member',
  params: eventParams,
  query: none,
  body: none,
  answers: () => ({ 201: reply(), 200: reply() }),
  problems: ['event-unknown', 'member-unknown', 'member-closed', 'not-in-club', 'event-over', 'event-called-off', 'event-full'],
  example: { params: { clubId: 'candle-friends', eventId: 'advent' }, body: {} },
})

export const declineEvent = operation({
  name: 'declineEvent',
  summary: 'Say that I will not come',
  description: 'Who has waited longest gets the place. Who is there already has come, whatever they say.',
  audience: 'member',
  office: 'clubs',
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
