import { credit } from './credit.ts'
import { type Award, awardedPoints, type EarningLine, earn, eligibleSpend } from './earning.ts'
import type { Account, EarnFact, Entry, SaleDetails, SaleLine } from './entry.ts'
import { bucketTerms, spendableInstant } from './expiry.ts'
import { type Programme, type Revision, revisionAt, type Tier } from './programme.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { changedKept, datedPurchase, type Kept, nothingKept } from './tally.ts'
import { tierAt, tierFactsBefore, tierLadder, withTier } from './tiers.ts'
import { type BucketId, earlier, type Instant, type Points } from './units.ts'

/** A receipt as a till posts it. */
export interface Sale {
  readonly purchaseId: string
  readonly occurredAt: Instant
  readonly details: SaleDetails
  readonly lines: readonly SaleLine[]
}

/** What a sale earns before anything is booked. */
export interface Valuation {
  /** When the sale is judged and dated: the earlier of its `occurredAt` and its arrival. */
  readonly at: Instant
  readonly revision: Revision
  readonly tier: Tier
  readonly awards: readonly Award[]
  readonly earned: Points
}

/** A booked sale: the entry, the account after it, and what a receipt keeps for returns. */
export interface BookedPurchase {
  readonly entry: Entry & { readonly fact: EarnFact }
  readonly account: Account
  readonly bucket: { readonly id: BucketId; readonly spendableAt: Instant | null }
  readonly earned: Points
}

/** Whether a sale is dated before the latest one known, so that valuing it needs the member's entries. */
export function isLate(account: Account, sale: Sale, now: Instant): boolean {
  const latest = account.head.latestPurchase
  return latest !== null && earlier(sale.occurredAt, now) < latest.at
}

/**
 * What a sale earns: by the revision in force when it happened, with the tier held just before it. `history` is all of the
 * member's entries where the sale `isLate`; in order the head says enough.
 */
export function valuePurchase(
  programme: Programme,
  account: Account,
  sale: Sale,
  history: readonly Entry[],
  now: Instant,
): Valuation {
  const at = earlier(sale.occurredAt, now)
  const revision = revisionAt(programme, at)
  const facts = isLate(account, sale, now) ? tierFactsBefore(programme, history, at) : account.head
  const tier = tierAt(programme, facts, at)
  const awards = earn(revision, { tier }, earningLines(sale.lines))
  return { at, revision, tier, awards, earned: awardedPoints(awards) }
}

/** Books a sale on a settled account. Points past their expiry are credited too: settling afterwards books them as expired. */
export function bookPurchase(
  programme: Programme,
  account: Account,
  sale: Sale,
  history: readonly Entry[],
  now: Instant,
): BookedPurchase | Refusal {
  if (account.head.status === 'closed') return refusal('member-closed', '/member')
  const { at, revision, tier, awards, earned } = valuePurchase(programme, account, sale, history, now)
  const spendable = spendableInstant(revision, at)
  const spendableAt = spendable > now ? spendable : null
  const terms = bucketTerms(revision, account.head, at)
  const credited = credit(account, earned, { ...terms, spendableAt }, now)
  if (isRefusal(credited)) return credited
  const ladder = tierLadder(programme)
  const kept: Kept = { spend: eligibleSpend(earningLines(sale.lines)), points: earned, isKept: sale.lines.length > 0 }
  const sums = changedKept(ladder, account.head, at, nothingKept, kept)
  const pastExpiry = terms.expiresAt !== null && terms.expiresAt <= now
  const fact: EarnFact = {
    kind: 'earn',
    purchaseId: sale.purchaseId,
    occurredAt: sale.occurredAt,
    details: sale.details,
    lines: sale.lines,
    tier: tier.id,
    awards,
    pending: spendableAt !== null && !pastExpiry ? credited.kept : (0 as Points),
  }
  const untiered = {
    at,
    fact,
    effect: {
      ...credited.effect,
      ...(earned > 0 && { totals: { issued: earned } }),
      ...(sums.length > 0 && { sums }),
      ...datedPurchase(ladder, account.head, at),
    },
  }
  const booked = withTier(programme, account, untiered, now)
  return { ...booked, bucket: { id: terms.id, spendableAt }, earned }
}

/** Lines as earning sees them. */
export function earningLines(lines: readonly SaleLine[]): EarningLine[] {
  return lines.map((line) => ({ lineId: line.lineId, amount: line.amount, excluded: line.excluded ?? false }))
}
