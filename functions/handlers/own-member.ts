import type { MemberId } from '../domain/units.ts'
import { type Identity, identityOf } from '../store/identity-item.ts'
import { table } from '../store/table.ts'
import type { Context } from './context.ts'

/**
 * The member that a token belongs to. What the authorizer said may be minutes old, so a subject that was not linked then is
 * looked up again. Undefined: not enrolled.
 */
export async function ownMember(context: Context): Promise<MemberId | undefined> {
  return context.caller.member ?? (await ownIdentity(context))?.member
}

/** What the subject of a token stands for in its programme, as of now. */
export async function ownIdentity({ runtime, caller }: Context): Promise<Identity | undefined> {
  const { items } = await runtime.store.read([table.identity(caller.issuer, caller.subject)], { consistent: true })
  const identity = items[0] && identityOf(items[0])
  return identity?.programme === caller.programme ? identity : undefined
}
