import * as z from 'zod'
import { type ProblemCode, problems } from './problem.ts'

/** The schema of every problem document. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]).meta({ description: 'Stable; for programs.' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().meta({ description: 'RFC 6901, into the body; of a bad parameter, its name after a slash.' }),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })
