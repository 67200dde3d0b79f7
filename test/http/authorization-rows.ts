/** What the example of an operation is answered, as `status` or `status code`. */
export interface Row {
  /** By who may, when it is the first time. */
  readonly first: string
  /** By who may, when it was done before. */
  readonly again: string
  /** With the right scope in another programme, which has no records. */
  readonly anotherProgramme: string
  readonly byStore?: {
    /** By a till of the store that it names. */
    readonly own: string
    /** By a till of another store. */
    readonly another: string
  }
  readonly byMember?: {
    /** By another member of the programme. */
    readonly another: string
    /** By a token that is linked to nobody yet. */
    readonly unlinked: string
  }
  /** The record that asking again makes anew: it gives something new each time. */
  readonly renews?: RegExp
  /** The record in which a refusal is counted, where too many are a refusal of their own. */
  readonly counts?: RegExp
}

const pos = (first: string, again: string, anotherProgramme: string, own: string, another: string): Row => {
  return { first, again, anotherProgramme, byStore: { own, another } }
}
const member = (first: string, again: string, anotherProgramme: string, another: string, unlinked: string): Row => {
  return { first, again, anotherProgramme, byMember: { another, unlinked } }
}
const admin = (first: string, again: string, anotherProgramme: string): Row => ({ first, again, anotherProgramme })

