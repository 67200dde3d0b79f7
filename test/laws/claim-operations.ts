import fc from 'fast-check'
import { decideClaim, undoClaim } from '../../functions/contract/claim-office.ts'
import {
  receiveClaimedGoods,
  settleClaim,
  submitClaimFor,
  submitMyClaim,
  withdrawMyClaim,
} from '../../functions/contract/claims.ts'
import { memberId } from '../../functions/domain/units.ts'
import { claimIdOf } from '../../functions/handlers/claim-record.ts'
import { define, member, type Numbered } from './operation.ts'
import { buy, purchaseIdOf } from './sales-operations.ts'
import { claimReasons, guaranteeIds } from './whole-guarantees.ts'
import type { Call } from './world.ts'

/** Claims of guarantees, by members and by stores for them, and what staff and tills do about them. */

interface Claiming {
  /** Whose purchase it is about, by number. */
  readonly sale: number
  readonly line: number
  /** Whether the line after it is claimed, too. */
  readonly more: boolean
  readonly part: number
  readonly guaranteeId: string
  readonly byStore: boolean
  /** Whether all is said and shown that may be wanted. */
  readonly isShown: boolean
}

/** What is claimed: whole lines, or so much of them as one part in two or three. */
function claimedOf({ sale, line, more, part, other }: Claiming & Numbered) {
  const sold = other(buy, sale)
  if (!sold) return undefined
  const places = more && sold.lines.length > 1 ? [line, line + 1] : [line]
  const lines = places.map((place) => {
    const { quantity } = sold.lines[place % sold.lines.length]!
    return { lineId: String((place % sold.lines.length) + 1), quantity: Math.ceil(quantity / part) }
  })
  return { who: sold.who, purchaseId: purchaseIdOf(sold), lines }
}

/** By which the member names it, and by which the programme does. */
function namesOf(claimed: Claiming & Numbered, who: number) {
  const own = `${claimed.byStore ? 'leeds:' : ''}c-${claimed.number}`
  return { own, id: claimed.byStore ? own : claimIdOf(memberId(member(who)), own) }
}

const claim = define<Claiming>({
  weight: 9,
  plan: fc.record({
    sale: fc.nat(30),
    line: fc.nat(2),
    part: fc.constantFrom(1, 1, 2, 3),
    more: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    guaranteeId: fc.constantFrom(...guaranteeIds),
    byStore: fc.boolean(),
    isShown: fc.integer({ min: 0, max: 4 }).map((one) => one > 0),
  }),
  call: (planned) => {
    const claimed = claimedOf(planned)
    if (!claimed) return undefined
    const { who, purchaseId, lines } = claimed
    const shown = { reason: claimReasons[planned.number % 2], text: 'It broke.', photos: ['photo-1'] }
    const asked = { purchaseId, lines, guaranteeId: planned.guaranteeId, ...(planned.isShown && shown) }
    const { own } = namesOf(planned, who)
    if (!planned.byStore) return { operation: submitMyClaim, params: { id: own }, body: asked, member: member(who) }
    const body = { ...asked, memberId: member(who), storeId: 'leeds' }
    return { operation: submitClaimFor, params: { id: own }, body }
  },
  isOnce: true,
  steps: {
    goodwill: ({ fact: { id }, effect, bookedAt: arrivedAt }) => [
      {
        kind: 'goodwill',
        id,
        points: id.startsWith('CLAIM#') ? (effect.totals?.adjusted ?? 0) : Number(id.split(':').at(-1)),
        arrivedAt,
      },
    ],
  },
})

const about = fc.record({ which: fc.nat(20) })
type About = { readonly which: number } & Numbered

/** A call about a claim, by which it is and what of money was said to be given for it. */
function aboutClaim(
  { which, other }: About,
  callOf: (ids: { own: string; id: string; who: number; money: number }) => Call | undefined,
) {
  const planned = other(claim, which)
  const claimed = planned && claimedOf(planned)
  const told = planned?.answer as { readonly remedy?: { readonly amount: number } } | undefined
  return claimed && callOf({ ...namesOf(planned, claimed.who), who: claimed.who, money: told?.remedy?.amount ?? 0 })
}

