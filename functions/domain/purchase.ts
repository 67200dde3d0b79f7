import { awardEffect } from './award-effect.ts'
import { mostLimitRecords, recordsOfRedemption } from './bounds.ts'
import { type LimitedOffer, limitedOffers, type RoomOf, unlimited } from './campaign-awards.ts'
import type { SaleFacts } from './conditions.ts'
import { credit } from './credit.ts'
import { awardedPoints, type EarningLine, earn, eligibleSpend, type MemberFacts, ratesOf } from './earning.ts'
import type { Account, Attachment, EarnFact, Entry, SaleDetails, SaleLine } from './entry.ts'
import { bucketTerms, spendableInstant } from './expiry.ts'
import { tierCredit } from './gifts.ts'
import { grantEffect } from './granted-reward.ts'
import { isBefore } from './head.ts'
import { type Use, usesBetween } from './limits.ts'
import { type Programme, type Revision, revisionAt } from './programme.ts'
import { countedForClubs } from './qualifying.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { type Judged, judgeMember, linesOf, memberFacts } from './sale-facts.ts'
import { plannedAsking } from './survey.ts'
import { datedPurchase, type Kept, nothingKept } from './tally.ts'
import { tierAt, tierFactsBefore, tierLadder, withTier } from './tiers.ts'
import { type BucketId, earlier, type Instant, type Points } from './units.ts'

/** A receipt as a till posts it. */
export interface Sale {
  readonly purchaseId: string
  readonly occurredAt: Instant
  readonly details: SaleDetails
  readonly lines: readonly SaleLine[]
  /** Of a sale that arrived without a member. */
  readonly attached?: Attachment | undefined
}

/** When a sale is judged and dated: the earlier of its `occurredAt` and its arrival, which for one attached was before. */
export function datedAt({ occurredAt, attached }: Pick<Sale, 'occurredAt' | 'attached'>, now: Instant): Instant {
  return earlier(occurredAt, attached ? earlier(attached.arrivedAt, now) : now)
}

/** By what a sale is judged. */
export interface Judgement {
  /** When the sale is judged and dated: the earlier of its `occurredAt` and its arrival. */
  readonly at: Instant
  readonly revision: Revision
  readonly facts: MemberFacts
  readonly judged: Judged | undefined
  readonly lines: readonly EarningLine[]
}

/** A booked sale: the entry, the account after it, and what a receipt keeps for returns. */
interface BookedPurchase {
  readonly entry: Entry & { readonly fact: EarnFact }
  readonly account: Account
  readonly bucket: { readonly id: BucketId; readonly spendableAt: Instant | null }
  readonly earned: Points
  /** What it takes of limited campaigns. */
  readonly uses: readonly Use[]
}

/** Whether a sale is dated before what is known already, so that valuing it needs the member's entries. */
export function isLate(account: Account, sale: Sale, now: Instant): boolean {
  return isBefore(account.head, datedAt(sale, now))
}

/**
 * By what a sale is judged: the revision in force when it happened, the tier held just before it. `history` is all of the
 * member's entries where the sale `isLate`; in order the head says enough.
 */
export function judgePurchase(
  programme: Programme,
  account: Account,
  sale: Sale,
  history: readonly Entry[],
  now: Instant,
  birthday?: string,
): Judgement {
  const at = datedAt(sale, now)
  const revision = revisionAt(programme, at)
  const late = isLate(account, sale, now)
  const tier = tierAt(programme, late ? tierFactsBefore(programme, history, at) : account.head, at)
  const lines = linesOf(sale)
  const judged = judgeMember(revision, account, late ? history : undefined, at, birthday)
  const { memberId } = account.head
  const facts = memberFacts(revision, tier, { memberId, at, details: sale.details, bought: lines, judged })
  return { at, revision, facts: facts.sale ? { ...facts, sale: withRoom(facts.sale, sale) } : facts, judged, lines }
}

/** What paid for a sale comes back in the commit in which its campaigns get back what they gave. */
function withRoom(facts: SaleFacts, { details: { redemptionIds } }: Sale): SaleFacts {
  return redemptionIds ? { ...facts, limitRecords: mostLimitRecords - recordsOfRedemption * redemptionIds.length } : facts
}

/** The limited campaigns that a sale matches, of which it must be known what is left before it is booked. */
export function limitsAsked({ revision, facts, lines }: Judgement): LimitedOffer[] {
  const { campaigns } = revision
  if (!campaigns?.hasLimited || !facts.sale) return []
  return limitedOffers(campaigns, ratesOf(revision, facts), facts.sale, lines)
}

/**
 * Books a sale on a settled account, given by what it is judged and what is left for the limited campaigns. Points past their
 * expiry are credited too: settling afterwards books them as expired.
 */
export function bookPurchase(
  programme: Programme,
  account: Account,
  sale: Sale,
  { at, revision, facts, judged, lines }: Judgement,
  now: Instant,
  roomOf: RoomOf = unlimited,
): BookedPurchase | Refusal {
  if (account.head.status === 'closed') return refusal('member-closed', '/member')
  const awards = earn(revision, facts, lines, roomOf)
  const earned = awardedPoints(awards)
  const spendable = spendableInstant(revision, at)
  const spendableAt = spendable > now ? spendable : null
  const terms = bucketTerms(revision, account.head, at)
  const credited = credit(account, earned, { ...terms, spendableAt }, now)
  if (isRefusal(credited)) return credited
  const ladder = tierLadder(programme)
  const kept: Kept = {
    spend: eligibleSpend(lines),
    points: earned,
    tierCredit: tierCredit(awards),
    isKept: sale.lines.length > 0,
    lines: sale.lines,
  }
  const pastExpiry = terms.expiresAt !== null && terms.expiresAt <= now
  const fact: EarnFact = {
    kind: 'earn',
    purchaseId: sale.purchaseId,
    occurredAt: sale.occurredAt,
    details: sale.details,
    lines: sale.lines,
    tier: facts.tier.id,
    ...(judged && { judged }),
    awards,
    pending: spendableAt !== null && !pastExpiry ? credited.kept : (0 as Points),
    ...(sale.attached && { attached: sale.attached }),
  }
  const untiered = {
    at,
    fact,
    effect: {
      ...awardEffect(ladder, account.head, at, awards, kept, credited.effect),
      ...grantEffect(revision.calendar, { kind: 'purchase', id: sale.purchaseId, at }, [], awards),
      ...datedPurchase(ladder, account.head, at),
      ...countedForClubs(programme, account.head, at, nothingKept, kept),
      ...plannedAsking(revision, account.head, sale, at, now),
    },
  }
  const booked = withTier(programme, account, untiered, now)
  const uses = usesBetween(revision.campaigns, [], awards)
  return { ...booked, bucket: { id: terms.id, spendableAt }, earned, uses }
}
