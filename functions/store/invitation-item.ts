import type { Invitation } from '../domain/invitation.ts'
import type { Instant } from '../domain/units.ts'
import { versionAttribute } from './head-item.ts'
import type { Item, Key, Write } from './store.ts'

/** An invitation as it is found by its code, of which a hash alone is kept. */
export interface StoredInvitation extends Invitation {
  readonly version: number
}

export function invitationItem(key: Key, invitation: StoredInvitation): Item {
  const { invitationId, version, uses, used, expiresAt, isVoid } = invitation
  return {
    pk: key.pk,
    sk: key.sk,
    [versionAttribute]: version,
    id: invitationId,
    n: uses,
    u: used,
    ...(expiresAt !== null && { e: expiresAt }),
    ...(isVoid && { vo: true }),
  }
}

export function invitationOf(item: Item): StoredInvitation {
  return {
    invitationId: item.id as string,
    version: item[versionAttribute] as number,
    uses: item.n as number,
    used: item.u as number,
    expiresAt: (item.e ?? null) as Instant | null,
    isVoid: item.vo === true,
  }
}

/** Puts a changed invitation in the place of the one that was read. */
export function invitationWrite(stored: Item, changed: Partial<Pick<Invitation, 'used' | 'isVoid'>>): Write {
  const known = invitationOf(stored)
  return {
    kind: 'put',
    item: invitationItem(stored, { ...known, ...changed, version: known.version + 1 }),
    condition: { is: 'equal', attribute: versionAttribute, value: known.version },
    replaces: stored,
  }
}
