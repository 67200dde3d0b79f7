import { adjustPointsImplementation } from './adjust-points.ts'
import { attachPurchaseImplementation } from './attach-purchase.ts'
import type { Implementation } from './context.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [adjustPointsImplementation, attachPurchaseImplementation]
