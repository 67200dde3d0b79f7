import { awardsOf, awardsOfReferrer, type NaiveAward, NaiveTags } from './naive-bonuses.ts'
import type { NaiveGoods } from './naive-campaigns.ts'
import { NaiveClubs } from './naive-clubs.ts'
import { dateOf, daysFrom, expiryOf, never, spendableOf } from './naive-dates.ts'
import type {
  NaiveBonus,
  NaiveFact,
  NaiveGiftPart,
  NaiveProgramme,
  NaiveReturn,
  NaiveState,
  NaiveUnnamedSale,
} from './naive-facts.ts'
import {
  expiringRows,
  type Lot,
  type Part,
  rowsOfParts,
  sumOf,
  type Term,
  takeBack,
  takeInOrder,
  takeParts,
} from './naive-lots.ts'
import { addGoods, inReturnOrder, isAnyLeft, keepAfterAll, type Returned } from './naive-returns.ts'
import { keptOf, type ValuedSale, valueSale, type Worth, worthOf } from './naive-sales.ts'
import { faultOf, graceEnd, heldUntil, lastOf, type NaiveSpending, priceOf, rewardIn, shareBack } from './naive-spending.ts'
import { countedAt, type NaiveGrant, type NaiveMember, tierOf } from './naive-tiers.ts'

/**
 * A member's state worked out the slow and obvious way: from the whole list of acknowledged facts, in the order in which they
 * arrived, each time anew. It shares no code with functions/domain and has no buckets, entries or settling. Points lie in lots that
 * are never removed; whether a lot is pending, available or expired is asked of the clock alone.
 *
 * Left out: closed members, and the bounds on buckets and on returns of one purchase. Returns have their id once.
 */

const mostWaiting = 20

type Fact<Kind> = Extract<NaiveFact, { kind: Kind }>

interface KnownBonus {
  readonly at: number
  readonly lot: Lot
  readonly awards: readonly NaiveAward[]
  /** What is not taken back of it. */
  kept: readonly NaiveAward[]
  /** Of what was taken back and is not given again. */
  forgiven: number
}

