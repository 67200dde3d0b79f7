import { dateOf, daysFrom, expiryOf, type NaiveDocument, spendableOf } from './naive-dates.ts'
import { expiringRows, type Lot, sumOf, type Term, takeBack, takeInOrder } from './naive-lots.ts'
import { addGoods, inReturnOrder, isAnyLeft, type Returned } from './naive-returns.ts'
import { type NaiveRooms, type ValuedSale, valueSale, type Worth, worthOf } from './naive-sales.ts'
import { countedAt, type NaiveGrant, type NaiveMember, tierOf } from './naive-tiers.ts'

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
      readonly rooms?: NaiveRooms | undefined
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
  | { readonly kind: 'grant'; readonly id: string; readonly tier: string; readonly until: number; readonly arrivedAt: number }
  | { readonly kind: 'end grant'; readonly id: string; readonly arrivedAt: number }

/** A sale came without a member: of the returns that wait for it, those that do not fit are refused then. The sale itself follows. */
export interface NaiveUnnamedSale {
  readonly kind: 'unnamed'
  readonly id: string
  readonly arrivedAt: number
  readonly lines: readonly NaiveLine[]
}

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
  /** What the window of the tiers counts, at what is now kept of it. */
  readonly counted: number
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
  readonly returned: Returned
  readonly lot: Lot
  readonly atSale: Worth
  readonly pending: number
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

  const memberOf = (purchases: readonly Known[]): NaiveMember => ({
    enrolledAt,
    grants: [...grants.values()],
    purchases: purchases.map(({ at, valued, returned, worth: { spend, points, tierCredit } }) => ({
      ...{ at, spend, points, tierCredit },
      isKept: isAnyLeft(valued.sale.bought, returned),
    })),
  })

  const purchase = (fact: Fact<'purchase'>) => {
    const at = Math.min(fact.occurredAt, fact.arrivedAt)
    const { document } = inForce(programme, at)
    // All that arrived earlier and is dated no later: a tie is won by who arrived first.
    const before = [...known.values()].filter((other) => other.at <= at)
    const previous = before.length === 0 ? null : Math.max(...before.map((other) => other.at))
    const sale = {
      ...{ at, memberId: fact.member ?? 'm-1', storeId: fact.storeId ?? 'leeds', channel: fact.channel, tenders: fact.tenders },
      tier: tierOf(programme, memberOf(before), at),
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
    else if (fact.kind === 'unnamed') unnamed(fact)
    else if (fact.kind === 'return') bringBack(fact, fact.arrivedAt)
    else if (fact.kind === 'adjust') adjust(fact)
    else if (fact.kind === 'grant') grants.set(fact.id, { tier: fact.tier, from: fact.arrivedAt, until: fact.until })
    else {
      const grant = grants.get(fact.id)!
      grants.set(fact.id, { ...grant, until: Math.min(grant.until, fact.arrivedAt) })
    }
  }

  const alive = lots.filter((lot) => lot.term.expiresAt > now)
  const available = alive.filter((lot) => lot.spendableAt <= now)
  const member = memberOf([...known.values()])
  return {
    balance: {
      available: sumOf(available),
      pending: sumOf(alive.filter((lot) => lot.spendableAt > now)),
      debt,
      expiring: expiringRows(available),
    },
    totals: { issued, adjusted, expired: sumOf(lots.filter((lot) => lot.term.expiresAt <= now)), clawedBack },
    tier: tierOf(programme, member, now).id,
    counted: countedAt(inForce(programme, now), member, now),
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
