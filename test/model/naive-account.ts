import { type NaiveAward, NaiveTags } from './naive-bonuses.ts'
import type { NaiveGoods } from './naive-campaigns.ts'
import { NaiveClubs } from './naive-clubs.ts'
import { inForce } from './naive-dates.ts'
import type { NaiveFact, NaiveGiftPart, NaiveProgramme, NaiveReturn } from './naive-facts.ts'
import type { Lot, Part } from './naive-lots.ts'
import { NaivePurse } from './naive-purse.ts'
import { isAnyLeft, type Returned } from './naive-returns.ts'
import { keptOf, type ValuedSale, type Worth } from './naive-sales.ts'
import type { NaiveSpending } from './naive-spending.ts'
import { type NaiveGrant, type NaiveLevel, type NaiveMember, tierOf } from './naive-tiers.ts'

export type FactOf<Kind> = Extract<NaiveFact, { kind: Kind }>

/** A bonus that was given. */
export interface KnownBonus {
  readonly at: number
  readonly lot: Lot
  readonly awards: readonly NaiveAward[]
  /** What is not taken back of it. */
  kept: readonly NaiveAward[]
  /** Of what was taken back and is not given again. */
  forgiven: number
}

/** A purchase that is known to be the member's. */
export interface KnownSale {
  readonly at: number
  readonly valued: ValuedSale
  readonly returned: Returned
  readonly lot: Lot
  readonly atSale: Worth
  readonly pending: number
  /** Spendings that it names. */
  readonly paidWith: readonly string[]
  worth: Worth
}

/** All that is written down of a member while the facts are gone through. */
export class NaiveAccount {
  readonly programme: NaiveProgramme
  readonly enrolledAt: number
  readonly sales = new Map<string, KnownSale>()
  readonly waiting = new Map<string, FactOf<'return'>[]>()
  readonly returns = new Map<string, NaiveReturn>()
  readonly adjustments = new Map<string, 'booked' | 'refused'>()
  readonly grants = new Map<string, NaiveGrant>()
  readonly bonuses = new Map<string, KnownBonus>()
  readonly givenAway = new Map<string, readonly NaiveGiftPart[]>()
  /** Where it was taken from, and the expiry that it had then. */
  readonly givenParts = new Map<string, readonly (Part & { readonly expiresAt: number })[]>()
  readonly goodwill = new Map<string, number>()
  /** What the return of a claim took back that was not there, and was forgiven. */
  readonly forgiven = new Map<string, number>()
  readonly spendings = new Map<string, NaiveSpending>()
  readonly tags = new NaiveTags()
  readonly purse: NaivePurse
  readonly clubs: NaiveClubs

  constructor(programme: NaiveProgramme, enrolledAt: number) {
    this.programme = programme
    this.enrolledAt = enrolledAt
    this.purse = new NaivePurse(programme, () => Math.max(...[...this.sales.values()].map(({ at }) => at)))
    this.clubs = new NaiveClubs(programme, enrolledAt, (at) => ({
      tier: () => this.tierNow(at).id,
      purchases: (category) => [...this.sales.values()].map((sale) => ({ at: sale.at, ...countedFor(sale, category) })),
    }))
  }

  inForce(at: number): NaiveProgramme[number] {
    return inForce(this.programme, at)
  }

  /** What tiers count, of all that is dated up to an instant. */
  memberAt(at: number): NaiveMember {
    return {
      enrolledAt: this.enrolledAt,
      grants: [...this.grants.values()],
      purchases: [
        ...upTo(this.sales, at).map(({ at, valued, returned, worth: { spend, points, tierCredit } }) => ({
          ...{ at, spend, points, tierCredit },
          isKept: isAnyLeft(valued.sale.bought, returned),
        })),
        ...upTo(this.bonuses, at).map(({ at, kept }) => {
          const tierCredit = kept.reduce((sum, award) => sum + award.tierCredit, 0)
          return { at, spend: 0, points: 0, tierCredit, isKept: false }
        }),
      ],
    }
  }

  /** The tier just before what is dated then. */
  tierAt(at: number): NaiveLevel {
    return tierOf(this.programme, this.memberAt(at), at)
  }

  /** The tier at an instant, by all that is known. */
  tierNow(at: number): NaiveLevel {
    return tierOf(this.programme, this.memberAt(Number.POSITIVE_INFINITY), at)
  }

  salesUpTo(at: number): KnownSale[] {
    return upTo(this.sales, at)
  }

  /** Whether something that counts is dated later. */
  isLate(at: number): boolean {
    return (
      [...this.sales.values()].some((other) => other.at > at) ||
      [...this.bonuses.values()].some((other) => other.at > at && other.awards.some(({ tierCredit }) => tierCredit > 0))
    )
  }

  /** Lets time pass. */
  pass(to: number): void {
    this.clubs.pass(
      to,
      [...this.grants.values()].map(({ until }) => until),
    )
  }
}

const upTo = <Dated extends { readonly at: number }>(all: ReadonlyMap<string, Dated>, at: number): Dated[] =>
  [...all.values()].filter((one) => one.at <= at)

/** What clubs count of a sale; where categories are given, items of them stand for spend. */
function countedFor({ valued, returned, worth }: KnownSale, category: readonly string[] | undefined) {
  const isOf = ({ categories }: NaiveGoods) => category!.some((each) => categories?.includes(each))
  const items = keptOf(valued.sale.bought, returned).filter(({ excluded }) => excluded !== true)
  const spend = category ? items.filter(isOf).reduce((sum, { quantity }) => sum + quantity, 0) : worth.spend
  return { spend, points: worth.points, tierCredit: 0, isKept: isAnyLeft(valued.sale.bought, returned) }
}
