import { apply } from './apply.ts'
import { changedClubCounts } from './club-counts.ts'
import type { Account, Effect, Entry } from './entry.ts'
import { emptyHead, type Head } from './head.ts'
import { eraAt, type Ladder } from './ladder.ts'
import type { Metric } from './ladder-policy.ts'
import { type Programme, revisionAt } from './programme.ts'
import type { Judgement, Sale } from './purchase.ts'
import { qualifyingClubs } from './qualifying.ts'
import { type Judged, linesOf, memberFacts } from './sale-facts.ts'
import { settle } from './settle.ts'
import type { PeriodSum } from './sums.ts'
import { countedAnew, datedPurchase, dayNumber } from './tally.ts'
import { heldTierAt, tierAt, tierFactsBefore, tierLadder } from './tiers.ts'
import { type Instant, instant, type MemberId } from './units.ts'

/** A member who does not exist, as far as anybody cares to say: a new one, where nothing is said. */
export interface MadeUpMember extends Partial<Record<Metric, number | undefined>> {
  /** At least this one; one that the revision does not have is taken for the lowest. */
  readonly tier?: string | undefined
  readonly clubs?: readonly string[] | undefined
  readonly segments?: readonly string[] | undefined
  /** The how-manieth of their purchases the sale is; 1 where nothing is said. */
  readonly purchaseNumber?: number | undefined
  /** Local days since the one before. */
  readonly daysSinceLastPurchase?: number | undefined
  readonly birthdayMonth?: boolean | undefined
}

/**
 * The settled account of a made-up member in a programme of one revision. What tiers and clubs counted before is what is said of
 * their metric, all of it in the time in which they count at the instant. `referredBy` has recommended them.
 */
export function madeUpAccount(
  programme: Programme,
  memberId: MemberId,
  madeUp: MadeUpMember,
  at: Instant,
  referredBy?: MemberId,
): Account {
  const { tier, clubs = [], segments = [] } = madeUp
  const { number } = revisionAt(programme, at)
  const countedBy = (ladder: Ladder) => countedBefore(ladder, madeUp, at)
  const grant = { id: 'made-up', tier: tier ?? '', from: at, until: instant(at + longMs), revision: number }
  const head: Head = {
    ...emptyHead(memberId),
    ...{ run: number, enrolledAt: at, sums: countedBy(tierLadder(programme)) },
    // As if staff had given it: so it is held whatever it is that tiers count.
    grants: tier === undefined ? [] : [grant],
    clubs: [...new Set(clubs)].sort().map((clubId) => ({ ...plainMembership, clubId, since: at })),
    clubCounts: qualifyingClubs(programme).map(({ clubId, ladder }) => ({ clubId, run: number, sums: countedBy(ladder) })),
    clubsJudgedAt: at,
    segments: [...segments].sort(),
    referral: referredBy === undefined ? null : { by: referredBy, rewarded: false },
  }
  return settle(programme, { head: { ...head, tier: heldTierAt(programme, head, at) }, closed: new Map() }, at).account
}

/** Longer than a simulation looks ahead. */
const longMs = 366 * 86_400_000

const plainMembership = { until: null, graceUntil: null, state: 'member', months: 0, payments: [] } as const

/** What a ladder counted before an instant; visits were on the days just before it. */
function countedBefore(ladder: Ladder, madeUp: MadeUpMember, at: Instant): PeriodSum[] {
  const { metric, periods, calendar, revision } = eraAt(ladder, at)
  const amount = madeUp[metric] ?? 0
  if (amount === 0) return []
  const sum = { period: periods.of(at, at), revision, amount }
  if (metric !== 'visits') return [sum]
  const today = dayNumber(calendar.dayOf(at).date)
  return [{ ...sum, days: Array.from({ length: amount }, (_, index) => [today - amount + index, 1] as const) }]
}

/** By what a sale to a made-up member, whose account is as of when it is dated, is judged. */
export function judgeMadeUp(programme: Programme, { head }: Account, madeUp: MadeUpMember, sale: Sale, at: Instant): Judgement {
  const { memberId } = head
  const revision = revisionAt(programme, at)
  const { clubs, segments, purchaseNumber = 1, daysSinceLastPurchase, birthdayMonth } = madeUp
  const judged: Judged = {
    purchaseNumber,
    ...((clubs || head.clubs.length > 0) && { clubs: head.clubs.map(({ clubId }) => clubId) }),
    ...(segments && { segments }),
    ...(daysSinceLastPurchase !== undefined && { daysSinceLastPurchase }),
    ...(birthdayMonth && { birthdayMonth }),
  }
  const lines = linesOf(sale)
  const facts = memberFacts(revision, tierAt(programme, head, at), { memberId, at, details: sale.details, bought: lines, judged })
  return { at, revision, facts, judged, lines }
}

/**
 * A member as of an instant in the past, by all that is known now of what happened until then: purchases, status, tags, grants.
 * What points they had then is not worked out: no campaign asks for it. `entries` are those dated until then.
 */
export function accountAsOf(member: MemberId, entries: readonly Entry[]): Account {
  let account: Account = { head: emptyHead(member), closed: new Map() }
  for (const entry of entries) {
    const { referral } = entry.effect
    account = apply(account, { ...entry, effect: { ...unjudged(entry.effect), ...(referral && { referral }) } })
  }
  return account
}

/** What an entry changes that no rule makes of the member's sales: neither points, nor what tiers count of them, nor the tier. */
export function unjudged({ purchase, status, gifts, segments, granted, club }: Effect): Effect {
  return {
    ...(purchase && { purchase }),
    ...(status && { status }),
    ...(gifts && { gifts }),
    ...(segments && { segments }),
    ...(granted && { granted }),
    ...(club && { club }),
  }
}

/**
 * An account as it is in a programme that was not its own until then: what tiers and clubs count, counted anew from the entries, and
 * with the clubs that take in whoever qualifies at `from`, when the programme begins to be its own.
 */
export function recounted(
  programme: Programme,
  account: Account,
  entries: readonly Entry[],
  at: Instant,
  from: Instant,
): { readonly account: Account; readonly settling: readonly Entry[] } {
  const ladder = tierLadder(programme)
  const facts = tierFactsBefore(programme, entries, at)
  const { run } = ladder.eras.findLast(({ from: since }) => since <= at) ?? ladder.eras[0]
  const counting: Head = { ...account.head, ...facts, run, latestPurchase: null }
  const { latestPurchase: latest } = account.head
  const dated = latest && datedPurchase(ladder, counting, latest.at).purchase
  const counted: Head = {
    ...counting,
    latestPurchase: dated ?? null,
    ...countedAnewForClubs(programme, account.head, entries, at, from),
  }
  const head: Head = { ...counted, tier: heldTierAt(programme, counted, at) }
  const { account: settled, entries: settling } = settle(programme, { ...account, head }, at)
  return { account: settled, settling }
}

function countedAnewForClubs(programme: Programme, head: Head, entries: readonly Entry[], at: Instant, from: Instant) {
  const clubs = qualifyingClubs(programme)
  if (clubs.length === 0) return {}
  const changes = clubs.map(({ clubId, ladder }) => {
    const { enrolledAt: _, ...counts } = countedAnew(ladder, head, entries, at)
    return { clubId, ...counts }
  })
  return { clubCounts: changedClubCounts([], changes), clubsJudgedAt: from }
}
