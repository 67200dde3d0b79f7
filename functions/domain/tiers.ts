import { type Account, apply, type Entry } from './entry.ts'
import type { Head, HeldTier, YearSpend } from './head.ts'
import { type Programme, type Revision, revisionAt, type Tier } from './programme.ts'
import type { Instant } from './units.ts'

/** The highest tier whose threshold is met by the spend of the local calendar year of `at` so far, or of the one before. */
export function tierAt(revision: Revision, spend: readonly YearSpend[], at: Instant): Tier {
  const year = revision.calendar.yearOf(at)
  const best = Math.max(spendOf(spend, year), spendOf(spend, year - 1))
  let held = revision.tiers[0]
  for (const tier of revision.tiers) if (best >= tier.threshold) held = tier
  return held
}

function spendOf(spend: readonly YearSpend[], year: number): number {
  return spend.find((known) => known.year === year)?.amount ?? 0
}

/** The tier of that id, or the lowest where the revision no longer has it. */
export function tierOfId(revision: Revision, id: string): Tier {
  return revision.tiers.find((tier) => tier.id === id) ?? revision.tiers[0]
}

/**
 * Spend by year, at what is now kept of it, of the purchases dated at or before `at`: what a late purchase is judged by.
 * The entries are all of the member's, in any order.
 */
export function spendBefore(entries: Iterable<Entry>, at: Instant): YearSpend[] {
  const byYear = new Map<number, number>()
  for (const { at: entryAt, fact, effect } of entries) {
    if (!effect.spend) continue
    const saleAt = fact.kind === 'return' ? fact.saleAt : fact.kind === 'bonus-undone' ? fact.bonusAt : entryAt
    if (saleAt <= at) byYear.set(effect.spend.year, (byYear.get(effect.spend.year) ?? 0) + effect.spend.amount)
  }
  return [...byYear].map(([year, amount]) => ({ year, amount }))
}

/** The tier that a member's spend gives at an instant, by the revision in force then. */
export function heldTierAt(programme: Programme, head: Head, at: Instant): HeldTier {
  const revision = revisionAt(programme, at)
  return { id: tierAt(revision, head.spend, at).id, year: revision.calendar.yearOf(at), revision: revision.number }
}

/** Applies an entry that changes the spend, completed by the tier that the spend then gives, where it is another. */
export function withTier<Kind extends Entry>(
  programme: Programme,
  account: Account,
  untiered: Kind,
  now: Instant,
): { entry: Kind; account: Account } {
  const applied = apply(account, untiered)
  const tier = heldTierAt(programme, applied.head, now)
  const { id, year, revision } = applied.head.tier
  if (tier.id === id && tier.year === year && tier.revision === revision) return { entry: untiered, account: applied }
  const entry = { ...untiered, effect: { ...untiered.effect, tier } }
  return { entry, account: apply(account, entry) }
}

/**
 * The earliest instant at which the tier becomes another, because a year's spend has run out or a revision with other tiers
 * takes effect; null: never.
 */
export function nextTierRoll(programme: Programme, head: Head): Instant | null {
  const { id, year, revision } = head.tier
  let next: Instant | null = null
  const consider = (at: Instant) => {
    if (next !== null && next <= at) return
    if (tierAt(revisionAt(programme, at), head.spend, at).id !== id) next = at
  }
  for (const spent of head.spend) {
    const ends = spent.year + 2
    if (ends > year) consider(revisionAt(programme, 0 as Instant).calendar.startOfYear(ends))
  }
  for (const { number, inForceFrom } of programme.revisions) if (number > revision) consider(inForceFrom)
  return next
}

/** How far a member is on the way to the next tier, by the spend of the local year of `asOf`. */
export interface TierProgress {
  readonly id: string
  readonly progress: {
    readonly metric: 'spend'
    /** Minor units. */
    readonly current: number
    /** The next higher tier; null at the top. */
    readonly next: string | null
    /** What is missing to it, minor units; 0 at the top. */
    readonly needed: number
  }
}

/** The tier of a head that is settled to `asOf`, and what is missing to the next. */
export function tierProgress(programme: Programme, head: Head, asOf: Instant): TierProgress {
  const revision = revisionAt(programme, asOf)
  const current = spendOf(head.spend, revision.calendar.yearOf(asOf))
  const held = tierOfId(revision, head.tier.id)
  const next = revision.tiers[revision.tiers.indexOf(held) + 1]
  return {
    id: held.id,
    progress: { metric: 'spend', current, next: next?.id ?? null, needed: next ? Math.max(0, next.threshold - current) : 0 },
  }
}
