import { answerComplaintImplementation, resolveComplaintImplementation } from './answer-complaint.ts'
import type { Implementation } from './context.ts'
import { openComplaintForImplementation, openMyComplaintImplementation } from './open-complaint.ts'
import { rateMyComplaintImplementation } from './rate-my-complaint.ts'
import { rateMyPurchaseImplementation, ratePurchaseImplementation } from './rate-purchase.ts'
import {
  listComplaintsImplementation,
  listMyComplaintsImplementation,
  readComplaintImplementation,
  readMyComplaintImplementation,
} from './read-complaints.ts'
import { readPurchaseImplementation } from './read-purchase.ts'
import { reopenMyComplaintImplementation } from './reopen-my-complaint.ts'
import { simulatePurchaseImplementation } from './simulate-purchase.ts'

/**
 * What tills, members and staff may do where a customer is not satisfied; and what points they would be given. That
 * takes what books purchases, which the function for the programme itself has no room for.
 */
export const careImplementations: readonly Implementation[] = [
  openComplaintForImplementation,
  openMyComplaintImplementation,
  listMyComplaintsImplementation,
  readMyComplaintImplementation,
  listComplaintsImplementation,
  readComplaintImplementation,
  answerComplaintImplementation,
  resolveComplaintImplementation,
  rateMyComplaintImplementation,
  reopenMyComplaintImplementation,
  rateMyPurchaseImplementation,
  ratePurchaseImplementation,
  readPurchaseImplementation,
  simulatePurchaseImplementation,
]
