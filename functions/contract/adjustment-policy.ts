import * as z from 'zod'
import type { AdjustmentPolicy } from '../domain/adjustment-caps.ts'
import { mostAmount } from './values.ts'

const most = z.int().min(0).max(mostAmount).optional()
const mostPoints = z.strictObject({ credit: most, debit: most }).optional()

const caps = z
  .strictObject({
    perAdjustment: mostPoints,
    perAgentDay: mostPoints,
    vouchersPerAgentDay: z
      .strictObject({
        count: most,
        value: most.meta({ description: 'The most that they take off in all their uses, minor units.' }),
      })
      .optional()
      .meta({ description: 'Vouchers that one agent gives out in a local day, by hand or by approving claims.' }),
  })
  .optional()
  .meta({ description: 'Points at once, and of one agent in a local day; no cap where nothing is said.' })

/** How many points staff may adjust and which vouchers they may give out, by what their identity says they are. */
export const adjustmentPolicy = z
  .strictObject({ agent: caps, supervisor: caps })
  .meta({ id: 'AdjustmentPolicy' }) satisfies z.ZodType<AdjustmentPolicy>
