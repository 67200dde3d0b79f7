import { hash } from 'node:crypto'
import { readInvitationCode } from '../domain/invitation.ts'
import type { Programme } from '../domain/programme.ts'
import type { Key } from '../store/store.ts'
import { table } from '../store/table.ts'

/**
 * Where the invitation of a code is kept, by a hash of it: 67 bits of chance are too many to be tried. A club's code is another
 * one's nowhere, because the club is in the hash. Undefined: this can be no code.
 */
export function invitationKey({ id }: Programme, clubId: string, written: string): Key | undefined {
  const code = readInvitationCode(written)
  if (code === undefined) return undefined
  return table.code(id, clubId, hash('sha256', `${id}\u0000${clubId}\u0000${code}`, 'base64url'))
}
