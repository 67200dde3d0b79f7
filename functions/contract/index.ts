import { adjustPoints } from './adjustments.ts'
import { attachMyPurchase, attachPurchase } from './attaching.ts'
import { readAudit } from './audit.ts'
import { readBacktest, startBacktest } from './backtests.ts'
import { runBatch } from './batch.ts'
import { decideClaim, decideClaims, listClaims, readClaim, undoClaim } from './claim-office.ts'
import {
  listMyClaims,
  readClaimAtStore,
  readMyClaim,
  receiveClaimedGoods,
  settleClaim,
  submitClaimFor,
  submitMyClaim,
  withdrawMyClaim,
} from './claims.ts'
import { announceEvent, callOffEvent, makeInvitation, readEvent, voidInvitation } from './club-office.ts'
import { checkIn, joinClubFor, leaveClubFor, payForClub } from './clubs.ts'
import {
  answerComplaint,
  listComplaints,
  listMyComplaints,
  openComplaintFor,
  openMyComplaint,
  rateMyComplaint,
  readComplaint,
  readMyComplaint,
  reopenMyComplaint,
  resolveComplaint,
} from './complaints.ts'
import { recordEvent, undoEvent } from './events.ts'
import { readExperimentReport, startExperimentReport } from './experiments.ts'
import { readGrantedRewards, readMyGrantedRewards } from './granted-rewards.ts'
import { readGuaranteeReport, startGuaranteeReport } from './guarantee-reports.ts'
import { enrolMe, explainPurchase, readActivity, readBalance, readMe } from './me.ts'
import { changeMember, enrolMember, readMember, searchMembers } from './members.ts'
import { acceptEvent, declineEvent, joinMyClub, leaveMyClub, readMyClubs } from './my-clubs.ts'
import { givePoints, readMyGifts, undoGift } from './my-gifts.ts'
import { changeMyPreferences } from './my-preferences.ts'
import { readMyRedemptions, readMyRewards } from './my-rewards.ts'
import { readMyVouchers } from './my-vouchers.ts'
import type { Operation } from './operation.ts'
import { changePreferencesFor } from './preferences.ts'
import { compareDraft, putDraft, readDraft, validateDraft } from './programme-draft.ts'
import { parts, putTiers, readTiers } from './programme-parts.ts'
import { listRevisions, publishDraft, readRevision, rollBack } from './programme-revisions.ts'
import { quotePurchase, readExplanation, readPurchase, readReturn, recordPurchase, recordReturn } from './purchases.ts'
import {
  captureRedemption,
  readRedemption,
  redeemMyReward,
  redeemReward,
  releaseMyRedemption,
  releaseRedemption,
  reverseRedemption,
  reverseRedemptionAsStaff,
} from './redemptions.ts'
import { rateMyPurchase, ratePurchase } from './satisfaction.ts'
import { readSatisfactionReport, startSatisfactionReport } from './satisfaction-reports.ts'
import { readMemberAsStaff, setSegments } from './segments.ts'
import { simulatePurchase } from './simulation.ts'
import { makeSpendCode } from './spend-codes.ts'
import { recordStaffEvent } from './staff-events.ts'
import { endTierGrant, grantTier } from './tier-grants.ts'
import { issueVoucherAsStaff, readPool, uploadCodes, voidVoucherAsStaff } from './voucher-office.ts'
import { giveBackVoucherUse, lockVoucher, releaseVoucherLock, useVoucherLock, validateVoucher } from './vouchers.ts'

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
  attachMyPurchase,
  adjustPoints,
  makeInvitation,
  voidInvitation,
  announceEvent,
  readEvent,
  joinClubFor,
  leaveClubFor,
  payForClub,
  readMyClubs,
  joinMyClub,
  leaveMyClub,
  acceptEvent,
  declineEvent,
  checkIn,
  callOffEvent,
  changeMyPreferences,
  changePreferencesFor,
  submitMyClaim,
  submitClaimFor,
  listMyClaims,
  readMyClaim,
  readClaimAtStore,
  listClaims,
  readClaim,
  decideClaim,
  decideClaims,
  receiveClaimedGoods,
  settleClaim,
  withdrawMyClaim,
  undoClaim,
  openComplaintFor,
  openMyComplaint,
  listMyComplaints,
  readMyComplaint,
  listComplaints,
  readComplaint,
  answerComplaint,
  resolveComplaint,
  rateMyComplaint,
  reopenMyComplaint,
  rateMyPurchase,
  ratePurchase,
  redeemReward,
  captureRedemption,
  reverseRedemption,
  readRedemption,
  readMyRewards,
  readMyRedemptions,
  readMyGrantedRewards,
  readGrantedRewards,
  redeemMyReward,
  makeSpendCode,
  releaseRedemption,
  releaseMyRedemption,
  reverseRedemptionAsStaff,
  readExplanation,
  recordStaffEvent,
  attachPurchase,
  readMemberAsStaff,
  setSegments,
  grantTier,
  endTierGrant,
  readDraft,
  putDraft,
  ...parts.flatMap(({ put, read, listAll, remove }): readonly Operation[] => [put, read, listAll, remove]),
  putTiers,
  readTiers,
  compareDraft,
  validateDraft,
  publishDraft,
  rollBack,
  listRevisions,
  readRevision,
  readAudit,
  simulatePurchase,
  startBacktest,
  readBacktest,
  startExperimentReport,
  readExperimentReport,
  startGuaranteeReport,
  readGuaranteeReport,
  startSatisfactionReport,
  readSatisfactionReport,
  givePoints,
  undoGift,
  readMyGifts,
  uploadCodes,
  readPool,
  issueVoucherAsStaff,
  validateVoucher,
  lockVoucher,
  useVoucherLock,
  releaseVoucherLock,
  giveBackVoucherUse,
  readMyVouchers,
  voidVoucherAsStaff,
]
