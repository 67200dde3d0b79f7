import type { Refusal, RefusalCode } from '../domain/refusal.ts'

/** Every code that a problem document may carry, with its status and what it says to a person. Codes are stable. */
export const problems = {
  'malformed-request': [400, 'This is no HTTP request.'],
  'malformed-json': [400, 'The body is not JSON.'],
  'json-too-deep': [400, 'The body is nested too deeply.'],
  'forbidden-text': [400, 'The body holds a name or text that is never taken.'],
  'invalid-parameter': [400, 'A parameter of the path or query is not valid.'],
  'invalid-cursor': [400, 'The cursor is not one that this list gave.'],
  'invalid-body': [422, 'The body does not fit the contract.'],
  'amount-too-large': [422, 'The amounts are too large in sum.'],
  'duplicate-line': [422, 'Two lines have the same id.'],
  'currency-mismatch': [422, 'The programme has another currency.'],
  'store-mismatch': [422, 'A purchase’s id begins with its store’s id and a colon.'],
  'store-unknown': [422, 'The programme’s register has no such store.'],
  'occurred-in-future': [422, 'It is dated more than 24 hours ahead.'],
  'occurred-long-ago': [422, 'It is dated more than 7 days back.'],
  'referrer-unknown': [422, 'This does not name a member who can have recommended this one.'],
  'period-empty': [422, 'The period ends before it begins.'],
  unauthorized: [401, 'There is no valid token.'],
  'scope-missing': [403, 'The token does not have the scope that this needs.'],
  'programme-forbidden': [403, 'The token’s programme does not exist.'],
  'store-forbidden': [403, 'The token may not post for this store.'],
  'path-unknown': [404, 'There is nothing at this path.'],
  'club-unknown': [404, 'The programme has no such club.'],
  'invitation-unknown': [404, 'The club has no such invitation.'],
  'member-unknown': [404, 'There is no such member.'],
  'part-unknown': [404, 'The programme has no such part.'],
  'revision-unknown': [404, 'There is no such revision.'],
  'purchase-unknown': [404, 'There is no such purchase.'],
  'event-unknown': [404, 'There is no such event.'],
  'return-unknown': [404, 'There is no such return.'],
  'complaint-unknown': [404, 'There is no such complaint.'],
  'survey-unknown': [404, 'The programme does not ask how satisfied members are.'],
  'backtest-unknown': [404, 'There is no such backtest.'],
  'report-unknown': [404, 'There is no such report: it was not asked for.'],
  'experiment-unknown': [404, 'The campaign holds nobody out.'],
  'method-not-allowed': [405, 'This path does not take this method.'],
  'request-timeout': [408, 'The request did not come to its end in time.'],
  'id-reused': [409, 'This id was used for something else.'],
  'member-closed': [409, 'The member is closed.'],
  'card-taken': [409, 'The card belongs to a member.'],
  'email-taken': [409, 'The e-mail address belongs to a member.'],
  'phone-taken': [409, 'The phone number belongs to a member.'],
  'card-replaced': [409, 'The card was replaced by another.'],
  'referral-too-late': [409, 'Who recommended a member can be said once, before they buy anything.'],
  'purchase-attached': [409, 'The purchase has a member already.'],
  'attach-window-over': [409, 'The purchase is too old to be attached to a member.'],
  'too-many-tries': [409, 'There were as many wrong tries today as there may be.'],
  'too-many-parts': [409, 'The programme has as many of these as it may.'],
  'nothing-to-publish': [409, 'The draft says what is published.'],
  'draft-contradictory': [409, 'The draft contradicts itself or what has happened.'],
  'revision-scheduled': [409, 'Another revision takes effect then or later.'],
  'adjustment-cap': [409, 'It is more than the agent may adjust, at once or in a day.'],
  'precondition-failed': [412, 'It was changed since. Read it again.'],
  'too-soon': [422, 'A revision takes effect 60 seconds after it is published, or later.'],
  'reward-unknown': [404, 'The programme has no such reward, or none that is had for points.'],
  'redemption-unknown': [404, 'There is no such redemption.'],
  'reward-not-on-sale': [409, 'The reward is not on sale.'],
  'reward-locked': [409, 'The member lacks the tier or the clubs that the reward requires.'],
  'reward-not-here': [409, 'The reward is not had at this store.'],
  'reward-needs-till': [409, 'The reward hangs on a basket or a store: it is handed out at a till.'],
  'reward-limit': [409, 'The member has had the reward as often as they may.'],
  'granted-reward-unknown': [404, 'The member was granted no such reward.'],
  'granted-reward-used': [409, 'The granted reward was used already, or is held.'],
  'granted-reward-taken-back': [409, 'What the reward was granted for came back, and it with that.'],
  'granted-reward-over': [409, 'The time of the granted reward is over.'],
  'out-of-stock': [409, 'There is none of the reward left.'],
  'basket-missing': [422, 'The reward hangs on a basket, and there is none.'],
  'basket-below-minimum': [409, 'The basket is below what the reward asks for.'],
  'reward-exceeds-basket': [409, 'The points are worth more than the basket.'],
  'price-differs': [409, 'The reward costs the member another number of points.'],
  'points-missing': [422, 'How many points are spent has to be said.'],
  'too-few-points': [422, 'Fewer points are not taken.'],
  'too-many-points': [422, 'More points are not taken.'],
  'too-many-reservations': [409, 'The member has as many open reservations as one may.'],
  'too-many-redemptions': [409, 'As many redemptions as may have paid for the purchase.'],
  'spend-codes-off': [409, 'Tills of this programme want no code.'],
  'spend-code-missing': [422, 'The member has to show a code for so many points.'],
  'spend-code-wrong': [409, 'This is not the code that is good for the member now.'],
  'spend-code-expired': [409, 'The code is too old.'],
  'redemption-captured': [409, 'The points of the redemption are spent already.'],
  'redemption-released': [409, 'The redemption was released: its points went back.'],
  'redemption-lapsed': [409, 'The redemption has lapsed: its points went back.'],
  'redemption-reversed': [409, 'The redemption was reversed: its points went back.'],
  'redemption-not-captured': [409, 'The points of the redemption are not spent: release it.'],
  'insufficient-points': [409, 'There are fewer points than that.'],
  'line-unknown': [422, 'The purchase has no such line.'],
  'return-exceeds-purchase': [409, 'More would be brought back than was bought.'],
  'line-claimed': [409, 'So much of the line is claimed by the guarantee.'],
  'line-returned': [409, 'All of the line came back already.'],
  'guarantee-unknown': [422, 'The programme had no such guarantee at the sale.'],
  'not-covered': [409, 'No guarantee covers this.'],
  'guarantee-over': [409, 'The time of the guarantee is over.'],
  'evidence-missing': [422, 'The guarantee asks for more than that.'],
  'claim-exceeds-purchase': [409, 'More is claimed than is left of the line.'],
  'claim-limit': [409, 'The member has claimed as much of the guarantee as they may in this time.'],
  'guarantee-spent': [409, 'The guarantee has no budget left for this.'],
  'too-many-claims': [409, 'The member, or the purchase, has as many open claims as there may be.'],
  'claim-unknown': [404, 'There is no such claim.'],
  'claim-not-open': [409, 'The claim was decided otherwise, or is over.'],
  'claim-not-approved': [409, 'The claim is not approved.'],
  'claim-lapsed': [409, 'The claim has lapsed: the goods did not come in time.'],
  'claim-settled': [409, 'The claim is settled.'],
  'remedy-told': [409, 'Somebody was told to give something for the claim: ask them first, and say that it was not given.'],
  'goods-missing': [409, 'The goods have not been brought back yet.'],
  'settlement-differs': [409, 'Another amount was approved.'],
  'points-restored': [409, 'Points that the goods were paid with have been given back.'],
  'campaign-spent': [409, 'What campaigns gave for the goods has gone to others since.'],
  'too-many-returns': [409, 'The purchase has as many returns as one may have.'],
  'too-many-waiting-returns': [409, 'As many returns wait for this purchase as may.'],
  'tier-unknown': [422, 'The programme has no such tier.'],
  'grant-over': [422, 'The grant would be over before it began.'],
  'grant-unknown': [404, 'There is no such grant.'],
  'too-many-grants': [409, 'The member has as many grants at once as one may have.'],
  'too-many-buckets': [409, 'The member’s points have as many expiry dates as they may.'],
  'club-requirement': [409, 'The member lacks what the club requires.'],
  'club-fee-due': [409, 'The club is joined by paying for it.'],
  'club-fee-differs': [409, 'The fee for a term of the club is another.'],
  'club-without-fee': [409, 'The club takes no fee.'],
  'club-without-invitation': [409, 'The club is not joined by invitation.'],
  'not-in-club': [409, 'The member does not belong to the club.'],
  'invitation-invalid': [409, 'This is no code that lets anybody in.'],
  'too-many-clubs': [409, 'The member belongs to as many clubs as one may.'],
  'too-many-paid-terms': [409, 'As many terms are paid ahead as may be.'],
  'event-over': [409, 'It is too late for that.'],
  'event-not-now': [409, 'It is not on the day of the event, or the event is over.'],
  'event-full': [409, 'There is no place left.'],
  'event-begun': [409, 'The event has begun, or somebody is there already.'],
  'event-called-off': [409, 'The event was called off.'],
  'capacity-taken': [409, 'More members than that have a place.'],
  'consent-missing': [409, 'Without the member’s consent nothing is kept of what they like.'],
  'too-many-notes': [409, 'There are as many notes as may be kept.'],
  'gifts-off': [409, 'The programme has members give no points.'],
  'receiver-unknown': [404, 'This names nobody who can be given points.'],
  'gift-to-self': [422, 'Nobody gives points to themselves.'],
  'gift-cap': [409, 'It is more than may be given, or received, in a day.'],
  'gift-unknown': [404, 'There is no such gift.'],
  'gift-undo-over': [409, 'It is too late to take the gift back.'],
  'gift-used': [409, 'The gift is no longer there whole.'],
  'voucher-cap': [409, 'It is more vouchers, or worth more, than the agent may give out in a day.'],
  'voucher-unknown': [404, 'There is no such voucher.'],
  'voucher-over': [409, 'The vouchers’ time is over.'],
  'voucher-void': [409, 'The voucher was voided.'],
  'voucher-used-up': [409, 'The voucher was used as often as it may be.'],
  'voucher-expired': [409, 'The voucher has expired.'],
  'voucher-used': [409, 'The voucher was used.'],
  'voucher-not-here': [409, 'The voucher is not taken at this store.'],
  'voucher-not-theirs': [409, 'The voucher is another member’s.'],
  'voucher-minimum': [409, 'The basket is too small for the voucher, or has nothing that it is for.'],
  'voucher-locked': [409, 'The voucher is held for another basket.'],
  'voucher-lock-unknown': [404, 'There is no such lock of a voucher.'],
  'voucher-lock-used': [409, 'The lock was used.'],
  'voucher-lock-unused': [409, 'The lock was not used.'],
  'voucher-lock-released': [409, 'The lock was released.'],
  'member-missing': [422, 'Redemptions are a member’s, whom the purchase has to name.'],
  'too-many-vouchers': [409, 'As many vouchers as may be used for one purchase were.'],
  'voucher-without-member': [422, 'These vouchers are given to members alone.'],
  'voucher-without-pool': [409, 'These vouchers have no pool of codes.'],
  'pool-empty': [409, 'There is no code left.'],
  'category-unknown': [422, 'The programme knows no such kind of complaint.'],
  'too-many-complaints': [409, 'The member has as many complaints that are not resolved as one may have.'],
  'too-many-messages': [409, 'As much was written about this complaint as may be.'],
  'complaint-resolved': [409, 'The complaint is resolved.'],
  'complaint-not-resolved': [409, 'The complaint is not resolved.'],
  'resolution-not-standing': [409, 'This is not how the complaint stands resolved.'],
  'resolution-rated': [409, 'The resolution was rated already.'],
  'reopening-too-late': [409, 'It is too late to reopen the complaint.'],
  'too-many-jobs': [409, 'As many backtests and reports are under way as may.'],
  'limit-exceeded': [409, 'A sum would grow beyond what is kept exactly.'],
  'record-too-large': [409, 'A record would grow beyond what can be stored.'],
  'body-too-large': [413, 'The body is over 256 KB.'],
  'document-too-large': [413, 'The body is over 2 MB.'],
  'precondition-required': [428, 'This needs an If-Match header: what was read before.'],
  'expectation-failed': [417, 'Nobody meets what this request expects.'],
  'headers-too-large': [431, 'The path and headers are too large.'],
  'unsupported-media-type': [415, 'The body must be application/json.'],
  internal: [500, 'Something went wrong on our side.'],
  unavailable: [503, 'Not now. Try again.'],
} as const satisfies { readonly [code in RefusalCode]: readonly [number, string] } & {
  readonly [code: string]: readonly [number, string]
}

