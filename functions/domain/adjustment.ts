import { apply } from './apply.ts'
import { credit } from './credit.ts'
import type { Account, AdjustFact, BucketChange, Entry } from './entry.ts'
import { bucketTerms } from './expiry.ts'
import { type Programme, revisionAt } from './programme.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { type Instant, type Points, points } from './units.ts'

/** A correction by staff. */
export interface Adjustment {
  readonly adjustmentId: string
  /** Signed, not 0. */
  readonly points: Points
  readonly reason: string
  readonly actor: string
}

interface BookedAdjustment {
  readonly entry: Entry
  readonly account: Account
}

/**
 * Books an adjustment on a settled account. A credit pays debt first and expires like points earned now; a debit takes
 * spendable points, earliest expiry first, and is refused where there are fewer.
 */
export function bookAdjustment(
  programme: Programme,
  account: Account,
  adjustment: Adjustment,
  now: Instant,
): BookedAdjustment | Refusal {
  if (account.head.status === 'closed') return refusal('member-closed')
  const { points: amount, ...named } = adjustment
  const fact: AdjustFact = { kind: 'adjust', ...named }
  const totals = { adjusted: amount }
  let entry: Entry
  if (amount > 0) {
    const terms = bucketTerms(revisionAt(programme, now), account.head, now)
    const credited = credit(account, amount, { ...terms, spendableAt: null }, now)
    if (isRefusal(credited)) return credited
    entry = { at: now, fact, effect: { totals, ...credited.effect } }
  } else {
    const buckets = takeSpendable(account, -amount)
    if ('refused' in buckets) return buckets
    entry = { at: now, fact, effect: { totals, buckets: buckets.taken } }
  }
  return { entry, account: apply(account, entry) }
}

/** Spendable points of an account, earliest expiry first; refused where there are fewer. */
export function takeSpendable(account: Account, amount: number): { taken: BucketChange[] } | Refusal {
  let missing = amount
  const taken: BucketChange[] = []
  for (const bucket of account.head.buckets) {
    if (bucket.spendableAt !== null || missing === 0) continue
    const part = Math.min(bucket.points, missing)
    missing -= part
    taken.push({ ...bucket, points: points(-part) })
  }
  return missing > 0 ? refusal('insufficient-points', '/points') : { taken }
}
