import type { Award } from './earning.ts'
import { type CapUse, isApplied } from './limits.ts'
import type { Programme, Revision } from './programme.ts'
import { tierOfId } from './tiers.ts'
import { emptyTimeline, type RunsOut, runningOut, type Timeline, take } from './timeline.ts'
import type { Tried } from './trial.ts'
import type { SharedBudgets, SharedLimits } from './trial-limits.ts'
import { points, ratioOf } from './units.ts'

/** What was, by the revisions in force then, and what would have been. */
export interface Compared {
  recorded: number
  tried: number
}

/** What the base rule, or a campaign, gave. */
interface SourceSums {
  /** Points of it that are kept now. */
  readonly points: Compared
  /** Purchases that it gave points or a gift. */
  readonly purchases: Compared
  /** What else than purchases it gave points or a gift for: enrolments, birthdays, events, referrals and the like. */
  readonly occasions: Compared
  readonly members: Compared
}

/** Sums over the members that were looked at so far: plain JSON, small however many they are. */
export interface BacktestSums {
  members: number
  /** Of the period. */
  purchases: number
  /** What else than purchases campaigns of the period gave something for. */
  readonly occasions: Compared
  /** Members whose points, gifts, tier or clubs would have been others. */
  touched: number
  /** Sales, returns and bonuses that the members' accounts would not have taken. */
  refused: number
  readonly points: Compared
  readonly sources: { [source: string]: SourceSums }
  /** Members by their tier at the end of the period. */
  readonly tiers: { [tier: string]: Compared }
  /** Members by the clubs that they belong to then. */
  readonly clubs: { [club: string]: Compared }
  readonly moved: { up: number; down: number }
  readonly timeline: Timeline
  /** Budgets that an earlier pass found running out. */
  readonly runsOut: { [budget: string]: RunsOut }
  /** What those who recommended others have had of campaigns with caps, by member, campaign and window. */
  readonly referrers: { [name: string]: readonly [times: number, points: number] }
  /** Whether there were more of these than are counted. */
  referrersOmitted: boolean
}

/** Slots of time that all budgets of a backtest have together. */
export const mostSlots = 20_000
/** Members and windows in which caps of those who recommended others are counted. */
export const mostReferrers = 5_000

export function emptySums(runsOut: BacktestSums['runsOut'] = {}): BacktestSums {
  return {
    ...{ members: 0, purchases: 0, touched: 0, refused: 0 },
    occasions: none(),
    points: none(),
    sources: {},
    tiers: {},
    clubs: {},
    moved: { up: 0, down: 0 },
    timeline: emptyTimeline(),
    runsOut,
    referrers: {},
    referrersOmitted: false,
  }
}

const none = (): Compared => ({ recorded: 0, tried: 0 })

/** The revisions by which tiers are held at the end of the period. */
export interface Ladders {
  readonly recorded: Revision
  readonly candidate: Revision
}

/** Adds what a trial made of a member. */
export function addTried(sums: BacktestSums, ladders: Ladders, { sales, occasions, tier, clubs, refused }: Tried): void {
  sums.members += 1
  sums.purchases += sales.length
  sums.refused += refused
  const given = { recorded: new Set<string>(), tried: new Set<string>() }
  for (const sale of sales) {
    for (const side of sides) addAwards(sums, side, 'purchases', sale[side], given[side])
  }
  for (const occasion of occasions) {
    for (const side of sides) {
      addAwards(sums, side, 'occasions', occasion[side], given[side])
      if (occasion[side].some(isApplied)) sums.occasions[side] += 1
    }
  }
  for (const side of sides) {
    for (const source of given[side]) sourceOf(sums, source).members[side] += 1
    count(sums.tiers, tier[side], side)
    for (const club of clubs[side]) count(sums.clubs, club, side)
  }
  const isOther = [...sales, ...occasions].some(({ recorded, tried }) => !isSame(recorded, tried))
  if (isOther || tier.recorded !== tier.tried || clubs.recorded.join() !== clubs.tried.join()) sums.touched += 1
  const moved = movement(ladders, tier)
  if (moved > 0) sums.moved.up += 1
  if (moved < 0) sums.moved.down += 1
}

/** Adds what a purchase or an occasion gave. Of a referral both sides' awards are of one campaign. */
function addAwards(
  sums: BacktestSums,
  side: keyof Compared,
  of: 'purchases' | 'occasions',
  awards: readonly Award[],
  given: Set<string>,
): void {
  const sources = new Set<string>()
  for (const award of awards) {
    if (!isApplied(award)) continue
    const source = sourceOf(sums, award.source)
    source.points[side] = points(source.points[side] + award.points)
    sums.points[side] = points(sums.points[side] + award.points)
    if (!sources.has(award.source)) source[of][side] += 1
    sources.add(award.source)
    given.add(award.source)
  }
}

