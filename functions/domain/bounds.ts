/** A limit on everything (design, section 4). Beyond them a client gets 409 with a code. */
export const mostBuckets = 400
export const mostReturns = 500
export const mostWaitingReturns = 20
/** Limited campaigns that one purchase may match; those after them, in the order of evaluation, give nothing. */
export const mostLimitedAwards = 20
/** Counters and pots of theirs, so that one commit has room for the purchase and what is settled and returned with it. */
export const mostLimitRecords = 40
