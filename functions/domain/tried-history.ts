import { askedBy, autoBonusId, judgeOccasion, limitsOfOccasion, type Occasion, occasionAwards } from './bonus.ts'
import type { Award } from './earning.ts'
import type { Account, BonusFact, EarnFact, Fact, RestoredFact, ReturnFact, UndoneFact } from './entry.ts'
import { emptyHead, isBefore } from './head.ts'
import { isApplied, type Use, usesBetween } from './limits.ts'
import { nextOccasion, occasionsAt } from './occasions.ts'
import { revisionAt } from './programme.ts'
import { judgePurchase, limitsAsked } from './purchase.ts'
import { givenBack } from './referral.ts'
import { isReferrers, keptOfBonus, type Recorded, Rerun } from './rerun.ts'
import { asksForBonuses, setOffByBooking, setOffByTime } from './set-off.ts'
import { type LimitedBy, type SharedLimits, TrialLimits } from './trial-limits.ts'
import { isTried, type TriedIn } from './trial-period.ts'
import { TriedReferral } from './tried-referral.ts'
import { type Instant, instant, later, type MemberId } from './units.ts'

/** What is known of a member beside their entries. */
export interface KnownOfMember {
  /** `YYYY-MM-DD`. */
  readonly birthday?: string | undefined
  /** All entries of whoever recommended them, in order; undefined where nobody did, or no campaign asks for it. */
  readonly referrer?: readonly Recorded[] | undefined
}

/**
 * A member's history as it would have been: from the beginning of the period on, all sales and occasions are judged anew, in the
 * order in which they were booked, and what was of before keeps what it was given. What was booked together is so again, as
 * a sale with the returns that waited for it.
 */
export class TriedHistory {
  readonly rerun: Rerun
  readonly #in: TriedIn
  readonly #memberId: MemberId
  readonly #known: KnownOfMember
  readonly #limits: TrialLimits
  readonly #referral: TriedReferral
  /** Whether anything else than a sale gives anything: most programmes have nothing of that kind. */
  readonly #asks: boolean
  /** Ids of bonuses of before the period, and of those that were given for recommending somebody: these stay as they are. */
  readonly #asRecorded = new Set<string>()
  /** Birthdays and anniversaries of the period for which something was given: they are judged where they were booked. */
  readonly #yearly: ReadonlySet<string>
  #dueAt: Instant | null = null
  #enrolledAt: Instant | undefined

  constructor(within: TriedIn, memberId: MemberId, entries: readonly Recorded[], known: KnownOfMember, shared: SharedLimits) {
    this.rerun = new Rerun(within.under, memberId)
    this.#in = within
    this.#memberId = memberId
    this.#known = known
    this.#limits = new TrialLimits(shared)
    this.#referral = new TriedReferral(within, memberId, this.rerun, this.#limits, known.referrer)
    this.#asks = asksForBonuses(within.under)
    this.#yearly = new Set(entries.flatMap(({ at, fact }) => (isYearly(fact) && isTried(this.#in, at) ? [fact.id] : [])))
  }

