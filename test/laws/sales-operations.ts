import fc from 'fast-check'
import { recordPurchase, recordReturn } from '../../functions/contract/purchases.ts'
import {
  captureRedemption,
  redeemMyReward,
  redeemReward,
  releaseMyRedemption,
  releaseRedemption,
  reverseRedemption,
  reverseRedemptionAsStaff,
} from '../../functions/contract/redemptions.ts'
import { memberId } from '../../functions/domain/units.ts'
import { idOfOwn } from '../../functions/handlers/redemptions.ts'
import type { NaiveFact } from '../model/naive-facts.ts'
import { roomsOf } from './ledger.ts'
import {
  birthdays,
  define,
  type EntryOf,
  lateMs,
  member,
  type Numbered,
  type Operation,
  ownOf,
  people,
  stores,
  who,
} from './operation.ts'
import { dayMs } from './plans.ts'
import { rewardIds } from './whole-catalogue.ts'
import type { Call } from './world.ts'

/** What tills do: they sell, take goods back, and hand out rewards for points. */

const line = fc.record({
  sku: fc.constantFrom('s-1', 's-2', 's-3', 's-9'),
  quantity: fc.integer({ min: 1, max: 6 }),
  amount: fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.constant(30_000)),
  categories: fc.option(fc.subarray(['candles', 'tea', 'cups']), { nil: undefined }),
  excluded: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
})

interface Buying {
  readonly who: number
  readonly lateMs: number
  readonly store: string
  readonly lines: readonly { readonly quantity: number; readonly amount: number }[]
  readonly tender: string | undefined
  readonly channel: string | undefined
  /** Whether the customer has no card with them. */
  readonly isUnnamed: boolean
  /** The number from which one of the member's redemptions is looked for that pays for it. */
  readonly paid: number | undefined
}

export const purchaseIdOf = ({ store, number }: Buying & Numbered): string => `${store}:${number}`

interface Redeeming {
  readonly who: number
  readonly reward: string
  readonly store: string
  readonly mode: 'reserve' | 'capture'
  readonly points: number
  readonly lateMs: number
  /** Of a purchase that is there already, the number from which one of the member's is looked for. */
  readonly sale: number | undefined
  /** What is bought with it, minor units, where the till says that. */
  readonly basket: number | undefined
  /** Whether the member does it in the app: then nothing is known of a basket or a purchase. */
  readonly own: boolean
}

/** What the model cannot read from the entry is in its name: the points that the customer said, and what it pays for. */
const redemptionNameOf = (planned: Redeeming & Numbered): string =>
  `rd-${planned.number}:${planned.points}:${paidFor(planned) ?? '-'}`

const redemptionIdOf = (planned: Redeeming & Numbered): string => {
  const name = redemptionNameOf(planned)
  return planned.own ? idOfOwn(memberId(member(planned.who)), name) : name
}

function paidFor(planned: Redeeming & Numbered): string | undefined {
  if (planned.own) return undefined
  const sold = ownOf(planned, buy, planned.who, planned.sale)
  return sold && purchaseIdOf(sold)
}

/** What was said of a redemption, by its name. */
export const saidIn = (name: string) => {
  const [, points, ...purchase] = name.split(':')
  const purchaseId = purchase.join(':')
  return { points: Number(points), purchaseId: purchaseId === '-' ? undefined : purchaseId }
}

export const redeem: Operation<Redeeming> = define<Redeeming>({
  weight: 14,
  plan: fc.record({
    who,
    reward: fc.constantFrom(...rewardIds),
    store: fc.constantFrom('leeds', 'leeds', 'york'),
    mode: fc.constantFrom('reserve' as const, 'capture' as const),
    points: fc.integer({ min: 1, max: 50 }),
    lateMs: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 * dayMs }) }),
    sale: fc.option(fc.nat(12), { nil: undefined, freq: 2 }),
    basket: fc.option(fc.constantFrom(0, 333, 2_000, 9_000), { nil: undefined, freq: 3 }),
    own: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
  }),
  call: (planned) => {
    const { who: place, reward, store, mode, points, occurredAt } = planned
    const said = { rewardId: reward, mode, ...(reward === 'cash' && { points }) }
    const params = { redemptionId: redemptionNameOf(planned) }
    if (planned.own) return { operation: redeemMyReward, params, body: said, member: member(place) }
    const purchaseId = paidFor(planned)
    return {
      operation: redeemReward,
      params,
      body: {
        ...{ ...said, member: { id: member(place) }, storeId: store, occurredAt },
        ...basketOf(planned),
        ...(purchaseId !== undefined && { purchaseId }),
      },
    }
  },
  isOnce: true,
  steps: {
    reserve: (entry) => [spendingOf('hold', entry)],
    redeem: (entry) => [spendingOf('spend', entry)],
    restore: ({ fact: { redemptionId: id, reversed }, bookedAt: arrivedAt }) =>
      reversed ? [{ kind: 'reversed', id, arrivedAt }] : [],
    release: ({ fact: { redemptionId: id }, bookedAt: arrivedAt }) => [{ kind: 'let go', id, arrivedAt }],
  },
})

