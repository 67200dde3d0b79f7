import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import type { Bucket } from '../../functions/domain/head.ts'
import { paysForBasket, pointsGivenBack } from '../../functions/domain/paid-with-points.ts'
import { revisionAt } from '../../functions/domain/programme.ts'
import { capture, type Restoring, redeem, release, reserve, restore } from '../../functions/domain/redemption.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { type Reservation, reservationOf, sumOf } from '../../functions/domain/reservation.ts'
import type { KeptSale } from '../../functions/domain/returns.ts'
import type { PricedReward } from '../../functions/domain/reward.ts'
import { priceFor } from '../../functions/domain/reward-terms.ts'
import { type BucketId, instant, points } from '../../functions/domain/units.ts'
import { Counter } from './counter.ts'

/** As many points as somebody likes, held for three days. */
export const cash: PricedReward = {
  id: 'cash',
  kind: 'points-as-money',
  rate: { points: 1, amount: 1 },
  holdMinutes: 3 * 24 * 60,
}

/** What somebody does with points. */
export type Spend =
  | { readonly kind: 'reserve' | 'redeem'; readonly points: number | 'all'; readonly reward?: PricedReward }
  | { readonly kind: 'capture' | 'release' | 'reverse'; readonly which: number }
  | { readonly kind: 'bring'; readonly which: number; readonly share: number }

/** What a redemption was told to be, by what was asked alone. */
export interface Told {
  readonly id: string
  readonly reward: PricedReward
  readonly price: number
  readonly takenAt: number
  readonly lapsesAt: number
  /** The purchase that it pays for. */
  paysFor: string | undefined
  state: 'reserved' | 'captured' | 'released' | 'reversed'
  taken: readonly Bucket[]
  restored: number
  brought: number
}

/** A counter whose member also spends points. */
export class Spender extends Counter {
  readonly told: Told[] = []

  spend(act: Spend): void {
    if ('points' in act) this.#take(act)
    else {
      const redemption = this.told[act.which % Math.max(1, this.told.length)]
      if (redemption) this.#change(redemption, act)
    }
  }

  /** Goods of a purchase came back, or points are spent for it then: what it was paid with comes back in proportion. */
  givePointsBack(purchaseId: string | undefined): void {
    if (purchaseId === undefined) return
    const { sale, returned } = this.receipts.get(purchaseId)!
    for (const redemption of this.#paidFor(purchaseId)) {
      const target = pointsGivenBack(sale.fact.lines, returned, points(redemption.price))
      this.#restore(redemption, target - redemption.restored, { purchaseId })
    }
  }