/** An operation without its row fails the matrix. */
export const rows: { readonly [operation: string]: Row } = {
  // ————————————————— first, again, another programme ———— own store, another store
  enrolMember: pos('201', '200', '201', '200', '200'),
  changeMember: pos('200', '200', '404 member-unknown', '200', '200'),
  readMember: pos('200', '200', '404 member-unknown', '200', '200'),
  searchMembers: pos('200', '200', '200', '200', '200'),
  quotePurchase: pos('200', '200', '200', '200', '403 store-forbidden'),
  recordPurchase: pos('201', '200', '201', '200', '403 store-forbidden'),
  readPurchase: pos('200', '200', '404 purchase-unknown', '200', '200'),
  recordReturn: pos('201', '200', '202', '200', '200'),
  readReturn: pos('200', '200', '404 return-unknown', '200', '200'),
  recordEvent: pos('201', '200', '404 member-unknown', '200', '403 store-forbidden'),
  undoEvent: pos('200', '200', '404 event-unknown', '200', '403 store-forbidden'),
  redeemReward: pos('201', '200', '404 member-unknown', '200', '403 store-forbidden'),
  captureRedemption: pos(
    '200',
    '409 redemption-reversed',
    '404 redemption-unknown',
    '409 redemption-reversed',
    '403 store-forbidden',
  ),
  releaseRedemption: pos('200', '200', '404 redemption-unknown', '200', '200'),
  reverseRedemption: pos('200', '200', '404 redemption-unknown', '200', '403 store-forbidden'),
  readRedemption: pos('200', '200', '404 redemption-unknown', '200', '200'),
  runBatch: pos('200', '200', '200', '200', '200'),
  validateVoucher: pos('200', '409 voucher-void', '404 voucher-unknown', '409 voucher-void', '403 store-forbidden'),
  lockVoucher: pos('201', '200', '404 voucher-unknown', '200', '403 store-forbidden'),
  useVoucherLock: pos('200', '200', '404 voucher-lock-unknown', '200', '403 store-forbidden'),
  giveBackVoucherUse: pos('200', '200', '404 voucher-lock-unknown', '200', '403 store-forbidden'),
  releaseVoucherLock: pos('200', '200', '404 voucher-lock-unknown', '200', '403 store-forbidden'),
  joinClubFor: pos('201', '200', '404 member-unknown', '200', '200'),
  leaveClubFor: pos('200', '200', '404 member-unknown', '200', '200'),
  payForClub: pos('201', '200', '404 member-unknown', '200', '200'),
  checkIn: pos('201', '200', '404 event-unknown', '200', '403 store-forbidden'),
  changePreferencesFor: pos('200', '200', '404 member-unknown', '200', '403 store-forbidden'),
  submitClaimFor: pos('201', '200', '404 purchase-unknown', '200', '403 store-forbidden'),
  readClaimAtStore: pos('200', '200', '404 claim-unknown', '200', '200'),
  receiveClaimedGoods: pos('200', '200', '404 claim-unknown', '200', '403 store-forbidden'),
  settleClaim: pos('201', '200', '404 claim-unknown', '200', '403 store-forbidden'),
  openComplaintFor: pos('201', '200', '404 member-unknown', '200', '403 store-forbidden'),
  ratePurchase: pos('200', '200', '404 purchase-unknown', '200', '403 store-forbidden'),
  // ————————————————— first, again, another programme ———— another member, linked to nobody
  enrolMe: member('201', '200', '201', '200', '201'),
  readMe: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readBalance: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readActivity: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  explainPurchase: member('200', '200', '404 member-unknown', '404 purchase-unknown', '404 member-unknown'),
  readMyRewards: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readMyRedemptions: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readMyGrantedRewards: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readGrantedRewards: pos('200', '200', '404 member-unknown', '200', '200'),
  makeSpendCode: {
    ...member('201', '201', '404 member-unknown', '201', '404 member-unknown'),
    renews: /^P#demo#M#m-1001 SPEND$/,
  },
  redeemMyReward: member('201', '200', '404 member-unknown', '409 insufficient-points', '404 member-unknown'),
  releaseMyRedemption: member('200', '200', '404 member-unknown', '404 redemption-unknown', '404 member-unknown'),
  readMyClubs: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  joinMyClub: member('201', '200', '404 member-unknown', '201', '404 member-unknown'),
  leaveMyClub: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  acceptEvent: member('201', '200', '404 member-unknown', '409 event-called-off', '404 member-unknown'),
  declineEvent: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  changeMyPreferences: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  submitMyClaim: member('201', '200', '404 member-unknown', '404 purchase-unknown', '404 member-unknown'),
  listMyClaims: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readMyClaim: member('200', '200', '404 member-unknown', '404 claim-unknown', '404 member-unknown'),
  withdrawMyClaim: member('200', '200', '404 member-unknown', '404 claim-unknown', '404 member-unknown'),
  openMyComplaint: member('201', '200', '404 member-unknown', '201', '404 member-unknown'),
  listMyComplaints: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readMyComplaint: member('200', '200', '404 member-unknown', '404 complaint-unknown', '404 member-unknown'),
  rateMyComplaint: member('201', '200', '404 member-unknown', '404 complaint-unknown', '404 member-unknown'),
  reopenMyComplaint: member('201', '200', '404 member-unknown', '404 complaint-unknown', '404 member-unknown'),
  rateMyPurchase: member('201', '200', '404 member-unknown', '404 purchase-unknown', '404 member-unknown'),
  attachMyPurchase: {
    ...member('200', '200', '404 member-unknown', '404 purchase-unknown', '404 member-unknown'),
    counts: /^P#demo#M#m-[0-9a-z]{20} TRIES$/,
  },
  givePoints: member('201', '200', '404 member-unknown', '409 insufficient-points', '404 member-unknown'),
  undoGift: member('200', '200', '404 member-unknown', '404 gift-unknown', '404 member-unknown'),
  readMyGifts: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  readMyVouchers: member('200', '200', '404 member-unknown', '200', '404 member-unknown'),
  // ————————————————— first, again, another programme
  uploadCodes: admin('201', '200', '404 voucher-unknown'),
  readPool: admin('200', '200', '404 voucher-unknown'),
  issueVoucherAsStaff: admin('201', '200', '404 voucher-unknown'),
  voidVoucherAsStaff: admin('200', '200', '404 voucher-unknown'),
  adjustPoints: admin('201', '200', '404 member-unknown'),
  reverseRedemptionAsStaff: admin('200', '200', '404 redemption-unknown'),
  recordStaffEvent: admin('201', '200', '404 member-unknown'),
  readExplanation: admin('200', '200', '404 purchase-unknown'),
  attachPurchase: admin('200', '200', '404 purchase-unknown'),
  readMemberAsStaff: admin('200', '200', '404 member-unknown'),
  listComplaints: admin('200', '200', '200'),
  readComplaint: admin('200', '200', '404 complaint-unknown'),
  answerComplaint: admin('201', '200', '404 complaint-unknown'),
  resolveComplaint: admin('201', '200', '404 complaint-unknown'),
  makeInvitation: admin('201', '200', '404 club-unknown'),
  voidInvitation: admin('200', '200', '404 invitation-unknown'),
  announceEvent: admin('201', '200', '404 club-unknown'),
  callOffEvent: admin('200', '200', '404 event-unknown'),
  readEvent: admin('200', '200', '404 event-unknown'),
  listClaims: admin('200', '200', '200'),
  readClaim: admin('200', '200', '404 claim-unknown'),
  decideClaim: admin('200', '200', '404 claim-unknown'),
  decideClaims: admin('200', '200', '200'),
  undoClaim: admin('200', '200', '404 claim-unknown'),
  listGuarantees: admin('200', '200', '200'),
  putGuarantee: admin('200', '200', '200'),
  readGuarantee: admin('200', '200', '404 part-unknown'),
  deleteGuarantee: admin('200', '200', '200'),
  setSegments: admin('200', '200', '404 member-unknown'),
  grantTier: admin('201', '200', '404 member-unknown'),
  endTierGrant: admin('200', '200', '404 member-unknown'),
  readDraft: admin('200', '200', '200'),
  putDraft: admin('200', '200', '200'),
  compareDraft: admin('200', '200', '200'),
  validateDraft: admin('200', '200', '200'),
  listCampaigns: admin('200', '200', '200'),
  putCampaign: admin('200', '200', '200'),
  readCampaign: admin('200', '200', '404 part-unknown'),
  deleteCampaign: admin('200', '200', '200'),
  listClubs: admin('200', '200', '200'),
  putClub: admin('200', '200', '200'),
  readClub: admin('200', '200', '404 part-unknown'),
  deleteClub: admin('200', '200', '200'),
  listRewards: admin('200', '200', '200'),
  putReward: admin('200', '200', '200'),
  readReward: admin('200', '200', '404 part-unknown'),
  deleteReward: admin('200', '200', '200'),
  listVouchers: admin('200', '200', '200'),
  putVoucher: admin('200', '200', '200'),
  readVoucher: admin('200', '200', '404 part-unknown'),
  deleteVoucher: admin('200', '200', '200'),
  listStores: admin('200', '200', '200'),
  putStore: admin('200', '200', '200'),
  readStore: admin('200', '200', '404 part-unknown'),
  deleteStore: admin('200', '200', '200'),
  putTiers: admin('200', '200', '200'),
  readTiers: admin('200', '200', '200'),
  publishDraft: admin('201', '200', '409 nothing-to-publish'),
  rollBack: admin('200', '200', '404 revision-unknown'),
  listRevisions: admin('200', '200', '200'),
  readRevision: admin('200', '200', '200'),
  readAudit: admin('200', '200', '200'),
  simulatePurchase: admin('200', '200', '200'),
  startBacktest: admin('202', '200', '202'),
  readBacktest: admin('200', '200', '404 backtest-unknown'),
  startGuaranteeReport: admin('202', '200', '202'),
  readGuaranteeReport: admin('200', '200', '404 report-unknown'),
  startSatisfactionReport: admin('202', '200', '202'),
  readSatisfactionReport: admin('200', '200', '404 report-unknown'),
  startExperimentReport: admin('202', '200', '202'),
  readExperimentReport: admin('200', '200', '404 report-unknown'),
}
