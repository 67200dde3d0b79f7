import { enrolMe } from '../../functions/contract/me.ts'
import { changeMember, enrolMember, searchMembers } from '../../functions/contract/members.ts'
import { type Operation, serverOf } from '../../functions/contract/operation.ts'
import { recordPurchase } from '../../functions/contract/purchases.ts'
import { servedBy } from '../../functions/local/functions.ts'
import { serveMember } from '../../functions/member.ts'
import type { Runtime } from '../../functions/runtime.ts'
import { callAs, demoTill } from '../lib/gateway-event.ts'

/** What tills and members ask of a process, in short. */

export const noon = Date.parse('2026-11-21T12:00:00Z')
const at = (hour: number) => new Date(noon + (hour - 12) * 3_600_000).toISOString()

export async function call(
  runtime: Runtime,
  operation: Operation,
  asked: { params?: { [name: string]: string }; body?: unknown },
  programme = 'demo',
) {
  const { statusCode, body } = await callAs(servedBy[serverOf(operation)](runtime), { ...demoTill, programme }, operation, asked)
  return { status: statusCode, body: JSON.parse(body ?? 'null') as { [name: string]: unknown } }
}

export const phoneOf = (n: number) => `+44 7700 ${900_000 + n}`
export const enrol = (runtime: Runtime, memberId: string, body: unknown) =>
  call(runtime, enrolMember, { params: { memberId }, body })
export const change = (runtime: Runtime, memberId: string, body: unknown) =>
  call(runtime, changeMember, { params: { memberId }, body })
export const sale = (member: unknown, hour = 11) => ({
  member,
  storeId: 'leeds',
  occurredAt: at(hour),
  currency: 'GBP',
  lines: [{ lineId: '1', sku: 's', quantity: 1, amount: 1000 }],
})
export const buy = (runtime: Runtime, id: string, member: unknown, hour?: number) =>
  call(runtime, recordPurchase, { params: { purchaseId: `leeds:${id}` }, body: sale(member, hour) })

/** Ids of the members that a till finds. */
export async function found(runtime: Runtime, by: unknown): Promise<unknown[]> {
  const { body } = await call(runtime, searchMembers, { body: by })
  return (body.items as { memberId: string }[]).map(({ memberId }) => memberId)
}

/** Enrols whoever vouches for an address. */
export async function visit(runtime: Runtime, subject: string, verifiedEmail: string) {
  const caller = { ...demoTill, scopes: 'laurel/member', stores: '', subject, verifiedEmail }
  const { body } = await callAs(serveMember(runtime), caller, enrolMe, { body: { name: subject } })
  return (JSON.parse(body!) as { memberId: string }).memberId
}
