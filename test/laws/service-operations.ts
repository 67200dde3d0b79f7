import fc from 'fast-check'
import { openComplaintFor, reopenMyComplaint, resolveComplaint } from '../../functions/contract/complaints.ts'
import { define, member, type Numbered, who } from './operation.ts'

/** Complaints, taken down at a store, resolved by staff with or without goodwill, and opened again by members. */

const complaintIdOf = ({ number }: Numbered): string => `leeds:k-${number}`

const complain = define({
  weight: 3,
  plan: fc.record({ who }),
  call: (planned) => ({
    operation: openComplaintFor,
    params: { complaintId: complaintIdOf(planned) },
    body: { member: { id: member(planned.who) }, storeId: 'leeds', category: 'damaged', text: 'It broke.' },
  }),
  isOnce: true,
})

interface Resolving {
  readonly which: number
  readonly points: number
}

const resolve = define<Resolving>({
  weight: 4,
  plan: fc.record({ which: fc.nat(20), points: fc.constantFrom(0, 5, 20) }),
  call: ({ which, points, number, other }) => {
    const complaint = other(complain, which)
    // What the model cannot read from the entry of the goodwill is in its id: how many points.
    const resolutionId = `s-${number}:${points}`
    return (
      complaint && {
        operation: resolveComplaint,
        params: { complaintId: complaintIdOf(complaint), resolutionId },
        body: { text: 'Another one.', ...(points > 0 && { points }) },
      }
    )
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

export const serviceDeeds = { complain, 'resolve complaint': resolve, 'reopen complaint': reopen } as const
