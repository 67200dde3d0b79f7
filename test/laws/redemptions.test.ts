import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readGrantedRewards } from '../../functions/contract/granted-rewards.ts'
import type { Operation } from '../../functions/contract/operation.ts'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import { captureRedemption, redeemReward, releaseRedemption, reverseRedemption } from '../../functions/contract/redemptions.ts'
import type { ProgrammeDocument } from '../../functions/domain/programme.ts'
import type { Reward } from '../../functions/domain/reward.ts'
import { instant } from '../../functions/domain/units.ts'
import { verify } from '../../functions/local/verify.ts'
import { settleMembers } from '../../functions/settle-members.ts'
import { createProgramme } from '../../functions/store/programmes.ts'
import { SqliteStore } from '../../functions/store/sqlite-store.ts'
import { demoDocument } from '../domain/programmes.ts'
import { call, enrol, noon } from '../handlers/calls.ts'
import { FaultyStore } from '../store/faulty-store.ts'
import { processOn } from '../support/process-on.ts'
import { loggedErrors } from './logged-errors.ts'
import { seededRandom } from './timeline.ts'

/**
 * Random requests over a store on which anything fails, each sent until it is answered for good: what is answered, and what there is in
 * the end, is what a naive model says that knows no buckets, no reservations and no escrow.
 */

const rewards: readonly Reward[] = [
  { id: 'mug', kind: 'product', price: { points: 30 }, holdMinutes: 10 },
  {
    ...{ id: 'rare', kind: 'product', price: { points: 10 }, holdMinutes: 30 },
    ...{ stock: 4, lowStock: 2, limits: [{ window: 'day', times: 2 }] },
  },
  { id: 'cash', kind: 'points-as-money', rate: { points: 1, amount: 1 } },
]
const document: ProgrammeDocument = {
  ...demoDocument,
  points: { ...demoDocument.points, expiry: 'none' },
  tiers: { ...demoDocument.tiers, levels: [{ id: 'bronze', threshold: 0, multiplier: 10_000 }] },
  rewards,
  // Whoever buys all three pieces, and keeps them, has a rare one for nothing.
  campaigns: [{ id: 'whole', trigger: 'purchase', when: { spendAtLeast: { amount: 10_000 } }, effect: { reward: 'rare' } }],
}
const prices: { readonly [reward: string]: number } = { mug: 30, rare: 10 }
const holds: { readonly [reward: string]: number } = { mug: 10, rare: 30 }
const minute = 60_000
const members = ['ada', 'bea', 'cleo']

type Act =
  | {
      readonly kind: 'redeem'
      readonly member: number
      readonly reward: 'mug' | 'rare' | 'cash'
      readonly reserve: boolean
      /** Which of the member's purchases it names. */
      readonly sale: number | null
    }
  | { readonly kind: 'have'; readonly which: number; readonly reserve: boolean }
  | { readonly kind: 'capture'; readonly which: number; readonly sale: number | null }
  | { readonly kind: 'release' | 'reverse' | 'again'; readonly which: number }
  | { readonly kind: 'buy'; readonly member: number }
  | { readonly kind: 'bring'; readonly which: number }
  | { readonly kind: 'wait'; readonly minutes: number }

const named = fc.option(fc.nat(9), { freq: 2 })
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('redeem' as const),
        member: fc.nat(2),
        reward: fc.constantFrom('mug' as const, 'rare' as const, 'rare' as const, 'cash' as const),
        reserve: fc.boolean(),
        sale: named,
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('capture' as const), which: fc.nat(20), sale: named }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('release' as const, 'reverse' as const, 'again' as const),
        which: fc.nat(20),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('have' as const), which: fc.nat(20), reserve: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('buy' as const), member: fc.nat(2) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('bring' as const), which: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 17 }) }) },
  ),
  { minLength: 5, maxLength: 40, size: 'max' },
)

/** What a shop that keeps its books by hand knows of a redemption. */
interface Noted {
  readonly id: string
  readonly member: string
  readonly reward: string
  readonly price: number
  readonly until: number
  /** The sale that granted it, where it is had for nothing. */
  readonly granted?: Sold | undefined
  state: 'reserved' | 'captured' | 'released' | 'reversed' | 'lapsed'
  back: number
  /** The first purchase that it named or of which goods came back. */
  paysFor: Sold | undefined
  /** Whether it named that, and is not told by goods that came back while it was held. */
  isNamed: boolean
}

