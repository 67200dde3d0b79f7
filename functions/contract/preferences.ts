import * as z from 'zod'
import { notes, preferences } from './notes.ts'
import { operation } from './operation.ts'
import { id, storeId } from './values.ts'

const none = z.strictObject({})

export const changePreferencesFor = operation({
  name: 'changePreferencesFor',
  summary: 'Note what a guest likes',
  description: 'At an outlet that the token may post for, and only with the guest’s consent.',
  audience: 'pos',
  office: 'clubs',
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
