import * as z from 'zod'
import type { GiftPolicy } from '../domain/gift-policy.ts'
import { mostAmount } from './values.ts'

const daily = z.strictObject({ points: z.int().min(1).max(mostAmount), times: z.int().min(1).max(100) })

/** Whether and how members give points to members. */
export const giftPolicy = z
  .strictObject({
    perDay: daily.meta({ description: 'What one member may give in a local day.' }),
    receivedPerDay: daily.meta({ description: 'What one member may be given in a local day.' }),
    undoHours: z.int().min(0).max(720).meta({ description: 'Hours in which the giver may take a gift back; 0: not at all.' }),
  })
  .meta({ id: 'GiftPolicy' }) satisfies z.ZodType<GiftPolicy>
