import { dateOf, daysFrom, expiryOf, type NaiveDocument, spendableOf } from './naive-dates.ts'
import { expiringRows, type Lot, sumOf, type Term, takeBack, takeInOrder } from './naive-lots.ts'
import { type NaiveGrants, type Returned, type ValuedSale, valueSale, type Worth, worthOf } from './naive-sales.ts'

/**
 * A member's state worked out the slow and obvious way: from the whole list of acknowledged facts, in the order in which they
 * arrived, each time anew. It shares no code with functions/domain and has no buckets, entries or settling. Points lie in lots that
 * are never removed; whether a lot is pending, available or expired is asked of the clock alone.
 *
 * Left out: closed members, reservations, and the bounds on buckets and on returns of one purchase. Returns have their id once.
 */

/** A line of a sale: what was paid for the whole of it, minor units. */
export interface NaiveLine {
  readonly lineId: string
  readonly quantity: number
  readonly amount: number
  readonly excluded?: boolean | undefined
  /** `sku-<lineId>` where nothing is said. */
  readonly sku?: string | undefined
  readonly categories?: readonly string[] | undefined
}

export type NaiveFact =
  | {
      readonly kind: 'purchase'
      readonly id: string
      readonly occurredAt: number
      readonly arrivedAt: number
      readonly lines: readonly NaiveLine[]
      readonly member?: string | undefined
      readonly storeId?: string | undefined
      readonly channel?: string | undefined
      readonly tenders?: readonly { readonly type: string; readonly amount: number }[] | undefined
      /** The member's, `YYYY-MM-DD`, as it was known. */
      readonly birthday?: string | undefined
      /** What limited campaigns gave; without, they are counted from this member's purchases alone. */
      readonly grants?: NaiveGrants | undefined
    }
  | {
      readonly kind: 'return'
      readonly purchaseId: string
      readonly id: string
      readonly occurredAt: number
      readonly arrivedAt: number
      readonly lines: readonly { readonly lineId: string; readonly quantity: number; readonly amount: number }[]
    }
  | { readonly kind: 'adjust'; readonly id: string; readonly points: number; readonly arrivedAt: number }

/** Documents by ascending instant; the first is in force from the beginning of time. */
export type NaiveProgramme = readonly { readonly inForceFrom: number; readonly document: NaiveDocument }[]

export interface NaivePurchase {
  readonly at: number
  readonly tier: string
  readonly earned: number
  /** What was still to mature when it was booked. */
  readonly pending: number
  /** What its points are now, after the returns so far. */
  readonly kept: number
  /** What each campaign gave at the sale, where it gave something, in points. */
  readonly campaigns: ReadonlyMap<string, number>
}

export interface NaiveReturn {
  readonly status: 'booked' | 'waiting' | 'refused'
  readonly clawedBack: number
  /** The design's code, where refused. */
  readonly code: string | null
}

export interface NaiveState {
  readonly balance: {
    readonly available: number
    readonly pending: number
    readonly debt: number
    readonly expiring: readonly { readonly points: number; readonly expiresAt: number | null }[]
  }
  readonly totals: { readonly issued: number; readonly adjusted: number; readonly expired: number; readonly clawedBack: number }
  readonly tier: string
  /** Eligible spend of this local year, at what is now kept of it. */
  readonly spend: number
  /** What campaigns gave that is no points, by `badge <id>` or `reward <id>`. */
  readonly gifts: ReadonlyMap<string, number>
  /** What purchases hold of limited campaigns, in points: of each of which something is held. */
  readonly held: ReadonlyMap<string, number>
  readonly purchases: ReadonlyMap<string, NaivePurchase>
  /** By `<purchaseId>/<returnId>`. */
  readonly returns: ReadonlyMap<string, NaiveReturn>
  readonly adjustments: ReadonlyMap<string, 'booked' | 'refused'>
}

const mostWaiting = 20

type Fact<Kind> = Extract<NaiveFact, { kind: Kind }>

interface Known {
  readonly at: number
  readonly valued: ValuedSale
  readonly returned: Map<string, Returned>
  readonly lot: Lot
  readonly atSale: Worth
  readonly pending: number
  worth: Worth
}

