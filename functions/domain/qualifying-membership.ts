import { type Membership, membershipIn } from './club.ts'
import type { ClubFact, Entry } from './entry.ts'
import type { Head } from './head.ts'
import { endsOf, heldLevel, reachedLevels } from './ladder.ts'
import { type Programme, revisionAt } from './programme.ts'
import { countIn, type Qualifying, qualifyingClubs } from './qualifying.ts'
import type { Instant } from './units.ts'

/** What it follows from whether a member qualifies. */
type QualifyingFacts = Pick<Head, 'clubCounts' | 'enrolledAt' | 'tier'>

/**
 * Whether a member qualifies for a club at an instant: by what is now kept of their purchases, or by their tier, where the revision
 * in force then asks for one. It never depends on whether they belong to it.
 */
export function qualifies(programme: Programme, club: Qualifying, facts: QualifyingFacts, at: Instant): boolean {
  const counted = countedBy(club, facts)
  if (heldLevel(club.ladder, reachedLevels(club.ladder, counted), counted, at) > 0) return true
  return tiersFor(programme, club, at)?.includes(facts.tier.id) ?? false
}

const countedBy = ({ clubId }: Qualifying, facts: QualifyingFacts) => ({
  sums: countIn(facts, clubId).sums,
  enrolledAt: facts.enrolledAt,
})

/** The tiers of which a club wants one at an instant; undefined where it wants something else. */
function tiersFor(programme: Programme, { clubId }: Qualifying, at: Instant): readonly string[] | undefined {
  const club = revisionAt(programme, at).document.clubs?.find(({ id }) => id === clubId)
  return club?.kind === 'qualifying' && 'tier' in club.qualifies ? club.qualifies.tier : undefined
}

/** Whether a head says otherwise than it qualifies. Who joined by another way, when there was one, stays; who left does not come. */
function differs(programme: Programme, club: Qualifying, head: Head, at: Instant): boolean {
  const held = membershipIn(head, club.clubId)
  if (held) return held.isQualified === true && !qualifies(programme, club, head, at)
  return !head.declinedClubs.includes(club.clubId) && qualifies(programme, club, head, at)
}

/**
 * When a head next has something to book of the clubs that take in whoever qualifies; null: never. What their members follow from
 * last changed at `clubsJudgedAt`: what was before makes nothing due. One operation asks it of one head several times.
 */
export function nextQualifyingDue(programme: Programme, head: Head): Instant | null {
  if (qualifyingClubs(programme).length === 0) return null
  if (latest.head !== head || latest.programme !== programme) latest = { programme, head, at: findNextDue(programme, head) }
  return latest.at
}

let latest: { programme?: Programme; head?: Head; at: Instant | null } = { at: null }

function findNextDue(programme: Programme, head: Head): Instant | null {
  let next = Number.POSITIVE_INFINITY
  for (const club of qualifyingClubs(programme)) next = Math.min(next, nextTurn(programme, club, head) ?? next)
  return next === Number.POSITIVE_INFINITY ? null : (next as Instant)
}

/** When a member next comes to belong to a club or ceases to, or what it counts changes; null: never. */
function nextTurn(programme: Programme, club: Qualifying, head: Head): Instant | null {
  const { run } = countIn(head, club.clubId)
  const recount = club.ladder.eras.find((era) => era.run > run)?.from
  return nextChange(programme, club, head, recount) ?? recount ?? null
}

/** When a member next comes to belong to a club or ceases to, by what is counted now, before an instant where one is given; null: never. */
export function nextChange(programme: Programme, club: Qualifying, head: Head, before?: Instant): Instant | null {
  const { clubsJudgedAt } = head
  const after = clubsJudgedAt ?? Number.NEGATIVE_INFINITY
  const counted = countedBy(club, head)
  const turns = [...endsOf(reachedLevels(club.ladder, counted), counted), ...programme.revisions.map((each) => each.inForceFrom)]
  const later = turns.filter((at) => at > after && (before === undefined || at < before)).sort((a, b) => a - b)
  if (clubsJudgedAt !== null) later.unshift(clubsJudgedAt)
  return later.find((at) => differs(programme, club, head, at)) ?? null
}

/** What changes at an instant of who belongs to the clubs that take in whoever qualifies, one club after another. */
export function qualificationChanged(programme: Programme, head: Head, at: Instant): Entry | null {
  const clubs = qualifyingClubs(programme)
  if (clubs.length === 0 || (head.clubsJudgedAt !== null && at < head.clubsJudgedAt)) return null
  const club = clubs.find((each) => differs(programme, each, head, at))
  if (!club) return null
  const { clubId } = club
  return membershipIn(head, clubId) ? changed(at, { kind: 'club-lapsed', clubId }, null) : joined(clubId, at)
}

/** The entry that takes a member back in who left a club and still qualifies; null where they do not. */
export function takenIn(programme: Programme, head: Head, clubId: string, now: Instant) {
  const club = qualifyingClubs(programme).find((each) => each.clubId === clubId)
  return club && qualifies(programme, club, head, now) ? joined(clubId, now) : null
}

function joined(clubId: string, since: Instant) {
  const membership: Membership = {
    clubId,
    since,
    until: null,
    graceUntil: null,
    state: 'member',
    months: 0,
    payments: [],
    isQualified: true,
  }
  return changed(since, { kind: 'club-joined', clubId }, membership)
}

function changed(at: Instant, fact: ClubFact, membership: Membership | null) {
  return { at, fact, effect: { club: { id: fact.clubId, membership }, clubsJudgedAt: at } }
}
