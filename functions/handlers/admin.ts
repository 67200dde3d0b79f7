import { adjustPointsImplementation } from './adjust-points.ts'
import type { Implementation } from './context.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [adjustPointsImplementation]
