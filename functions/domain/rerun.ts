import { apply } from './apply.ts'
import { type Campaign, type CampaignLimits, isGift } from './campaign.ts'
import { type RoomOf, unlimited } from './campaign-awards.ts'
import { type Award, earn } from './earning.ts'
import type { Account, EarnFact, Entry, ReturnedLine, ReturnFact } from './entry.ts'
import { emptyHead } from './head.ts'
import { type CapUse, roomIn, type Use, windowOf } from './limits.ts'
import { enrolment } from './membership.ts'
import { type Programme, type Revision, revisionAt } from './programme.ts'
import { bookPurchase, type Judgement, judgePurchase, limitsAsked } from './purchase.ts'
import { isRefusal } from './refusal.ts'
import { bookReturn, type KeptSale, keptLines, undoReturn } from './returns.ts'
import { factsOfSale, linesOf, roomAtSale } from './sale-facts.ts'
import { settle } from './settle.ts'
import { unjudged } from './simulation.ts'
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
interface TriedSale {
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

/** A sale on the way through a history. */
interface Following {
  readonly recorded: EarnFact
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
  const caps = new MemberCaps()
  const asItWas = new Rerun(recorded, memberId, {
    judge: (_, entry, fact) => asRecorded(recorded, memberId, entry.at, fact),
    count: () => {},
  })
  const tried = new Rerun(under, memberId, {
    judge(rerun, { at, bookedAt }, fact) {
      if (at < from) return asRecorded(under, memberId, at, fact)
      const judgement = judgePurchase(under, rerun.account, fact, rerun.history, bookedAt, birthday)
      return { judgement, roomOf: roomsOf(judgement, caps, budgets, fact.details.storeId) }
    },
    count(uses, saleAt, at, storeId) {
      const revision = revisionAt(under, saleAt)
      caps.count(uses, revision, saleAt)
      for (const { campaign, points } of uses) takeOf(budgets, revision, campaign, storeId, at, points)
    },
  })
  let end = until
  for (const entry of entries) {
    if (byTime.has(entry.fact.kind) || periodDateOf(entry) >= until) continue
    asItWas.take(entry)
    tried.take(entry)
    end = later(end, entry.bookedAt)
  }
  const tiers = { recorded: asItWas.tierAt(end), tried: tried.tierAt(end) }
  const sales = [...tried.sales.values()].filter(({ kept }) => kept.sale.at >= from)
  return { sales: sales.map((sale) => triedSale(recorded, under, memberId, sale)), tier: tiers, refused: tried.refused }
}

/** What settling books by itself. */
const byTime: ReadonlySet<string> = new Set<Entry['fact']['kind']>([
  'mature',
  'expire',
  'tier',
  'tier-lapsing',
  'recount',
  'club-grace',
  'club-lapsed',
  'claim-overdue',
  'claim-lapsed',
])

/** A return belongs to the period of its sale; all else to its own date. */
const periodDateOf = ({ at, fact }: Entry): Instant => (fact.kind === 'return' ? fact.saleAt : at)

/** Whether a claim's return is taken back: what it brought is kept again. */
const isUndone = ({ lines }: ReturnFact) => lines.some(({ quantity }) => quantity < 0)
const negated = ({ lineId, quantity, amount }: ReturnedLine) => ({ lineId, quantity: -quantity, amount: -amount })

interface Judges {
  /** By what a sale is judged, and what is left for its campaigns. */
  judge(rerun: Rerun, entry: Recorded, fact: EarnFact): { readonly judgement: Judgement; readonly roomOf: RoomOf }
  /** Counts what a sale takes of limits, or at `at` a return gives back. */
  count(uses: readonly Use[], saleAt: Instant, at: Instant, storeId: string): void
}

/** A member's history once more, in a programme. */
class Rerun {
  account: Account
  readonly history: Entry[] = []
  readonly sales = new Map<string, Following>()
  refused = 0
  readonly #programme: Programme
  readonly #judges: Judges

  constructor(programme: Programme, memberId: MemberId, judges: Judges) {
    this.account = { head: emptyHead(memberId), closed: new Map() }
    this.#programme = programme
    this.#judges = judges
  }

  /** Books again what an entry says that happened. */
  take(entry: Recorded): void {
    const { fact, at, bookedAt, effect } = entry
    if (fact.kind !== 'enrol') this.#settle(bookedAt)
    if (fact.kind === 'enrol') this.#enrol(at)
    else if (fact.kind === 'earn') this.#sell(entry, fact)
    else if (fact.kind === 'return') this.#bring(entry, fact)
    else this.#book(withTier(this.#programme, this.account, { at, fact, effect: unjudged(effect) }, bookedAt))
  }

  tierAt(at: Instant): string {
    this.#settle(at)
    return this.account.head.tier.id
  }

  #enrol(at: Instant): void {
    const entry = enrolment(this.#programme, at)
    this.#book({ entry, account: apply(this.account, entry) })
  }

  #sell(entry: Recorded, fact: EarnFact): void {
    const { judgement, roomOf } = this.#judges.judge(this, entry, fact)
    const booked = bookPurchase(this.#programme, this.account, fact, judgement, entry.bookedAt, roomOf)
    if (isRefusal(booked)) {
      this.refused += 1
      return
    }
    this.#judges.count(booked.uses, entry.at, entry.at, fact.details.storeId)
    this.#book(booked)
    const kept = { sale: booked.entry, bucket: booked.bucket, returned: [], points: booked.earned }
    this.sales.set(fact.purchaseId, { recorded: fact, kept })
  }

  #bring(entry: Recorded, fact: ReturnFact): void {
    const sale = this.sales.get(fact.purchaseId)
    if (!sale) return
    const { returnId, occurredAt, storeId, lines, claimId } = fact
    const goods = { returnId, occurredAt, storeId, claimId }
    const [programme, account, now] = [this.#programme, this.account, entry.bookedAt]
    const booked = isUndone(fact)
      ? undoReturn(programme, account, sale.kept, { ...goods, lines: lines.map(negated) }, 0, now)
      : bookReturn(programme, account, sale.kept, { ...goods, lines }, now)
    if (isRefusal(booked)) {
      this.refused += 1
      return
    }
    const { at, fact: sold } = sale.kept.sale
    this.#judges.count(booked.uses, at, entry.at, sold.details.storeId)
    this.#book(booked)
    sale.kept = booked.kept
  }

  #settle(at: Instant): void {
    const { account, entries } = settle(this.#programme, this.account, at, Number.POSITIVE_INFINITY, this.history)
    this.account = account
    this.history.push(...entries)
  }

  #book({ entry, account }: { readonly entry: Entry; readonly account: Account }): void {
    this.history.push(entry)
    this.account = account
  }
}

/** As the sale was judged then, with what it was given for its ceiling. */
function asRecorded(programme: Programme, memberId: MemberId, at: Instant, fact: EarnFact) {
  const revision = revisionAt(programme, at)
  const facts = factsOfSale(revision, memberId, { at, fact })
  const judgement: Judgement = { at, revision, facts, judged: fact.judged, lines: linesOf(fact) }
  return { judgement, roomOf: roomAtSale(revision, fact) }
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
