import { attachMyPurchaseImplementation } from './attach-purchase.ts'
import type { Implementation } from './context.ts'
import { enrolMeImplementation } from './enrol-me.ts'
import { explainPurchaseImplementation } from './explain-purchase.ts'
import { readActivityImplementation } from './read-activity.ts'
import { readBalanceImplementation } from './read-balance.ts'
import { readMeImplementation } from './read-me.ts'

/** What members may do with what is their own. */
export const memberImplementations: readonly Implementation[] = [
  enrolMeImplementation,
  readMeImplementation,
  readBalanceImplementation,
  readActivityImplementation,
  explainPurchaseImplementation,
  attachMyPurchaseImplementation,
]
