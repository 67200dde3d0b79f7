import fc from 'fast-check'
import {
  decideClaim,
  receiveClaimedGoods,
  settleClaim,
  submitClaimFor,
  submitMyClaim,
  undoClaim,
  withdrawMyClaim,
} from '../../functions/contract/claims.ts'
import { memberId } from '../../functions/domain/units.ts'
import { claimIdOf } from '../../functions/handlers/claim-record.ts'
import { define, member, type Numbered } from './operation.ts'
import { buy, purchaseIdOf } from './sales-operations.ts'
import type { Call } from './world.ts'

/** Claims of guarantees, by members and by stores for them, and what staff and tills do about them. */

interface Claiming {
  /** Whose purchase it is about, by number. */
  readonly sale: number
  readonly line: number
  readonly part: number
  readonly guaranteeId: string
  readonly byStore: boolean
}

/** What is claimed: a whole line, or so much of it as one part in two or three. */
function claimedOf({ sale, line, part, other }: Claiming & Numbered) {
  const sold = other(buy, sale)
  if (!sold) return undefined
  const place = line % sold.lines.length
  const bought = sold.lines[place]!
  const quantity = Math.ceil(bought.quantity / part)
  const value = Math.floor((bought.amount * quantity) / bought.quantity)
  return { who: sold.who, purchaseId: purchaseIdOf(sold), lines: [{ lineId: String(place + 1), quantity }], value }
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
    guaranteeId: fc.constantFrom('at-once', 'capped', 'capped', 'thanks'),
    byStore: fc.boolean(),
  }),
  call: (planned) => {
    const claimed = claimedOf(planned)
    if (!claimed) return undefined
    const { who, purchaseId, lines } = claimed
    const asked = { purchaseId, lines, guaranteeId: planned.guaranteeId }
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

/** A call about a claim, by which it is and what is claimed. */
function aboutClaim(
  { which, other }: About,
  callOf: (ids: { own: string; id: string; who: number; value: number }) => Call | undefined,
) {
  const planned = other(claim, which)
  const claimed = planned && claimedOf(planned)
  return claimed && callOf({ ...namesOf(planned, claimed.who), who: claimed.who, value: claimed.value })
}

const decide = define({
  weight: 6,
  plan: fc.record({ which: fc.nat(20), decision: fc.constantFrom('approve', 'approve', 'approve', 'decline') }),
  call: (planned) =>
    aboutClaim(planned, ({ id }) => ({
      operation: decideClaim,
      params: { id },
      body: { decision: planned.decision, reason: 'a law' },
    })),
})

const receive = define({
  weight: 5,
  plan: about,
  call: (planned) =>
    aboutClaim(planned, ({ id }) => ({ operation: receiveClaimedGoods, params: { id }, body: { storeId: 'york' } })),
})

const withdraw = define({
  weight: 2,
  plan: about,
  call: (planned) =>
    aboutClaim(planned, ({ own, who }) =>
      own.includes(':') ? undefined : { operation: withdrawMyClaim, params: { id: own }, member: member(who) },
    ),
})

const settle = define({
  weight: 4,
  plan: about,
  call: (planned) =>
    aboutClaim(planned, ({ id, value }) => ({
      operation: settleClaim,
      params: { id },
      body: { amount: value, currency: 'GBP', occurredAt: planned.occurredAt },
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
