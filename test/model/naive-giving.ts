import type { FactOf, NaiveAccount } from './naive-account.ts'
import { awardsOf, awardsOfReferrer, type NaiveAward } from './naive-bonuses.ts'
import { never } from './naive-dates.ts'
import type { NaiveBonus } from './naive-facts.ts'
import { rowsOfParts, sumOf, takeInOrder } from './naive-lots.ts'
import { keptOf } from './naive-sales.ts'

/** Points that are given or taken without a sale, in the model: gifts, amends, adjustments, bonuses. */

/** Points go over with their expiry, and go back to where they came from, if anything is left there; else with the expiry that they had. */
export function gift(account: NaiveAccount, { id, way, points, parts = [], arrivedAt }: FactOf<'gift'>): void {
  const { purse, givenAway, givenParts } = account
  const spendable = purse.spendableAt(arrivedAt)
  const isIn = way === 'received' || way === 'given-undone'
  purse.adjusted += isIn ? points : -points
  const dated = (expiresAt: number | null) => purse.emptyLot(expiresAt ?? never, arrivedAt)
  if (way === 'given') {
    const taken = purse.take(points, arrivedAt)
    givenAway.set(id, rowsOfParts(taken))
    givenParts.set(
      id,
      taken.map((part) => ({ ...part, expiresAt: part.lot.term.expiresAt })),
    )
  } else if (way === 'given-undone') {
    const back = givenParts.get(id)!.map(({ lot, points: part, expiresAt }) => {
      return { lot: purse.isAnyOf(lot.term, arrivedAt) ? lot : dated(expiresAt), points: part }
    })
    purse.comeBack(back, arrivedAt)
  } else if (way === 'received') {
    purse.comeBack(
      parts.map(({ expiresAt, points: part }) => ({ lot: dated(expiresAt), points: part })),
      arrivedAt,
    )
  } else {
    for (const { expiresAt, points: part } of parts) {
      // Points that inactivity expires are other ones, though they may expire at the same instant.
      const given = dated(expiresAt).term
      const same = spendable.filter(({ term }) => term === given)
      if (takeInOrder(same, part) > 0) throw new Error(`${id} is taken back, and was not there`)
    }
  }
}

export function makeUp({ purse, goodwill }: NaiveAccount, { id, points, arrivedAt }: FactOf<'goodwill'>): void {
  const given = goodwill.get(id)
  if (given === undefined) {
    goodwill.set(id, points)
    purse.credit(points, arrivedAt, arrivedAt, arrivedAt)
    purse.adjusted += points
    return
  }
  goodwill.delete(id)
  purse.takeAmends(given, arrivedAt)
}

export function adjust({ purse, adjustments }: NaiveAccount, { id, points, arrivedAt }: FactOf<'adjust'>): void {
  const spendable = purse.spendableAt(arrivedAt)
  if (points > 0) purse.credit(points, arrivedAt, arrivedAt, arrivedAt)
  else if (sumOf(spendable) < -points) return void adjustments.set(id, 'refused')
  else takeInOrder(spendable, -points)
  purse.adjusted += points
  adjustments.set(id, 'booked')
}

/** Coming to an event counts as earned when it was, whatever the hold. */
export function attend({ purse }: NaiveAccount, { points, at, arrivedAt }: FactOf<'attend'>): void {
  purse.credit(points, at, at, arrivedAt)
  purse.issued += points
}

export function bonus(account: NaiveAccount, fact: NaiveBonus): void {
  const { id, trigger, at, arrivedAt, member, storeId = '', rooms, purchaseId, isReferrer } = fact
  const { sales, purse, clubs, tags, bonuses } = account
  const { document } = account.inForce(at)
  const friends = purchaseId === undefined ? undefined : sales.get(purchaseId)!
  const asked = {
    ...{ at, memberId: member, storeId, trigger, purchaseNumber: 0, daysSinceLastPurchase: null, birthdayMonth: false },
    tier: account.tierAt(at),
    clubs: clubs.at(at, account.isLate(at)),
    segments: tags.tagsAt(at, account.isLate(at)),
  }
  const awards = isReferrer
    ? awardsOfReferrer(document, rooms)
    : friends
      ? awardsOf(document, { ...friends.valued.sale, trigger }, rooms, keptOf(friends.valued.sale.bought, friends.returned))
      : awardsOf(document, asked, rooms)
  const points = pointsOf(awards)
  // What gives no points keeps none alive either.
  const lot = points > 0 ? purse.credit(points, at, at, arrivedAt) : purse.emptyLot(never, at)
  purse.issued += points
  bonuses.set(id, { at, lot, awards, kept: awards, forgiven: 0 })
}

export function takeBonusBack({ purse, bonuses }: NaiveAccount, fact: FactOf<'undone' | 'given again'>): void {
  const { id, campaigns, at, arrivedAt } = fact
  const given = bonuses.get(id)!
  const lost = given.kept.filter(({ campaign }) => campaigns.includes(campaign))
  given.kept = given.kept.filter((award) => !lost.includes(award))
  given.forgiven += purse.takeBack(given.lot, pointsOf(lost), arrivedAt, at)
}

/** What was forgiven was never taken: so much less is given again. */
export function giveBonusAgain({ purse, bonuses }: NaiveAccount, fact: FactOf<'undone' | 'given again'>): void {
  const { id, campaigns, arrivedAt } = fact
  const given = bonuses.get(id)!
  const again = given.awards.filter(({ campaign }) => campaigns.includes(campaign))
  given.kept = [...given.kept, ...again]
  const unforgiven = Math.min(given.forgiven, pointsOf(again))
  given.forgiven -= unforgiven
  purse.adjusted -= unforgiven
  purse.clawedBack -= pointsOf(again)
  purse.comeBack([{ lot: given.lot, points: pointsOf(again) - unforgiven }], arrivedAt)
}

const pointsOf = (awards: readonly NaiveAward[]) => awards.reduce((sum, { points }) => sum + points, 0)
