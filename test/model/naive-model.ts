import { NaiveAccount } from './naive-account.ts'
import type { NaiveFact, NaiveProgramme, NaiveState, NaiveTimes, NaiveUnnamedSale } from './naive-facts.ts'
import { adjust, attend, bonus, gift, giveBonusAgain, makeUp, takeBonusBack } from './naive-giving.ts'
import { expiringRows, maturingRows, sumOf } from './naive-lots.ts'
import { lapse, letGo, reverse, spend } from './naive-redeeming.ts'
import { bringBack, keepAgain, keepUnnamed, sell } from './naive-selling.ts'
import type { NaiveSpending } from './naive-spending.ts'
import { countedAt } from './naive-tiers.ts'

/**
 * A member's state worked out the slow and obvious way: from the whole list of acknowledged facts, in the order in which they
 * arrived, each time anew. It shares no code with functions/domain and has no buckets, entries or settling. Points lie in lots that
 * are never removed; whether a lot is pending, available or expired is asked of the clock alone.
 *
 * Left out: closed members, and the bounds on buckets and on returns of one purchase. Returns have their id once.
 */

type Told = NaiveFact | NaiveUnnamedSale

/** The state at `now`, after all these facts, of a member; when they enrolled matters where tiers go by it. */
export const recompute = (programme: NaiveProgramme, facts: readonly Told[], now: number, enrolledAt = 0): NaiveState =>
  recomputeTimed(programme, facts, now, enrolledAt).state

/** The state, and when its points come and go. */
export function recomputeTimed(
  programme: NaiveProgramme,
  facts: readonly Told[],
  now: number,
  enrolledAt: number,
): { readonly state: NaiveState; readonly times: NaiveTimes } {
  const account = new NaiveAccount(programme, enrolledAt)
  let clock = Number.NEGATIVE_INFINITY
  for (const fact of facts) {
    if (fact.arrivedAt < clock || fact.arrivedAt > now) throw new Error('facts come as they arrived, none after now')
    clock = fact.arrivedAt
    lapse(account, clock)
    account.pass(clock)
    note(account, fact)
    if (!countsNothing.has(fact.kind)) account.clubs.judge(clock)
    account.pass(clock)
  }
  lapse(account, now)
  account.pass(now)
  return { state: stateOf(account, now), times: timesOf(account, now) }
}

/** What happens, and changes nothing that clubs count. */
const countsNothing: ReadonlySet<string> = new Set<NaiveFact['kind']>([
  ...(['spend', 'hold', 'let go', 'reversed', 'goodwill', 'gift', 'attend', 'adjust', 'tags'] as const),
])

function note(account: NaiveAccount, fact: Told) {
  const { clubs, grants, tags } = account
  switch (fact.kind) {
    case 'purchase':
      return sell(account, fact)
    case 'unnamed':
      return keepUnnamed(account, fact)
    case 'return':
      if (fact.lines.some(({ quantity }) => quantity < 0)) return keepAgain(account, fact)
      return bringBack(account, fact, fact.arrivedAt)
    case 'goodwill':
      return makeUp(account, fact)
    case 'gift':
      return gift(account, fact)
    case 'attend':
      return attend(account, fact)
    case 'adjust':
      return adjust(account, fact)
    case 'grant':
      return void grants.set(fact.id, { tier: fact.tier, from: fact.arrivedAt, until: fact.until })
    case 'end grant': {
      const grant = grants.get(fact.id)!
      return void grants.set(fact.id, { ...grant, until: Math.min(grant.until, fact.arrivedAt) })
    }
    case 'join':
      return clubs.join(fact.club, fact.at)
    case 'leave':
      return clubs.leave(fact.club, fact.at)
    case 'fee':
      return clubs.pay(fact.club, fact.at)
    case 'tags':
      return tags.tag(fact.tags, fact.at)
    case 'bonus':
      return bonus(account, fact)
    case 'undone':
      return takeBonusBack(account, fact)
    case 'given again':
      return giveBonusAgain(account, fact)
    case 'spend':
    case 'hold':
      return spend(account, fact)
    case 'let go':
      return letGo(account, fact)
    case 'reversed':
      return reverse(account, fact)
  }
}

function stateOf(account: NaiveAccount, now: number): NaiveState {
  const { purse, sales, bonuses, spendings, givenAway, returns, adjustments } = account
  const { debt, issued, adjusted, clawedBack } = purse
  const available = purse.spendableAt(now)
  return {
    balance: {
      available: sumOf(available),
      pending: sumOf(purse.aliveAt(now).filter((lot) => lot.spendableAt > now)),
      debt,
      expiring: expiringRows(available),
    },
    reserved: pricesOf(spendings, ['reserved']),
    ...{ spendings, givenAway, returns, adjustments },
    totals: {
      ...{ issued, adjusted, redeemed: pricesOf(spendings, ['captured', 'reversed']) },
      expired: sumOf(purse.lots.filter((lot) => lot.term.expiresAt <= now)),
      clawedBack,
    },
    tier: account.tierNow(now).id,
    clubs: account.clubs.turns,
    counted: countedAt(account.inForce(now), account.memberAt(Number.POSITIVE_INFINITY), now),
    gifts: sumsOf([
      ...[...sales.values()].map(({ worth }) => worth.gifts),
      ...[...bonuses.values()].flatMap(({ kept }) => kept.map(({ gift }) => new Map(gift === null ? [] : [[gift, 1]]))),
    ]),
    held: sumsOf([...sales.values()].map(({ worth }) => worth.held)),
    purchases: new Map(
      [...sales].map(([id, { at, valued, atSale, pending, worth }]) => [
        id,
        {
          ...{ at, tier: valued.sale.tier.id, earned: atSale.points, pending, kept: worth.points },
          campaigns: atSale.campaigns,
        },
      ]),
    ),
    bonuses: new Map([...bonuses].map(([id, { awards }]) => [id, awards])),
  }
}

const timesOf = ({ purse }: NaiveAccount, now: number): NaiveTimes => ({
  maturing: maturingRows(purse.aliveAt(now).filter((lot) => lot.spendableAt > now)),
  spendable: new Set(purse.lots.map(({ spendableAt }) => spendableAt)),
  expiry: new Set(purse.lots.map(({ term }) => term.expiresAt)),
})

/** What spendings in some states cost, less what came back. */
const pricesOf = (spendings: ReadonlyMap<string, NaiveSpending>, states: readonly NaiveSpending['state'][]) =>
  [...spendings.values()].reduce((sum, { state, price, back }) => (states.includes(state) ? sum + price - back : sum), 0)

function sumsOf(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of counts.flatMap((each) => [...each])) sums.set(name, (sums.get(name) ?? 0) + count)
  return new Map([...sums].filter(([, sum]) => sum > 0).sort(([a], [b]) => (a < b ? -1 : 1)))
}
