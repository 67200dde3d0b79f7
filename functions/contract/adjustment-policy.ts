import * as z from 'zod'
import type { AdjustmentPolicy } from '../domain/adjustment-caps.ts'
import { mostAmount } from './values.ts'

const most = z.int().min(0).max(mostAmount).optional()
const mostPoints = z.strictObject({ credit: most, debit: most }).optional()

const caps = z
  .strictObject({ perAdjustment: mostPoints, perAgentDay: mostPoints })
  .optional()
  .meta({ description: 'Points at once, and of one agent in a local day; no cap where nothing is said.' })

/** How many points staff may adjust, by what their identity says they are. */
export const adjustmentPolicy = z
  .strictObject({ agent: caps, supervisor: caps })
  .meta({ id: 'AdjustmentPolicy' }) satisfies z.ZodType<AdjustmentPolicy>