/** The member's state at `now`, after all these facts. */
export function recompute(programme: NaiveProgramme, facts: readonly NaiveFact[], now: number): NaiveState {
  const lots: Lot[] = []
  const known = new Map<string, Known>()
  const waiting = new Map<string, Fact<'return'>[]>()
  const returns = new Map<string, NaiveReturn>()
  const adjustments = new Map<string, 'booked' | 'refused'>()
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

  const purchase = (fact: Fact<'purchase'>) => {
    const at = Math.min(fact.occurredAt, fact.arrivedAt)
    const { document } = inForce(programme, at)
    // All that arrived earlier and is dated no later: a tie is won by who arrived first.
    const before = [...known.values()].filter((other) => other.at <= at)
    const previous = before.length === 0 ? null : Math.max(...before.map((other) => other.at))
    const sale = {
      ...{ at, memberId: fact.member ?? 'm-1', storeId: fact.storeId ?? 'leeds', channel: fact.channel, tenders: fact.tenders },
      tier: tierOf(document, before, at),
      purchaseNumber: before.length + 1,
      daysSinceLastPurchase: previous === null ? null : daysFrom(document.timezone, previous, at),
      birthdayMonth: Number(fact.birthday?.split('-')[1]) === dateOf(document.timezone, at).month,
      bought: fact.lines.map((line) => ({ ...line, sku: line.sku ?? `sku-${line.lineId}` })),
    }
    const revision = programme.indexOf(inForce(programme, at))
    const valued = valueSale({ document, revision }, sale, [...known.values()], fact.grants)
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
      worth,
    })
    const early = waiting.get(fact.id) ?? []
    waiting.delete(fact.id)
    early.sort((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1))
    for (const goods of early) bringBack(goods, fact.arrivedAt)
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
    const returned = new Map(sale.returned)
    for (const line of fact.lines) {
      const sold = sale.valued.sale.bought.find(({ lineId }) => lineId === line.lineId)
      if (!sold) return refuse('line-unknown')
      const before = returned.get(line.lineId) ?? { quantity: 0, amount: 0 }
      const sum = { quantity: before.quantity + line.quantity, amount: before.amount + line.amount }
      if (sum.quantity > sold.quantity || sum.amount > sold.amount) return refuse('return-exceeds-purchase')
      returned.set(line.lineId, sum)
    }
    for (const [lineId, sum] of returned) sale.returned.set(lineId, sum)
    const left = worthOf(sale.valued, sale.returned)
    const back = sale.worth.points - left.points
    sale.worth = left
    clawedBack += back
    const missing = takeBack(lots, sale.lot, back, arrivedAt)
    const { negative } = inForce(programme, Math.min(fact.occurredAt, arrivedAt)).document.points
    if (negative === 'forgive') adjusted += missing
    else debt += missing
    return returns.set(name, { status: 'booked', clawedBack: back, code: null })
  }

  const adjust = (fact: Fact<'adjust'>) => {
    const spendable = lots.filter((lot) => lot.spendableAt <= fact.arrivedAt && lot.term.expiresAt > fact.arrivedAt)
    if (fact.points > 0) credit(fact.points, fact.arrivedAt, fact.arrivedAt, fact.arrivedAt)
    else if (sumOf(spendable) < -fact.points) return adjustments.set(fact.id, 'refused')
    else takeInOrder(spendable, -fact.points)
    adjusted += fact.points
    return adjustments.set(fact.id, 'booked')
  }

  let clock = Number.NEGATIVE_INFINITY
  for (const fact of facts) {
    if (fact.arrivedAt < clock || fact.arrivedAt > now) throw new Error('facts come as they arrived, none after now')
    clock = fact.arrivedAt
    if (fact.kind === 'purchase') known.has(fact.id) || purchase(fact)
    else if (fact.kind === 'return') bringBack(fact, fact.arrivedAt)
    else adjust(fact)
  }

  const alive = lots.filter((lot) => lot.term.expiresAt > now)
  const available = alive.filter((lot) => lot.spendableAt <= now)
  const current = inForce(programme, now).document
  const yearNow = dateOf(current.timezone, now).year
  return {
    balance: {
      available: sumOf(available),
      pending: sumOf(alive.filter((lot) => lot.spendableAt > now)),
      debt,
      expiring: expiringRows(available),
    },
    totals: { issued, adjusted, expired: sumOf(lots.filter((lot) => lot.term.expiresAt <= now)), clawedBack },
    tier: tierOf(current, [...known.values()], now).id,
    spend: yearSpend(current, [...known.values()], yearNow),
    gifts: sumsOf([...known.values()].map(({ worth }) => worth.gifts)),
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
  }
}

function inForce(programme: NaiveProgramme, at: number): NaiveProgramme[number] {
  return programme.findLast(({ inForceFrom }, index) => index === 0 || inForceFrom <= at)!
}

function sumsOf(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of counts.flatMap((each) => [...each])) sums.set(name, (sums.get(name) ?? 0) + count)
  return new Map([...sums].filter(([, sum]) => sum > 0).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function yearSpend(document: NaiveDocument, purchases: readonly Known[], year: number): number {
  return purchases
    .filter((purchase) => dateOf(document.timezone, purchase.at).year === year)
    .reduce((sum, purchase) => sum + purchase.worth.spend, 0)
}

function tierOf(document: NaiveDocument, purchases: readonly Known[], at: number) {
  const { year } = dateOf(document.timezone, at)
  const best = Math.max(yearSpend(document, purchases, year), yearSpend(document, purchases, year - 1))
  const levels = [...document.tiers.levels].sort((a, b) => a.threshold - b.threshold)
  return levels.findLast((level) => level.threshold <= best) ?? levels[0]!
}
