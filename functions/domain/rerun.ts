import { apply } from './apply.ts'
import { autoBonusId, bookBonus, forgivenOf, type KnownBonus, restoreBonus, undoBonus } from './bonus.ts'
import type { RoomOf } from './campaign-awards.ts'
import { type Award, earn } from './earning.ts'
import type { Account, BonusFact, EarnFact, Effect, Entry, RestoredFact, ReturnedLine, ReturnFact, UndoneFact } from './entry.ts'
import { emptyHead, type Referral } from './head.ts'
import type { Use } from './limits.ts'
import { enrolment } from './membership.ts'
import { type Programme, revisionAt } from './programme.ts'
import { bookPurchase, type Judgement } from './purchase.ts'
import { takenIn } from './qualifying-membership.ts'
import { isRefusal } from './refusal.ts'
import { bookReturn, type KeptSale, keptLines, undoReturn } from './returns.ts'
import { factsOfSale, linesOf, roomAtSale } from './sale-facts.ts'
import { settle } from './settle.ts'
import { unjudged } from './simulation.ts'
import { withTier } from './tiers.ts'
import type { Instant, MemberId } from './units.ts'

/** An entry with the instant at which it was booked, and the head's version then: all of one version were booked together. */
export interface Recorded extends Entry {
  readonly bookedAt: Instant
  readonly version: number
}

/** A sale on the way through a history: as it was recorded, and what is kept of it where it was booked again. */
export interface RerunSale {
  readonly recorded: EarnFact
  kept: KeptSale
}

/** A bonus on the way through a history, and the campaigns of it that were taken back. */
export interface RerunBonus extends KnownBonus {
  readonly undone: Set<string>
}

/** By what a sale is booked, and what is left for its campaigns. */
export interface Judged {
  readonly judgement: Judgement
  readonly roomOf: RoomOf
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

export const isByTime = ({ fact }: Entry): boolean =>
  byTime.has(fact.kind) || (fact.kind === 'club-renewed' && !('paymentId' in fact))

/** A member's history once more, in a programme. What an account does not take is counted as refused, and left out. */
export class Rerun {
  account: Account
  readonly history: Entry[] = []
  readonly sales = new Map<string, RerunSale>()
  readonly bonuses = new Map<string, RerunBonus>()
  refused = 0
  readonly #programme: Programme

  constructor(programme: Programme, memberId: MemberId) {
    this.account = { head: emptyHead(memberId), closed: new Map() }
    this.#programme = programme
  }

