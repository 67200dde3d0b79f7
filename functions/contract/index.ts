import { adjustPoints } from './adjustments.ts'
import { attachMyPurchase, attachPurchase } from './attaching.ts'
import { readBacktest, startBacktest } from './backtests.ts'
import { runBatch } from './batch.ts'
import { readExperimentReport, startExperimentReport } from './experiments.ts'
import { enrolMe, explainPurchase, readActivity, readBalance, readMe } from './me.ts'
import { changeMember, enrolMember, readMember, searchMembers } from './members.ts'
import type { Operation } from './operation.ts'
import { quotePurchase, readExplanation, readPurchase, readReturn, recordPurchase, recordReturn } from './purchases.ts'
import { readMemberAsStaff, setSegments } from './segments.ts'
import { simulatePurchase } from './simulation.ts'
import { endTierGrant, grantTier } from './tier-grants.ts'

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
  enrolMe,
  readMe,
  readBalance,
  readActivity,
  explainPurchase,
  attachMyPurchase,
  adjustPoints,
  readExplanation,
  attachPurchase,
  readMemberAsStaff,
  setSegments,
  grantTier,
  endTierGrant,
  simulatePurchase,
  startBacktest,
  readBacktest,
  startExperimentReport,
  readExperimentReport,
]
