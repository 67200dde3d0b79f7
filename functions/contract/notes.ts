import * as z from 'zod'
import { lazily } from './lazily.ts'
import { answeredInstant, id, storeId, text } from './values.ts'

/** What a guest likes, by what it is about: null takes a note away. */
export const notes = z
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

export const preferences = lazily(() =>
  z.object({ memberId: id, consent: z.boolean(), notes: preferenceNotes() }).meta({ id: 'Preferences' }),
)
