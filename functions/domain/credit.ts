import { mostBuckets } from './bounds.ts'
import type { Account, Effect } from './entry.ts'
import type { BucketTerms } from './expiry.ts'
import type { Bucket } from './head.ts'
import { type Refusal, refusal } from './refusal.ts'
import { heldBuckets, isHeld } from './reservation.ts'
import { type Instant, type Points, points } from './units.ts'

/** Where credited points go: their bucket, spendable from an instant; null: at once. */
export interface CreditTerms extends BucketTerms {
  readonly spendableAt: Instant | null
}

export interface Credit {
  readonly effect: Pick<Effect, 'debt' | 'buckets' | 'prolong'>
  /** What did not pay debt and so went to the bucket. */
  readonly kept: Points
}

/**
 * Credits points: debt is paid first, the rest goes to the bucket (design, section 6). Points already past their expiry pay
 * no debt; settling then books them as expired. Refuses a bucket more than a head may hold, unless it would go at once.
 */
export function credit(account: Account, amount: Points, terms: CreditTerms, now: Instant): Credit | Refusal {
  const { head } = account
  const pastExpiry = terms.expiresAt !== null && terms.expiresAt <= now
  const paid = pastExpiry ? 0 : Math.min(head.debt, amount)
  const kept = points(amount - paid)
  const bucket: Bucket = { id: terms.id, spendableAt: terms.spendableAt, expiresAt: terms.expiresAt, points: kept }
  const isNew = !head.buckets.some((known) => known.id === bucket.id && known.spendableAt === bucket.spendableAt)
  if (kept > 0 && isNew && !pastExpiry && head.buckets.length + heldBuckets(head) >= mostBuckets)
    return refusal('too-many-buckets')
  const prolonged =
    terms.id.startsWith('i') &&
    terms.expiresAt !== null &&
    (head.buckets.some(({ id }) => id === terms.id) || isHeld(head, terms.id))
  return {
    kept,
    effect: {
      ...(paid > 0 && { debt: points(-paid) }),
      ...(kept > 0 && { buckets: [bucket] }),
      ...(prolonged && terms.expiresAt !== null && { prolong: { id: terms.id, expiresAt: terms.expiresAt } }),
    },
  }
}
