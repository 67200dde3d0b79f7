import * as z from 'zod'
import { eventBody } from './events.ts'
import { profileBody } from './members.ts'
import { operation } from './operation.ts'
import { purchaseBody, returnBody } from './purchases.ts'

const none = z.strictObject({})

/** An id as it would stand in a path: whether it is one is found out when its turn comes. */
const id = z.string().max(512).meta({ description: 'An id that the client chooses.', example: 'leeds:till-3:000124' })

/**
 * One operation of an offline till's queue. Its ids and its body are judged when its turn comes, so that one bad operation
 * spoils no other.
 */
export const batchOperation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('purchase'), id, body: z.unknown().meta({ description: 'As PUT /pos/purchases/{id}.' }) }),
  z.strictObject({
    op: z.literal('return'),
    purchaseId: id,
    id,
    body: z.unknown().meta({ description: 'As PUT /pos/purchases/{purchaseId}/returns/{id}.' }),
  }),
  z.strictObject({ op: z.literal('member'), id, body: z.unknown().meta({ description: 'As PUT /pos/members/{id}.' }) }),
  z.strictObject({ op: z.literal('event'), id, body: z.unknown().meta({ description: 'As PUT /pos/events/{id}.' }) }),
])

export type BatchOperation = z.output<typeof batchOperation>

/** The schemas of the bodies, for whoever writes a client. */
export const batchBodies = { purchase: purchaseBody, return: returnBody, member: profileBody, event: eventBody }

export const runBatch = operation({
  name: 'runBatch',
  summary: 'Post an offline till’s queue',
  description:
    'As if one after another, in order: each has the status and body that it would have had alone. A queue that holds what is no ' +
    'operation at all is refused as a whole, before anything is done.',
  audience: 'pos',
  method: 'POST',
  path: '/pos/batch',
  scope: 'laurel/pos',
  params: none,
  query: none,
  body: z.strictObject({ operations: z.array(batchOperation).max(100) }),
  answers: () => ({ 200: z.object({ results: z.array(z.object({ status: z.int(), body: z.unknown() })) }) }),
  problems: [],
  example: {
    params: {},
    body: {
      operations: [
        { op: 'member', id: 'm-1001', body: { card: '6335550001' } },
        {
          op: 'purchase',
          id: 'leeds:till-3:000124',
          body: {
            member: { id: 'm-1001' },
            storeId: 'leeds',
            occurredAt: '2026-11-21T10:20:00Z',
            currency: 'GBP',
            lines: [{ lineId: '1', sku: '22423', quantity: 1, amount: 1275 }],
          },
        },
      ],
    },
  },
})
