import { addDays } from 'temporal-polyfill/fns/PlainDate'
import { apply } from './apply.ts'
import type { Account, Direction, Effect, Entry } from './entry.ts'
import type { Head, HeldTier } from './head.ts'
import {
  endsOf,
  eraAt,
  eraOfRevision,
  heldLevel,
  type Ladder,
  ladderOf,
  type Reached,
  reachedLevels,
  translated,
} from './ladder.ts'
import { type Programme, type Revision, revisionAt, type Tier } from './programme.ts'
import { judgedClubs, qualifyingClubs } from './qualifying.ts'
import { countedSums, enrolledAtOf, isPlain } from './tally.ts'
import { type Instant, later } from './units.ts'

/** What a member's tier follows from. */
type TierFacts = Pick<Head, 'sums' | 'enrolledAt' | 'grants'>

const ladders = new WeakMap<Programme, Ladder>()

/** The tiers of a programme's revisions as one ladder. */
export function tierLadder(programme: Programme): Ladder {
  let ladder = ladders.get(programme)
  if (!ladder) {
    ladder = ladderOf(programme, ({ document }) => document.tiers)
    ladders.set(programme, ladder)
  }
  return ladder
}

/** The tier that a member's purchases and grants give at an instant, by the revision in force then. */
export function tierAt(programme: Programme, facts: TierFacts, at: Instant): Tier {
  return heldAmong(programme, facts, reachedLevels(tierLadder(programme), facts), at)
}

function heldAmong(programme: Programme, facts: TierFacts, reached: readonly Reached[], at: Instant): Tier {
  const ladder = tierLadder(programme)
  let held = heldLevel(ladder, reached, facts, at)
  for (const { tier, revision, from, until } of facts.grants) {
    if (from <= at && at < until) held = Math.max(held, levelIn(ladder, tier, revision, at))
  }
  const { tiers } = revisionAt(programme, at)
  return tiers[held] ?? tiers[0]
}

/** The place at an instant of a tier that a revision knows by this id. */
function levelIn(ladder: Ladder, id: string, revision: number, at: Instant): number {
  const era = eraOfRevision(ladder, revision)
  return translated(
    era,
    era.levels.findIndex((level) => level.id === id),
    eraAt(ladder, at),
  )
}

/** The tier of that id, or the lowest where the revision no longer has it. */
export function tierOfId(revision: Revision, id: string): Tier {
  return revision.tiers.find((tier) => tier.id === id) ?? revision.tiers[0]
}

/**
 * What the tier follows from at an instant in the past, by the purchases dated at or before it, at what is now kept of them: what a late purchase is judged by. The entries are all of the member's, in order.
 */
export function tierFactsBefore(programme: Programme, entries: readonly Entry[], at: Instant): TierFacts {
  const ladder = tierLadder(programme)
  const grants = new Map(entries.flatMap(({ effect }) => (effect.granted ? [[effect.granted.id, effect.granted]] : [])))
  const sums = countedSums(ladder, eraAt(ladder, at).run, entries, at)
  return { sums, enrolledAt: enrolledAtOf(entries), grants: [...grants.values()] }
}

/** The tier that a member's head gives at an instant, and by what it was determined. */
export function heldTierAt(programme: Programme, head: Head, at: Instant): HeldTier {
  const { number, calendar } = revisionAt(programme, at)
  const tier = { id: tierAt(programme, head, at).id, year: calendar.yearOf(at), revision: number }
  return isPlain(tierLadder(programme), head) && head.grants.length === 0 ? tier : { ...tier, at }
}

type TierEffect = Pick<Effect, 'tier' | 'moved' | 'lapsing'>

/** What is to be booked of the tier of a head at an instant: another one, and a lapse to announce. */
export function tierEffect(programme: Programme, head: Head, now: Instant): TierEffect | null {
  const held = heldTierAt(programme, head, now)
  const isSame = held.id === head.tier.id && held.revision === head.tier.revision
  const tier = isSame && !isOutdated(programme, head, held) ? null : held
  const announcedLapse = held.id === head.tier.id ? head.announcedLapse : null
  const lapse = warnsOfLapses(programme) ? lapseToAnnounce(programme, { ...head, tier: tier ?? head.tier, announcedLapse }) : null
  const lapsing = lapse && lapse.dueAt <= now ? { at: lapse.at, to: lapse.to } : null
  if (!tier && !lapsing) return null
  return {
    ...(tier && { tier }),
    ...(held.id !== head.tier.id && { moved: { from: head.tier.id, direction: direction(programme, head.tier, held, now) } }),
    ...(lapsing && { lapsing }),
  }
}

