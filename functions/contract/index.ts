import { adjustPoints } from './adjustments.ts'
import { runBatch } from './batch.ts'
import { acceptEvent, announceEvent, checkIn, declineEvent, readEvent } from './club-events.ts'
import {
  joinClubFor,
  joinMyClub,
  leaveClubFor,
  leaveMyClub,
  makeInvitation,
  payForClub,
  readMyClubs,
  voidInvitation,
} from './clubs.ts'
import { enrolMe, explainPurchase, readActivity, readBalance, readMe } from './me.ts'
import { changeMember, enrolMember, readMember, searchMembers } from './members.ts'
import type { Operation } from './operation.ts'
import { changeMyPreferences, changePreferencesFor } from './preferences.ts'
import { quotePurchase, readPurchase, readReturn, recordPurchase, recordReturn } from './purchases.ts'

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
  changeMyPreferences,
  changePreferencesFor,
]