const decide = define({
  weight: 6,
  plan: fc.record({
    which: fc.nat(20),
    decision: fc.constantFrom('approve', 'approve', 'approve', 'decline'),
    goodwill: fc.constantFrom(undefined, undefined, 0, 15),
  }),
  call: ({ decision, goodwill, ...planned }) =>
    aboutClaim(planned, ({ id }) => ({
      operation: decideClaim,
      params: { id },
      body: { decision, reason: 'a law', ...(decision === 'approve' && goodwill !== undefined && { goodwill }) },
    })),
})

const receive = define({
  weight: 5,
  plan: about,
  call: (planned) =>
    aboutClaim(planned, ({ id }) => ({ operation: receiveClaimedGoods, params: { id }, body: { storeId: 'york' } })),
})

const withdraw = define({
  weight: 4,
  plan: about,
  call: (planned) =>
    aboutClaim(planned, ({ own, who }) =>
      own.includes(':') ? undefined : { operation: withdrawMyClaim, params: { id: own }, member: member(who) },
    ),
})

const settle = define({
  weight: 6,
  plan: fc.record({ which: fc.nat(20), more: fc.constantFrom(0, 0, 0, 0, 1) }),
  call: ({ more, ...planned }) =>
    aboutClaim(planned, ({ id, money }) => ({
      operation: settleClaim,
      params: { id },
      body: { amount: money + more, currency: 'GBP', occurredAt: planned.occurredAt },
    })),
})

const undo = define({
  weight: 4,
  plan: about,
  call: (planned) =>
    aboutClaim(planned, ({ id }) => ({ operation: undoClaim, params: { id }, body: { reason: 'a law', notGiven: true } })),
})

export const claimDeeds = {
  claim,
  'decide claim': decide,
  'receive goods': receive,
  'withdraw claim': withdraw,
  'settle claim': settle,
  'undo claim': undo,
} as const

const approved = ['decide claim', { decision: 'approve' }] as const
const tea = { sku: 's-1', quantity: 3, amount: 2_003, categories: ['tea'], excluded: false }
const buyTea = ['buy', { lateMs: 0, lines: [tea] }] as const
const claimOf = (guaranteeId: (typeof guaranteeIds)[number], part = 1) =>
  ['claim', { line: 0, part, more: false, isShown: true, guaranteeId }] as const
const given = ['settle claim', { more: 0 }] as const

const onceFor = (reward: string) =>
  ['redeem', { reward, own: false, store: 'leeds', mode: 'capture', basket: 2_000, lateMs: 0 }] as const
/** Rewards that hang on something, for whoever has points for them. */
export const rewardPlots = [
  [buyTea, onceFor('tour'), buyTea, onceFor('bulk'), 'reverse'],
  ['join', buyTea, onceFor('seat'), onceFor('tour'), 'leave', onceFor('seat')],
  [['grant', { tier: 'gold' }], buyTea, onceFor('trees'), 'end grant', onceFor('trees')],
] as const

/** Lives of claims of each remedy: some wait for days, are claimed again, or given though they should not be any more. */
export const claimPlots = [
  [buyTea, claimOf('capped'), approved],
  [buyTea, claimOf('swap'), approved, 'bring'],
  [buyTea, claimOf('swap'), approved, 'receive goods', given],
  [buyTea, claimOf('share'), approved, given, 'bring'],
  [buyTea, claimOf('share', 3), claimOf('at-once', 2), approved, given, 'bring'],
  [buyTea, claimOf('share'), approved, 'undo claim', 'bring', given],
  [buyTea, claimOf('share'), ['decide claim', { decision: 'decline' }], claimOf('thanks'), approved, 'bring'],
  [buyTea, claimOf('token'), approved, 'receive goods', given, 'lock voucher'],
  [buyTea, claimOf('token', 2), approved, 'receive goods', given, claimOf('share', 2), approved],
  [buyTea, ['claim', { byStore: false, guaranteeId: 'capped' }], 'withdraw claim', claimOf('capped'), approved],
] as const
