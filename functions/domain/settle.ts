import { apply } from './apply.ts'
import { claimMoved, nextClaimDue } from './claim.ts'
import { nextClubEnd } from './club.ts'
import { clubEnded } from './club-membership.ts'
import type { Account, BucketChange, Entry } from './entry.ts'
import type { Bucket, Head } from './head.ts'
import { complaintOverdue, nextOverdue } from './open-complaint.ts'
import type { Programme } from './programme.ts'
import { judgedClubs, nextClubRecount, recountClubs } from './qualifying.ts'
import { nextQualifyingDue, qualificationChanged } from './qualifying-membership.ts'
import { lapsed } from './reservation.ts'
import { surveyAsked } from './survey.ts'
import { recount } from './tally.ts'
import { nextRecount, nextTierDue, tierEffect, tierLadder } from './tiers.ts'
import { type BucketId, type Instant, type Points, points } from './units.ts'

/** An account brought up to an instant, and the entries that did it. */
export interface Settled {
  readonly account: Account
  readonly entries: readonly Entry[]
  /** False where `most` entries were reached before the instant was, or the history is needed. */
  readonly complete: boolean
  /** Whether it came to where the tiers begin to count something else, and that can be counted from all entries alone. */
  readonly needsHistory: boolean
}

/**
 * The earliest instant at which time changes a head: pending points mature, a reservation lapses, points expire, a tier or a
 * club's term runs out, a complaint or a claim becomes overdue, a claim lapses, or the member is asked how satisfied they are.
 * Null: never. The due index is kept on it. One operation asks it of one head several times, so the last answer is remembered.
 */
export function nextDue(programme: Programme, head: Head): Instant | null {
  if (latest.head !== head || latest.programme !== programme) latest = { programme, head, at: findNextDue(programme, head) }
  return latest.at
}

let latest: { programme?: Programme; head?: Head; at: Instant | null } = { at: null }

function findNextDue(programme: Programme, head: Head): Instant | null {
  let due = nextTierDue(programme, head) ?? Number.POSITIVE_INFINITY
  due = Math.min(due, nextQualifyingDue(programme, head) ?? due)
  if (head.clubs.length > 0) due = Math.min(due, nextClubEnd(head) ?? due)
  if (head.claims.length > 0) due = Math.min(due, nextClaimDue(head.claims) ?? due)
  if (head.complaints.length > 0) due = Math.min(due, nextOverdue(head) ?? due)
  if (head.asking && head.asking.at < due) due = head.asking.at
  for (const { lapsesAt } of head.reservations) if (lapsesAt < due) due = lapsesAt
  for (const { spendableAt, expiresAt } of head.buckets) {
    if (spendableAt !== null && spendableAt < due) due = spendableAt
    if (expiresAt !== null && expiresAt < due) due = expiresAt
  }
  return due === Number.POSITIVE_INFINITY ? null : (due as Instant)
}

/**
 * Brings an account up to `now`: walks the due instants in order and books, at one instant, first what matures, then a
 * reservation that lapses, then a claim, then what expires, then the tier, then the clubs, of which those that take in whoever
 * qualifies come last, then a complaint that is overdue, then the asking, each by the revision in force then. Of several reservations,
 * claims or complaints at one instant the next follows after all that, so that any number of them can be booked in parts. Settling twice changes
 * nothing, and settling in
 * steps is settling at once (promise 4). It never gives points. `most` bounds the entries, so that one commit can hold them.
 * `history` is all of the member's entries; it is needed only where a revision takes effect whose tiers count something else.
 */
export function settle(
  programme: Programme,
  account: Account,
  now: Instant,
  most = Number.POSITIVE_INFINITY,
  history?: readonly Entry[],
): Settled {
  const entries: Entry[] = []
  let settled = account
  const book = (entry: Entry | null) => {
    if (!entry) return
    entries.push(entry)
    settled = apply(settled, entry)
  }
  for (;;) {
    const at = nextDue(programme, settled.head)
    if (at === null || at > now) return { account: settled, entries, complete: true, needsHistory: false }
    if (entries.length >= most) return { account: settled, entries, complete: false, needsHistory: false }
    const recounts = nextRecount(programme, settled.head) === at
    const clubsRecount = nextClubRecount(programme, settled.head) === at
    if ((recounts || clubsRecount) && !history) return { account: settled, entries, complete: false, needsHistory: true }
    book(matured(settled.head, at))
    if (settled.head.reservations.length > 0) book(lapsed(settled.head, at))
    if (settled.head.claims.length > 0) book(claimMoved(settled.head.claims, at))
    book(expired(settled.head, at))
    if (recounts && history) book(recount(tierLadder(programme), settled.head, history, at))
    if (clubsRecount && history) book(recountClubs(programme, settled.head, history, at))
    book(rolled(programme, settled.head, at))
    book(clubEnded(programme, settled.head, at))
    for (let change = qualificationChanged(programme, settled.head, at); change; ) {
      book(change)
      change = qualificationChanged(programme, settled.head, at)
    }
    book(complaintOverdue(settled.head, at))
    book(surveyAsked(settled.head, at))
  }
}

/** A booking on a settled account, followed by what it makes due at once: of clubs, and of points that were past their expiry. */
export function followed(
  programme: Programme,
  { entry, account }: { readonly entry: Entry; readonly account: Account },
  now: Instant,
) {
  const settled = settle(programme, account, now)
  return { entries: [entry, ...settled.entries], account: settled.account }
}

function matured(head: Head, at: Instant): Entry | null {
  const ripe = head.buckets.filter((bucket) => bucket.spendableAt !== null && bucket.spendableAt <= at)
  if (ripe.length === 0) return null
  const buckets: BucketChange[] = ripe.flatMap((bucket) => [
    { ...bucket, points: points(-bucket.points) },
    { ...bucket, spendableAt: null },
  ])
  return { at, fact: { kind: 'mature' }, effect: { buckets } }
}

function expired(head: Head, at: Instant): Entry | null {
  const over = head.buckets.filter((bucket) => bucket.expiresAt !== null && bucket.expiresAt <= at)
  if (over.length === 0) return null
  return {
    at,
    fact: { kind: 'expire' },
    effect: {
      totals: { expired: points(over.reduce((sum, bucket) => sum + bucket.points, 0)) },
      buckets: over.map((bucket) => ({ ...bucket, points: points(-bucket.points) })),
      closed: pointsByBucket(over),
    },
  }
}

/** Pending and spendable points of one expiry are one closed bucket. */
function pointsByBucket(buckets: readonly Bucket[]): { id: BucketId; points: Points }[] {
  const sums = new Map<BucketId, number>()
  for (const bucket of buckets) sums.set(bucket.id, (sums.get(bucket.id) ?? 0) + bucket.points)
  return [...sums].map(([id, sum]) => ({ id, points: points(sum) }))
}

function rolled(programme: Programme, head: Head, at: Instant): Entry | null {
  if (nextTierDue(programme, head) !== at) return null
  const effect = tierEffect(programme, head, at)
  if (!effect) return null
  const judged = effect.tier && judgedClubs(programme, at)
  return { at, fact: { kind: effect.lapsing && !effect.moved ? 'tier-lapsing' : 'tier' }, effect: { ...effect, ...judged } }
}
