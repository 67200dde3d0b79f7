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
import { amountOf, minute, Naive, type Sold } from './naive-redemptions.ts'
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
