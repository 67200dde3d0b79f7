import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import type { Account, Entry } from '../../functions/domain/entry.ts'
import { type Bucket, isConserved } from '../../functions/domain/head.ts'
import { pointsGivenBack } from '../../functions/domain/paid-with-points.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import { capture, redeem, release, reserve, restore } from '../../functions/domain/redemption.ts'
import { isRefusal } from '../../functions/domain/refusal.ts'
import { replay } from '../../functions/domain/replay.ts'
import { type Reservation, reservationOf, sumOf } from '../../functions/domain/reservation.ts'
import type { RedemptionPolicy, Reward } from '../../functions/domain/reward.ts'
import { nextDue, settle } from '../../functions/domain/settle.ts'
import { type Instant, instant, type MemberId, points } from '../../functions/domain/units.ts'
import { entryItem, entryOf } from '../../functions/store/entry-item.ts'
import { headItem, headOf } from '../../functions/store/head-item.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { begin } from './cases.ts'
import { Counter } from './counter.ts'
import { arrivalOf, factOf, history, type Step } from './history.ts'
import { documentWith, programmeOf } from './programmes.ts'

/** Enough to have met each rule many times over; 10,000 of each law were run when this was written. */
const runs = 150

vi.setConfig({ testTimeout: 60_000 })

const reward: Reward = { id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 }, holdMinutes: 3 * 24 * 60 }

type Act =
  | { readonly kind: 'reserve' | 'redeem'; readonly points: number | 'all' }
  | { readonly kind: 'capture' | 'release' | 'reverse'; readonly which: number }
  | { readonly kind: 'bring'; readonly which: number; readonly share: number }

const spending: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('reserve' as const, 'redeem' as const),
      points: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant('all' as const)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('capture' as const, 'release' as const, 'reverse' as const), which: fc.nat(9) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('bring' as const), which: fc.nat(9), share: fc.integer({ min: 0, max: 10 }) }),
  },
)

interface Planned {
  readonly step: Step
  readonly spend: Act | null
}
const plans: fc.Arbitrary<Planned[]> = history.chain((steps) =>
  fc.tuple(...steps.map((step) => fc.record({ step: fc.constant(step), spend: fc.option(spending) }))),
)

/** What a redemption was told to be, by what was asked alone. */
interface Told {
  readonly id: string
  readonly price: number
  readonly lapsesAt: number
  state: 'reserved' | 'captured' | 'released' | 'reversed'
  taken: readonly Bucket[]
  restored: number
  brought: number
}

/** A counter whose member also spends points. */
class Spender extends Counter {
  readonly told: Told[] = []

  spend(act: Act): void {
    if ('points' in act) this.#take(act.kind, act.points)
    else {
      const redemption = this.told[act.which % Math.max(1, this.told.length)]
      if (redemption) this.#change(redemption, act)
    }
  }

  #change(redemption: Told, act: Exclude<Act, { readonly points: unknown }>): void {
    if (act.kind === 'bring') this.#bring(redemption, act.share)
    else if (act.kind === 'reverse') this.#reverse(redemption)
    else {
      const reservation = reservationOf(this.account.head, redemption.id)
      strictEqual(reservation !== undefined, redemption.state === 'reserved' && redemption.lapsesAt > this.now)
      if (reservation) this.#end(act.kind, redemption, reservation)
    }
  }

  #take(kind: 'reserve' | 'redeem', asked: number | 'all'): void {
    const { available } = this.balance
    const price = asked === 'all' ? available : asked
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
    const lapsesAt = kind === 'reserve' ? this.now + 3 * 86_400_000 : Number.POSITIVE_INFINITY
    const state = kind === 'reserve' ? 'reserved' : 'captured'
    this.told.push({ id, price, lapsesAt, state, taken: booked.taken, restored: 0, brought: 0 })
    strictEqual(this.balance.available, available - price)
  }

  #end(kind: 'capture' | 'release', redemption: Told, reservation: Reservation): void {
    const { available, debt, reserved } = this.balance
    const isLasting = ({ expiresAt }: Bucket) => expiresAt === null || expiresAt > this.now
    const lasting = sumOf(reservation.held.filter(isLasting))
    this.keep(
      kind === 'capture' ? capture(this.account, reservation, undefined, this.now) : release(this.account, reservation, this.now),
    )
    strictEqual(this.balance.reserved, reserved - redemption.price)
    redemption.state = kind === 'capture' ? 'captured' : 'released'
    redemption.taken = reservation.held
    const back = kind === 'release' ? lasting : 0
    strictEqual(this.balance.available - this.balance.debt, available - debt + back)
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
    this.#restore(redemption, redemption.price - redemption.restored)
    redemption.state = 'reversed'
  }

  #restore(redemption: Told, amount: number): void {
    if (amount <= 0) return
    const { id: redemptionId, taken, restored } = redemption
    const before = this.account
    const spent = { redemptionId, rewardId: reward.id, taken, restored: points(restored) }
    const booked = restore(this.programme, this.account, spent, points(amount), {}, this.now)
    if (isRefusal(booked)) throw new Error(booked.refused)
    this.keep(booked)
    redemption.restored += amount
    strictEqual(this.account.head.totals.redeemed, before.head.totals.redeemed - amount)
    const net = ({ head }: Account) => head.buckets.reduce((sum, bucket) => sum + bucket.points, 0) - head.debt
    const expired = this.account.head.totals.expired - before.head.totals.expired
    strictEqual(net(this.account), net(before) + amount - expired)
  }

  keep({ entry, account }: { readonly entry: Entry; readonly account: Account }): void {
    this.entries.push(entry)
    this.account = account
    this.settle(this.now)
  }
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

