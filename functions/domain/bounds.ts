/** A limit on everything (design, section 4). Beyond them a client gets 409 with a code. */
export const mostBuckets = 400
export const mostGrants = 20
/** Of one member, open at once. */
export const mostReservations = 20
/** That pay for one purchase: that it names, and that name it after it was there. A return of it may restore them all in one commit. */
export const mostPurchaseRedemptions = 20
/** What each of them takes of a commit that gives it back: its record and an entry. */
export const recordsOfRedemption = 2
/** Uses of vouchers for one purchase, which all come back by themselves with it. */
export const mostPurchaseVouchers = 10
/** Windows in which it is counted how often a member had a reward. */
export const mostRewardLimits = 3
/** How long points may be held, so that what expires meanwhile is within bounds. */
export const mostHoldMinutes = 30 * 24 * 60
/**
 * Expired buckets that points come back to at once, of one redemption or shared by several; what expired before them comes back to the
 * earliest of these. Each takes two writes, an entry and its closed bucket.
 */
export const mostRestoredExpired = 20
export const mostReturns = 500
export const mostWaitingReturns = 20
/** Of a member, not resolved at once. */
export const mostComplaints = 20
/** Replies, resolutions and reopenings of one complaint: together with it no more than one item holds. */
export const mostMessages = 40
/** Of what a guest likes. */
export const mostNotes = 50
/** That a member has open at once. */
export const mostOpenClaims = 20
/** Of one purchase, that its open claims hold at once: so many fit in its receipt, with long ids. */
export const mostClaimedLines = 1000
/** That a member belongs to at once. */
export const mostClubs = 50
/** That wait for a place at an event of a club. */
export const mostWaitingGuests = 500
/** Of one club, paid for and not over. */
export const mostPaidTerms = 5
/** Limited campaigns that one purchase may match; those after them, in the order of evaluation, give nothing. */
export const mostLimitedAwards = 20
/**
 * Counters and pots of theirs, and what redemptions that pay for the purchase take of a commit (`recordsOfRedemption` each), together: so that
 * one commit has room for them when the purchase comes back, and for all that comes back or is lost with it.
 */
export const mostLimitRecords = 40
/** Counters and pots of the campaigns that reward a referral: they are written beside those of the friend's purchase. */
export const mostReferralLimitRecords = 10
/** Of the campaigns of any other bonus, which several may set off in one commit. */
export const mostBonusLimitRecords = 20
/**
 * Writes of a commit from which on it has no room for what may as well be given by another: a bonus that a purchase sets off, which is
 * owed then, or the reward of a referral.
 */
export const fullOfWrites = 42