/** Whether the head would be due before now if it did not say that its tier was determined since. */
function isOutdated(programme: Programme, head: Head, held: HeldTier): boolean {
  if (held.at === undefined) return held.year !== head.tier.year
  const due = nextTierRoll(programme, head)
  return due !== null && due <= held.at
}

function direction(programme: Programme, before: HeldTier, held: HeldTier, at: Instant): Direction {
  const ladder = tierLadder(programme)
  const steps = levelIn(ladder, held.id, held.revision, at) - levelIn(ladder, before.id, before.revision, at)
  return steps > 0 ? 'up' : steps < 0 ? 'down' : 'level'
}

/** Applies an entry that changes what tiers follow from, completed by what that makes of the tier. */
export function withTier<Kind extends Entry>(
  programme: Programme,
  account: Account,
  untiered: Kind,
  now: Instant,
): { entry: Kind; account: Account } {
  const judged = qualifyingClubs(programme).length === 0 ? untiered : withEffect(untiered, judgedClubs(programme, now))
  const applied = apply(account, judged)
  const effect = tierEffect(programme, applied.head, now)
  if (!effect) return { entry: judged, account: applied }
  const entry = withEffect(judged, effect)
  return { entry, account: apply(account, entry) }
}

const withEffect = <Kind extends Entry>(entry: Kind, more: Effect): Kind => ({ ...entry, effect: { ...entry.effect, ...more } })

/**
 * The earliest instant at which the tier becomes another, because what was reached holds no longer, a grant ends or a revision with
 * other tiers takes effect; null: never. One operation asks it of one head several times, so the last answer is remembered.
 */
function nextTierRoll(programme: Programme, head: Head): Instant | null {
  if (latestRoll.head !== head || latestRoll.programme !== programme) {
    latestRoll = { programme, head, at: findNextRoll(programme, head) }
  }
  return latestRoll.at
}

let latestRoll: { programme?: Programme; head?: Head; at: Instant | null } = { at: null }

function findNextRoll(programme: Programme, head: Head): Instant | null {
  const { id, year, revision, at: determinedAt } = head.tier
  const reached = reachedLevels(tierLadder(programme), head)
  const after = determinedAt ?? programme.revisions[0].calendar.startOfYear(year)
  const turns: Instant[] = []
  if (reached.length > 0) turns.push(...endsOf(reached, head).filter((at) => at > after))
  for (const { until } of head.grants) if (until > after) turns.push(until)
  for (const { number, inForceFrom } of programme.revisions) if (number > revision) turns.push(inForceFrom)
  let last: Instant | null = null
  for (const at of turns.sort((a, b) => a - b)) {
    if (at !== last && heldAmong(programme, head, reached, at).id !== id) return at
    last = at
  }
  return null
}

/** When a head next has something to book of its tier; null: never. What it does not count yet, it counts from its first instant on. */
export function nextTierDue(programme: Programme, head: Head): Instant | null {
  return earliest(
    nextTierRoll(programme, head),
    earliest(nextRecount(programme, head), lapseToAnnounce(programme, head)?.dueAt ?? null),
  )
}

const earliest = (a: Instant | null, b: Instant | null) => (a === null ? b : b === null || a < b ? a : b)

/** When the tiers begin to count what a head has no sums of; null: not known. */
export function nextRecount(programme: Programme, { run }: Pick<Head, 'run'>): Instant | null {
  return tierLadder(programme).eras.find((era) => era.run > run)?.from ?? null
}

/** A fall to a lower tier that will come if nothing more happens. */
interface Lapse {
  readonly at: Instant
  readonly to: string
}

/** The fall that comes next; null: there is none, or the tier rises before. */
export function nextLapse(programme: Programme, head: Head): Lapse | null {
  const at = nextTierRoll(programme, head)
  if (at === null) return null
  const then = heldTierAt(programme, head, at)
  return direction(programme, head.tier, then, at) === 'down' ? { at, to: then.id } : null
}

const warnsOfLapses = ({ revisions }: Programme) =>
  revisions.some(({ document }) => document.tiers.lapseWarningDays !== undefined)

/**
 * A lapse that is still to be announced, and when: so many local midnights before it as the revision in force at the lapse says, but
 * not before that revision is.
 */
function lapseToAnnounce(programme: Programme, head: Head): (Lapse & { readonly dueAt: Instant }) | null {
  if (!warnsOfLapses(programme)) return null
  const lapse = nextLapse(programme, head)
  if (!lapse || lapse.at === head.announcedLapse) return null
  const { document, calendar, inForceFrom } = revisionAt(programme, lapse.at)
  const days = document.tiers.lapseWarningDays
  if (days === undefined) return null
  const dueAt = later(calendar.startOfDay(addDays(calendar.dayOf(lapse.at).date, -days)), inForceFrom)
  return dueAt < lapse.at ? { ...lapse, dueAt } : null
}
