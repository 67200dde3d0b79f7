import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { cardNumber } from './purchases.ts'
import { awards, balance, explanation, gifts, id, instant, points, storeId, text, tier } from './values.ts'

const mostAttributes = 20

export const eventFields = {
  type: id.meta({ description: 'What happened: campaigns with this trigger give a bonus for it.', example: 'training' }),
  occurredAt: instant,
  storeId: storeId.optional(),
  attributes: z
    .record(id, z.union([text(256), z.int()]))
    .refine((attributes) => Object.keys(attributes).length <= mostAttributes, `must be at most ${mostAttributes}`)
    // In the order of RFC 8785, so that a body is the same in whatever order it was sent.
    .overwrite((attributes) => Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))))
    .optional()
    .meta({ description: 'What else is to be kept of it.' }),
}

const member = z.union([canonicalObject({ id }), canonicalObject({ card: cardNumber })])
export const eventBody = canonicalObject({ member, ...eventFields }).meta({ id: 'Event' })

export type EventBody = z.output<typeof eventBody>

export const eventAnswer = lazily(() =>
  z
    .object({
      eventId: id,
      memberId: id,
      type: id,
      points: z.object({ earned: points() }),
      awards: awards(),
      gifts: gifts().optional(),
      explanation: explanation().optional(),
      balance: balance(),
      tier: tier(),
    })
    .meta({ id: 'EventAnswer' }),
)

const undoneAnswer = lazily(() =>
  z.object({ eventId: id, memberId: id, points: z.object({ clawedBack: points() }), balance: balance(), tier: tier() }),
)

export const params = z.strictObject({ eventId: id })
const none = z.strictObject({})
export const query = z.strictObject({
  explain: z.enum(['true', 'false']).optional().meta({ description: 'Say of every campaign why it gave what it did.' }),
})
export const summary = 'Post what a member did that is no purchase: a training attended, a survey answered, an app installed'
export const description = 'The event counts once for its id, for ever. It is judged by what was in force when it happened.'
export const problems = [
  'member-unknown',
  'member-closed',
  'store-unknown',
  'occurred-in-future',
  'id-reused',
  'too-many-buckets',
  'limit-exceeded',
  'record-too-large',
] as const
export const example = { type: 'training', occurredAt: '2026-11-21T10:15:00Z', attributes: { course: 'coffee', hours: 2 } }

export const recordEvent = operation({
  name: 'recordEvent',
  summary,
  description,
  audience: 'pos',
  method: 'PUT',
  path: '/pos/events/{eventId}',
  scope: 'laurel/pos',
  params,
  query,
  body: eventBody,
  answers: () => ({ 201: eventAnswer(), 200: eventAnswer() }),
  problems: [...problems, 'card-replaced', 'store-forbidden'],
  example: { params: { eventId: 'training-17:m-1001' }, body: { member: { card: '6335550001' }, storeId: 'leeds', ...example } },
})

export const undoEvent = operation({
  name: 'undoEvent',
  summary: 'Take back an event that was posted by mistake',
  description: 'What it gave is clawed back; its id stays used. What is already so is success.',
  audience: 'pos',
  office: 'clubs',
  method: 'DELETE',
  path: '/pos/events/{eventId}',
  scope: 'laurel/pos',
  params,
  query: none,
  body: undefined,
  answers: () => ({ 200: undoneAnswer() }),
  problems: ['event-unknown', 'store-forbidden'],
  example: { params: { eventId: 'training-17:m-1001' } },
})
