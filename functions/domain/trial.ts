import type { Award } from './earning.ts'
import type { Entry } from './entry.ts'
import type { Programme } from './programme.ts'
import { isByTime, isReferrers, keptByReferrer, keptOfBonus, type Recorded, Rerun } from './rerun.ts'
import type { SharedLimits } from './trial-limits.ts'
import type { TriedIn } from './trial-period.ts'
import { type KnownOfMember, TriedHistory } from './tried-history.ts'
import { type Instant, later, type MemberId } from './units.ts'

/** What is tried out on the histories of members: as it would have been, from the beginning of the period on. */
export interface Trial extends TriedIn {
  /** As it was: without the revisions of after the period. */
  readonly recorded: Programme
}

/** What a sale, or something else that campaigns give a bonus for, was given, and would have been: what is kept of it now. */
export interface TriedAwards {
  readonly recorded: readonly Award[]
  readonly tried: readonly Award[]
}

/** What a trial makes of one member. */
export interface Tried {
  readonly sales: readonly TriedAwards[]
  /** Bonuses, each with what whoever recommended the member was given for the same referral. */
  readonly occasions: readonly TriedAwards[]
  /** The tier after all that was dated before the end of the period, as it was and as it would have been. */
  readonly tier: { readonly recorded: string; readonly tried: string }
  /** The clubs then. */
  readonly clubs: { readonly recorded: readonly string[]; readonly tried: readonly string[] }
  /** Sales, returns and bonuses that the trial's account did not take. */
  readonly refused: number
}

/**
 * Tries another revision on the history of one member: their sales and occasions of the period are judged and booked anew, in the
 * order in which they were booked, by the very functions that book them at the till, so that purchase numbers, tiers, clubs, member
 * caps and returns are those of the history that would have been. What was of before keeps what it was given; what is of after, and
 * what changes points by no rule of campaigns, is left out. Entries are all of the member's, in order.
 */
export function tryOn(
  trial: Trial,
  memberId: MemberId,
  entries: readonly Recorded[],
  shared: SharedLimits,
  known: KnownOfMember = {},
): Tried {
  const { from, until } = trial
  const asItWas = new Rerun(trial.recorded, memberId)
  // Whoever does something while members are walked is known until then.
  const asOf = later(trial.asOf, entries.at(-1)?.bookedAt ?? trial.asOf)
  const tried = new TriedHistory({ ...trial, asOf }, memberId, entries, known, shared)
  const dated = entries.filter((entry) => !isByTime(entry) && periodDateOf(entry) < until)
  let end = until
  for (let first = 0; first < dated.length; ) {
    const { bookedAt, version } = dated[first]!
    let next = first + 1
    while (dated[next]?.version === version) next += 1
    const booking = dated.slice(first, next)
    for (const entry of booking) {
      asItWas.settle(bookedAt)
      asItWas.take(entry)
    }
    tried.take(booking)
    end = later(end, bookedAt)
    first = next
  }
  asItWas.settle(end)
  tried.settle(end)
  const { rerun } = tried
  const sales = [...rerun.sales.values()].filter(({ kept }) => kept.sale.at >= from)
  const [was, is] = [asItWas.account.head, rerun.account.head]
  return {
    sales: sales.map((sale) => ({
      recorded: asItWas.keptAwards(sale.recorded, sale.kept),
      tried: rerun.keptAwards(sale.kept.sale.fact, sale.kept),
    })),
    occasions: paired(recordedOccasions(asItWas, from, known), tried.occasions()),
    tier: { recorded: was.tier.id, tried: is.tier.id },
    clubs: { recorded: was.clubs.map(({ clubId }) => clubId), tried: is.clubs.map(({ clubId }) => clubId) },
    refused: rerun.refused,
  }
}

/** A return belongs to the period of its sale, and what becomes of a bonus to that of the bonus; all else to its own date. */
function periodDateOf({ at, fact }: Entry): Instant {
  if (fact.kind === 'return') return fact.saleAt
  return fact.kind === 'bonus-undone' || fact.kind === 'bonus-restored' ? fact.bonusAt : at
}

/** What the bonuses of the period gave, by their ids: a referral's with the friend, for both. */
function recordedOccasions(
  asItWas: Rerun,
  from: Instant,
  { referrer = [] }: KnownOfMember,
): ReadonlyMap<string, readonly Award[]> {
  const { memberId, referral } = asItWas.account.head
  const kept = new Map<string, readonly Award[]>()
  for (const [id, bonus] of asItWas.bonuses) {
    const { at, fact } = bonus
    if (at < from || isReferrers(fact)) continue
    const theirs = fact.trigger === 'referral' && referral ? keptByReferrer(referrer, referral.by, memberId) : []
    kept.set(id, [...keptOfBonus(bonus), ...theirs])
  }
  return kept
}

function paired(recorded: ReadonlyMap<string, readonly Award[]>, tried: ReadonlyMap<string, readonly Award[]>): TriedAwards[] {
  const ids = new Set([...recorded.keys(), ...tried.keys()])
  return [...ids].map((id) => ({ recorded: recorded.get(id) ?? [], tried: tried.get(id) ?? [] }))
}
