import type { CountedRule } from './club.ts'
import { type ClubCountChange, uncounted } from './club-counts.ts'
import type { Effect, Entry } from './entry.ts'
import type { ClubCount, Head } from './head.ts'
import { eraAt, type Ladder, ladderOf } from './ladder.ts'
import type { LadderPolicy } from './ladder-policy.ts'
import type { Programme, Revision } from './programme.ts'
import { changedKept, countedAnew, enrolmentCount, forgottenSums, type Kept } from './tally.ts'
import type { Instant } from './units.ts'

/** A club that takes in whoever qualifies, over all revisions. */
export interface Qualifying {
  readonly clubId: string
  /** Of one rung above the lowest: the club. A revision in which it counts nothing has no way to reach it. */
  readonly ladder: Ladder
}

const known = new WeakMap<Programme, readonly Qualifying[]>()

/** All clubs of a programme's revisions that ever took in whoever qualifies, by their ids. */
export function qualifyingClubs(programme: Programme): readonly Qualifying[] {
  let clubs = known.get(programme)
  if (!clubs) {
    const ids = programme.revisions.flatMap(({ document }) =>
      (document.clubs ?? []).flatMap(({ id, kind }) => (kind === 'qualifying' ? [id] : [])),
    )
    clubs = [...new Set(ids)].sort().map((clubId) => ({ clubId, ladder: clubLadder(programme, clubId) }))
    known.set(programme, clubs)
  }
  return clubs
}

/** What an entry says that changes at an instant what such clubs follow from; nothing where there are none. */
export const judgedClubs = (programme: Programme, at: Instant): Pick<Effect, 'clubsJudgedAt'> =>
  qualifyingClubs(programme).length === 0 ? {} : { clubsJudgedAt: at }

/** Counts nothing: in revisions before the club counts. */
const uncountedPolicy: Omit<LadderPolicy, 'levels'> = { metric: 'items', category: [], period: 'lifetime' }

/**
 * A revision without the club goes on counting what the one before did, and nobody reaches it any more: who belongs to it stays
 * as long as what they reached is kept.
 */
function clubLadder(programme: Programme, clubId: string): Ladder {
  let policy = uncountedPolicy
  const ladder = ladderOf(programme, (revision) => {
    const rule = countedRule(revision, clubId)
    if (rule) policy = rule
    const levels = [
      { id: '', threshold: 0 },
      { id: clubId, threshold: rule?.atLeast ?? Number.POSITIVE_INFINITY },
    ]
    return { ...policy, levels }
  })
  const [first, ...others] = ladder.eras
  // What a club keeps of years that are over is named in entries, as that of other periods is. Credit is for tiers alone.
  const ofClub = { isPlain: false, countsCredit: false }
  return { eras: [{ ...first, ...ofClub }, ...others.map((era) => ({ ...era, ...ofClub }))] }
}

/** What a club counts by a revision; undefined where it is not there, or counts nothing. */
export function countedRule({ document }: Pick<Revision, 'document'>, clubId: string): CountedRule | undefined {
  const club = document.clubs?.find(({ id }) => id === clubId)
  return club?.kind === 'qualifying' && 'metric' in club.qualifies ? club.qualifies : undefined
}

export const countIn = ({ clubCounts }: Pick<Head, 'clubCounts'>, clubId: string): ClubCount =>
  clubCounts.find((count) => count.clubId === clubId) ?? uncounted(clubId)

/**
 * How what clubs count changes where what is kept of a purchase dated `at` does; nothing where no club counts. Credit that
 * campaigns give for tiers is not counted. With the latest purchase so far, sums that only earlier ones need are left out.
 */
export function countedForClubs(
  programme: Programme,
  head: Head,
  at: Instant,
  before: Kept,
  after: Kept,
): Pick<Effect, 'clubCounts'> {
  const clubs = qualifyingClubs(programme)
  if (clubs.length === 0) return {}
  const { enrolledAt, latestPurchase } = head
  const isLatest = latestPurchase === null || at > latestPurchase.at
  const clubCounts = clubs.flatMap(({ clubId, ladder }): ClubCountChange[] => {
    const { run, sums: counted } = countIn(head, clubId)
    const sums = changedKept(ladder, { run, enrolledAt, latestPurchase }, at, before, after)
    const forgotten = isLatest ? forgottenSums(ladder, { sums: counted, enrolledAt }, at) : []
    if (sums.length === 0 && forgotten.length === 0) return []
    return [{ clubId, ...(sums.length > 0 && { sums }), ...(forgotten.length > 0 && { forgotten }) }]
  })
  return clubCounts.length > 0 ? { clubCounts } : {}
}

/** What an enrolment says of what clubs count, and that clubs may take the member in at once. */
export function enrolmentForClubs(
  programme: Programme,
  at: Instant,
): Pick<Effect, 'clubCounts' | 'clubsJudgedAt' | 'enrolledAt'> {
  const clubs = qualifyingClubs(programme)
  if (clubs.length === 0) return {}
  const counts = clubs.map(({ clubId, ladder }) => ({ clubId, ...enrolmentCount(ladder, at) }))
  const clubCounts = counts.flatMap(({ clubId, run }) => (run === undefined ? [] : [{ clubId, run }]))
  const countsFromIt = counts.some(({ enrolledAt }) => enrolledAt !== undefined)
  return {
    ...(clubCounts.length > 0 && { clubCounts }),
    ...(countsFromIt && { enrolledAt: at }),
    clubsJudgedAt: at,
  }
}

/** When a club begins to count what a head has no sums of; null: not known. */
export function nextClubRecount(programme: Programme, head: Head): Instant | null {
  let next: Instant | null = null
  for (const { clubId, ladder } of qualifyingClubs(programme)) {
    const { run } = countIn(head, clubId)
    const from = ladder.eras.find((era) => era.run > run)?.from
    if (from !== undefined && (next === null || from < next)) next = from
  }
  return next
}

/**
 * The entry that makes a head count what clubs begin to count at `at`: their sums are those of all purchases so far. The entries
 * are all that were booked before.
 */
export function recountClubs(programme: Programme, head: Head, entries: readonly Entry[], at: Instant): Entry {
  let enrolledAt: Instant | undefined
  const clubCounts = qualifyingClubs(programme).flatMap(({ clubId, ladder }): ClubCountChange[] => {
    if (eraAt(ladder, at).run <= countIn(head, clubId).run) return []
    const { enrolledAt: known, ...counted } = countedAnew(ladder, head, entries, at)
    enrolledAt ??= known
    return [{ clubId, ...counted }]
  })
  const effect = { clubCounts, ...(enrolledAt !== undefined && { enrolledAt }), clubsJudgedAt: at }
  return { at, fact: { kind: 'recount' }, effect }
}