const withPolicy = (document: ProgrammeDocument, redemptions: RedemptionPolicy): ProgrammeDocument => ({
  ...document,
  rewards: [reward],
  redemptions,
})
const grace = { expiredMeanwhile: { graceDays: 7 } } as const
const cases: readonly [string, ProgrammeDocument][] = [
  ['months rounded, expired again', withPolicy(documentWith({}), {})],
  ['a month to the day, days of grace', withPolicy(documentWith({ expiry: { months: 1 }, holdDays: 2 }), grace)],
  ['inactivity, expired again', withPolicy(documentWith({ expiry: { inactivity: 1 } }), {})],
  ['inactivity, days of grace, forgiving', withPolicy(documentWith({ expiry: { inactivity: 2 }, negative: 'forgive' }), grace)],
  ['no expiry', withPolicy(documentWith({ expiry: 'none' }), {})],
]

/** Lets a plan happen and hands over what is there after each step. */
function tell(document: ProgrammeDocument, plan: readonly Planned[], afterStep: (spender: Spender) => void): Spender {
  const spender = new Spender(programmeOf(document), begin)
  const facts: NaiveFact[] = []
  const steps = plan.map(({ step }) => step)
  for (const [number, { step, spend }] of plan.entries()) {
    spender.settle(arrivalOf(step, spender))
    const fact = factOf(step, number, spender, steps, facts)
    if (fact) {
      spender.post(fact)
      facts.push(fact)
    }
    if (spend) spender.spend(spend)
    afterStep(spender)
  }
  return spender
}

describe.each(cases.map(([name, document]) => ({ name, document })))(
  'whoever spends points of a programme of $name',
  ({ document }) => {
    const law = (property: (plan: Planned[], days: [number, number]) => void) =>
      fc.assert(fc.property(plans, fc.tuple(fc.nat(400), fc.nat(400)), property), { numRuns: runs })

    it('loses, doubles and invents no point, and holds and has spent what was told', () => {
      law((plan) => {
        tell(document, plan, ({ account: { head }, told, now }) => {
          ok(isConserved(head))
          const open = told.filter(({ state, lapsesAt }) => state === 'reserved' && lapsesAt > now)
          strictEqual(
            head.reserved,
            open.reduce((sum, { price }) => sum + price, 0),
          )
          deepStrictEqual(head.reservations.map(({ redemptionId }) => redemptionId).sort(), open.map(({ id }) => id).sort())
          const spent = told.filter(({ state }) => state === 'captured' || state === 'reversed')
          strictEqual(
            head.totals.redeemed,
            spent.reduce((sum, { price, restored }) => sum + price - restored, 0),
          )
          for (const { taken, price } of told) strictEqual(sumOf(taken), price)
          ok(
            head.buckets.every(({ expiresAt }) => expiresAt === null || expiresAt > now),
            'nothing is there at or after its instant',
          )
          ok(head.debt === 0 || head.buckets.length === 0, 'what comes back pays debt first, so there is never both')
        })
      })
    })

    it('is what the entries say, also as they are stored', () => {
      law((plan) => {
        const { account, entries, now, programme } = tell(document, plan, () => {})
        const member = 'm-1' as MemberId
        deepStrictEqual(replay(member, entries), account)
        const items = entries.map((entry, n) => entryItem('demo', member, 1, n, entry, now))
        const stored = items.map((item): Entry => {
          const { at, fact, effect } = entryOf(JSON.parse(JSON.stringify(item)))
          return { at, fact, effect }
        })
        deepStrictEqual(replay(member, stored), account)
        const item = headItem('demo', account.head, nextDue(programme, account.head), now)
        deepStrictEqual(headOf(JSON.parse(JSON.stringify(item))), account.head)
      })
    })

    it('is the same settled at once, in steps, or a few entries at a time', () => {
      law((plan, [first, second]) => {
        const { programme, account, now } = tell(document, plan, () => {})
        const [between, end] = [now + first * 86_400_000, now + (first + second) * 86_400_000].map((at) => instant(at)) as [
          Instant,
          Instant,
        ]
        const atOnce = settle(programme, account, end)
        const half = settle(programme, account, between)
        const rest = settle(programme, half.account, end)
        deepStrictEqual([...half.entries, ...rest.entries], atOnce.entries)
        deepStrictEqual(rest.account, atOnce.account)
        let [pieces, some] = [[] as Entry[], settle(programme, account, end, 1)]
        while (!some.complete) {
          pieces = [...pieces, ...some.entries]
          some = settle(programme, some.account, end, 1)
        }
        deepStrictEqual([...pieces, ...some.entries], atOnce.entries)
        ok(atOnce.account.head.reservations.every(({ lapsesAt }) => lapsesAt > end))
      })
    })
  },
)
