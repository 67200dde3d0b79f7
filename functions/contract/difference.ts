import * as z from 'zod'
import { lazily } from './lazily.ts'

/** What differs between two documents. */
export const differenceAnswer = lazily(() =>
  z
    .object({
      changes: z.array(
        z.object({
          kind: z.enum(['added', 'removed', 'changed', 'reordered']),
          pointer: z.string().meta({
            description: 'RFC 6901, with the id of an element that has one in the place of its index.',
            example: '/campaigns/double-weekend/priority',
          }),
          before: z.unknown().optional(),
          after: z.unknown().optional(),
        }),
      ),
      omitted: z
        .int()
        .meta({ description: 'Changes that there was no room for. A list without room is told, and counted, by its elements.' }),
    })
    .meta({ id: 'Difference' }),
)
