import type { Head } from './head.ts'
import { eraAt, windowTotal } from './ladder.ts'
import { lastOfWindow } from './periods.ts'
import { type Programme, revisionAt, type TierPolicy } from './programme.ts'
import { nextLapse, tierLadder, tierOfId } from './tiers.ts'
import type { Instant } from './units.ts'

/** How far a member is on the way to the next tier, by what is counted in the window of `asOf`, in the tiers' metric. */
interface TierProgress {
  readonly id: string
  readonly perks?: readonly string[]
  readonly progress: {
    readonly metric: TierPolicy['metric']
    readonly current: number
    /** The next higher tier; null at the top. */
    readonly next: string | null
    /** What is missing to it; 0 at the top. */
    readonly needed: number
  }
  /** Of a tier above the lowest. */
  readonly keeping?: {
    /** When a lower tier follows if nothing more happens; null: never. */
    readonly until: Instant | null
    /** What is missing in this window to keep the tier beyond that; 0: this window has given what it can, or cannot. */
    readonly needed: number
    /** When this window ends, where something is missing; null: it never does. */
    readonly by: Instant | null
  }
}

/** The tier of a head that is settled to `asOf`, what is missing to the next, and what keeps it. */
export function tierProgress(programme: Programme, head: Head, asOf: Instant): TierProgress {
  const revision = revisionAt(programme, asOf)
  const era = eraAt(tierLadder(programme), asOf)
  const { periods } = era
  const { metric } = revision.document.tiers
  const period = periods.of(asOf, head.enrolledAt)
  const current = windowTotal(era, head, period)
  const held = tierOfId(revision, head.tier.id)
  const next = revision.tiers[revision.tiers.indexOf(held) + 1]
  const progress = { metric, current, next: next?.id ?? null, needed: next ? Math.max(0, next.threshold - current) : 0 }
  const { id, perks } = held
  if (held === revision.tiers[0] && !perks) return { id, progress }
  return {
    id,
    ...(perks && perks.length > 0 && { perks }),
    progress,
    ...(held !== revision.tiers[0] && { keeping: keepingOf(programme, head, asOf, Math.max(0, held.threshold - current)) }),
  }
}

function keepingOf(programme: Programme, head: Head, asOf: Instant, missing: number): NonNullable<TierProgress['keeping']> {
  const until = nextLapse(programme, head)?.at ?? null
  const { periods, hold } = eraAt(tierLadder(programme), asOf)
  const next = lastOfWindow(periods, periods.of(asOf, head.enrolledAt)) + 1
  const heldUntil = periods.start(next + hold, head.enrolledAt)
  // What this window gives may end before the tier does that is held by hand or by an older revision.
  const helps = missing > 0 && until !== null && (heldUntil === null || heldUntil > until)
  return helps ? { until, needed: missing, by: periods.start(next, head.enrolledAt) } : { until, needed: 0, by: null }
}
