import { reopenMyComplaint } from '../contract/complaints.ts'
import { problem } from '../contract/problem.ts'
import { reopenComplaint } from '../domain/complaint.ts'
import { isRefusal } from '../domain/refusal.ts'
import { implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { doneBefore, ownWhereabouts, stepComplaint } from './step-complaint.ts'

/** The member is not content with the resolution: the complaint is open again, and more severe. */
export const reopenMyComplaintImplementation = implement(reopenMyComplaint, async ({ params, body }, context) => {
  const { id, reopeningId } = params
  const where = await ownWhereabouts(context, id)
  if (!where) return problem('member-unknown')
  const hash = bodyHash(body)
  return stepComplaint(context, where, {
    done: (complaint) => doneBefore(complaint, 'reopening', reopeningId, hash),
    decide: ({ ledger, account, complaint }) => {
      const reopening = { id: reopeningId, hash, text: body.text }
      const step = reopenComplaint(ledger.programme, account, complaint, reopening, ledger.now)
      return isRefusal(step) ? step : { ...step, entries: [step.entry] }
    },
  })
})
