import * as z from 'zod'
import { operation } from './operation.ts'
import { differenceAnswer, none } from './programme-draft.ts'
import { answeredInstant, id, instant, listQuery, nextCursor, text } from './values.ts'

export const readAudit = operation({
  name: 'readAudit',
  summary: 'Who of the staff changed what, when, from what to what; the newest first',
  description:
    'A page may have fewer records than asked for, or none, and go on: `nextCursor` is null at the end. There is no personal data ' +
    'of members in it, ids alone.',
  audience: 'admin',
  method: 'GET',
  path: '/admin/audit',
  scope: 'laurel/admin.read',
  params: none,
  query: listQuery.extend({
    from: instant.optional().meta({ description: 'Not before.' }),
    until: instant.optional().meta({ description: 'Before, and not at.' }),
    actor: text(256).optional().meta({ description: 'The subject of the token.' }),
    action: id.optional().meta({ description: 'The name of the operation.', example: 'putCampaign' }),
    target: text(512).optional().meta({ description: 'What its target begins with.', example: 'campaigns/' }),
  }),
  body: undefined,
  answers: () => ({
    200: z.object({
      items: z.array(
        differenceAnswer().extend({
          id: z.string(),
          at: answeredInstant(),
          actor: z.string(),
          action: z.string(),
          target: z.string(),
        }),
      ),
      nextCursor: nextCursor(),
    }),
  }),
  problems: ['invalid-cursor'],
  example: { params: {} },
})