  /** Books what time brings about until an instant; nothing before the enrolment. */
  settle(at: Instant): readonly Entry[] {
    if (this.history.length === 0) return []
    const { account, entries } = settle(this.#programme, this.account, at, Number.POSITIVE_INFINITY, this.history)
    this.account = account
    this.history.push(...entries)
    return entries
  }

  /** Books again what an entry says that happened, where it is neither a sale that is judged anew nor a bonus that is. */
  take(entry: Recorded): void {
    const { fact, at, bookedAt } = entry
    if (fact.kind === 'enrol') this.#enrol(at)
    else if (fact.kind === 'earn') this.sell(entry, fact, this.asItWas(at, fact))
    else if (fact.kind === 'return') this.bring(entry, fact)
    else if (fact.kind === 'bonus') this.give(at, fact, bookedAt, this.#rewarded(fact))
    else if (fact.kind === 'bonus-undone') this.takeBack(fact, at, bookedAt)
    else if (fact.kind === 'bonus-restored') this.giveAgain(fact, bookedAt)
    else this.#keep(entry)
  }

  /** By what a sale was judged, with what it was given for its ceiling. */
  asItWas(at: Instant, fact: EarnFact): Judged {
    const revision = revisionAt(this.#programme, at)
    const facts = factsOfSale(revision, this.account.head.memberId, { at, fact })
    const judgement = { at, revision, facts, judged: fact.judged, lines: linesOf(fact) }
    return { judgement, roomOf: roomAtSale(revision, fact) }
  }

  /** Books a sale; gives what it takes of limited campaigns. */
  sell({ bookedAt }: Recorded, fact: EarnFact, { judgement, roomOf }: Judged): readonly Use[] {
    const booked = bookPurchase(this.#programme, this.account, fact, judgement, bookedAt, roomOf)
    if (isRefusal(booked)) return this.#refuse()
    this.#book(booked)
    const kept = { sale: booked.entry, bucket: booked.bucket, returned: [], points: booked.earned }
    this.sales.set(fact.purchaseId, { recorded: fact, kept })
    return booked.uses
  }

  /** Books goods brought back, or a claim's that are kept again; gives what limited campaigns get back. */
  bring({ bookedAt: now }: Recorded, fact: ReturnFact): readonly Use[] {
    const sale = this.sales.get(fact.purchaseId)
    if (!sale) return []
    const { returnId, occurredAt, storeId, lines, claimId } = fact
    const goods = { returnId, occurredAt, storeId, claimId }
    const booked = isUndone(fact)
      ? undoReturn(this.#programme, this.account, sale.kept, { ...goods, lines: lines.map(negated) }, 0, now)
      : bookReturn(this.#programme, this.account, sale.kept, { ...goods, lines }, now)
    if (isRefusal(booked)) return this.#refuse()
    this.#book(booked)
    sale.kept = booked.kept
    return booked.uses
  }

  /** Books a bonus. False where the account does not take it. */
  give(at: Instant, fact: BonusFact, now: Instant, referral?: Referral): boolean {
    const booked = bookBonus(this.#programme, this.account, at, fact, now, referral)
    if (isRefusal(booked)) {
      this.#refuse()
      return false
    }
    this.#book(booked)
    this.bonuses.set(fact.id, { at, fact, bucket: booked.bucket, undone: new Set() })
    return true
  }

  /** Takes awards of a bonus back. */
  takeBack({ id, awards, uses }: Pick<UndoneFact, 'id' | 'awards' | 'uses'>, at: Instant, now: Instant): void {
    const bonus = this.bonuses.get(id)
    if (!bonus) return
    this.#book(undoBonus(this.#programme, this.account, bonus, { awards, ...(uses && { uses }) }, at, now))
    for (const { source } of awards) bonus.undone.add(source)
  }

  /** Gives awards of a bonus again that were taken back. */
  giveAgain({ id, awards, uses }: Pick<RestoredFact, 'id' | 'awards' | 'uses'>, now: Instant): void {
    const bonus = this.bonuses.get(id)
    if (!bonus) return
    const again = { awards, ...(uses && { uses }) }
    const booked = restoreBonus(this.#programme, this.account, bonus, again, forgivenOf(this.history, id, awards), now)
    if (isRefusal(booked)) {
      this.#refuse()
      return
    }
    this.#book(booked)
    for (const { source } of awards) bonus.undone.delete(source)
  }

  /** What a sale gives at what is kept of it. */
  keptAwards(sale: EarnFact, { sale: { at }, returned }: KeptSale): readonly Award[] {
    if (returned.length === 0) return sale.awards
    const revision = revisionAt(this.#programme, at)
    const facts = factsOfSale(revision, this.account.head.memberId, { at, fact: sale })
    return earn(revision, facts, keptLines(sale, returned), roomAtSale(revision, sale))
  }

  #enrol(at: Instant): void {
    const entry = enrolment(this.#programme, at)
    this.#book({ entry, account: apply(this.account, entry) })
  }

  /** A friend's bonus says that the referral was rewarded. */
  #rewarded({ purchaseId }: BonusFact): Referral | undefined {
    const { referral } = this.account.head
    return purchaseId !== undefined && referral ? { ...referral, rewarded: true } : undefined
  }

  /** Books again what no rule makes of the member's sales. */
  #keep(entry: Recorded): void {
    const { at, fact, effect, bookedAt } = entry
    const club = effect.club?.membership
    if (fact.kind === 'club-joined' && club?.isQualified) {
      // Settling takes in whoever qualifies; who had left the club asked for it, and is taken in if they qualify here too.
      const asked = this.account.head.declinedClubs.includes(fact.clubId)
      const joined = asked ? takenIn(this.#programme, this.account.head, fact.clubId, bookedAt) : null
      if (joined) this.#book({ entry: joined, account: apply(this.account, joined) })
      return
    }
    const kept: Effect = { ...unjudged(effect), ...(fact.kind === 'referred' && { referral: effect.referral }) }
    this.#book(withTier(this.#programme, this.account, { at, fact, effect: kept }, bookedAt))
  }

  #refuse(): readonly Use[] {
    this.refused += 1
    return []
  }

  #book({ entry, account }: { readonly entry: Entry; readonly account: Account }): void {
    this.history.push(entry)
    this.account = account
  }
}

/** Whether a claim's return is taken back: what it brought is kept again. */
export const isUndone = ({ lines }: ReturnFact): boolean => lines.some(({ quantity }) => quantity < 0)
const negated = ({ lineId, quantity, amount }: ReturnedLine) => ({ lineId, quantity: -quantity, amount: -amount })

/** What of a bonus was not taken back. */
export const keptOfBonus = ({ fact, undone }: Pick<RerunBonus, 'fact' | 'undone'>): readonly Award[] =>
  fact.awards.filter(({ source }) => !undone.has(source))

/** The bonus of a friend's referral that is not the friend's: it names no purchase. */
export const isReferrers = ({ trigger, purchaseId }: BonusFact): boolean => trigger === 'referral' && purchaseId === undefined

/** What a member keeps of what they were given for recommending a friend, by their own entries. */
export function keptByReferrer(entries: readonly Entry[], referrer: MemberId, friend: MemberId): readonly Award[] {
  const id = autoBonusId('referral', referrer, friend)
  const undone = new Set<string>()
  let given: BonusFact | undefined
  for (const { fact } of entries) {
    if (fact.kind === 'bonus' && fact.id === id) given = fact
    if (fact.kind === 'bonus-undone' && fact.id === id) for (const { source } of fact.awards) undone.add(source)
    if (fact.kind === 'bonus-restored' && fact.id === id) for (const { source } of fact.awards) undone.delete(source)
  }
  return given ? keptOfBonus({ fact: given, undone }) : []
}