  /** Books again what was booked together. */
  take(booking: readonly Recorded[]): void {
    const [{ bookedAt: now } = { bookedAt: this.#in.from }] = booking
    this.settle(now)
    let before = this.rerun.account
    const asked = new Set<string>()
    for (const entry of booking) {
      this.rerun.settle(now)
      this.#takeOne(entry, now, asked)
      if (entry.fact.kind === 'enrol') before = this.#welcome(now, asked)
    }
    if (!this.#asks) return
    this.rerun.settle(now)
    for (const { fact } of booking) if (fact.kind === 'earn') this.#referral.reward(fact.purchaseId, now)
    this.#setOff(before, now, asked)
  }

  /** Brings the history to an instant, with the birthdays and anniversaries until then, and what time has set off. */
  settle(now: Instant): void {
    while (this.#dueAt !== null && this.#dueAt <= now) {
      const at = this.#dueAt
      this.#settleTo(at)
      const year = String(revisionAt(this.#in.under, at).calendar.yearOf(at))
      for (const trigger of occasionsAt(this.#in.under, this.#dates(), at)) {
        if (!this.#yearly.has(autoBonusId(trigger, this.#memberId, year))) this.#give({ trigger, at }, at, new Set(), year)
      }
      this.#dueAt = this.#nextYearly(at)
    }
    this.#settleTo(now)
  }

  /** What the bonuses of the period give, each with what whoever recommended the member has of it, at what is kept of them. */
  occasions(): ReadonlyMap<string, readonly Award[]> {
    const kept = new Map<string, readonly Award[]>()
    for (const [id, bonus] of this.rerun.bonuses) {
      if (this.#asRecorded.has(id)) continue
      kept.set(id, [...keptOfBonus(bonus), ...this.#referral.keptBeside(id, bonus.undone)])
    }
    return kept
  }

  #settleTo(now: Instant): void {
    const entries = this.rerun.settle(now)
    if (!this.#asks) return
    for (const { trigger, at, of } of setOffByTime(this.#in.under, entries)) this.#give({ trigger, at }, now, new Set(), of)
  }

  #dates() {
    return { birthday: this.#known.birthday, enrolledAt: this.#enrolledAt! }
  }

  #nextYearly(after: Instant): Instant | null {
    const at = nextOccasion(this.#in.under, this.#dates(), after)
    return at !== null && isTried(this.#in, at) ? at : null
  }

  #takeOne(entry: Recorded, now: Instant, asked: Set<string>): void {
    const { fact, at } = entry
    if (fact.kind === 'earn' && at >= this.#in.from) this.#sell(entry, fact)
    else if (fact.kind === 'return') this.#bring(entry, fact)
    else if (fact.kind === 'bonus') this.#takeBonus(entry, fact, now, asked)
    else if (fact.kind === 'bonus-undone' || fact.kind === 'bonus-restored') this.#takeChanged(entry, fact, now)
    else if (fact.kind === 'earn') this.#countSale(entry, fact, this.rerun.sell(entry, fact, this.rerun.asItWas(at, fact)))
    else this.rerun.take(entry)
  }

  /** A new member: what the enrolment gives, and what it sets off. */
  #welcome(now: Instant, asked: Set<string>): Account {
    if (!this.#asks) return this.rerun.account
    const { at = now } = this.rerun.history[0] ?? {}
    this.#enrolledAt = at
    this.#dueAt = this.#nextYearly(later(instant(this.#in.from - 1), at))
    this.rerun.settle(now)
    this.#give({ trigger: 'enrolment', at }, now, asked)
    this.#setOff({ head: emptyHead(this.#memberId), closed: new Map() }, now, asked)
    return this.rerun.account
  }

  #sell(entry: Recorded, fact: EarnFact): void {
    const { account, history } = this.rerun
    const judgement = judgePurchase(this.#in.under, account, fact, history, entry.bookedAt, this.#known.birthday)
    const roomOf = this.#limits.roomOf(this.#limitedBySale(entry.at, fact), limitsAsked(judgement))
    this.#countSale(entry, fact, this.rerun.sell(entry, fact, { judgement, roomOf }))
  }

  #bring(entry: Recorded, fact: ReturnFact): void {
    const uses = this.rerun.bring(entry, fact)
    const sale = this.rerun.sales.get(fact.purchaseId)?.kept.sale
    if (!sale) return
    this.#limits.count(this.#limitedBySale(sale.at, sale.fact), uses, entry.at)
    this.#referral.rejudge(entry, fact)
  }

  #countSale({ at }: Recorded, fact: EarnFact, uses: readonly Use[]): void {
    this.#limits.count(this.#limitedBySale(at, fact), uses)
  }

  #limitedBySale(at: Instant, { details }: EarnFact): LimitedBy {
    return { revision: revisionAt(this.#in.under, at), at, storeId: details.storeId }
  }

  /** A bonus: what it was given for is judged anew where nothing else brings it about. */
  #takeBonus(entry: Recorded, fact: BonusFact, now: Instant, asked: Set<string>): void {
    const { at } = entry
    const { trigger, event, id } = fact
    if (at < this.#in.from || isReferrers(fact)) {
      this.#asRecorded.add(id)
      this.rerun.take(entry)
      if (at < this.#in.from) this.#countRecorded(at, fact, fact.uses)
    } else if (event) this.#give({ trigger, at, event }, now, asked, undefined, id)
    else if (this.#yearly.has(id)) this.#give({ trigger, at }, now, asked, undefined, id)
  }

  /** A bonus taken back or given again: of one that was judged anew an event can be, and a referral by what comes back of its purchase. */
  #takeChanged(entry: Recorded, fact: UndoneFact | RestoredFact, now: Instant): void {
    const bonus = this.rerun.bonuses.get(fact.id)
    if (!bonus) return
    if (this.#asRecorded.has(fact.id)) {
      this.rerun.take(entry)
      if (bonus.at < this.#in.from) this.#countRecorded(bonus.at, bonus.fact, fact.uses, entry.at)
    } else if (bonus.fact.event) {
      const uses = givenBack(
        bonus.fact.uses ?? [],
        bonus.fact.awards.map(({ source }) => source),
      )
      this.rerun.takeBack({ id: fact.id, awards: bonus.fact.awards, uses }, entry.at, now)
      this.#countRecorded(bonus.at, bonus.fact, uses, entry.at)
    }
  }

  /** What a bonus takes of limits: one for recommending somebody has the uses of both sides. */
  #countRecorded(at: Instant, fact: BonusFact, uses: readonly Use[] = [], takenAt: Instant = at): void {
    const revision = askedBy(revisionAt(this.#in.under, at), fact.trigger)
    const storeId = fact.storeId ?? fact.event?.storeId ?? ''
    const referrer = isReferrers(fact) ? this.#memberId : undefined
    if (revision) this.#limits.count({ revision, at, storeId, referrer }, uses, takenAt)
  }

  /** Gives what the campaigns of an occasion give, once for its id, and what that sets off. */
  #give(occasion: Occasion, now: Instant, asked: Set<string>, of?: string, known?: string): void {
    const { trigger, at } = occasion
    const { rerun } = this
    const { account, history } = rerun
    const { under } = this.#in
    const id = known ?? autoBonusId(trigger, this.#memberId, of)
    if (!isTried(this.#in, at) || asked.has(trigger) || account.head.status === 'closed' || rerun.bonuses.has(id)) return
    const late = isBefore(account.head, at) ? history : undefined
    const judged = judgeOccasion(under, account, occasion, late, this.#known.birthday)
    if (!judged) return
    if (!occasion.event) asked.add(trigger)
    const { revision, tier, facts } = judged
    const by = { revision, at, storeId: facts.storeId }
    const awards = occasionAwards(judged, this.#limits.roomOf(by, limitsOfOccasion(judged)))
    if (!awards.some(isApplied)) return
    const fact: BonusFact = {
      ...{ kind: 'bonus', trigger, id, event: occasion.event, tier: tier.id, judged: judged.judged, awards },
      uses: usesBetween(revision.campaigns, [], awards),
    }
    if (!rerun.give(at, fact, now)) return
    this.#limits.count(by, fact.uses!)
    rerun.settle(now)
    this.#setOff(account, now, asked)
  }

  /** Gives what a booking has set off: a tier reached, a club joined. */
  #setOff(before: Account, now: Instant, asked: Set<string>): void {
    const setOff = setOffByBooking(this.#in.under, before, this.rerun.account, now)
    for (const { trigger, at, of } of setOff) this.#give({ trigger, at }, now, asked, of)
  }
}

const isYearly = (fact: Fact): fact is BonusFact =>
  fact.kind === 'bonus' && (fact.trigger === 'birthday' || fact.trigger === 'anniversary')