export type ProblemCode = keyof typeof problems

/** What every operation may answer, whatever it does. */
export const commonProblems: readonly ProblemCode[] = [
  'unauthorized',
  'scope-missing',
  'programme-forbidden',
  'invalid-parameter',
  'internal',
  'unavailable',
]
/** What every operation with a body may answer. */
export const bodyProblems: readonly ProblemCode[] = [
  'malformed-json',
  'json-too-deep',
  'forbidden-text',
  'invalid-body',
  'body-too-large',
  'unsupported-media-type',
]

/** One field at fault. */
export interface FieldError {
  /** RFC 6901, into the body; of a bad parameter of the path or query, into the parameters by their names. */
  readonly pointer: string
  readonly detail: string
}

/** A refusal as a value: handlers return it, the edge writes it down. */
export interface Problem {
  readonly problem: ProblemCode
  readonly errors?: readonly FieldError[]
}

export function problem(code: ProblemCode, pointer?: string, detail?: string): Problem {
  return pointer === undefined ? { problem: code } : { problem: code, errors: [{ pointer, detail: detail ?? problems[code][1] }] }
}

export function isProblem(value: object): value is Problem {
  return 'problem' in value
}

/** The RFC 9457 document of a problem. */
export function problemDocument({ problem: code, errors }: Problem) {
  const [status, title] = problems[code]
  return { type: `urn:laurel:problem:${code}`, title, status, code, ...(errors && { errors }) }
}

/** The problem that a refusal of the domain is. */
export function problemOf({ refused, pointer, detail }: Refusal): Problem {
  return problem(refused, pointer, detail)
}
