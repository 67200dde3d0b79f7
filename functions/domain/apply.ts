import { changedClaims } from './claim.ts'
import { changedClubCounts } from './club-counts.ts'
import type { Account, Effect, Entry } from './entry.ts'
import { changedGifts } from './gifts.ts'
import { type Bucket, bucketOrder, type DatedPurchase, type Head, type Totals } from './head.ts'
import { changedComplaints } from './open-complaint.ts'
import { changedReservations, reservedPoints } from './reservation.ts'
import { changedSums, withoutSums } from './sums.ts'
import { type Instant, points } from './units.ts'

/**
 * What an entry makes of an account. The only way in which a head changes, so that replaying is exact.
 * Throws LimitExceededError where a sum leaves the safe integers, and where points would be taken that are not there (a bug).
 */
export function apply(account: Account, entry: Entry): Account {
  const { head } = account
  const { effect } = entry
  const buckets = changedBuckets(head.buckets, effect)
  const reservations = changedReservations(head.reservations, effect)
  return {
    head: {
      memberId: head.memberId,
      version: head.version,
      status: effect.status ?? head.status,
      buckets,
      reserved: reservations === head.reservations ? head.reserved : reservedPoints(reservations),
      reservations,
      debt: effect.debt ? points(head.debt + effect.debt) : head.debt,
      totals: effect.totals ? changedTotals(head.totals, effect.totals) : head.totals,
      tier: effect.tier ?? head.tier,
      sums: changedCounts(head, effect),
      run: effect.run ?? head.run,
      enrolledAt: effect.enrolledAt ?? head.enrolledAt,
      grants: effect.granted || effect.overGrants ? changedGrants(head.grants, effect) : head.grants,
      announcedLapse: effect.lapsing?.at ?? (effect.moved ? null : head.announcedLapse),
      latestPurchase: latestAfter(head, effect),
      latestCredit: effect.creditedAt === undefined ? head.latestCredit : laterOf(head.latestCredit, effect.creditedAt),
      purchases: head.purchases + (effect.purchase ? 1 : 0),
      gifts: effect.gifts ? changedGifts(head.gifts, effect.gifts) : head.gifts,
      referral: effect.referral ?? head.referral,
      inactivityRun: head.inactivityRun + (endsInactivityRun(head, buckets, reservations) ? 1 : 0),
      clubs: effect.club ? changedClubs(head.clubs, effect.club) : head.clubs,
      clubCounts: effect.clubCounts ? changedClubCounts(head.clubCounts, effect.clubCounts) : head.clubCounts,
      clubsJudgedAt: effect.clubsJudgedAt ?? head.clubsJudgedAt,
      declinedClubs: effect.club ? changedDeclined(head.declinedClubs, effect.club) : head.declinedClubs,
      segments: effect.segments ?? head.segments,
      claims: effect.claim ? changedClaims(head.claims, effect.claim) : head.claims,
      complaints: effect.complaint ? changedComplaints(head.complaints, effect.complaint) : head.complaints,
      asking: changedAsking(head, effect),
      askedAt: effect.askedAt ?? head.askedAt,
    },
    closed: effect.closed ? changedClosed(account.closed, effect.closed) : account.closed,
  }
}

const sameBucket = (a: Bucket, b: Bucket) => a.id === b.id && a.spendableAt === b.spendableAt

function changedBuckets(buckets: readonly Bucket[], effect: Effect): readonly Bucket[] {
  const { prolong } = effect
  if (!effect.buckets && !prolong) return buckets
  const changed = buckets.map((bucket) =>
    prolong && bucket.id === prolong.id ? { ...bucket, expiresAt: prolong.expiresAt } : bucket,
  )
  for (const change of effect.buckets ?? []) {
    const index = changed.findIndex((bucket) => sameBucket(bucket, change))
    const found = changed[index]
    if (found) changed[index] = { ...found, points: points(found.points + change.points) }
    else changed.push(change)
  }
  if (changed.some((bucket) => bucket.points < 0)) throw new Error('an entry takes points that are not there')
  return changed.filter((bucket) => bucket.points > 0).sort(bucketOrder)
}

