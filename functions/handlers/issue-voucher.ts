import { isProblem, type Problem, problem, problemOf } from '../contract/problem.ts'
import { issueVoucherAsStaff } from '../contract/voucher-office.ts'
import { revisionAt } from '../domain/programme.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { MemberId } from '../domain/units.ts'
import { mostWorth, seriesOf } from '../domain/voucher-series.ts'
import { headOf } from '../store/head-item.ts'
import { table } from '../store/table.ts'
import { cappedAgent } from './agent-day.ts'
import { again, attempt } from './attempt.ts'
import { auditWrite } from './audit.ts'
import { type Context, type Handle, implement } from './context.ts'
import { findNamed } from './find-member.ts'
import { bodyHash } from './hash.ts'
import { type FoundVoucher, findVoucher, issueVoucher, voucherView } from './vouchers.ts'

type Answer = Awaited<ReturnType<Handle<typeof issueVoucherAsStaff>>>

/** Gives a voucher out by hand, once for the issue's id. */
export const issueVoucherAsStaffImplementation = implement(issueVoucherAsStaff, ({ params, body }, context) => {
  const { runtime, programme } = context
  const { id: seriesId, issueId } = params
  const key = table.voucherIssue(programme.id, seriesId, issueId)
  const hash = bodyHash(body)
  const agent = cappedAgent(context)
  const answer = ({ voucher, series }: Pick<FoundVoucher, 'voucher' | 'series'>) => {
    return { issueId, memberId: voucher.memberId, ...voucherView({ voucher, series }, context.now) }
  }
  return attempt<Answer>(runtime, async (uncertain) => {
    const [done, day] = (await runtime.store.read([key, ...(agent ? [agent.key] : [])], { consistent: true })).items
    if (done) {
      if (done.h !== hash) return problem('id-reused')
      const known = answer((await findVoucher(context, done.k as string))!)
      return uncertain ? { status: 201, body: known } : { status: 200, body: known, replayed: true }
    }
    const series = seriesOf(revisionAt(programme, context.now), seriesId)
    if (!series) return problem('voucher-unknown')
    const receiver = body.member ? await receiverOf(context, body.member) : { memberId: null }
    if (isProblem(receiver)) return receiver
    const { memberId } = receiver
    if (memberId === null && !series.bearer) return problem('voucher-without-member', '/member')
    const counted = agent ? agent.count(day, { voucherWorth: mostWorth(series) }) : []
    if (isRefusal(counted)) {
      // No snapshot: the day may be of after this very issue. What is done is recognised before anything is refused.
      const { items } = await runtime.store.read([key], { consistent: true })
      return items[0] ? again : problemOf(counted)
    }
    const issued = await issueVoucher(context, { seriesId, memberId, source: `issue:${issueId}`, at: context.now })
    if (isRefusal(issued)) return problemOf(issued)
    const result = await runtime.store.commit([
      { kind: 'put', item: { ...key, h: hash, k: issued.hash, r: body.reason }, condition: { is: 'absent' } },
      ...issued.writes,
      ...counted,
      // The reason may be personal: it is with the issue, and not in the audit.
      auditWrite(context, {
        ...{ action: issueVoucherAsStaff.name, target: `vouchers/${seriesId}/issues/${issueId}` },
        after: { ...(memberId !== null && { memberId }) },
      }),
    ])
    return result.outcome === 'committed' ? { status: 201, body: answer({ voucher: issued.voucher, series }) } : again
  })
})

async function receiverOf(
  context: Context,
  member: { id: string } | { card: string },
): Promise<{ readonly memberId: MemberId } | Problem> {
  const named = await findNamed(context, member, context.now)
  if (isProblem(named)) return named
  if (!named.known) return problem('member-unknown', '/member/card')
  const key = table.head(context.programme.id, named.memberId)
  const { items } = await context.runtime.store.read([key], { consistent: true })
  if (!items[0]) return problem('member-unknown', '/member/id')
  return headOf(items[0]).status === 'closed' ? problem('member-closed', '/member') : named
}
