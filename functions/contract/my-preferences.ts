import * as z from 'zod'
import { notes, preferences } from './notes.ts'
import { operation } from './operation.ts'

const none = z.strictObject({})

export const changeMyPreferences = operation({
  name: 'changeMyPreferences',
  summary: 'What I like, and whether it may be kept',
  description:
    'Without my consent nothing is kept. With it every outlet sees the notes, and may write some. Consent withdrawn deletes them all at once.',
  audience: 'member',
  office: 'clubs',
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