function changedTotals(totals: Totals, change: Partial<Totals>): Totals {
  return {
    issued: points(totals.issued + (change.issued ?? 0)),
    adjusted: points(totals.adjusted + (change.adjusted ?? 0)),
    redeemed: points(totals.redeemed + (change.redeemed ?? 0)),
    expired: points(totals.expired + (change.expired ?? 0)),
    clawedBack: points(totals.clawedBack + (change.clawedBack ?? 0)),
  }
}

/**
 * Of calendar years, only that of the latest purchase and the one before can decide a tier from now on: a purchase in order needs
 * its own year and the one before, and a late one reads the entries. Older years are left out, so that a head stays small. What
 * else there is to leave out, the entry says.
 */
function changedCounts(head: Head, effect: Effect): Head['sums'] {
  const { sums: changes, purchase, forgotten } = effect
  if (!changes && !purchase) return head.sums
  let sums = changes ? changedSums(head.sums, changes) : head.sums
  if (forgotten) sums = withoutSums(sums, forgotten)
  const year = latestAfter(head, effect)?.year
  return year === undefined ? sums : sums.filter(({ period }) => period >= year - 1)
}

function changedGrants(grants: Head['grants'], { granted, overGrants = [] }: Effect): Head['grants'] {
  const left = grants.filter(({ id }) => id !== granted?.id && !overGrants.includes(id))
  return granted ? [...left, granted].sort((a, b) => (a.id < b.id ? -1 : 1)) : left
}

/** Years are nothing to go by once something else is counted. */
function latestAfter({ latestPurchase }: Head, { purchase, run }: Effect): DatedPurchase | null {
  const latest = latestOf(latestPurchase, purchase)
  return run !== undefined && latest ? { at: latest.at } : latest
}

function latestOf(known: DatedPurchase | null, added: DatedPurchase | undefined): DatedPurchase | null {
  return added && (!known || added.at > known.at) ? added : known
}

const laterOf = (known: Instant | null, added: Instant): Instant => (known !== null && known > added ? known : added)

/** Whether the last points of the current run are gone, expired or taken, and none of them are reserved: what comes later is a run, and a bucket, of its own. */
function endsInactivityRun(head: Head, buckets: Head['buckets'], reservations: Head['reservations']): boolean {
  const ofRun = ({ id }: Bucket) => id === `i${head.inactivityRun}`
  const isHeld = (held: Head['reservations']) => held.length > 0 && held.some((reservation) => reservation.held.some(ofRun))
  if (buckets === head.buckets && reservations === head.reservations) return false
  if (buckets.some(ofRun) || isHeld(reservations)) return false
  return head.buckets.some(ofRun) || isHeld(head.reservations)
}

function changedClubs(clubs: Head['clubs'], { id, membership }: NonNullable<Effect['club']>): Head['clubs'] {
  const others = clubs.filter(({ clubId }) => clubId !== id)
  return membership ? [...others, membership].sort((a, b) => (a.clubId < b.clubId ? -1 : 1)) : others
}

/** Who belongs to a club again has not declined it. */
function changedDeclined(declined: Head['declinedClubs'], { id, membership, declined: leaves }: NonNullable<Effect['club']>) {
  if (!leaves && (!membership || !declined.includes(id))) return declined
  const others = declined.filter((other) => other !== id)
  return leaves ? [...others, id].sort() : others
}

/** Nobody is asked who is closed. */
function changedAsking(head: Head, { asking, status }: Effect): Head['asking'] {
  if (status === 'closed') return null
  return asking === undefined ? head.asking : asking
}

function changedClosed(closed: Account['closed'], changes: NonNullable<Effect['closed']>): Account['closed'] {
  const changed = new Map(closed)
  for (const { id, points: change } of changes) {
    changed.set(id, points((changed.get(id) ?? 0) + change))
  }
  return changed
}
