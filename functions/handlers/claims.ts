import type { Implementation } from './context.ts'
import { decideClaimImplementation, decideClaimsImplementation, undoClaimImplementation } from './decide-claim.ts'
import { listClaimsImplementation, listMyClaimsImplementation, readClaimImplementations } from './read-claims.ts'
import { receiveClaimedGoodsImplementation, settleClaimImplementation, withdrawMyClaimImplementation } from './settle-claim.ts'
import { submitClaimForImplementation, submitMyClaimImplementation } from './submit-claim.ts'

/** What tills, members and staff may do about satisfaction guarantees. */
export const claimImplementations: readonly Implementation[] = [
  submitMyClaimImplementation,
  submitClaimForImplementation,
  listMyClaimsImplementation,
  ...readClaimImplementations,
  withdrawMyClaimImplementation,
  receiveClaimedGoodsImplementation,
  settleClaimImplementation,
  listClaimsImplementation,
  decideClaimImplementation,
  decideClaimsImplementation,
  undoClaimImplementation,
]
