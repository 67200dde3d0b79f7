import { adjustPointsImplementation } from './adjust-points.ts'
import { backtestImplementations } from './backtests.ts'
import type { Implementation } from './context.ts'
import { experimentImplementations } from './experiments.ts'
import { readExplanationImplementation } from './read-explanation.ts'
import { simulatePurchaseImplementation } from './simulate-purchase.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  readExplanationImplementation,
  simulatePurchaseImplementation,
  ...backtestImplementations,
  ...experimentImplementations,
]
