import { answerComplaint, resolveComplaint } from '../contract/complaints.ts'
import { problem } from '../contract/problem.ts'
import { answerComplaint as answer, type ComplaintStep, resolveComplaint as resolve } from '../domain/complaint.ts'
import { bookGoodwill } from '../domain/goodwill.ts'
import { isRefusal } from '../domain/refusal.ts'
import { points } from '../domain/units.ts'
import { cappedAgent } from './agent-day.ts'
import { auditWrite } from './audit.ts'
import { implement } from './context.ts'
import { bodyHash } from './hash.ts'
import { doneBefore, stepComplaint, whereabouts } from './step-complaint.ts'

/** Staff reply to a complaint. What they write is the complaint's alone: the audit says that they did. */
export const answerComplaintImplementation = implement(answerComplaint, async ({ params, body }, context) => {
  const { complaintId, replyId } = params
  const where = await whereabouts(context, complaintId)
  if (!where) return problem('complaint-unknown')
  const hash = bodyHash(body)
  return stepComplaint(context, where, {
    done: (complaint) => doneBefore(complaint, 'reply', replyId, hash),
    decide: ({ ledger, account, complaint }) => {
      const reply = { id: replyId, hash, text: body.text }
      const step = answer(account, complaint, reply, context.caller.subject, ledger.now)
      if (isRefusal(step)) return step
      const audited = auditWrite(context, {
        ...{ action: answerComplaint.name, target: `complaints/${complaintId}/replies/${replyId}` },
        after: { status: step.complaint.status },
      })
      return { ...step, entries: [step.entry], writes: [audited] }
    },
  })
})

/** Staff resolve a complaint, with goodwill where they give any: it counts as what they adjust, and is booked with it. */
export const resolveComplaintImplementation = implement(resolveComplaint, async ({ params, body }, context) => {
  const { complaintId, resolutionId } = params
  const where = await whereabouts(context, complaintId)
  if (!where) return problem('complaint-unknown')
  const hash = bodyHash(body)
  const given = body.points === undefined ? undefined : points(body.points)
  const agent = given === undefined ? undefined : cappedAgent(context)
  const actor = context.caller.subject
  return stepComplaint(context, where, {
    also: agent?.key,
    done: (complaint) => doneBefore(complaint, 'resolution', resolutionId, hash),
    decide: ({ ledger, account, complaint, also: day }) => {
      const resolution = { id: resolutionId, hash, text: body.text, ...(given !== undefined && { points: given }) }
      const step = resolve(account, complaint, resolution, actor, ledger.now)
      if (isRefusal(step)) return step
      const counted = agent ? agent.count(day, { points: given }) : []
      if ('refused' in counted) return counted
      const credited = given === undefined ? { entries: [], account: step.account } : goodwill(step)
      if (isRefusal(credited)) return credited
      const target = `complaints/${complaintId}/resolutions/${resolutionId}`
      const audited = auditWrite(context, {
        ...{ action: resolveComplaint.name, target },
        after: { status: step.complaint.status, ...(given !== undefined && { points: given }) },
      })
      return {
        complaint: step.complaint,
        entries: [step.entry, ...credited.entries],
        account: credited.account,
        writes: [...counted, audited],
      }

      function goodwill({ account: resolved }: ComplaintStep) {
        // The reason is no text of anybody's: it stands in the ledger.
        const named = { id: `${complaint.id}#${resolutionId}`, reason: complaint.category, actor }
        const booked = bookGoodwill(ledger.programme, resolved, { ...named, points: given! }, ledger.now)
        return isRefusal(booked) ? booked : { entries: [booked.entry], account: booked.account }
      }
    },
  })
})
