import type { MemberId } from '../domain/units.ts'
import { identityOf } from '../store/identity-item.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'

/**
 * The member that a token belongs to. What the authorizer said may be minutes old, so a subject that was not linked then is
 * looked up again. Undefined: not enrolled.
 */
export async function ownMember({ runtime, caller }: Context): Promise<MemberId | undefined> {
  if (caller.member) return caller.member
  const { items } = await runtime.store.read([table.identity(caller.issuer, caller.subject)], { consistent: true })
  const identity = items[0] && identityOf(items[0])
  return identity?.programme === caller.programme ? identity.member : undefined
}
