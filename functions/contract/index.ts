import { adjustPoints } from './adjustments.ts'
import { runBatch } from './batch.ts'
import { recordEvent, recordStaffEvent, undoEvent } from './events.ts'
import { enrolMe, explainPurchase, readActivity, readBalance, readMe } from './me.ts'
import { changeMember, enrolMember, readMember, searchMembers } from './members.ts'
import type { Operation } from './operation.ts'
import { quotePurchase, readExplanation, readPurchase, readReturn, recordPurchase, recordReturn } from './purchases.ts'

/** Every operation there is. */
export const operations: readonly Operation[] = [
  enrolMember,
  changeMember,
  readMember,
  searchMembers,
  quotePurchase,
  recordPurchase,
  readPurchase,
  recordReturn,
  readReturn,
  runBatch,
  recordEvent,
  undoEvent,
  enrolMe,
  readMe,
  readBalance,
  readActivity,
  explainPurchase,
  adjustPoints,
  readExplanation,
  recordStaffEvent,
]
