import { type Campaign, type CampaignLimits, isGift } from './campaign.ts'
import { type RoomOf, unlimited } from './campaign-awards.ts'
import { type Award, earn } from './earning.ts'
import type { Account, EarnFact, Entry, ReturnFact } from './entry.ts'
import { emptyHead } from './head.ts'
import { type CapUse, roomIn, type Use, windowOf } from './limits.ts'
import { type Programme, type Revision, revisionAt } from './programme.ts'
import { bookPurchase, type Judgement, judgePurchase, limitsAsked } from './purchase.ts'
import { isRefusal } from './refusal.ts'
import { bookReturn, type KeptSale, keptLines } from './returns.ts'
import { factsOfSale, linesOf, roomAtSale } from './sale-facts.ts'
import { settle } from './settle.ts'
import { withoutPoints } from './simulation.ts'
import { withTier } from './tiers.ts'
import { type Instant, later, type MemberId } from './units.ts'

/** An entry with the instant at which it was booked. */
export interface Recorded extends Entry {
  readonly bookedAt: Instant
}

/** What is tried out on the histories of members. */
export interface Trial {
  /** As it was: without the revisions of after the period. */
  readonly recorded: Programme
  /** As it would have been, from the beginning of the period on. */
  readonly under: Programme
  /** The period, by when sales are dated: [from, until). */
  readonly from: Instant
  readonly until: Instant
}

/** Budgets that all members share. */
export interface SharedBudgets {
  /** What of a budget a sale dated `at` still finds; undefined: enough. */
  left(campaign: string, store: string | undefined, at: Instant): number | undefined
  take(campaign: string, store: string | undefined, at: Instant, points: number): void
}

/** A sale of the period: what is kept now of what it was given, and of what it would have been given. */
export interface TriedSale {
  readonly recorded: readonly Award[]
  readonly tried: readonly Award[]
}

/** What a trial makes of one member. */
export interface Tried {
  readonly sales: readonly TriedSale[]
  /** The tier after all that was dated before the end of the period, as it was and as it would have been. */
  readonly tier: { readonly recorded: string; readonly tried: string }
  /** Sales and returns that the trial's account did not take. */
  readonly refused: number
}

/** A sale on the way through a trial. */
interface Following {
  readonly recorded: EarnFact
  readonly inPeriod: boolean
  kept: KeptSale
}

/**
 * Tries another revision on the history of one member: their sales of the period are judged and booked anew, in the order in
 * which they were booked, by the very functions that book them at the till, so that purchase numbers, tiers, member caps and
 * returns are those of the history that would have been. Sales of before keep what they were given; those of after, and what
 * changes points without a sale, are left out. Entries are all of the member's, in order.
 */
export function tryOn(
  { recorded, under, from, until }: Trial,
  memberId: MemberId,
  entries: readonly Recorded[],
  budgets: SharedBudgets,
  birthday: string | undefined,
): Tried {
  const empty: Account = { head: emptyHead(memberId), closed: new Map() }
  let [account, asItWas] = [empty, empty]
  const history: Entry[] = []
  const caps = new MemberCaps()
  const following = new Map<string, Following>()
  let refused = 0
  let now = from

  const book = (entry: Entry, after: Account) => {
    history.push(entry)
    account = after
  }
  const count = (uses: readonly Use[], revision: Revision, saleAt: Instant, at: Instant, storeId: string) => {
    caps.count(uses, revision, saleAt)
    for (const { campaign, points } of uses) takeOf(budgets, revision, campaign, storeId, at, points)
  }
  const sell = (entry: Recorded, fact: EarnFact) => {
    const { at, bookedAt } = entry
    const { details } = fact
    const inPeriod = at >= from
    const judgement = inPeriod
      ? judgePurchase(under, account, fact, history, bookedAt, birthday)
      : judgedAsRecorded(under, memberId, at, fact)
    const { revision } = judgement
    const roomOf = inPeriod ? roomsOf(judgement, caps, budgets, details.storeId) : roomAtSale(revision, fact)
    const booked = bookPurchase(under, account, fact, judgement, bookedAt, roomOf)
    if (isRefusal(booked)) {
      refused += 1
      return
    }
    count(booked.uses, revision, at, at, details.storeId)
    book(booked.entry, booked.account)
    const kept = { sale: booked.entry, bucket: booked.bucket, returned: [], points: booked.earned }
    following.set(fact.purchaseId, { recorded: fact, inPeriod, kept })
  }
  const bring = (entry: Recorded, fact: ReturnFact) => {
    const sale = following.get(fact.purchaseId)
    if (!sale) return
    const booked = bookReturn(under, account, sale.kept, fact, entry.bookedAt)
    if (isRefusal(booked)) {
      refused += 1
      return
    }
    const { at, fact: sold } = sale.kept.sale
    count(booked.uses, revisionAt(under, at), at, entry.at, sold.details.storeId)
    book(booked.entry, booked.account)
    sale.kept = booked.kept
  }

  for (const entry of entries) {
    const { fact, at, bookedAt } = entry
    if (byTime.has(fact.kind) || (fact.kind === 'earn' ? at : saleDateOf(fact, at)) >= until) continue
    if (account !== empty) {
      account = settled(under, account, bookedAt, history)
      asItWas = settled(recorded, asItWas, bookedAt)
    }
    const plain = { ...entry, effect: withoutPoints(entry.effect) }
    asItWas = withTier(recorded, asItWas, plain, bookedAt).account
    if (fact.kind === 'earn') sell(entry, fact)
    else if (fact.kind === 'return') bring(entry, fact)
    else {
      const { entry: changed, account: after } = withTier(under, account, plain, bookedAt)
      book(changed, after)
    }
    now = later(now, bookedAt)
  }
  const end = later(now, until)
  return {
    sales: [...following.values()].filter(({ inPeriod }) => inPeriod).map((sale) => triedSale(recorded, under, memberId, sale)),
    tier: {
      recorded: settled(recorded, asItWas, end).head.tier.id,
      tried: settled(under, account, end).head.tier.id,
    },
    refused,
  }
}

