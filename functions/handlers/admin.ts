import { adjustPointsImplementation } from './adjust-points.ts'
import type { Implementation } from './context.ts'
import { endTierGrantImplementation } from './end-tier-grant.ts'
import { grantTierImplementation } from './grant-tier.ts'

/** What staff may do. */
export const adminImplementations: readonly Implementation[] = [
  adjustPointsImplementation,
  grantTierImplementation,
  endTierGrantImplementation,
]
