import { apply } from './apply.ts'
import { credit } from './credit.ts'
import type { Account, Entry, GoodwillFact } from './entry.ts'
import { bucketTerms } from './expiry.ts'
import { type Programme, revisionAt } from './programme.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { takeBack } from './returns.ts'
import { type BucketId, type Instant, type Points, points as pointsOf } from './units.ts'

/** Points given to make up for something. */
export interface Goodwill extends Omit<GoodwillFact, 'kind'> {
  /** Above 0. */
  readonly points: Points
}

/**
 * Credits goodwill on a settled account: like a credit by staff it pays debt first and expires like points earned now, and it
 * counts as adjusted. Refuses a closed member, and more buckets than a head may hold.
 */
export function bookGoodwill(
  programme: Programme,
  account: Account,
  { points, ...named }: Goodwill,
  now: Instant,
): { entry: Entry; account: Account } | Refusal {
  if (account.head.status === 'closed') return refusal('member-closed')
  const terms = bucketTerms(revisionAt(programme, now), account.head, now)
  const credited = credit(account, points, { ...terms, spendableAt: null }, now)
  if (isRefusal(credited)) return credited
  const entry: Entry = {
    at: now,
    fact: { kind: 'goodwill', ...named },
    effect: { totals: { adjusted: points }, ...credited.effect },
  }
  return { entry, account: apply(account, entry) }
}

/** Takes goodwill back: from whatever there is, earliest expiry first; the rest becomes debt, or is forgiven. */
export function takeGoodwillBack(
  programme: Programme,
  account: Account,
  { points, ...named }: Goodwill,
  now: Instant,
): { entry: Entry; account: Account } {
  const forgives = revisionAt(programme, now).document.points.negative === 'forgive'
  const { totals, ...moved } = takeBack(account, noBucket, points, forgives, now)
  const adjusted = pointsOf((totals?.adjusted ?? 0) - points)
  const entry: Entry = { at: now, fact: { kind: 'goodwill', ...named }, effect: { totals: { adjusted }, ...moved } }
  return { entry, account: apply(account, entry) }
}

/** Goodwill is in no bucket of its own. */
const noBucket = { id: '' as BucketId, spendableAt: null }
