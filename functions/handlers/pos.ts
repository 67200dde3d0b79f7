import { changeMemberImplementation } from './change-member.ts'
import type { Implementation } from './context.ts'
import { enrolMemberImplementation } from './enrol-member.ts'
import { quotePurchaseImplementation } from './quote-purchase.ts'
import { readMemberImplementation } from './read-member.ts'
import { readReturnImplementation } from './read-return.ts'
import { recordEventImplementation } from './record-event.ts'
import { recordPurchaseImplementation } from './record-purchase.ts'
import { recordReturnImplementation } from './record-return.ts'
import { runBatchImplementation } from './run-batch.ts'
import { searchMembersImplementation } from './search-members.ts'

/** What tills may do. */
export const posImplementations: readonly Implementation[] = [
  enrolMemberImplementation,
  changeMemberImplementation,
  readMemberImplementation,
  searchMembersImplementation,
  quotePurchaseImplementation,
  recordPurchaseImplementation,
  recordReturnImplementation,
  readReturnImplementation,
  runBatchImplementation,
  recordEventImplementation,
]