/** What settling books by itself. */
const byTime: ReadonlySet<string> = new Set(['mature', 'expire', 'tier'])

/** A return belongs to the period of its sale; all else to its own date. */
const saleDateOf = (fact: Entry['fact'], at: Instant): Instant => (fact.kind === 'return' ? fact.saleAt : at)

function settled(programme: Programme, account: Account, at: Instant, history?: Entry[]): Account {
  const { account: after, entries } = settle(programme, account, at)
  history?.push(...entries)
  return after
}

function judgedAsRecorded(programme: Programme, memberId: MemberId, at: Instant, fact: EarnFact): Judgement {
  const revision = revisionAt(programme, at)
  return { at, revision, facts: factsOfSale(revision, memberId, { at, fact }), judged: fact.judged, lines: linesOf(fact) }
}

function triedSale(recorded: Programme, under: Programme, memberId: MemberId, sale: Following): TriedSale {
  const { kept } = sale
  const awardsOf = (programme: Programme, fact: EarnFact) => {
    if (kept.returned.length === 0) return fact.awards
    const { at } = kept.sale
    const revision = revisionAt(programme, at)
    const facts = factsOfSale(revision, memberId, { at, fact })
    return earn(revision, facts, keptLines(fact, kept.returned), roomAtSale(revision, fact))
  }
  return { recorded: awardsOf(recorded, sale.recorded), tried: awardsOf(under, kept.sale.fact) }
}

/** What a member has had of the limited campaigns. */
class MemberCaps {
  readonly #used = new Map<string, CapUse>()

  used(revision: Revision, campaign: string, at: Instant) {
    const caps = revision.campaigns?.byId.get(campaign)?.campaign.limits?.perMember ?? []
    return caps.map((cap) => {
      const key = `${campaign} ${cap.window} ${windowOf(revision.calendar, cap.window, at)}`
      return { cap, key, used: this.#used.get(key) ?? { times: 0, points: 0 } }
    })
  }

  /** Counts what a sale takes, or a return gives back, in the windows of the sale. */
  count(uses: readonly Use[], revision: Revision, at: Instant): void {
    for (const { campaign, times, points } of uses) {
      for (const { key, used } of this.used(revision, campaign, at)) {
        this.#used.set(key, { times: used.times + times, points: used.points + points })
      }
    }
  }
}

function roomsOf(judgement: Judgement, caps: MemberCaps, budgets: SharedBudgets, storeId: string): RoomOf {
  const offers = limitsAsked(judgement)
  if (offers.length === 0) return unlimited
  const { revision, at } = judgement
  const rooms = new Map(
    offers.map(({ compiled: { campaign } }) => {
      const { perStore, budget } = pointLimits(campaign)
      const storeLeft = perStore === undefined ? undefined : budgets.left(campaign.id, storeId, at)
      const left = budget === undefined ? undefined : budgets.left(campaign.id, undefined, at)
      return [campaign.id, roomIn(caps.used(revision, campaign.id, at), storeLeft, left)]
    }),
  )
  return ({ campaign }) => rooms.get(campaign.id)
}

function takeOf(budgets: SharedBudgets, revision: Revision, id: string, storeId: string, at: Instant, points: number): void {
  const campaign = revision.campaigns?.byId.get(id)?.campaign
  if (!campaign || points === 0) return
  const { perStore, budget } = pointLimits(campaign)
  if (perStore !== undefined) budgets.take(id, storeId, at, points)
  if (budget !== undefined) budgets.take(id, undefined, at, points)
}

/** What is no points has no price in them. */
const pointLimits = ({ effect, limits }: Campaign): CampaignLimits => (isGift(effect) ? {} : { ...limits })
