import type { Instant } from './units.ts'
import { bareCode, grouped, isWritten, pickedCharacters, withCheck } from './written-code.ts'

/** A code that invites to a club, and how often it did. */
export interface Invitation {
  readonly invitationId: string
  /** How many may join with it in all, and how many did. */
  readonly uses: number
  readonly used: number
  readonly expiresAt: Instant | null
  readonly isVoid: boolean
}

/** Whether anybody may still join with an invitation and, if not, why. */
export function invitationStatus({ uses, used, expiresAt, isVoid }: Invitation, now: Instant) {
  if (isVoid) return 'void'
  if (used >= uses) return 'used-up'
  return expiresAt !== null && now >= expiresAt ? 'expired' : 'good'
}

const randomLength = 15
const wholeLength = randomLength + 1

/** A code of 67 bits of chance, given as hexadecimal digits: in four groups, the last character a check. */
export const invitationCode = (chance: string): string => grouped(withCheck(pickedCharacters(chance, randomLength)))

/** A code as it was made, from how a person writes it; undefined where it is none, or was not written down rightly. */
export function readInvitationCode(written: string): string | undefined {
  const code = bareCode(written)
  return code.length === wholeLength && isWritten(code) ? code : undefined
}
