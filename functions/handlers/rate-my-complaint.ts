import { rateMyComplaint } from '../contract/complaints.ts'
import { problem } from '../contract/problem.ts'
import { rateResolution } from '../domain/complaint.ts'
import { isRefusal } from '../domain/refusal.ts'
import { implement } from './context.ts'
import { ownWhereabouts, stepComplaint } from './step-complaint.ts'

/** The member says how good the resolution is, once. */
export const rateMyComplaintImplementation = implement(rateMyComplaint, async ({ params, body }, context) => {
  const { id, resolutionId } = params
  const where = await ownWhereabouts(context, id)
  if (!where) return problem('member-unknown')
  return stepComplaint(context, where, {
    done: ({ messages }) => {
      const rated = messages.find((message) => message.kind === 'resolution' && message.id === resolutionId)
      if (rated?.kind !== 'resolution' || rated.rating === undefined) return undefined
      return rated.rating === body.score ? 'same' : 'resolution-rated'
    },
    decide: ({ ledger, account, complaint }) => {
      const step = rateResolution(account, complaint, resolutionId, body.score, ledger.now)
      return isRefusal(step) ? step : { ...step, entries: [step.entry] }
    },
  })
})
