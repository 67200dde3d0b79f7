import fc from 'fast-check'
import {
  answerComplaint,
  openComplaintFor,
  rateMyComplaint,
  reopenMyComplaint,
  resolveComplaint,
} from '../../functions/contract/complaints.ts'
import { rateMyPurchase, ratePurchase } from '../../functions/contract/satisfaction.ts'
import { define, member, type Numbered, who } from './operation.ts'
import { buy, purchaseIdOf } from './sales-operations.ts'

/**
 * How satisfied members say they are; and complaints, taken down at a store, resolved by staff with or without goodwill, rated and opened
 * again by members.
 */

const complaintIdOf = ({ number }: Numbered): string => `leeds:k-${number}`

const complain = define({
  weight: 3,
  plan: fc.record({ who, category: fc.constantFrom('damaged', 'rude') }),
  call: (planned) => ({
    operation: openComplaintFor,
    params: { complaintId: complaintIdOf(planned) },
    body: { member: { id: member(planned.who) }, storeId: 'leeds', category: planned.category, text: 'It broke.' },
  }),
  isOnce: true,
})

interface Resolving {
  readonly which: number
  readonly points: number
}

/** What the model cannot read from the entry of the goodwill is in its id: how many points. */
const resolutionIdOf = ({ number, points }: Pick<Resolving & Numbered, 'number' | 'points'>) => `s-${number}:${points}`

const resolve = define<Resolving>({
  weight: 4,
  plan: fc.record({ which: fc.nat(20), points: fc.constantFrom(0, 5, 20) }),
  call: ({ which, points, number, other }) => {
    const complaint = other(complain, which)
    const params = complaint && { complaintId: complaintIdOf(complaint), resolutionId: resolutionIdOf({ number, points }) }
    return params && { operation: resolveComplaint, params, body: { text: 'Another one.', ...(points > 0 && { points }) } }
  },
  isOnce: true,
})

const reopen = define({
  weight: 2,
  plan: fc.record({ which: fc.nat(20) }),
  call: ({ which, number, other }) => {
    const complaint = other(complain, which)
    const params = complaint && { id: complaintIdOf(complaint), reopeningId: `o-${number}` }
    return params && { operation: reopenMyComplaint, params, body: {}, member: member(complaint.who) }
  },
  isOnce: true,
})

const reply = define({
  weight: 1,
  plan: fc.record({ which: fc.nat(20) }),
  call: ({ which, number, other }) => {
    const complaint = other(complain, which)
    const params = complaint && { complaintId: complaintIdOf(complaint), replyId: `r-${number}` }
    return params && { operation: answerComplaint, params, body: { text: 'Soon.' } }
  },
  isOnce: true,
})

const rateAnswer = define({
  weight: 2,
  plan: fc.record({ which: fc.nat(20), score: fc.integer({ min: 1, max: 5 }) }),
  call: ({ which, score, other }) => {
    const resolved = other(resolve, which)
    const complaint = resolved?.other(complain, resolved.which)
    if (!resolved || !complaint) return undefined
    const params = { id: complaintIdOf(complaint), resolutionId: resolutionIdOf(resolved) }
    return { operation: rateMyComplaint, params, body: { score }, member: member(complaint.who) }
  },
})

const say = define({
  weight: 7,
  plan: fc.record({ sale: fc.nat(30), score: fc.constantFrom(0, 5, 6, 7, 10), byStore: fc.boolean() }),
  call: ({ sale, score, byStore, other }) => {
    const sold = other(buy, sale)
    if (!sold) return undefined
    const purchaseId = purchaseIdOf(sold)
    if (byStore) return { operation: ratePurchase, params: { purchaseId }, body: { storeId: 'york', score } }
    return { operation: rateMyPurchase, params: { id: purchaseId }, body: { score }, member: member(sold.who) }
  },
  isOnce: true,
})

export const serviceDeeds = {
  complain,
  'resolve complaint': resolve,
  'reopen complaint': reopen,
  'reply to complaint': reply,
  'rate complaint': rateAnswer,
  'rate purchase': say,
} as const
