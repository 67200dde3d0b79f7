import * as z from 'zod'
import { lazily } from './lazily.ts'
import { operation } from './operation.ts'
import { answeredInstant, id, storeId, text } from './values.ts'

const none = z.strictObject({})

/** What a guest likes, by what it is about: null takes a note away. */
const notes = z
  .record(id, z.strictObject({ text: text(500) }).nullable())
  .refine((changes) => Object.keys(changes).length <= 50, 'at most 50 notes')
  .meta({ description: 'By type; what is left out stays, null removes.', example: { pillow: { text: 'two, feathers' } } })

/** Notes with who wrote each and when. */
export const preferenceNotes = lazily(() =>
  z.array(
    z.object({
      type: z.string(),
      text: z.string(),
      by: z.union([z.object({ member: z.literal(true) }), z.object({ storeId })]).meta({
        description: 'Who wrote it: the member, or staff at a store.',
      }),
      at: answeredInstant(),
    }),
  ),
)

const preferences = lazily(() =>
  z.object({ memberId: id, consent: z.boolean(), notes: preferenceNotes() }).meta({ id: 'Preferences' }),
)

export const changeMyPreferences = operation({
  name: 'changeMyPreferences',
  summary: 'What I like, and whether it may be kept',
  description:
    'Without my consent nothing is kept. With it every outlet sees the notes, and may write some. Consent withdrawn deletes them all at once.',
  audience: 'member',
  method: 'PATCH',
  path: '/me/preferences',
  scope: 'laurel/member',
  params: none,
  query: none,
  body: z.strictObject({ consent: z.boolean(), notes }).partial().meta({ id: 'PreferencesChange' }),
  answers: () => ({ 200: preferences() }),
  problems: ['member-unknown', 'consent-missing', 'too-many-notes'],
  example: { params: {}, body: { consent: true, notes: { pillow: { text: 'two, feathers' } } } },
})

export const changePreferencesFor = operation({
  name: 'changePreferencesFor',
  summary: 'Note what a guest likes',
  description: 'At an outlet that the token may post for, and only with the guest’s consent.',
  audience: 'pos',
  method: 'PATCH',
  path: '/pos/members/{memberId}/preferences',
  scope: 'laurel/pos',
  params: z.strictObject({ memberId: id }),
  query: none,
  body: z.strictObject({ storeId, notes }).meta({ id: 'PreferencesNoted' }),
  answers: () => ({ 200: preferences() }),
  problems: ['member-unknown', 'consent-missing', 'too-many-notes', 'store-forbidden', 'store-unknown'],
  example: { params: { memberId: 'm-1001' }, body: { storeId: 'leeds', notes: { coffee: { text: 'black' } } } },
})
