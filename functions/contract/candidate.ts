import * as z from 'zod'
import { canonicalObject } from './canonical.ts'
import { programmeDocument } from './programme-document.ts'

/** What is tried out. */
export const under = z
  .union([
    z.literal('draft'),
    canonicalObject({ revision: z.int().min(1).max(999_999) }),
    canonicalObject({ document: programmeDocument }),
  ])
  .meta({
    id: 'Candidate',
    description: 'The draft (the latest revision where there is none), a published revision, or a document as it is here.',
  })

export type Under = z.output<typeof under>