  /** Whether more came back of the points that a purchase was paid with than goods would, were these all that came back. */
  isPaidBack(purchaseId: string, { sale, returned }: KeptSale): boolean {
    return this.#paidFor(purchaseId).some(
      ({ price, restored }) => restored > pointsGivenBack(sale.fact.lines, returned, points(price)),
    )
  }

  #paidFor(purchaseId: string): Told[] {
    return this.told.filter(
      ({ paysFor, reward, state }) => paysFor === purchaseId && paysForBasket(reward) && state === 'captured',
    )
  }

  #change(redemption: Told, act: Exclude<Spend, { readonly points: unknown }>): void {
    if (act.kind === 'bring') this.#bring(redemption, act.share)
    else if (act.kind === 'reverse') this.#reverse(redemption)
    else {
      const reservation = reservationOf(this.account.head, redemption.id)
      strictEqual(reservation !== undefined, redemption.state === 'reserved' && redemption.lapsesAt > this.now)
      if (reservation) this.#end(act.kind, redemption, reservation)
    }
  }

  #take({ kind, points: asked, reward = cash }: Extract<Spend, { readonly points: unknown }>): void {
    const { available } = this.balance
    const revision = revisionAt(this.programme, this.now)
    const price: number = priceFor(revision, this.account.head, reward) ?? (asked === 'all' ? available : asked)
    if (price === 0) return
    const id = `r-${this.told.length}`
    const wanted = { redemptionId: id, reward, price: points(price), at: this.now }
    const booked =
      kind === 'reserve' ? reserve(this.programme, this.account, wanted, this.now) : redeem(this.account, wanted, this.now)
    const open = this.account.head.reservations.length
    if (isRefusal(booked)) {
      ok(price > available || (kind === 'reserve' && open === 20), `${booked.refused} for ${price} of ${available}`)
      return
    }
    deepStrictEqual(booked.taken, earliest(this.account, price), 'earliest expiry first, and in sum the price')
    this.keep(booked)
    const lapsesAt = kind === 'reserve' ? this.now + (reward.holdMinutes ?? 24 * 60) * 60_000 : Number.POSITIVE_INFINITY
    const state = kind === 'reserve' ? 'reserved' : 'captured'
    this.told.push({
      id,
      reward,
      price,
      takenAt: this.now,
      lapsesAt,
      paysFor: undefined,
      state,
      taken: booked.taken,
      restored: 0,
      brought: 0,
    })
    strictEqual(this.balance.available, available - price)
  }

  #end(kind: 'capture' | 'release', redemption: Told, reservation: Reservation): void {
    const { available, debt, reserved } = this.balance
    const isLasting = ({ expiresAt }: Bucket) => expiresAt === null || expiresAt > this.now
    const lasting = sumOf(reservation.held.filter(isLasting))
    if (kind === 'capture') this.keep(capture(this.account, reservation, undefined, this.now))
    else {
      const released = release(this.account, reservation, this.now)
      deepStrictEqual(
        gained(this.account, released.account),
        landing(this.account, reservation.held, this.now),
        'the very buckets',
      )
      this.keep(released)
    }
    strictEqual(this.balance.reserved, reserved - redemption.price)
    redemption.state = kind === 'capture' ? 'captured' : 'released'
    redemption.taken = reservation.held
    const back = kind === 'release' ? lasting : 0
    strictEqual(this.balance.available - this.balance.debt, available - debt + back)
    if (kind === 'capture') this.givePointsBack(redemption.paysFor)
  }

  /** Goods come back of a purchase that it paid for alone: of ten pieces, so many by now. */
  #bring(redemption: Told, share: number): void {
    if (redemption.state !== 'captured') return
    redemption.brought = Math.max(redemption.brought, share)
    const lines = [{ lineId: '1', sku: 's', quantity: 10, amount: 1_000 }]
    const returned = [{ lineId: '1', quantity: redemption.brought, amount: redemption.brought * 100 }]
    const target = pointsGivenBack(lines, returned, points(redemption.price))
    strictEqual(target, Math.floor((redemption.price * redemption.brought) / 10))
    this.#restore(redemption, target - redemption.restored)
  }

  #reverse(redemption: Told): void {
    if (redemption.state !== 'captured') return
    this.#restore(redemption, redemption.price - redemption.restored, { reversed: true })
    redemption.state = 'reversed'
  }

  #restore(redemption: Told, amount: number, why: Restoring = {}): void {
    if (amount <= 0) return
    const { id: redemptionId, reward, taken, restored } = redemption
    const before = this.account
    const spent = { redemptionId, rewardId: reward.id, taken, restored: points(restored) }
    const booked = restore(this.programme, this.account, spent, points(amount), why, this.now)
    if (isRefusal(booked)) throw new Error(booked.refused)
    const coming = between(taken, redemption.price - restored - amount, redemption.price - restored)
    deepStrictEqual(gained(before, booked.account), this.#expected(before, coming), 'the very buckets, less debt')
    this.keep(booked)
    redemption.restored += amount
    strictEqual(this.account.head.totals.redeemed, before.head.totals.redeemed - amount)
    const net = ({ head }: Account) => head.buckets.reduce((sum, bucket) => sum + bucket.points, 0) - head.debt
    const expired = this.account.head.totals.expired - before.head.totals.expired
    strictEqual(net(this.account), net(before) + amount - expired)
  }

  /** Where points land that come back: what has expired meanwhile gets days of grace where the programme gives them, and comes first. */
  #expected(before: Account, coming: readonly Bucket[]): Map<string, number> {
    const { calendar, document } = revisionAt(this.programme, this.now)
    const rule = document.redemptions?.expiredMeanwhile ?? 'expire'
    // What activity has kept alive of a bucket, spendable or held, keeps alive what comes back to it.
    const over = coming.filter((bucket) => {
      const { expiresAt } = keptAlive(before, bucket)
      return expiresAt !== null && expiresAt <= this.now
    })
    if (rule === 'expire' || over.length === 0) return landing(before, coming, this.now)
    const noon = calendar.startOfDay(calendar.dayOf(this.now).date) + (rule.graceDays + 1.5) * 86_400_000
    const expiresAt = calendar.startOfDay(calendar.dayOf(instant(noon)).date)
    const revived = { id: String(expiresAt) as BucketId, spendableAt: null, expiresAt, points: sumOf(over) }
    return landing(before, [revived, ...coming.filter((bucket) => !over.includes(bucket))], this.now)
  }

  keep({ entry, account }: { readonly entry: Entry; readonly account: Account }): void {
    this.entries.push(entry)
    this.account = account
    this.settle(this.now)
  }
}

