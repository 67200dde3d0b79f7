import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { memberName } from './purchases.ts'
import { answeredInstant, balance, id, listQuery, mostAmount, nextCursor, points, text, tier } from './values.ts'

/** Points that members give to members. Neither learns who the other is: what the giver wants to be known the message says. */

const none = z.strictObject({})
const giftParams = z.strictObject({ giftId: id })

const status = lazily(() => z.enum(['given', 'undone']))
const undoUntil = lazily(() =>
  answeredInstant().meta({ description: 'Until then the giver may take it back, if it is there whole.' }),
)

const givenGift = lazily(() =>
  z
    .object({
      giftId: id,
      points: points(),
      status: status(),
      at: answeredInstant(),
      undoUntil: undoUntil(),
      balance: balance(),
      tier: tier(),
    })
    .meta({ id: 'GivenGift' }),
)

export const givePoints = operation({
  name: 'givePoints',
  summary: 'Give points to another member',
  description:
    'Spendable points, earliest expiry first, go over with their expiry, and pay the receiver’s debt first. The receiver is named ' +
    'by card or member id, which they have told me. Who is none, is closed or may not be given anything is answered alike; after ten wrong ' +
    'tries of a day nothing more is answered until the next.',
  audience: 'member',
  office: 'rewards',
  method: 'PUT',
  path: '/me/gifts/{giftId}',
  scope: 'laurel/member',
  params: giftParams,
  query: none,
  body: canonicalObject({
    to: memberName,
    points: z.int().min(1).max(mostAmount).meta({ example: 5 }),
    message: text(280).optional().meta({ description: 'The receiver reads it.', example: 'Happy birthday! Ada' }),
  }).meta({ id: 'Gift' }),
  answers: () => ({ 201: givenGift(), 200: givenGift() }),
  problems: [
    'member-unknown',
    'member-closed',
    'gifts-off',
    'gift-cap',
    'insufficient-points',
    'receiver-unknown',
    'gift-to-self',
    'too-many-tries',
    'too-many-buckets',
    'id-reused',
    'limit-exceeded',
  ],
  example: { params: { giftId: 'g-1' }, body: { to: { id: 'demo-member' }, points: 5, message: 'Happy birthday! Ada' } },
})

export const undoGift = operation({
  name: 'undoGift',
  summary: 'Take a gift back',
  description:
    'Whole or not at all, within the hours that the programme allows: as long as the receiver still has, of every expiry that it came ' +
    'with, as many spendable points as it had, and it paid no debt. Also where it was taken back before.',
  audience: 'member',
  office: 'rewards',
  method: 'DELETE',
  path: '/me/gifts/{giftId}',
  scope: 'laurel/member',
  params: giftParams,
  query: none,
  body: undefined,
  answers: () => ({ 200: givenGift() }),
  problems: [
    'member-unknown',
    'member-closed',
    'gift-unknown',
    'gift-undo-over',
    'gift-used',
    'too-many-buckets',
    'limit-exceeded',
  ],
  example: { params: { giftId: 'g-1' } },
})

const listedGift = lazily(() =>
  z
    .object({
      direction: z.enum(['given', 'received']),
      giftId: id.optional().meta({ description: 'Of what I gave.' }),
      points: points(),
      message: z.string().optional(),
      status: status(),
      at: answeredInstant(),
      undoUntil: undoUntil(),
    })
    .meta({ id: 'ListedGift' }),
)

export const readMyGifts = operation({
  name: 'readMyGifts',
  summary: 'Points that I gave and was given, newest first',
  audience: 'member',
  office: 'rewards',
  method: 'GET',
  path: '/me/gifts',
  scope: 'laurel/member',
  params: none,
  query: listQuery,
  body: undefined,
  answers: () => ({ 200: z.object({ items: z.array(listedGift()), nextCursor: nextCursor() }) }),
  problems: ['member-unknown', 'invalid-cursor'],
  example: { params: {} },
})