interface Known {
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

/** The state at `now`, after all these facts, of a member; when they enrolled matters where tiers go by it. */
export function recompute(
  programme: NaiveProgramme,
  facts: readonly (NaiveFact | NaiveUnnamedSale)[],
  now: number,
  enrolledAt = 0,
): NaiveState {
  const lots: Lot[] = []
  const known = new Map<string, Known>()
  const waiting = new Map<string, Fact<'return'>[]>()
  const returns = new Map<string, NaiveReturn>()
  const adjustments = new Map<string, 'booked' | 'refused'>()
  const grants = new Map<string, NaiveGrant>()
  const bonuses = new Map<string, KnownBonus>()
  const givenAway = new Map<string, readonly NaiveGiftPart[]>()
  const goodwill = new Map<string, number>()
  /** What the return of a claim took back that was not there, and was forgiven. */
  const forgiven = new Map<string, number>()
  const spendings = new Map<string, NaiveSpending>()
  const tags = new NaiveTags()
  let debt = 0
  let issued = 0
  let adjusted = 0
  let clawedBack = 0

  const fixedTerms = new Map<number, Term>()
  let run: Term | null = null

  const termOf = (at: number, arrivedAt: number): Term => {
    const { document } = inForce(programme, at)
    const { expiry } = document.points
    if (expiry !== 'none' && 'inactivity' in expiry) {
      // A run is over when the last of its points are expired or taken: later activity begins another and brings nothing back.
      const ofRun = lots.filter((lot) => lot.term === run && lot.credited > 0)
      const isAlive = run !== null && run.expiresAt > arrivedAt && sumOf(ofRun) > 0
      if (!run || (ofRun.length > 0 && !isAlive)) run = { expiresAt: 0 }
      const current = run
      const lastActive = Math.max(at, ...[...known.values()].map((purchase) => purchase.at))
      current.expiresAt = Math.max(expiryOf(document, lastActive), isAlive ? current.expiresAt : 0)
      return current
    }
    const expiresAt = expiryOf(document, at)
    const term = fixedTerms.get(expiresAt) ?? { expiresAt }
    fixedTerms.set(expiresAt, term)
    return term
  }

  const credit = (amount: number, at: number, spendableAt: number, arrivedAt: number): Lot => {
    const term = termOf(at, arrivedAt)
    const paid = term.expiresAt <= arrivedAt ? 0 : Math.min(debt, amount)
    debt -= paid
    const lot = { credited: amount - paid, points: amount - paid, spendableAt, term }
    lots.push(lot)
    return lot
  }

  /** Points come back: debt is paid first, but not by what has expired. */
  const comeBack = (parts: readonly Part[], at: number) => {
    for (const { lot, points } of parts) {
      const paid = lot.term.expiresAt <= at ? 0 : Math.min(debt, points)
      debt -= paid
      lot.points += points - paid
    }
  }

  const emptyLot = (expiresAt: number, at: number): Lot => {
    const term = fixedTerms.get(expiresAt) ?? { expiresAt }
    fixedTerms.set(expiresAt, term)
    const lot = { credited: 0, points: 0, spendableAt: at, term }
    lots.push(lot)
    return lot
  }

  /** Points go over with their expiry, and go back to where they came from. */
  const gift = ({ id, way, points, parts = [], arrivedAt }: Fact<'gift'>) => {
    const spendable = lots.filter((lot) => lot.spendableAt <= arrivedAt && lot.term.expiresAt > arrivedAt)
    const isIn = way === 'received' || way === 'given-undone'
    adjusted += isIn ? points : -points
    if (way === 'given') {
      givenAway.set(id, rowsOfParts(takeParts(spendable, points)))
    } else if (isIn) {
      const rows = way === 'received' ? parts : givenAway.get(id)!
      comeBack(
        rows.map(({ expiresAt, points }) => ({ lot: emptyLot(expiresAt ?? never, arrivedAt), points })),
        arrivedAt,
      )
    } else {
      for (const { expiresAt, points } of parts) {
        const same = spendable.filter(({ term }) => term.expiresAt === (expiresAt ?? never))
        if (takeInOrder(same, points) > 0) throw new Error(`${id} is taken back, and was not there`)
      }
    }
  }

  const lapse = (at: number) => {
    const over = [...spendings.values()].filter(({ state, lapsesAt }) => state === 'reserved' && lapsesAt <= at)
    for (const one of over.sort((a, b) => a.lapsesAt - b.lapsesAt)) {
      one.state = 'lapsed'
      comeBack(one.parts, one.lapsesAt)
    }
  }

  const spend = ({ kind, id, reward: name, at, arrivedAt, points, purchaseId }: Fact<'spend' | 'hold'>) => {
    const held = spendings.get(id)
    if (held) {
      held.state = 'captured'
      held.purchaseId ??= purchaseId
      return payBackFor(held, arrivedAt)
    }
    const { document } = inForce(programme, at)
    const reward = rewardIn(document, name)
    const tier = tierOf(programme, memberAt(Number.POSITIVE_INFINITY), arrivedAt).id
    const belongsTo = clubs.at(arrivedAt, false)
    const fault = faultOf(reward, tier, belongsTo, at)
    if (fault !== null) throw new Error(`${id} is spent on ${name}, and ${fault}`)
    const price = priceOf(reward, points, tier, belongsTo)
    const spendable = lots.filter((lot) => lot.spendableAt <= arrivedAt && lot.term.expiresAt > arrivedAt)
    const parts = takeParts(spendable, price)
    if (parts.reduce((sum, part) => sum + part.points, 0) < price) throw new Error(`${id} spends points that are not there`)
    const state = kind === 'hold' ? 'reserved' : 'captured'
    const lapsesAt = heldUntil(document, reward, arrivedAt)
    const one: NaiveSpending = { id, reward, price, parts, lapsesAt, state, back: 0, purchaseId }
    spendings.set(id, one)
    if (state === 'captured') payBackFor(one, arrivedAt)
  }

  /** Goods may have come back before the points were spent for them. */
  const payBackFor = ({ purchaseId }: NaiveSpending, at: number) => {
    const sale = purchaseId === undefined ? undefined : known.get(purchaseId)
    if (purchaseId !== undefined && sale) payBack(purchaseId, sale, at)
  }

  /** Points that were spent come back: those that would have expired meanwhile for some days, or to expire. */
  const restore = (one: NaiveSpending, amount: number, at: number) => {
    const parts = lastOf(one, amount)
    one.back += amount
    const until = graceEnd(inForce(programme, at).document, at)
    const isOver = ({ lot }: Part) => lot.term.expiresAt <= at
    const over = parts.filter(isOver).reduce((sum, { points }) => sum + points, 0)
    if (until === null || over === 0) return comeBack(parts, at)
    comeBack([{ lot: emptyLot(until, at), points: over }, ...parts.filter((part) => !isOver(part))], at)
  }

  /** Points that a purchase was paid with come back with its goods, in proportion. */
  const payBack = (purchaseId: string, { valued, returned, paidWith }: Known, at: number) => {
    const naming = [...spendings.values()].filter((one) => one.purchaseId === purchaseId)
    for (const one of new Set([...paidWith.flatMap((id) => spendings.get(id) ?? []), ...naming])) {
      if ((one.purchaseId ?? purchaseId) !== purchaseId || !takesOff.has(one.reward.kind)) continue
      if (one.state === 'reserved' && returned.size > 0) one.purchaseId = purchaseId
      if (one.state !== 'captured') continue
      const amount = shareBack(one.price, valued.sale.bought, returned) - one.back
      if (amount <= 0) continue
      one.purchaseId = purchaseId
      restore(one, amount, at)
    }
  }

  const memberAt = (at: number): NaiveMember => ({
    enrolledAt,
    grants: [...grants.values()],
    purchases: [
      ...upTo(known, at).map(({ at, valued, returned, worth: { spend, points, tierCredit } }) => ({
        ...{ at, spend, points, tierCredit },
        isKept: isAnyLeft(valued.sale.bought, returned),
      })),
      ...upTo(bonuses, at).map(({ at, kept }) => {
        const tierCredit = kept.reduce((sum, award) => sum + award.tierCredit, 0)
        return { at, spend: 0, points: 0, tierCredit, isKept: false }
      }),
    ],
  })
  const clubs = new NaiveClubs(programme, enrolledAt, (at) => ({
    tier: () => tierOf(programme, memberAt(Number.POSITIVE_INFINITY), at).id,
    purchases: (category) => [...known.values()].map(({ at, ...sale }) => ({ at, ...countedFor(sale, category) })),
  }))
  const grantsEnd = () => [...grants.values()].map(({ until }) => until)

  const isLate = (at: number) =>
    [...known.values()].some((other) => other.at > at) ||
    [...bonuses.values()].some((other) => other.at > at && other.awards.some(({ tierCredit }) => tierCredit > 0))

  const purchase = (fact: Fact<'purchase'>) => {
    const at = Math.min(fact.occurredAt, fact.arrivedAt)
    const { document } = inForce(programme, at)
    // All that arrived earlier and is dated no later: a tie is won by who arrived first.
    const before = upTo(known, at)
    const previous = before.length === 0 ? null : Math.max(...before.map((other) => other.at))
    const sale = {
      ...{ at, memberId: fact.member ?? 'm-1', storeId: fact.storeId ?? 'leeds', channel: fact.channel, tenders: fact.tenders },
      tier: tierOf(programme, memberAt(at), at),
      clubs: clubs.at(at, isLate(at)),
      segments: tags.tagsAt(at, isLate(at)),
      purchaseNumber: before.length + 1,
      daysSinceLastPurchase: previous === null ? null : daysFrom(document.timezone, previous, at),
      birthdayMonth: Number(fact.birthday?.split('-')[1]) === dateOf(document.timezone, at).month,
      bought: fact.lines.map((line) => ({ ...line, sku: line.sku ?? `sku-${line.lineId}` })),
    }
    const revision = programme.indexOf(inForce(programme, at))
    const valued = valueSale({ document, revision }, sale, [...known.values()], fact.rooms)
    const worth = worthOf(valued, new Map())
    const earned = worth.points
    const spendableAt = spendableOf(document, at)
    const lot = credit(earned, at, spendableAt, fact.arrivedAt)
    const isPending = spendableAt > fact.arrivedAt && lot.term.expiresAt > fact.arrivedAt
    issued += earned
    known.set(fact.id, {
      at,
      valued,
      returned: new Map(),
      lot,
      atSale: worth,
      pending: isPending ? lot.points : 0,
      paidWith: fact.paidWith ?? [],
      worth,
    })
    const early = waiting.get(fact.id) ?? []
    waiting.delete(fact.id)
    for (const goods of early.sort(inReturnOrder)) bringBack(goods, fact.arrivedAt)
  }

  const unnamed = ({ id, lines }: NaiveUnnamedSale) => {
    const returned: Returned = new Map()
    const fitting: Fact<'return'>[] = []
    for (const goods of [...(waiting.get(id) ?? [])].sort(inReturnOrder)) {
      const code = addGoods(lines, returned, goods.lines)
      if (code === null) fitting.push(goods)
      else returns.set(`${id}/${goods.id}`, { status: 'refused', clawedBack: 0, code })
    }
    waiting.set(id, fitting)
  }

  const bringBack = (fact: Fact<'return'>, arrivedAt: number) => {
    const name = `${fact.purchaseId}/${fact.id}`
    const refuse = (code: string) => returns.set(name, { status: 'refused', clawedBack: 0, code })
    const sale = known.get(fact.purchaseId)
    if (!sale) {
      const queue = waiting.get(fact.purchaseId) ?? []
      if (queue.length >= mostWaiting) return refuse('too-many-waiting-returns')
      waiting.set(fact.purchaseId, [...queue, fact])
      return returns.set(name, { status: 'waiting', clawedBack: 0, code: null })
    }
    const code = addGoods(sale.valued.sale.bought, sale.returned, fact.lines)
    if (code !== null) return refuse(code)
    const left = worthOf(sale.valued, sale.returned)
    const back = sale.worth.points - left.points
    sale.worth = left
    clawedBack += back
    const missing = takeBack(lots, sale.lot, back, arrivedAt)
    const { negative } = inForce(programme, Math.min(fact.occurredAt, arrivedAt)).document.points
    if (negative === 'forgive') {
      adjusted += missing
      if (fact.claimId !== undefined) forgiven.set(fact.claimId, missing)
    } else debt += missing
    payBack(fact.purchaseId, sale, arrivedAt)
    return returns.set(name, { status: 'booked', clawedBack: back, code: null })
  }

  /** A claim that counted as a return is undone: the sale is worth more again, up to what it was. What was forgiven was never taken. */
  const keepAgain = ({ purchaseId, claimId = '', lines, arrivedAt }: Fact<'return'>) => {
    const sale = known.get(purchaseId)!
    keepAfterAll(sale.returned, lines)
    const evaluated = worthOf(sale.valued, sale.returned)
    const worth = { ...evaluated, points: Math.min(evaluated.points, sale.atSale.points) }
    const again = worth.points - sale.worth.points
    if (again < 0) throw new Error(`${purchaseId} is worth less with more of it kept`)
    sale.worth = worth
    clawedBack -= again
    const untaken = Math.min(forgiven.get(claimId) ?? 0, again)
    adjusted -= untaken
    comeBack([{ lot: sale.lot, points: again - untaken }], arrivedAt)
  }

  const makeUp = ({ id, points, arrivedAt }: Fact<'goodwill'>) => {
    const given = goodwill.get(id)
    if (given === undefined) {
      goodwill.set(id, points)
      credit(points, arrivedAt, arrivedAt, arrivedAt)
      adjusted += points
      return
    }
    goodwill.delete(id)
    const missing = takeInOrder(
      lots.filter((lot) => lot.term.expiresAt > arrivedAt),
      given,
    )
    adjusted -= given
    if (inForce(programme, arrivedAt).document.points.negative === 'forgive') adjusted += missing
    else debt += missing
  }

  const adjust = (fact: Fact<'adjust'>) => {
    const spendable = lots.filter((lot) => lot.spendableAt <= fact.arrivedAt && lot.term.expiresAt > fact.arrivedAt)
    if (fact.points > 0) credit(fact.points, fact.arrivedAt, fact.arrivedAt, fact.arrivedAt)
    else if (sumOf(spendable) < -fact.points) return adjustments.set(fact.id, 'refused')
    else takeInOrder(spendable, -fact.points)
    adjusted += fact.points
    return adjustments.set(fact.id, 'booked')
  }

  const bonus = ({ id, trigger, at, arrivedAt, member, storeId = '', rooms, purchaseId, isReferrer }: NaiveBonus) => {
    const { document } = inForce(programme, at)
    const friends = purchaseId === undefined ? undefined : known.get(purchaseId)!
    const asked = {
      ...{ at, memberId: member, storeId, trigger, purchaseNumber: 0, daysSinceLastPurchase: null, birthdayMonth: false },
      tier: tierOf(programme, memberAt(at), at),
      clubs: clubs.at(at, isLate(at)),
      segments: tags.tagsAt(at, isLate(at)),
    }
    const awards = isReferrer
      ? awardsOfReferrer(document, rooms)
      : friends
        ? awardsOf(document, { ...friends.valued.sale, trigger }, rooms, keptOf(friends.valued.sale.bought, friends.returned))
        : awardsOf(document, asked, rooms)
    const points = pointsOf(awards)
    const lot = credit(points, at, at, arrivedAt)
    issued += points
    bonuses.set(id, { at, lot, awards, kept: awards, forgiven: 0 })
  }

  const undo = ({ id, campaigns, at, arrivedAt }: Fact<'undone' | 'given again'>) => {
    const given = bonuses.get(id)!
    const lost = given.kept.filter(({ campaign }) => campaigns.includes(campaign))
    given.kept = given.kept.filter((award) => !lost.includes(award))
    clawedBack += pointsOf(lost)
    const missing = takeBack(lots, given.lot, pointsOf(lost), arrivedAt)
    if (inForce(programme, at).document.points.negative === 'forgive') {
      adjusted += missing
      given.forgiven += missing
    } else debt += missing
  }

  /** What was forgiven was never taken: so much less is given again. */
  const giveAgain = ({ id, campaigns, arrivedAt }: Fact<'undone' | 'given again'>) => {
    const given = bonuses.get(id)!
    const again = given.awards.filter(({ campaign }) => campaigns.includes(campaign))
    given.kept = [...given.kept, ...again]
    const unforgiven = Math.min(given.forgiven, pointsOf(again))
    given.forgiven -= unforgiven
    adjusted -= unforgiven
    clawedBack -= pointsOf(again)
    comeBack([{ lot: given.lot, points: pointsOf(again) - unforgiven }], arrivedAt)
  }

  let clock = Number.NEGATIVE_INFINITY
  for (const fact of facts) {
    if (fact.arrivedAt < clock || fact.arrivedAt > now) throw new Error('facts come as they arrived, none after now')
    clock = fact.arrivedAt
    lapse(clock)
    clubs.pass(clock, grantsEnd())
    if (fact.kind === 'purchase') known.has(fact.id) || purchase(fact)
    else if (fact.kind === 'unnamed') unnamed(fact)
    else if (fact.kind === 'return' && fact.lines.some(({ quantity }) => quantity < 0)) keepAgain(fact)
    else if (fact.kind === 'return') bringBack(fact, fact.arrivedAt)
    else if (fact.kind === 'goodwill') makeUp(fact)
    else if (fact.kind === 'gift') gift(fact)
    else if (fact.kind === 'adjust') adjust(fact)
    else if (fact.kind === 'grant') grants.set(fact.id, { tier: fact.tier, from: fact.arrivedAt, until: fact.until })
    else if (fact.kind === 'join') clubs.join(fact.club, fact.at)
    else if (fact.kind === 'leave') clubs.leave(fact.club, fact.at)
    else if (fact.kind === 'fee') clubs.pay(fact.club, fact.at)
    else if (fact.kind === 'tags') tags.tag(fact.tags, fact.at)
    else if (fact.kind === 'bonus') bonus(fact)
    else if (fact.kind === 'undone') undo(fact)
    else if (fact.kind === 'given again') giveAgain(fact)
    else if (fact.kind === 'spend' || fact.kind === 'hold') spend(fact)
    else if (fact.kind === 'let go') {
      const held = spendings.get(fact.id)!
      held.state = 'released'
      comeBack(held.parts, clock)
    } else if (fact.kind === 'reversed') {
      const spent = spendings.get(fact.id)!
      spent.state = 'reversed'
      restore(spent, spent.price - spent.back, clock)
    } else if (fact.kind === 'end grant') {
      const grant = grants.get(fact.id)!
      grants.set(fact.id, { ...grant, until: Math.min(grant.until, fact.arrivedAt) })
    }
    if (!countsNothing.has(fact.kind)) clubs.judge(clock)
    clubs.pass(clock, grantsEnd())
  }

  lapse(now)
  clubs.pass(now, grantsEnd())

  const alive = lots.filter((lot) => lot.term.expiresAt > now)
  const available = alive.filter((lot) => lot.spendableAt <= now)
  const member = memberAt(Number.POSITIVE_INFINITY)
  return {
    balance: {
      available: sumOf(available),
      pending: sumOf(alive.filter((lot) => lot.spendableAt > now)),
      debt,
      expiring: expiringRows(available),
    },
    reserved: pricesOf(spendings, ['reserved']),
    spendings,
    givenAway,
    totals: {
      ...{ issued, adjusted, redeemed: pricesOf(spendings, ['captured', 'reversed']) },
      expired: sumOf(lots.filter((lot) => lot.term.expiresAt <= now)),
      clawedBack,
    },
    tier: tierOf(programme, member, now).id,
    clubs: clubs.turns,
    counted: countedAt(inForce(programme, now), member, now),
    gifts: sumsOf([
      ...[...known.values()].map(({ worth }) => worth.gifts),
      ...[...bonuses.values()].flatMap(({ kept }) => kept.map(({ gift }) => new Map(gift === null ? [] : [[gift, 1]]))),
    ]),
    held: sumsOf([...known.values()].map(({ worth }) => worth.held)),
    purchases: new Map(
      [...known].map(([id, { at, valued, atSale, pending, worth }]) => [
        id,
        {
          ...{ at, tier: valued.sale.tier.id, earned: atSale.points, pending, kept: worth.points },
          campaigns: atSale.campaigns,
        },
      ]),
    ),
    returns,
    adjustments,
    bonuses: new Map([...bonuses].map(([id, { awards }]) => [id, awards])),
  }
}

/** Rewards that take something off a basket. */
const takesOff: ReadonlySet<string | undefined> = new Set(['money-off', 'percentage-off', 'points-as-money'])

/** What happens, and changes nothing that clubs count. */
const countsNothing: ReadonlySet<string> = new Set<NaiveFact['kind']>([
  ...(['spend', 'hold', 'let go', 'reversed', 'goodwill', 'gift', 'adjust', 'tags'] as const),
])

/** What clubs count of a sale; where categories are given, items of them stand for spend. */
function countedFor({ valued, returned, worth }: Omit<Known, 'at'>, category: readonly string[] | undefined) {
  const isOf = ({ categories }: NaiveGoods) => category!.some((each) => categories?.includes(each))
  const items = keptOf(valued.sale.bought, returned).filter(({ excluded }) => excluded !== true)
  const spend = category ? items.filter(isOf).reduce((sum, { quantity }) => sum + quantity, 0) : worth.spend
  return { spend, points: worth.points, tierCredit: 0, isKept: isAnyLeft(valued.sale.bought, returned) }
}

const upTo = <Dated extends { readonly at: number }>(all: ReadonlyMap<string, Dated>, at: number): Dated[] =>
  [...all.values()].filter((one) => one.at <= at)

/** What spendings in some states cost, less what came back. */
const pricesOf = (spendings: ReadonlyMap<string, NaiveSpending>, states: readonly NaiveSpending['state'][]) =>
  [...spendings.values()].reduce((sum, { state, price, back }) => (states.includes(state) ? sum + price - back : sum), 0)

const pointsOf = (awards: readonly NaiveAward[]) => awards.reduce((sum, { points }) => sum + points, 0)

function inForce(programme: NaiveProgramme, at: number): NaiveProgramme[number] {
  return programme.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!
}

function sumsOf(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of counts.flatMap((each) => [...each])) sums.set(name, (sums.get(name) ?? 0) + count)
  return new Map([...sums].filter(([, sum]) => sum > 0).sort(([a], [b]) => (a < b ? -1 : 1)))
}