/** The points of some buckets from one to another, counted through: the earliest bucket has the first. */
function between(buckets: readonly Bucket[], from: number, until: number): Bucket[] {
  let passed = 0
  return buckets.flatMap((bucket) => {
    const [begin, end] = [passed, passed + bucket.points]
    passed = end
    const part = Math.min(end, until) - Math.max(begin, from)
    return part > 0 ? [{ ...bucket, points: points(part) }] : []
  })
}

/** What the buckets of a member have more than before, by id. */
function gained(before: Account, after: Account): Map<string, number> {
  const gains = new Map<string, number>()
  const add = ({ id }: Bucket, more: number) => gains.set(id, (gains.get(id) ?? 0) + more)
  for (const bucket of before.head.buckets) add(bucket, -bucket.points)
  for (const bucket of after.head.buckets) add(bucket, bucket.points)
  return new Map([...gains].filter(([, points]) => points !== 0).sort())
}

/** What a member has of a bucket, spendable or held; else the bucket itself. */
const keptAlive = ({ head }: Pick<Account, 'head'>, bucket: Pick<Bucket, 'id' | 'expiresAt'>): Pick<Bucket, 'expiresAt'> =>
  [...head.buckets, ...head.reservations.flatMap(({ held }) => held)].find(({ id }) => id === bucket.id) ?? bucket

/** What comes back pays debt, unless it has expired; the rest goes to where it was taken from. */
function landing({ head }: Pick<Account, 'head'>, coming: readonly Bucket[], now: number): Map<string, number> {
  let debt: number = head.debt
  const landed = new Map<string, number>()
  for (const { id, expiresAt, points } of coming) {
    const end = keptAlive({ head }, { id, expiresAt }).expiresAt
    const paid = end !== null && end <= now ? 0 : Math.min(debt, points)
    debt -= paid
    if (paid < points) landed.set(id, (landed.get(id) ?? 0) + points - paid)
  }
  return new Map([...landed].sort())
}

/** So many spendable points, earliest expiry first: by sorting, and nothing of the code under test. */
function earliest({ head }: Account, price: number): Bucket[] {
  let missing = price
  const sorted = head.buckets
    .filter(({ spendableAt }) => spendableAt === null)
    .toSorted((a, b) => (a.expiresAt ?? Number.MAX_SAFE_INTEGER) - (b.expiresAt ?? Number.MAX_SAFE_INTEGER))
  return sorted.flatMap((bucket) => {
    const part = Math.min(bucket.points, missing)
    missing -= part
    return part > 0 ? [{ ...bucket, points: points(part) }] : []
  })
}

/** What is reserved and what is spent are what was told; nothing is there at or after its instant. */
export function judgeSpending({ account: { head }, told, receipts, now }: Spender): void {
  const open = told.filter(({ state, lapsesAt }) => state === 'reserved' && lapsesAt > now)
  strictEqual(
    head.reserved,
    open.reduce((sum, { price }) => sum + price, 0),
    'points reserved are what is held',
  )
  deepStrictEqual(head.reservations.map(({ redemptionId }) => redemptionId).sort(), open.map(({ id }) => id).sort())
  const spent = told.filter(({ state }) => state === 'captured' || state === 'reversed')
  strictEqual(
    head.totals.redeemed,
    spent.reduce((sum, { price, restored }) => sum + price - restored, 0),
    'points redeemed are what was spent and did not come back',
  )
  for (const { taken, price } of told) strictEqual(sumOf(taken), price)
  for (const { paysFor, reward, state, price, restored } of told) {
    const receipt = paysFor === undefined ? undefined : receipts.get(paysFor)
    if (state !== 'captured' || !receipt || !paysForBasket(reward)) continue
    const { sale, returned } = receipt
    const bought = sale.fact.lines.some(({ amount }) => amount > 0) ? 'amount' : 'quantity'
    const sum = (lines: readonly { readonly [by in typeof bought]: number }[]) =>
      lines.reduce((total, line) => total + line[bought], 0)
    const whole = Math.floor((price * sum(returned)) / sum(sale.fact.lines))
    strictEqual(restored, whole, 'points come back in proportion to the goods that did, whatever came first')
  }
  ok(
    head.buckets.every(({ expiresAt }) => expiresAt === null || expiresAt > now),
    'nothing is there at or after its instant',
  )
  const ends = new Map<string, number | null>()
  for (const { id, expiresAt } of [...head.buckets, ...head.reservations.flatMap(({ held }) => held)]) {
    strictEqual(ends.get(id) ?? expiresAt, expiresAt, 'points of one bucket expire at one instant, held or not')
    ends.set(id, expiresAt)
  }
  ok(head.debt === 0 || head.buckets.length === 0, 'what comes back pays debt first, so there is never both')
}