/** A purchase of 100 points and three pieces, of which so many were brought back, with the redemptions that it names or that name it. */
interface Sold {
  readonly id: string
  readonly member: string
  readonly paidBy: Noted[]
  brought: number
}

/** Points of each member, and the redemptions: nothing else. */
class Naive {
  readonly points = new Map<string, number>()
  readonly debt = new Map<string, number>()
  readonly noted: Noted[] = []
  readonly sales: Sold[] = []

  credit(member: string, amount: number): void {
    const paid = Math.min(this.debt.get(member) ?? 0, amount)
    this.debt.set(member, (this.debt.get(member) ?? 0) - paid)
    this.points.set(member, (this.points.get(member) ?? 0) + amount - paid)
  }

  lapse(now: number): void {
    for (const one of this.noted) {
      if (one.state !== 'reserved' || one.until > now) continue
      one.state = 'lapsed'
      this.credit(one.member, one.price)
    }
  }

  #held = (reward: string) =>
    this.noted.filter((one) => one.reward === reward && (one.state === 'reserved' || one.state === 'captured'))

  /** What a sale granted is had once, while the goods are kept. */
  have(id: string, granted: Sold, state: 'reserved' | 'captured', now: number): string {
    const users = this.#held('rare').filter((one) => one.granted === granted)
    if (users.some((one) => one.state === 'captured')) return 'granted-reward-used'
    if (granted.brought > 0) return 'granted-reward-taken-back'
    if (users.length > 0) return 'granted-reward-used'
    return this.redeem({ id, member: granted.member, reward: 'rare', price: 0, state, granted }, now, undefined)
  }

  saleOf(member: string, which: number | null): Sold | undefined {
    const own = this.sales.filter((sale) => sale.member === member)
    return which === null ? undefined : own[which % own.length]
  }

  /** Spends what a redemption costs: what is due for goods that came back by then comes back at once. */
  #spend(one: Noted, sale: Sold | undefined): void {
    if (sale && !one.isNamed && (!one.paysFor || one.state === 'captured')) {
      one.paysFor = sale
      one.isNamed = true
      if (!sale.paidBy.includes(one)) sale.paidBy.push(one)
    }
    if (one.state === 'captured' && one.paysFor) this.#giveBack(one, one.paysFor)
  }

  #giveBack(one: Noted, { brought }: Sold): number {
    const due = one.reward === 'cash' ? Math.floor((one.price * amountOf(brought)) / 10_000) - one.back : 0
    one.back += due
    this.credit(one.member, due)
    return due
  }

  redeem(wanted: Omit<Noted, 'until' | 'back' | 'paysFor' | 'isNamed'>, now: number, sale: Sold | undefined): string {
    const { member, reward, price } = wanted
    const has = this.points.get(member) ?? 0
    if (has < price) return 'insufficient-points'
    if (reward === 'rare') {
      const taken = this.#held('rare')
      if (taken.filter((one) => one.member === member).length >= 2) return 'reward-limit'
      if (taken.length >= 4) return 'out-of-stock'
    }
    this.points.set(member, has - price)
    const one = { ...wanted, until: now + (holds[reward] ?? 24 * 60) * minute, back: 0, paysFor: undefined, isNamed: false }
    this.noted.push(one)
    this.#spend(one, sale)
    return 'done'
  }

  change(one: Noted, to: 'capture' | 'release' | 'reverse', sale?: Sold): string {
    const done = { capture: 'captured', release: 'released', reverse: 'reversed' } as const
    if (one.state === done[to]) return 'done'
    const from = to === 'reverse' ? 'captured' : 'reserved'
    if (one.state !== from) return one.state === 'reserved' ? 'redemption-not-captured' : `redemption-${one.state}`
    if (to === 'capture' && one.granted && one.granted.brought > 0) return 'granted-reward-taken-back'
    one.state = done[to]
    if (to === 'capture') this.#spend(one, sale)
    if (to === 'release') this.credit(one.member, one.price)
    if (to === 'reverse') {
      this.credit(one.member, one.price - one.back)
      one.back = one.price
    }
    return 'done'
  }

  bring(sale: Naive['sales'][number]): { clawedBack: number; restored: number } {
    sale.brought += 1
    const kept = Math.floor((10_000 * (3 - sale.brought)) / 3 / 100)
    const before = Math.floor((10_000 * (4 - sale.brought)) / 3 / 100)
    const clawedBack = before - kept
    const has = this.points.get(sale.member) ?? 0
    this.points.set(sale.member, has - Math.min(has, clawedBack))
    this.debt.set(sale.member, (this.debt.get(sale.member) ?? 0) + Math.max(0, clawedBack - has))
    let restored = 0
    for (const one of sale.paidBy) {
      if ((one.paysFor ?? sale) !== sale || one.reward !== 'cash') continue
      const due = one.state === 'captured' ? this.#giveBack(one, sale) : 0
      if (due > 0 || one.state === 'reserved') one.paysFor = sale
      restored += due
    }
    return { clawedBack, restored }
  }
}

