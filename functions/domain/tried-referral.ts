import { type AskedRevision, askedBy, autoBonusId } from './bonus.ts'
import type { Award } from './earning.ts'
import type { BonusFact, ReturnFact } from './entry.ts'
import type { Use } from './limits.ts'
import { revisionAt } from './programme.ts'
import { givenBack, limitsOfReferral, lostReferrals, metAgain, referralAwards, referredSale } from './referral.ts'
import { isUndone, keptOfBonus, type Recorded, type Rerun } from './rerun.ts'
import { keptLines } from './returns.ts'
import type { LimitedBy, TrialLimits } from './trial-limits.ts'
import { isTried, type TriedIn } from './trial-period.ts'
import type { Instant, MemberId } from './units.ts'

/** A referral that was rewarded in a trial. */
interface Rewarded {
  readonly id: string
  readonly purchaseId: string
  readonly by: LimitedBy & { readonly revision: AskedRevision }
  readonly referrer: readonly Award[]
  readonly uses: readonly Use[]
}

/**
 * A referral, tried where the friend is: members are looked at one by one, and only friends know who recommended whom. So both sides
 * are judged by the friend's purchase here, and what goes to the other is on no account.
 */
export class TriedReferral {
  readonly #in: TriedIn
  readonly #memberId: MemberId
  readonly #rerun: Rerun
  readonly #limits: TrialLimits
  /** All entries of whoever recommended the member, in order. */
  readonly #referrer: readonly Recorded[]
  #rewarded: Rewarded | undefined

  constructor(within: TriedIn, memberId: MemberId, rerun: Rerun, limits: TrialLimits, referrer: readonly Recorded[] = []) {
    this.#in = within
    this.#memberId = memberId
    this.#rerun = rerun
    this.#limits = limits
    this.#referrer = referrer
  }

  /** Rewards the referral by a purchase that is booked, where it is the first that qualifies, at what is kept of it. */
  reward(purchaseId: string, now: Instant): void {
    const { referral, tier } = this.#rerun.account.head
    const kept = this.#rerun.sales.get(purchaseId)?.kept
    if (!kept || !referral || referral.rewarded || !isTried(this.#in, kept.sale.at)) return
    const { at, fact } = kept.sale
    const revision = askedBy(revisionAt(this.#in.under, at), 'referral')
    if (!revision) return
    const { storeId } = fact.details
    const by = { revision, at, storeId, referrer: referral.by }
    const sale = referredSale(revision, this.#memberId, kept.sale, keptLines(fact, kept.returned))
    const roomOf = this.#limits.roomOf(by, limitsOfReferral(sale))
    const { friend: awards, referrer, uses } = referralAwards(sale, roomOf, this.#referrerEarns(now))
    if (awards.length === 0) return
    const id = autoBonusId('referral', this.#memberId)
    const bonus: BonusFact = { kind: 'bonus', trigger: 'referral', id, storeId, tier: tier.id, awards, purchaseId }
    if (!this.#rerun.give(at, bonus, now, { ...referral, rewarded: true })) return
    this.#limits.count(by, uses)
    this.#rewarded = { id, purchaseId, by, referrer, uses }
    this.#rerun.settle(now)
  }

  /** What comes back of a purchase, or no longer does, may undo a referral that rests on it, or bring it back. */
  rejudge({ at, bookedAt: now }: Recorded, fact: ReturnFact): void {
    const rewarded = this.#rewarded
    const kept = this.#rerun.sales.get(fact.purchaseId)?.kept
    if (!kept || rewarded?.purchaseId !== fact.purchaseId) return
    const { id, by, uses } = rewarded
    const bonus = this.#rerun.bonuses.get(id)!
    const sale = referredSale(by.revision, this.#memberId, kept.sale, keptLines(kept.sale.fact, kept.returned))
    const awardsOf = (campaigns: readonly string[]) => bonus.fact.awards.filter(({ source }) => campaigns.includes(source))
    if (isUndone(fact)) {
      const again = metAgain(sale, [...bonus.undone])
      if (again.length === 0) return
      this.#rerun.giveAgain({ id, awards: awardsOf(again) }, now)
      const taken = uses.filter(({ campaign }) => again.includes(campaign))
      this.#limits.count(by, taken, at)
    } else {
      const standing = keptOfBonus(bonus).map(({ source }) => source)
      const lost = lostReferrals(sale, standing)
      if (lost.length === 0) return
      this.#rerun.takeBack({ id, awards: awardsOf(lost) }, at, now)
      this.#limits.count(by, givenBack(uses, lost), at)
    }
  }

  /** What whoever recommended the member keeps of a bonus of theirs: nothing where it is for something else. */
  keptBeside(id: string, undone: ReadonlySet<string>): readonly Award[] {
    return this.#rewarded?.id === id ? this.#rewarded.referrer.filter(({ source }) => !undone.has(source)) : []
  }

  /** Whether whoever recommended the member was not closed before. */
  #referrerEarns(now: Instant): boolean {
    const last = this.#referrer.findLast(({ effect, bookedAt }) => effect.status !== undefined && bookedAt < now)
    return last?.effect.status !== 'closed'
  }
}
