import * as z from 'zod'
import { type ServicePolicy, severities } from '../domain/service-policy.ts'
import { id, mostAmount, text } from './values.ts'

export const severity = z.enum(severities).meta({ description: 'How much it matters, from the least.' })

const term = z.union([
  z.strictObject({ hours: z.int().min(1).max(8760) }),
  z.strictObject({ days: z.int().min(0).max(365) }).meta({ description: 'To local midnight after so many more days.' }),
])

/** How the programme deals with complaints, and asks members how satisfied they are. */
export const servicePolicy = z
  .strictObject({
    categories: z
      .array(z.strictObject({ id, name: text(256), severity }))
      .min(1)
      .max(100)
      .refine((all) => new Set(all.map((each) => each.id)).size === all.length, 'two categories have the same id'),
    deadlines: z
      .strictObject({ low: term, normal: term, high: term, urgent: term })
      .meta({ description: 'By severity: within what time a complaint is to be resolved.' }),
    reopenDays: z
      .int()
      .min(0)
      .max(365)
      .optional()
      .meta({ description: 'Local days after that of its resolution in which a complaint may be reopened; never without it.' }),
    survey: z
      .strictObject({
        afterHours: z.int().min(1).max(8760).meta({ description: 'How long after the sale members are asked.' }),
        quietDays: z.int().min(1).max(3650).meta({ description: 'Times 24 hours in which nobody is asked again.' }),
        minimumAmount: z.int().min(0).max(mostAmount).optional().meta({ description: 'Of a purchase, minor units.' }),
        lowScore: z
          .strictObject({ atMost: z.int().min(0).max(10), opens: id })
          .optional()
          .meta({ description: 'The highest score that opens a complaint, and its category.' }),
      })
      .optional(),
  })
  .meta({ id: 'ServicePolicy' }) satisfies z.ZodType<ServicePolicy>