/** What so many of three pieces for 100.00 in all were paid. */
const amountOf = (pieces: number) => 10_000 - Math.ceil((10_000 * (3 - pieces)) / 3)

loggedErrors()

const runs = Number(process.env.RUNS ?? 150)

const faults = {
  ...{ conflict: 0.05, throttled: 0.05, timeoutBefore: 0.05, timeoutAfter: 0.08, timeoutLate: 0.05 },
  ...{ unread: 0.03, staleIndex: 0.2 },
}

async function happen(plan: readonly Act[], seed: number): Promise<void> {
  const random = seededRandom(seed)
  const clock = { now: noon }
  const store = new FaultyStore(new SqliteStore(':memory:'), random, faults)
  store.on = false
  await createProgramme(store, 'demo', document, instant(noon))
  const process = () => processOn(store, () => clock.now, { random })
  const processes = [process(), process()]
  const naive = new Naive()
  for (const member of members) await enrol(processes[0]!, member, {})
  store.on = true

  /** Sends a request until it is answered for good. */
  const insist = async (operation: Operation, params: { [name: string]: string }, body: unknown) => {
    for (;;) {
      const runtime = processes[random() < 0.5 ? 0 : 1]!
      const answer = await call(runtime, operation, { params, body }).catch(() => ({ status: 503, body: {} }))
      if (answer.status !== 503) return answer as { status: number; body: { [name: string]: unknown } }
    }
  }
  const outcomeOf = ({ status, body }: { status: number; body: { [name: string]: unknown } }) => {
    ok(status < 500, `${status} ${JSON.stringify(body)}`)
    return status < 400 ? 'done' : body.code
  }
  const sweep = async () => {
    store.on = false
    expect(await settleMembers(processes[0]!)).toMatchObject({ failed: 0 })
    store.on = true
  }
  const grantOf = async ({ id, member }: Sold) => {
    store.on = false
    const { body } = await call(processes[0]!, readGrantedRewards, { params: { memberId: member } })
    store.on = true
    return (body.items as { id: string; purchaseId: string }[]).find(({ purchaseId }) => purchaseId === id)!.id
  }
  const posted = new Map<string, unknown>()
  const buy = async (member: string) => {
    const id = `leeds:${naive.sales.length}`
    const paidBy = naive.noted.filter((one) => one.member === member && one.reward === 'cash').slice(-2)
    const body = {
      ...{ member: { id: member }, storeId: 'leeds', occurredAt: new Date(clock.now).toISOString(), currency: 'GBP' },
      lines: [{ lineId: '1', sku: 's', quantity: 3, amount: 10_000 }],
      ...(paidBy.length > 0 && { redemptionIds: paidBy.map(({ id }) => id) }),
    }
    expect(outcomeOf(await insist(recordPurchase, { purchaseId: id }, body))).toBe('done')
    naive.credit(member, 100)
    naive.sales.push({ id, member, paidBy, brought: 0 })
  }
  for (const member of members) await buy(member)

  for (const [number, act] of plan.entries()) {
    if (act.kind === 'wait') {
      clock.now += act.minutes * minute
      if (random() < 0.5) await settleMembers(processes[0]!).catch(() => {})
    } else if (act.kind === 'buy') await buy(members[act.member]!)
    else if (act.kind === 'redeem') {
      naive.lapse(clock.now)
      // What lapsed comes back to the stock when it is booked: by the next operation on that member, or by the sweep.
      if (act.reward === 'rare' && naive.noted.some((one) => one.reward === 'rare' && one.state === 'lapsed')) await sweep()
      const [id, member] = [`r-${number}`, members[act.member]!]
      const price = prices[act.reward] ?? 7 + number
      const sale = naive.saleOf(member, act.sale)
      const body = {
        ...{ member: { id: member }, rewardId: act.reward, storeId: 'leeds', mode: act.reserve ? 'reserve' : 'capture' },
        ...(act.reward === 'cash' && { points: price }),
        ...(sale && { purchaseId: sale.id }),
      }
      posted.set(id, body)
      const state = act.reserve ? 'reserved' : 'captured'
      const expected = naive.redeem({ id, member, reward: act.reward, price, state }, clock.now, sale)
      expect(outcomeOf(await insist(redeemReward, { redemptionId: id }, body))).toBe(expected)
    } else if (act.kind === 'have') {
      naive.lapse(clock.now)
      if (naive.noted.some((one) => one.reward === 'rare' && one.state === 'lapsed')) await sweep()
      const sale = naive.sales[act.which % naive.sales.length]!
      const id = `r-${number}`
      const body = {
        ...{ member: { id: sale.member }, rewardId: 'rare', storeId: 'leeds', mode: act.reserve ? 'reserve' : 'capture' },
        grantId: await grantOf(sale),
      }
      posted.set(id, body)
      const expected = naive.have(id, sale, act.reserve ? 'reserved' : 'captured', clock.now)
      expect(outcomeOf(await insist(redeemReward, { redemptionId: id }, body))).toBe(expected)
    } else if (act.kind === 'bring') {
      naive.lapse(clock.now)
      const sale = naive.sales[act.which % naive.sales.length]!
      if (sale.brought === 3) continue
      const amount = amountOf(sale.brought + 1) - amountOf(sale.brought)
      const body = { occurredAt: new Date(clock.now).toISOString(), lines: [{ lineId: '1', quantity: 1, amount }] }
      const returned = await insist(recordReturn, { purchaseId: sale.id, returnId: `b-${sale.brought}` }, body)
      const { clawedBack, restored } = naive.bring(sale)
      expect(returned.body).toMatchObject({ points: restored > 0 ? { clawedBack, restored } : { clawedBack } })
    } else {
      naive.lapse(clock.now)
      const one = naive.noted[act.which % Math.max(1, naive.noted.length)]
      if (!one) continue
      if (act.kind === 'again') {
        const { status, body } = await insist(redeemReward, { redemptionId: one.id }, posted.get(one.id))
        // Whoever books a lapse and is told nothing of it cannot know whether the redemption was its own doing, too: then it is 201.
        expect([200, 201]).toContain(status)
        expect(body.state).toBe(one.state)
        continue
      }
      const operation = { capture: captureRedemption, release: releaseRedemption, reverse: reverseRedemption }[act.kind]
      const sale = act.kind === 'capture' ? naive.saleOf(one.member, act.sale) : undefined
      const body = act.kind === 'capture' ? { storeId: 'leeds', ...(sale && { purchaseId: sale.id }) } : {}
      const answered = await insist(operation, { redemptionId: one.id }, body)
      expect(outcomeOf(answered)).toBe(naive.change(one, act.kind, sale))
      if (answered.status < 400) expect(answered.body).toMatchObject({ points: { price: one.price, restored: one.back } })
    }
  }

  store.on = false
  naive.lapse(clock.now)
  const differences: string[] = []
  const {
    ok: isSound,
    available,
    debt,
    reserved,
    redeemed,
  } = await verify(processes[0]!, 'demo', ({ what }) => differences.push(what))
  deepStrictEqual(differences, [])
  ok(isSound)
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)
  const held = naive.noted.filter(({ state }) => state === 'reserved')
  const spent = naive.noted.filter(({ state }) => state === 'captured' || state === 'reversed')
  deepStrictEqual(
    { available, debt, reserved, redeemed },
    {
      available: sum(naive.points.values()),
      debt: sum(naive.debt.values()),
      reserved: sum(held.map(({ price }) => price)),
      redeemed: sum(spent.map(({ price, back }) => price - back)),
    },
  )
  await store.close()
}

it('whatever fails, redemptions are answered and booked as a naive model says', { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(acts, fc.integer(), happen), { numRuns: runs })
})