/** What the member said in the app is found by the name that they gave it. */
function spendingOf(kind: 'hold' | 'spend', { fact, bookedAt: arrivedAt }: EntryOf<'reserve' | 'redeem'>): NaiveFact {
  const { redemptionId: id, rewardId: reward, judgedAt: at } = fact
  return { kind, id, reward, at, arrivedAt, ...saidIn(id) }
}

/** What the reward is taken off: points as money must not be more than it, and are asked for without. */
const basketOf = ({ reward, basket }: Redeeming) =>
  basket === undefined || reward === 'cash' ? {} : { basket: { lines: [{ sku: 's-1', quantity: 1, amount: basket }] } }

export const buy: Operation<Buying> = define<Buying>({
  weight: 16,
  plan: fc.record({
    who,
    paid: fc.option(fc.nat(8), { nil: undefined }),
    lateMs,
    store: fc.constantFrom(...stores),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    tender: fc.constantFrom(undefined, 'cash', 'gift-card'),
    channel: fc.constantFrom(undefined, 'shop', 'web'),
    isUnnamed: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  }),
  call: (planned) => {
    const { who: place, store, lines, tender, channel, isUnnamed, occurredAt } = planned
    const spent = isUnnamed ? undefined : ownOf(planned, redeem, place, planned.paid)
    return {
      operation: recordPurchase,
      params: { purchaseId: purchaseIdOf(planned) },
      body: {
        ...{ storeId: store, currency: 'GBP', occurredAt },
        ...(!isUnnamed && { member: { id: member(place) } }),
        lines: lines.map((one, index) => ({ lineId: String(index + 1), ...one })),
        ...(channel && { channel }),
        ...(tender && { tenders: [{ type: tender, amount: 1 }] }),
        ...(spent && { redemptionIds: [redemptionIdOf(spent)] }),
      },
    }
  },
  isOnce: true,
  steps: {
    earn: ({ fact, bookedAt }, whose) => [
      {
        ...{ kind: 'purchase', id: fact.purchaseId, arrivedAt: bookedAt, lines: fact.lines },
        occurredAt: Math.min(fact.occurredAt, fact.attached?.arrivedAt ?? bookedAt),
        ...{
          ...fact.details,
          paidWith: fact.details.redemptionIds,
          member: whose,
          birthday: birthdays[people.indexOf(whose)],
          rooms: roomsOf(fact.awards),
        },
      },
    ],
  },
})

export const bring = define({
  weight: 7,
  plan: fc.record({ sale: fc.nat(30), tenths: fc.array(fc.constantFrom(0, 3, 5, 10, 10), { minLength: 3, maxLength: 3 }) }),
  call: ({ sale, tenths, number, occurredAt, other }) => {
    const sold = other(buy, sale)
    if (!sold) return undefined
    const lines = sold.lines.flatMap(({ quantity, amount }, index) => {
      const part = tenths[index]!
      const back = { quantity: Math.ceil((quantity * part) / 10), amount: Math.floor((amount * part) / 10) }
      return part === 0 ? [] : [{ lineId: String(index + 1), ...back }]
    })
    const params = { purchaseId: purchaseIdOf(sold), returnId: `r-${number}` }
    return lines.length === 0 ? undefined : { operation: recordReturn, params, body: { occurredAt, lines } }
  },
  isOnce: true,
  steps: {
    return: ({ fact: { purchaseId, returnId: id, occurredAt, lines, claimId }, bookedAt: arrivedAt }) => [
      { kind: 'return', purchaseId, id, occurredAt, arrivedAt, lines, claimId },
    ],
  },
})

export const capture = define({
  weight: 5,
  plan: fc.record({ which: fc.nat(20), isFar: fc.boolean() }),
  call: ({ which, isFar, other }) => {
    const redeemed = other(redeem, which)
    return aboutRedemption(captureRedemption, redeemed, {
      storeId: isFar ? 'york' : 'leeds',
      ...(redeemed && basketOf(redeemed)),
    })
  },
})

export const release = define({
  weight: 5,
  plan: fc.record({ which: fc.nat(20), byMember: fc.boolean() }),
  call: ({ which, byMember, other }) => {
    const redeemed = other(redeem, which)
    if (!redeemed?.own || !byMember) return aboutRedemption(releaseRedemption, redeemed, {})
    const params = { redemptionId: redemptionNameOf(redeemed) }
    return { operation: releaseMyRedemption, params, member: member(redeemed.who) }
  },
})

export const reverse = define({
  weight: 5,
  plan: fc.record({ which: fc.nat(20), byStaff: fc.boolean() }),
  call: ({ which, byStaff, other }) => {
    const operation = byStaff ? reverseRedemptionAsStaff : reverseRedemption
    return aboutRedemption(operation, other(redeem, which), byStaff ? { reason: 'a law' } : {})
  },
})

const aboutRedemption = (operation: Call['operation'], redeemed: (Redeeming & Numbered) | undefined, body: unknown) =>
  redeemed && { operation, params: { redemptionId: redemptionIdOf(redeemed) }, body }
