import { adjustPointsImplementation } from './adjust-points.ts'
import type { Implementation } from './context.ts'
import { readExplanationImplementation } from './read-explanation.ts'
import { recordStaffEventImplementation } from './record-event.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  readExplanationImplementation,
  recordStaffEventImplementation,
]