function count(counts: { [name: string]: Compared }, name: string, side: keyof Compared): void {
  counts[name] ??= none()
  counts[name][side] += 1
}

/**
 * Above 0 where the tier that would have been is the higher one, below where it is the lower. A ladder that has both decides, the
 * candidate's first. Where neither has, because tiers are renamed or dropped, the dearer is the higher: by the thresholds, or, where
 * these count different things, by their places from the lowest on.
 */
function movement({ recorded, candidate }: Ladders, tier: Tried['tier']): number {
  for (const { tiers } of [candidate, recorded]) {
    const [was, is] = [tier.recorded, tier.tried].map((id) => tiers.findIndex((level) => level.id === id)) as [number, number]
    if (was >= 0 && is >= 0) return is - was
  }
  const [was, is] = [tierOfId(recorded, tier.recorded), tierOfId(candidate, tier.tried)]
  const countTheSame = recorded.document.tiers.metric === candidate.document.tiers.metric
  return countTheSame ? is.threshold - was.threshold : candidate.tiers.indexOf(is) - recorded.tiers.indexOf(was)
}

const sides = ['recorded', 'tried'] as const

function sourceOf(sums: BacktestSums, source: string): SourceSums {
  sums.sources[source] ??= { points: none(), purchases: none(), occasions: none(), members: none() }
  return sums.sources[source]
}

/** Whether a sale or an occasion was given the same by both. */
function isSame(a: readonly Award[], b: readonly Award[]): boolean {
  const told = (awards: readonly Award[]) =>
    awards
      .filter(isApplied)
      .map(({ source, points: given, gift }) => JSON.stringify([source, given, gift]))
      .sort()
      .join()
  return told(a) === told(b)
}

/**
 * The budgets that all members of a backtest share. Members are walked one after another and not in the order of time, so a
 * first pass lets all budgets be taken from freely, and notes when. Where one would have run out, a second pass knows it:
 * before that slot of time there is enough for everybody, in it what is left goes to who comes first, after it there is nothing.
 */
export function budgetsOf({ timeline, runsOut }: BacktestSums, candidate: Revision): SharedBudgets {
  return {
    left(campaign, store, at) {
      const out = runsOut[nameOf(campaign, store)]
      if (!out || at < out.from) return undefined
      return at < out.until ? out.left : 0
    },
    take(campaign, store, at, given) {
      if (budgetOf(candidate, campaign, store) === undefined) return
      const name = nameOf(campaign, store)
      take(timeline, name, at, given, mostSlots)
      const out = runsOut[name]
      if (out && given > 0 && at >= out.from && at < out.until) out.left = Math.max(0, out.left - given)
    },
  }
}

/** Limits that outlast the trial of one member: the budgets, and the caps of those who recommended others, in the order of the walk. */
export function sharedLimits(sums: BacktestSums, candidate: Revision): SharedLimits {
  const { referrers } = sums
  return {
    budgets: budgetsOf(sums, candidate),
    referrers: {
      get(name): CapUse | undefined {
        const used = referrers[name]
        return used && { times: used[0], points: used[1] }
      },
      set(name, { times, points: given }) {
        if (referrers[name] === undefined) {
          sums.referrersOmitted ||= Object.keys(referrers).length >= mostReferrers
          if (sums.referrersOmitted) return
        }
        referrers[name] = [times, given]
      },
    },
  }
}

/** The sums to begin a second pass with; undefined where the first one is enough: no budget ran out. */
export function secondPass({ timeline, runsOut }: BacktestSums, candidate: Revision): BacktestSums | undefined {
  if (Object.keys(runsOut).length > 0) return undefined
  const found = runningOut(timeline, (name) => {
    const [campaign = '', store] = name.split(' ')
    return budgetOf(candidate, campaign, store) ?? Number.POSITIVE_INFINITY
  })
  return Object.keys(found).length > 0 ? emptySums(found) : undefined
}

const nameOf = (campaign: string, store: string | undefined) => (store === undefined ? campaign : `${campaign} ${store}`)

function budgetOf({ campaigns, bonuses }: Revision, campaign: string, store: string | undefined): number | undefined {
  let compiled = campaigns?.byId.get(campaign)
  for (const index of bonuses.values()) compiled ??= index.byId.get(campaign)
  const limits = compiled?.campaign.limits
  return store === undefined ? limits?.budget : limits?.perStore
}

/** What points cost at a programme's own value of them, minor units, rounded down; null where it names none. */
export function costOf({ document }: Revision, given: number): number | null {
  const { pointValue } = document.points
  if (!pointValue) return null
  return ratioOf([given, pointValue.amount], [pointValue.per])
}

/** The revision in force at the end of a period: what the recorded points are valued by. */
export const lastOf = ({ revisions }: Programme): Revision => revisions.at(-1) ?? revisions[0]
